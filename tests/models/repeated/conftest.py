"""Studies of several visits on disk, and the model's formula written with SciPy from its docstring."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import nutpie
import pandas as pd
import pymc as pm
import pytest
import xarray as xr
from pytensor.compile.mode import Mode
from scipy import stats

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.models import repeated_measures
from cochange.models.parts.likelihood.observations import BELOW, MISSING, OBSERVED
from cochange.models.parts.prior_sets import families
from cochange.models.parts.repeated.density import arrays_of
from cochange.models.parts.repeated.frame import Frame, make_cells, make_frame
from cochange.models.parts.together import Parameters
from cochange.models.parts.visits import score_series

VISITS = ("w0", "w2", "w6", "w12")
FEV = """
[study]
title = "FEV1, simulated by the authors of mmrm"
design = "randomised"
treatment = "TRT"
synthetic = true
[data]
file = "fev_data.csv"
layout = "long"
participant = "USUBJID"
visit = "AVISIT"
visits = ["baseline", "VIS1", "VIS2", "VIS3", "VIS4"]
missing = ["NA"]
[symptom]
scale = "FEV1"
range = [0, 100]
direction = "higher is better"
columns = ["FEV1"]
baseline_column = "FEV1_BL"
[arms]
column = "ARMCD"
control = "PBO"
[covariates]
categorical = ["RACE", "SEX"]
[analysis.repeated_measures]
baseline = "covariate"
baseline_by_visit = false
"""
# HAMA enters as a marker: its tenth is the natural log of what the file gives.
WITH_HAMA = """
[[marker]]
name = "HAMA"
unit = "pg/mL"
scale = "raw"
columns = ["exp_hama"]
confirmed = ["scale", "floors"]
[analysis.repeated_measures]
baseline = "covariate"
"""


def people(n: int = 30, seed: int = 3) -> pd.DataFrame:
    """Four visits as text: later cells of both outcomes missing or beyond a limit in many patterns."""
    rng = np.random.default_rng(seed)
    level = rng.normal(size=n)
    table = {
        "id": [f"P{i:03d}" for i in range(n)],
        "arm": np.where(np.arange(n) % 2 == 0, "T", "C"),
        "intensity": np.where(np.arange(n) % 3 == 0, "high", "low"),
        "clinic": np.array(["North", "South", "West"])[rng.integers(0, 3, n)],
        "age": np.round(rng.normal(45, 10, n), 1),
        "sex": np.where(rng.random(n) < 0.4, "male", "female"),
    }
    for position, visit in enumerate(VISITS):
        value = np.exp(0.4 + 0.5 * level - 0.1 * position + rng.normal(0, 0.5, n)).round(3)
        marker = value.astype(str)
        score = np.round(26 + 3 * level - 3 * position + rng.normal(0, 4, n), 1).astype(str)
        if position:
            marker[value < 0.9] = "<0.9"
            marker[value > 2.8] = ">2.8"
            marker[rng.random(n) < 0.15] = ""
            score[rng.random(n) < 0.2] = ""
        table |= {f"il6_{visit}": marker, f"madrs_{visit}": score}
    return pd.DataFrame(table).astype(str)


@dataclass(frozen=True)
class Case:
    """A study, its table as text, the optional tables of its study file and its options."""

    study: Study
    table: pd.DataFrame
    has: tuple[str, ...]
    options: Mapping[str, Any]

    @property
    def kinds(self) -> list[str]:
        """The outcomes analysed, marker first."""
        asked = self.options.get("outcomes", "both")
        return [kind for kind in ("marker", "score") if kind in self.has and asked in ("both", kind)]


MakeCase = Callable[..., Case]
TABLES: Mapping[str, Mapping[str, Any]] = {
    "arms": {"column": "arm", "control": "C"},
    "groups": {"column": "intensity"},
    "sites": {"column": "clinic"},
    "covariates": {"numeric": ["age"], "categorical": ["sex"]},
}


@pytest.fixture(scope="session")
def make_case(tmp_path_factory: pytest.TempPathFactory, toml: Callable[..., str]) -> MakeCase:
    """Write a table and its study file, and read them as a user's study is read."""

    def make(
        table: pd.DataFrame | None = None,
        has: Sequence[str] = ("marker", "symptom", "arms"),
        likelihood: str = "normal",
        design: str = "",
        visits: Sequence[str] = VISITS,
        **options: Any,
    ) -> Case:
        folder = tmp_path_factory.mktemp("repeated")
        table = people() if table is None else table
        table.to_csv(folder / "trial.csv", index=False)
        design = design or ("randomised" if "arms" in has else "single arm")
        marker = {"name": "IL-6", "unit": "pg/mL", "scale": "raw", "columns": [f"il6_{v}" for v in visits]}
        tables: list[tuple[str, Mapping[str, Any]]] = [
            ("[study]", {"title": "Small", "design": design, "treatment": "none"}),
            ("[data]", {"file": "trial.csv", "layout": "wide", "participant": "id", "visits": list(visits)}),
        ]
        if "marker" in has:
            tables.append(("[[marker]]", marker | {"confirmed": ["scale", "floors", "ceilings"]}))
        if "symptom" in has:
            tables.append(("[symptom]", {"scale": "MADRS", "columns": [f"madrs_{v}" for v in visits]}))
        tables += [(f"[{name}]", TABLES[name]) for name in has if name in TABLES]
        tables += [("[analysis]", {"likelihood": likelihood}), ("[analysis.repeated_measures]", options)]
        path = folder / "study.toml"
        path.write_text(toml(tables), encoding="utf-8")
        present = tuple("score" if name == "symptom" else name for name in has)
        return Case(read_study(path), table, present, options)

    return make


