"""Studies of a chosen structure on disk, and compilation that is quick to start and slow to run."""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import arviz_stats
import numpy as np
import nutpie
import pandas as pd
import pymc as pm
import pytest
import xarray as xr
from pytensor.compile.mode import Mode
from scipy import stats

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
        heads = {name: f"[[{name}]]" if name == "marker" else f"[{name}]" for name in tables}
        path.write_text(as_toml((heads[name], content) for name, content in tables.items()), encoding="utf-8")
        return read_study(path)

    return make


def as_toml(tables: Iterable[tuple[str, Mapping[str, Any]]]) -> str:
    """The text of a study file: each table's head, which may be empty, over its keys."""
    lines = [line for head, keys in tables for line in (head, *(f"{key} = {_value(own)}" for key, own in keys.items()))]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def toml() -> Callable[..., str]:
    return as_toml


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
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


@dataclasses.dataclass(frozen=True)
class Case:
    """A study, and its table as text with the tables its study file has."""

    study: Study
    table: pd.DataFrame
    has: tuple[str, ...]


def _with_gaps(table: pd.DataFrame) -> pd.DataFrame:
    """Values beyond limits and missing ones, in every combination of the two visits."""
    cells = ["<0.8", ">2.5", "", None]
    changed = table.astype(object)
    changed[["il6_0", "il6_12"]] = table[["il6_0", "il6_12"]].round(3).astype(str)
    for row, (first, second) in enumerate([(a, b) for a in cells for b in cells] * 2):
        changed.loc[row, "il6_0"] = changed.loc[row, "il6_0"] if first is None else first
        changed.loc[row, "il6_12"] = changed.loc[row, "il6_12"] if second is None else second
    return changed


@pytest.fixture(scope="session")
def cases(make_study: MakeStudy, example: Study, example_table: pd.DataFrame) -> dict[str, Case]:
    """Studies of every structure the models know."""
    both = ("marker", "symptom")
    structure = ("groups", "sites", "covariates")
    wanted: dict[str, tuple[pd.DataFrame, tuple[str, ...], dict[str, Any]]] = {
        "plain": (people(40, 2), both, {}),
        "arms": (people(40, 3), (*both, "arms", *structure), {}),
        "arms alone": (people(30, 4), (*both, "arms"), {}),
        "gaps": (_with_gaps(people(60, 5)), both, {}),
        "student_t": (_with_gaps(people(60, 6)), (*both, "groups", "covariates"), {"likelihood": "student_t"}),
        "without a marker": (people(30, 7), ("symptom", "sites", "covariates"), {}),
        # A counted score stays beta-binomial where other models have Student-t residuals.
        "counted": (people(40, 8), (*both, "arms", *structure), {"likelihood": "student_t"}),
        "counted, higher is better": (people(30, 9), both, {}),
        "counted without a marker": (people(30, 10), ("symptom", "groups"), {}),
    }
    counted = {"distribution": "beta_binomial"}
    symptoms: dict[str, dict[str, Any]] = {
        "counted": counted | {"remission": 12},
        "counted, higher is better": counted | {"scale": "S", "range": [-5, 62], "direction": "higher is better"},
        "counted without a marker": counted,
    }
    made = {
        name: Case(make_study(table, has, analysis, symptom=symptoms.get(name)), table.astype(str), has)
        for name, (table, has, analysis) in wanted.items()
    }
    return {"example": Case(example, example_table, (*both, *structure)), **made}


