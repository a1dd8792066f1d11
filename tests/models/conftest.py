"""Studies of a chosen structure on disk, and compilation that is quick to start and slow to run."""

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pytensor.compile.mode import Mode

from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study

# No C and no Numba: for graphs that are evaluated a few times only.
QUICK = Mode(linker="py", optimizer="fast_compile")

MakeStudy = Callable[..., Study]


def people(n: int = 40, seed: int = 1) -> pd.DataFrame:
    """A pre/post table with every kind of column; visits correlate, scores are whole numbers."""
    rng = np.random.default_rng(seed)
    index = np.arange(n)
    m0 = rng.normal(0.4, 0.8, n)
    m1 = 0.2 + 0.5 * m0 + rng.normal(0, 0.6, n)
    y0 = np.clip(np.round(rng.normal(24, 5, n)), 8, 45)
    y1 = np.clip(np.round(y0 - 8 - 1.5 * m0 + 2 * (m1 - m0) + rng.normal(0, 4, n)), 0, 60)
    return pd.DataFrame(
        {
            "id": [f"P{i:04d}" for i in index],
            "arm": np.where(rng.random(n) < 0.5, "T", "C"),
            "intensity": np.where(index % 3 == 0, "vigorous", np.where(index % 3 == 1, "light", "moderate")),
            "clinic": np.where(rng.random(n) < 0.4, "North", "South"),
            "age": np.round(rng.normal(45, 10, n), 1),
            "sex": np.where(index % 4 == 0, "male", "female"),
            "il6_0": np.exp(m0),
            "il6_12": np.exp(m1),
            "madrs_0": y0,
            "madrs_12": y1,
        }
    )


@pytest.fixture(scope="session")
def make_study(tmp_path_factory: pytest.TempPathFactory) -> MakeStudy:
    """Write a table and its study file, and read them as a user's study is read.

    `has` names the optional parts of the study file; `analysis`, `marker`, `symptom` and `arms` add keys to theirs.
    """

    def make(
        table: pd.DataFrame | None = None,
        has: tuple[str, ...] = ("marker", "symptom"),
        analysis: Mapping[str, Any] | None = None,
        marker: Mapping[str, Any] | None = None,
        symptom: Mapping[str, Any] | None = None,
        arms: Mapping[str, Any] | None = None,
    ) -> Study:
        folder = tmp_path_factory.mktemp("study")
        (people() if table is None else table).to_csv(folder / "trial.csv", index=False)
        design = "randomised" if "arms" in has else "single arm"
        data = {"file": "trial.csv", "layout": "wide", "participant": "id", "visits": ["before", "after"]}
        optional: dict[str, Any] = {
            "marker": {"name": "IL-6", "unit": "pg/mL", "scale": "raw", "columns": ["il6_0", "il6_12"]}
            | {"confirmed": ["scale", "floors"], **(marker or {})},
            "symptom": {"scale": "MADRS", "columns": ["madrs_0", "madrs_12"], **(symptom or {})},
            "arms": {"column": "arm", "control": "C", **(arms or {})},
            "groups": {"column": "intensity"},
            "sites": {"column": "clinic"},
            "covariates": {"numeric": ["age"], "categorical": ["sex"]},
        }
        tables = {"study": {"title": "Small", "design": design, "treatment": "none"}, "data": data}
        tables |= {name: optional[name] for name in has} | {"analysis": dict(analysis or {})}
        path = folder / "study.toml"
        path.write_text("".join(_table(name, content) for name, content in tables.items()), encoding="utf-8")
        return read_study(path)

    return make


def _table(name: str, content: Mapping[str, Any]) -> str:
    header = f"[[{name}]]" if name == "marker" else f"[{name}]"
    return "\n".join([header, *(f"{key} = {_value(value)}" for key, value in content.items())]) + "\n"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


@pytest.fixture(scope="session")
def make_people() -> Callable[..., pd.DataFrame]:
    return people


@pytest.fixture(scope="session")
def example() -> Study:
    """The shipped example: groups, sites, covariates, censored and missing values."""
    return read_study(example_path())


@pytest.fixture(scope="session")
def example_table() -> pd.DataFrame:
    """Its data file as text, read without our reader."""
    path = example_path()
    return pd.read_csv(Path(path).with_name("exercise_trial.csv"), comment="#", dtype=str, keep_default_na=False)


@pytest.fixture(scope="session")
def quick() -> Mode:
    return QUICK


@pytest.fixture(scope="session")
def with_analysis() -> Callable[..., Study]:
    """The same study with other keys under [analysis]."""

    def change(study: Study, **keys: Any) -> Study:
        analysis = study.spec.analysis.model_copy(update=keys)
        return dataclasses.replace(study, spec=study.spec.model_copy(update={"analysis": analysis}))

    return change