@pytest.fixture(scope="session")
def make_table() -> Callable[..., pd.DataFrame]:
    return people


CASES: Mapping[str, Mapping[str, Any]] = {
    "both": {},
    "both, one arm": {"has": ("marker", "symptom", "covariates", "groups")},
    "everything by visit": {
        "has": ("marker", "symptom", "arms", "covariates", "groups", "sites"),
        "covariates_by_visit": ("sex",),
    },
    "each arm its covariance": {"covariance_by_arm": True},
    "baselines given": {"baseline": "covariate", "has": ("marker", "symptom", "arms", "covariates")},
    "baselines given, one slope": {"baseline": "covariate", "baseline_by_visit": False},
    "score alone": {"outcomes": "score", "baseline": "covariate"},
    "marker alone": {"outcomes": "marker"},
    "AR(1), both": {"covariance": "ar1"},
    "compound symmetry of each arm": {"covariance": "compound symmetry", "covariance_by_arm": True},
    "Toeplitz of each arm": {"covariance": "toeplitz", "covariance_by_arm": True},
    "Toeplitz, score": {"has": ("symptom", "arms", "sites"), "covariance": "toeplitz"},
    "Toeplitz, baselines given": {"covariance": "toeplitz", "baseline": "covariate"},
    "Student-t": {"likelihood": "student_t", "has": ("symptom", "arms")},
    "two visits": {"visits": ("w0", "w12")},
}


@pytest.fixture(scope="session")
def case_of(make_case: MakeCase) -> Callable[[str], Case]:
    made: dict[str, Case] = {}

    def case(name: str) -> Case:
        if name not in made:
            made[name] = make_case(**CASES[name])
        return made[name]

    return case


@pytest.fixture(params=list(CASES))
def case(request: pytest.FixtureRequest, case_of: Callable[[str], Case]) -> Case:
    return case_of(request.param)


Point = tuple[dict[str, np.ndarray], xr.Dataset, float]


