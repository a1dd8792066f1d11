"""Simulated studies for the benchmarks, and their tables for the peers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from cochange.data.read import read_study
from cochange.data.simulate import ExerciseTrial, simulate
from cochange.data.study import Study

STUDY = """\
[study]
title = "Synthetic exercise trial without a limit of detection"
design = "single arm"
treatment = "exercise"
synthetic = true
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = ["baseline", "12 weeks"]
[[marker]]
name = "IL-6"
unit = "pg/mL"
scale = "raw"
columns = ["il6_0", "il6_12"]
[symptom]
scale = "MADRS"
columns = ["madrs_0", "madrs_12"]
[covariates]
numeric = ["age"]
categorical = ["sex"]
[analysis]
measurement = "off"
"""

POOLED = """\
[groups]
column = "intensity"
[sites]
column = "clinic"
"""


def simulated(folder: Path, n: int, pooled: bool, complete: bool) -> Study:
    """A simulated trial without a limit of detection; where not complete, some are lost and some samples missing."""
    trial = ExerciseTrial(n=n, lower_limit=1e-6)
    if complete:
        trial = replace(trial, dropout=0.0, missing_samples=0.0)
    folder.mkdir(parents=True, exist_ok=True)
    simulate(trial).frame.to_csv(folder / "trial.csv", index=False)
    (folder / "study.toml").write_text(STUDY + (POOLED if pooled else ""), encoding="utf-8")
    return read_study(folder / "study.toml")


def change_table(folder: Path, study: Study) -> Path:
    """What brms takes: baselines around their means, changes, and the design."""
    raw = pd.read_csv(folder / "trial.csv")
    m0, m1 = np.log(raw["il6_0"]), np.log(raw["il6_12"])
    y0, y1 = raw["madrs_0"], raw["madrs_12"]
    assert len(raw) == study.data.sizes["participant"]
    male = (raw["sex"] == "male").astype(float)
    table = pd.DataFrame(
        {
            "m0": m0 - m0.mean(),
            "y0": y0 - y0.mean(),
            "dm": m1 - m0,
            "dy": y1 - y0,
            "age": (raw["age"] - raw["age"].mean()) / raw["age"].std(),
            "sex": (male - male.mean()) / male.std(),
            "intensity": raw["intensity"],
            "clinic": raw["clinic"],
        }
    )
    path = folder / "changes.csv"
    table.to_csv(path, index=False)
    return path
