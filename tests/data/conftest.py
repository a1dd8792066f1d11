"""A small study on disk, wide or long, that each test spoils in one place."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.faults import Fault, InputError
from cochange.data.read import read_study
from cochange.data.study import Study

N = 24

WIDE: dict[str, Any] = {
    "study": {"title": "Small", "design": "randomised", "treatment": "none"},
    "data": {
        "file": "trial.csv",
        "layout": "wide",
        "participant": "id",
        "visits": ["baseline", "12 weeks"],
        "missing": ["NA"],
    },
    "marker": [{"name": "IL-6", "unit": "pg/mL", "scale": "raw", "columns": ["il6_0", "il6_12"]}],
    "symptom": {"scale": "MADRS", "columns": ["madrs_0", "madrs_12"]},
    "arms": {"column": "arm", "control": "C"},
    "groups": {"column": "intensity"},
    "sites": {"column": "clinic"},
    "covariates": {"numeric": ["age"], "categorical": ["sex"]},
    "inclusion": {"score": "PHQ-9", "column": "phq9", "above": 9},
}


@dataclass
class StudyFiles:
    """Content of a study file and of its data file, to be changed, written and read."""

    folder: Path
    spec: dict[str, Any]
    table: pd.DataFrame

    def write(self) -> Path:
        delimiter = self.spec["data"].get("delimiter", ",")
        self.table.to_csv(self.folder / "trial.csv", index=False, sep=delimiter, lineterminator="\n")
        path = self.folder / "study.toml"
        path.write_text(to_toml(self.spec), encoding="utf-8")
        return path

    def read(self) -> Study:
        return read_study(self.write())

    def faults(self) -> tuple[Fault, ...]:
        with pytest.raises(InputError) as caught:
            self.read()
        return caught.value.faults

    def only_fault(self) -> Fault:
        faults = self.faults()
        assert len(faults) == 1, "\n".join(map(str, faults))
        return faults[0]


def to_toml(tables: dict[str, Any]) -> str:
    lines: list[str] = []
    for name, content in tables.items():
        for table in content if isinstance(content, list) else [content]:
            lines.append(f"[[{name}]]" if isinstance(content, list) else f"[{name}]")
            lines += [f"{key} = {_value(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


def _value(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {_value(item)}' for key, item in value.items()) + "}"
    return '"' + value.replace("\t", "\\t") + '"' if isinstance(value, str) else str(value).lower()


def _wide_table() -> pd.DataFrame:
    rng = np.random.default_rng(20170312)
    index = np.arange(N)
    return pd.DataFrame(
        {
            "id": [f"{i + 1:03d}" for i in index],
            "arm": np.where(index % 2, "T", "C"),
            "intensity": np.where(index % 3, "light", "vigorous"),
            "clinic": np.where(index < 12, "North", "South"),
            "age": [f"{30 + i}" for i in index],
            "sex": np.where(index % 4, "female", "male"),
            "phq9": [f"{10 + i % 8}" for i in index],
            "il6_0": [f"{x:.2f}" for x in rng.lognormal(0.4, 0.72, N)],
            "il6_12": [f"{x:.2f}" for x in rng.lognormal(0.3, 0.72, N)],
            "madrs_0": [f"{x}" for x in rng.integers(15, 30, N)],
            "madrs_12": [f"{x}" for x in rng.integers(2, 25, N)],
        },
        dtype=object,
    )


@pytest.fixture
def wide(tmp_path: Path) -> StudyFiles:
    return StudyFiles(tmp_path, copy.deepcopy(WIDE), _wide_table())


@pytest.fixture
def long(tmp_path: Path) -> StudyFiles:
    """The same participants, one row for each visit, coded 0 and 12."""
    spec = copy.deepcopy(WIDE)
    spec["data"] |= {"layout": "long", "visits": ["0", "12"], "visit": "week"}
    spec["marker"][0]["columns"] = ["il6"]
    spec["symptom"]["columns"] = ["madrs"]
    table = _wide_table()
    constant = ["id", "arm", "intensity", "clinic", "age", "sex", "phq9"]
    visits = [
        table[constant].assign(week=week, il6=table[f"il6_{week}"], madrs=table[f"madrs_{week}"])
        for week in ("0", "12")
    ]
    rows = pd.concat(visits).sort_values(["id", "week"], kind="stable").reset_index(drop=True)
    return StudyFiles(tmp_path, spec, rows.astype(object))


@pytest.fixture
def spec_faults(tmp_path: Path) -> Callable[[str], tuple[Fault, ...]]:
    """Faults of a study file given as text."""
    from cochange.data.specification.judge import read_spec

    def faults(text: str) -> tuple[Fault, ...]:
        path = tmp_path / "study.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_spec(path)
        return caught.value.faults

    return faults


@pytest.fixture
def toml() -> Callable[[dict[str, Any]], str]:
    """Write tables as TOML."""
    return to_toml