@pytest.fixture(scope="session")
def points(quick: Mode) -> Callable[..., list[Point]]:
    """Random points on the sampler's scale, the parameters they stand for, and the log density of their prior."""

    def draw(model: pm.Model, study: Study, priors: Any, n: int = 2) -> list[Point]:
        parameters = repeated_measures.parameters(study).by_family(families(priors))
        names = [variable.name for variable in model.unobserved_value_vars]
        values = model.compile_fn(model.unobserved_value_vars, inputs=model.value_vars, mode=quick)
        start = model.initial_point()
        rng = np.random.default_rng(5)
        found = []
        for _ in range(n):
            point = {name: own + rng.normal(0, 0.5, own.shape) for name, own in start.items()}
            vectors = dict(zip(names, values(point), strict=True))
            drawn = xr.Dataset(
                {name: (("chain", "draw", f"_{name}"), own[None, None]) for name, own in vectors.items()}
            )
            at = parameters.named(drawn, families(priors))
            found.append((point, at, log_prior(priors, study, point, at, model)))
        return found

    return draw


def log_prior(priors: Any, study: Study, point: Mapping[str, np.ndarray], at: xr.Dataset, model: pm.Model) -> float:
    """Log density of the parameters on the sampler's scale, with the derivative of its transforms."""
    total = 0.0
    for item in repeated_measures.parameters(study).items:
        value = at[item.name].to_numpy()
        if item.scale:
            # Drawn as its product with sqrt(1 + (precision * scale)^2).
            widened = np.sqrt(1 + (item.precision[0] * float(at[item.scale].item())) ** 2)
            total += (stats.norm.logpdf(value) - np.log(widened)).sum()
            continue
        family = getattr(priors, item.prior)
        v, kind = family.values(), type(family).__name__
        if kind == "Normal":
            total += stats.norm(v["mean"], v["sd"]).logpdf(value).sum()
        elif kind == "HalfNormal":
            total += (stats.halfnorm(scale=v["sd"]).logpdf(value) + np.log(value)).sum()
        elif kind == "Gamma":
            total += (stats.gamma(v["shape"], scale=1 / v["rate"]).logpdf(value) + np.log(value)).sum()
        else:
            total += (stats.beta(v["alpha"], v["beta"]).logpdf(value) + np.log(value) + np.log1p(-value)).sum()
    return float(total)


@pytest.fixture(scope="session")
def unstructured() -> Callable[[np.ndarray, int], np.ndarray]:
    """A correlation matrix by recursion over (1 + partial correlation) / 2 of its pairs."""

    def correlation(share: np.ndarray, size: int) -> np.ndarray:
        partial, found = iter(2 * share - 1), np.eye(size)
        for row in range(size):
            for column in range(row):
                # corr(i, j) = r * sqrt(unexplained of i) * sqrt(unexplained of j) + what those before both explain.
                inverse = np.linalg.inv(found[:column, :column]) if column else np.zeros((0, 0))
                left, right = found[row, :column], found[column, :column]
                spare = (1 - left @ inverse @ left) * (1 - right @ inverse @ right)
                together = next(partial) * np.sqrt(spare) + left @ inverse @ right
                found[row, column] = found[column, row] = together
        return found

    return correlation


