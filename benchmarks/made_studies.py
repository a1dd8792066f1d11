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

OF_VISITS = """\
[study]
title = "Synthetic trial of two arms with a score at five visits"
design = "randomised"
treatment = "drug"
synthetic = true
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = ["0", "2", "4", "8", "12"]
[symptom]
scale = "MADRS"
columns = ["y0", "y1", "y2", "y3", "y4"]
[arms]
column = "arm"
control = "control"
[analysis]
models = ["repeated_measures"]
[analysis.repeated_measures]
baseline = "covariate"
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


def of_visits(folder: Path, n: int) -> tuple[Study, Path]:
    """A simulated trial of two arms at five visits, complete, and its changes from baseline as brms takes them."""
    rng = np.random.default_rng(8)
    treated = np.arange(n) % 2
    y0 = rng.normal(30, 4, n)
    apart = np.abs(np.subtract.outer(range(4), range(4)))
    changes = rng.multivariate_normal(np.zeros(4), 36 * 0.7**apart, n) - np.array([3, 5, 8, 10])
    changes += -0.3 * (y0 - 30)[:, None] - np.outer(treated, [0.5, 1.0, 2.0, 2.5])
    scores = np.clip(np.round(np.column_stack([y0, y0[:, None] + changes])), 0, 60).astype(int)
    names = [f"y{visit}" for visit in range(5)]
    trial = pd.DataFrame(scores, columns=names).assign(
        id=[f"P{i:04d}" for i in range(n)], arm=np.where(treated == 1, "drug", "control")
    )
    folder.mkdir(parents=True, exist_ok=True)
    trial.to_csv(folder / "trial.csv", index=False)
    (folder / "study.toml").write_text(OF_VISITS, encoding="utf-8")
    table = pd.DataFrame({f"d{visit}": trial[f"y{visit}"] - trial["y0"] for visit in range(1, 5)})
    table = table.assign(base=trial["y0"] - trial["y0"].mean(), arm=treated - treated.mean())
    table.to_csv(folder / "visits.csv", index=False)
    return read_study(folder / "study.toml"), folder / "visits.csv"