class Oracle:
    """Densities written with SciPy from the docstrings of the models, participant by participant."""

    prior_of: ClassVar = {"covariate_effect": "covariate", "arm_difference": "arm"}

    def reading(self, cell: str, lower: float = 0.0) -> tuple[str, float]:
        """Status and natural log of a marker cell."""
        if cell == "":
            return "missing", np.nan
        if cell[0] in "<>":
            return {"<": "below", ">": "above"}[cell[0]], float(np.log(float(cell[1:])))
        value = float(cell)
        return ("below", float(np.log(lower))) if value < lower else ("observed", float(np.log(value)))

    def points(self, model: pm.Model, n: int = 4) -> Iterator[tuple[dict[str, np.ndarray], dict[str, np.ndarray]]]:
        """Random points on the sampler's scale, and the parameters they stand for."""
        parameters = model.compile_fn(model.unobserved_value_vars, inputs=model.value_vars, mode=QUICK)
        names = [variable.name for variable in model.unobserved_value_vars]
        rng = np.random.default_rng(11)
        for _ in range(n):
            point = {}
            for value in model.value_vars:
                name = value.name.removesuffix("_log__").removesuffix("_zerosum__")
                shape = [len(model.coords[dim]) for dim in model.named_vars_to_dims.get(name, ())]
                if value.name.endswith("_zerosum__"):
                    shape[-1] -= 1
                point[value.name] = rng.normal(0.2, 0.6, shape)
            yield point, dict(zip(names, parameters(point), strict=True))

    def log_prior(self, priors: object, at: Mapping[str, np.ndarray], model: pm.Model) -> float:
        """Log density of the parameters on the sampler's scale: with the derivative of the log of a spread."""
        total = 0.0
        for name in (variable.name for variable in model.free_RVs):
            value = np.asarray(at[name])
            if name.endswith("_standard"):
                # Independent normals on the hyperplane of vectors whose sum is zero, where each effect keeps k - 1 of k
                # parts of its variance: scaled so that it is 1 again.
                np.testing.assert_allclose(value.sum(axis=-1), 0, atol=1e-12)
                levels = value.shape[-1]
                variance = levels / (levels - 1)
                free = value.size - value.size // levels
                total += -0.5 * (value**2).sum() / variance - 0.5 * free * np.log(2 * np.pi * variance)
            elif name == "mixing":
                total += stats.gamma(at["nu"] / 2, scale=2 / at["nu"]).logpdf(value).sum() + np.log(value).sum()
            else:
                field = self.prior_of.get(name, name)
                if "precision" in at and name != "precision":
                    field = f"log_odds_{field}"
                family = getattr(priors, field)
                values = family.values()
                if type(family).__name__ == "Normal":
                    total += stats.norm(values["mean"], values["sd"]).logpdf(value).sum()
                elif type(family).__name__ == "HalfNormal":
                    total += stats.halfnorm(scale=values["sd"]).logpdf(value).sum() + np.log(value).sum()
                else:
                    gamma = stats.gamma(values["shape"], scale=1 / values["rate"])
                    total += gamma.logpdf(value).sum() + np.log(value).sum()
        return total

    def effects(self, case: Case, used: pd.DataFrame, at: Mapping[str, np.ndarray], equation: int) -> np.ndarray:
        """Sum of the effects of covariates, arm, group and site of the participants used."""
        total = np.zeros(len(used))
        if "covariates" in case.has:
            age = used["age"].to_numpy(dtype=float)
            male = (used["sex"] == "male").to_numpy(dtype=float)
            effect = at["covariate_effect"][equation]
            total += effect[0] * ((age - age.mean()) / age.std(ddof=1)) + effect[1] * (male - male.mean())
        if "arms" in case.has:
            treated = (used["arm"] == "T").to_numpy(dtype=float)
            total += at["arm_difference"][equation][0] * (treated - treated.mean())
        for name, column in (("group", "intensity"), ("site", "clinic")):
            if f"{name}s" in case.has:
                order = {level: i for i, level in enumerate(sorted(used[column].unique()))}
                own = [at[f"{name}_standard"][equation][order[level]] for level in used[column]]
                total += at[f"{name}_sd"][equation] * np.array(own)
        return total


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    return Oracle()


# Bins of ranks whose counts are compared.
BINS = 10


@pytest.fixture(scope="session")
def evenness() -> Callable[[np.ndarray, int], float]:
    """Chi-square probability of the counts in bins of ranks from 0 to `most`."""

    def probability(ranks: np.ndarray, most: int) -> float:
        counts = np.bincount(ranks * BINS // (most + 1), minlength=BINS)
        return float(stats.chisquare(counts).pvalue)

    return probability


# Differences are judged in Monte Carlo standard errors: four, which chance exceeds once in 16,000 comparisons.
TIMES = 4.0


@pytest.fixture(scope="session")
def run() -> Callable[..., xr.Dataset]:
    """Sample a compiled model; a divergence is a failure."""

    def draw(compiled: Any, seed: int = 1, draws: int = 2000) -> xr.Dataset:
        fit = nutpie.sample(compiled, draws=draws, tune=1000, chains=4, cores=2, seed=seed, progress_bar=False)
        assert int(fit["sample_stats"]["diverging"].sum()) == 0
        return fit["posterior"].to_dataset()

    return draw


@pytest.fixture(scope="session")
def sample(run: Callable[..., xr.Dataset]) -> Callable[..., xr.Dataset]:
    return lambda model: run(nutpie.compile_pymc_model(model))


@pytest.fixture(scope="session")
def agrees() -> Callable[..., None]:
    """Posterior mean and SD are the reference's; `error` holds the Monte Carlo errors of the reference itself."""

    def compare(draws: xr.DataArray, mean: float, sd: float, error: tuple[float, float] = (0.0, 0.0)) -> None:
        extra = [name for name in draws.coords if name not in ("chain", "draw")]
        data = draws.drop_vars(extra).rename("x").to_dataset()
        mcse = [float(arviz_stats.mcse(data, method=method)["x"]) for method in ("mean", "sd")]
        assert max(mcse) < 0.05 * sd, "too few draws to tell"
        found = float(data["x"].mean()), float(data["x"].std(ddof=1))
        for name, value, expected, own, other in zip(("mean", "sd"), found, (mean, sd), mcse, error, strict=True):
            allowed = TIMES * np.hypot(own, other)
            assert abs(value - expected) <= allowed, f"{name} {value:.5g}, reference {expected:.5g} +- {allowed:.2g}"

    return compare