@dataclass(frozen=True)
class Trial:
    """Trials of one design: three visits, two arms, marker and score, limits and gaps."""

    case: Case
    frame: Frame
    parameters: Parameters
    compiled: Any
    correlation: Callable[[np.ndarray, int], np.ndarray]
    limit: float
    missing: float

    def observed(self, at: xr.Dataset, rng: np.random.Generator) -> Frame:
        """The frame with outcomes drawn anew from parameters with one draw, from its fixed centre."""
        visits = self.frame.visits
        treated = (self.frame.design.arm == "T") * 1.0
        mean, sd = [], []
        for name, kind, visit in zip(
            self.frame.cells.names, self.frame.cells.kind, self.frame.cells.visit, strict=True
        ):
            own = float(at[f"{kind}_mean"].item()) + np.zeros(len(treated))
            if visit:
                later = {f"{kind}_follow_up": visits[visit]}
                own += float(at[f"{kind}_change"].sel(later).item())
                own += float(at[f"{kind}_arm"].sel(later).item()) * (treated - treated.mean())
            assert name.endswith(visits[visit])
            mean.append(own)
            sd.append(float(at[f"{kind}_sigma"].sel({f"{kind}_visit": visits[visit]}).item()))
        size = len(sd)
        covariance = self.correlation(at["partial_share"].to_numpy().ravel(), size) * np.outer(sd, sd)
        value = np.stack(mean, axis=1) + rng.multivariate_normal(np.zeros(size), covariance, len(treated))
        status = np.full(value.shape, OBSERVED)
        marker = np.array([kind == "marker" for kind in self.frame.cells.kind])
        status[(value < self.limit) & marker] = BELOW
        value = np.where(status == BELOW, self.limit, value)
        status[rng.random(value.shape) < self.missing * (self.frame.cells.visit > 0)] = MISSING
        cells = replace(self.frame.cells, value=np.where(status == MISSING, 0.0, value), status=status)
        return replace(self.frame, cells=cells)

    def draw(self, own: Frame, priors: Any, seed: int) -> tuple[xr.Dataset, int]:
        """Posterior draws of the parameters by name, and how many diverged."""
        prior_of = families(priors)
        named = self.parameters.by_family(prior_of)
        data = self.compiled.with_data(**arrays_of(own), **named.hyperparameters(prior_of))
        tree = nutpie.sample(
            data, draws=600, tune=500, chains=2, cores=2, seed=seed, target_accept=0.9, progress_bar=False
        )
        return named.named(tree["posterior"].to_dataset(), prior_of), int(tree["sample_stats"]["diverging"].sum())


@pytest.fixture(scope="session")
def trial(make_case: MakeCase, unstructured: Any) -> Trial:
    """Sixty people; compiled once."""
    case = make_case(people(60, 4), visits=("w0", "w2", "w6"))
    frame = make_frame(case.study, repeated_measures.select(case.study).used)
    compiled = nutpie.compile_pymc_model(repeated_measures.build(case.study, repeated_measures.PRIORS["reference"]))
    return Trial(case, frame, repeated_measures.parameters(case.study), compiled, unstructured, -0.6, 0.15)


@pytest.fixture(scope="session")
def fev(realdata: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    path = tmp_path_factory.mktemp("fev") / "study.toml"
    path.write_text(FEV, encoding="utf-8")
    return read_study(path, data_root=realdata / "mmrm")


@pytest.fixture(scope="session")
def with_hama(
    antidepressant: Callable[..., Study], realdata: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Study]:
    """The antidepressant trial with HAMA as its marker, and the outcomes to analyse."""
    file = Path("rbmi_antidepressant") / "antidepressant_data.csv"
    table = pd.read_csv(realdata / file, dtype=str)
    table["exp_hama"] = np.exp(table["HAMATOTL"].astype(float) / 10).map("{:.12g}".format)
    folder = tmp_path_factory.mktemp("with_hama")
    (folder / file).parent.mkdir()
    table.to_csv(folder / file, index=False)
    return lambda outcomes: antidepressant(f'{WITH_HAMA}outcomes = "{outcomes}"\n', folder)


@pytest.fixture(scope="session")
def sas_columns() -> Callable[[Study], tuple[np.ndarray, Any]]:
    """Intercept, TRT and Female, and the four FEV1 values of those with any."""

    def columns_of(study: Study) -> tuple[np.ndarray, Any]:
        cells = make_cells({"score": score_series(study)}, "constrained")
        seen = (cells.status[:, 1:] == 1).any(axis=1)
        data = study.data.isel(participant=seen)
        treated = data["arm"].to_numpy() == "TRT"
        female = data["covariate_SEX"].to_numpy() == "Female"
        return np.column_stack([np.ones(len(treated)), treated, female]).astype(float), cells.of(seen)

    return columns_of
