"""How long a study of many participants takes to read and check.

    python benchmarks/reading.py --rows 100000

Writes a made table in several formats to a passing folder and reads each as a study, with every check and the audit.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
from rich.console import Console
from rich.table import Table

from cochange.data.read import read_study

STUDY = """\
[study]
title = "Made table"
design = "single arm"
treatment = "none"
synthetic = true
[data]
file = "{file}"
layout = "wide"
participant = "id"
visits = ["baseline", "12 weeks"]
[[marker]]
name = "IL-6"
unit = "pg/mL"
scale = "raw"
columns = ["il6_0", "il6_12"]
confirmed = ["floors"]
[symptom]
scale = "MADRS"
columns = ["madrs_0", "madrs_12"]
[covariates]
numeric = ["age"]
"""
WRITERS: Mapping[str, Callable[[pd.DataFrame, Path], object]] = {
    "trial.csv": lambda table, path: table.to_csv(path, index=False),
    "trial.sav": lambda table, path: pyreadstat.write_sav(table, str(path)),
    "trial.parquet": lambda table, path: table.to_parquet(path),
    "trial.xlsx": lambda table, path: table.to_excel(path, index=False),
}


def made_table(rows: int) -> pd.DataFrame:
    """A trial with a ninth of the baseline marker values under a limit."""
    rng = np.random.default_rng(1)
    table = pd.DataFrame({"id": [f"P{number:06d}" for number in range(rows)]})
    for visit in ("0", "12"):
        table[f"il6_{visit}"] = np.exp(rng.normal(0, 1, rows)).round(3).astype(str)
        table[f"madrs_{visit}"] = rng.integers(0, 40, rows)
    table.loc[::9, "il6_0"] = "<0.1"
    return table.assign(age=rng.integers(20, 70, rows))


def main() -> None:
    """Write, read, print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    table = made_table(rows)
    shown = Table("format", "seconds", title=f"Reading {rows:,} participants")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, write in WRITERS.items():
            write(table, folder / file)
            (folder / "study.toml").write_text(STUDY.format(file=file), encoding="utf-8")
            start = time.perf_counter()
            study = read_study(folder / "study.toml")
            seconds = time.perf_counter() - start
            assert study.data.sizes["participant"] == rows
            shown.add_row(file, f"{seconds:.1f}")
    Console().print(shown)


if __name__ == "__main__":
    main()
