"""Studies with readings at many visits, and the growth model written out with NumPy and SciPy from its docstring."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import nutpie
import pandas as pd
import pytest
import xarray as xr
from scipy import integrate, stats

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.models import growth
from cochange.models.parts.prior_sets import families

WEEKS = (0, 2, 5, 9, 12)
TABLES: Mapping[str, str] = {
    "marker": '[[marker]]\nname = "IL-6"\nunit = "pg/mL"\nscale = "raw"\nconfirmed = ["scale", "floors"]\ncolumns = ',
    "score": '[symptom]\nscale = "S"\nrange = [-200, 200]\ndirection = "higher is worse"\ncolumns = ',
    "dates": '[dates]\nformat = "days"\ncolumns = ',
    "arms": '[arms]\ncolumn = "arm"\ncontrol = "C"\n',
    "groups": '[groups]\ncolumn = "intensity"\n',
    "sites": '[sites]\ncolumn = "clinic"\n',
    "covariates": '[covariates]\nnumeric = ["age"]\ncategorical = ["sex"]\n',
}
COLUMNS = {"marker": "m", "score": "y", "dates": "day"}


@dataclass(frozen=True)
class Truth:
    """Means, covariance and residual covariance in the order marker level, score level, marker slope, score slope."""

    mean: np.ndarray
    between: np.ndarray
    within: np.ndarray


USUAL = Truth(
    mean=np.array([0.5, 24.0, -0.4, -9.0]),
    between=np.array([[0.5, 0.6, -0.05, 0.0], [0.6, 30.0, 0.0, -5.0], [-0.05, 0.0, 0.15, 0.8], [0.0, -5.0, 0.8, 25.0]]),
    within=np.array([[0.1, 0.3], [0.3, 12.0]]),
)


def people(n: int = 40, seed: int = 1, truth: Truth = USUAL, jitter: float = 0.0) -> pd.DataFrame:
    """A table as text, drawn from the model with a linear course over 12 weeks; nothing is missing."""
    rng = np.random.default_rng(seed)
    index = np.arange(n)
    columns: dict[str, Any] = {
        "id": [f"P{i:04d}" for i in index],
        "arm": np.where(rng.random(n) < 0.5, "T", "C"),
        "intensity": np.where(index % 3 == 0, "vigorous", np.where(index % 3 == 1, "light", "moderate")),
        "clinic": np.where(rng.random(n) < 0.4, "North", "South"),
        "age": np.round(rng.normal(45, 10, n), 1),
        "sex": np.where(index % 4 == 0, "male", "female"),
    }
    effects = rng.multivariate_normal(truth.mean, truth.between, n)
    day = 7.0 * np.array(WEEKS) + np.where(np.array(WEEKS) > 0, rng.uniform(-jitter, jitter, (n, len(WEEKS))), 0)
    day = day.round(1)
    error = rng.multivariate_normal(np.zeros(2), truth.within, (n, len(WEEKS)))
    readings = effects[:, None, :2] + effects[:, None, 2:] * (day / 84)[..., None] + error
    for visit in range(len(WEEKS)):
        columns[f"m{visit}"] = [f"{x:.10g}" for x in np.exp(readings[:, visit, 0])]
        columns[f"y{visit}"] = [f"{x:.10g}" for x in readings[:, visit, 1]]
        columns[f"day{visit}"] = day[:, visit]
    return pd.DataFrame(columns).astype(str)


def spoilt(table: pd.DataFrame, limit: float = -np.inf, missing: float = 0.0, seed: int = 3) -> pd.DataFrame:
    """Marker values whose log is under a limit as such, and a share of all cells missing at random."""
    rng = np.random.default_rng(seed)
    changed = table.copy()
    for visit in range(len(WEEKS)):
        under = np.log(table[f"m{visit}"].astype(float)) < limit
        changed.loc[under, f"m{visit}"] = f"<{np.exp(limit):.10g}"
        for name in ("m", "y"):
            changed.loc[rng.random(len(table)) < missing, f"{name}{visit}"] = ""
    return changed


@pytest.fixture(scope="session")
def make_table() -> Callable[..., pd.DataFrame]:
    return people


@pytest.fixture(scope="session")
def spoil() -> Callable[..., pd.DataFrame]:
    return spoilt


@pytest.fixture(scope="session")
def usual() -> Truth:
    return USUAL


@pytest.fixture(scope="session")
def make_truth() -> type[Truth]:
    return Truth


def values_of(truth: Truth) -> dict[str, float]:
    """The estimands of a study over 12 weeks, from its means and covariances."""
    between, within, ln2 = truth.between, truth.within, np.log(2)

    def correlation(of: np.ndarray, i: int, j: int) -> float:
        return float(of[i, j] / np.sqrt(of[i, i] * of[j, j]))

    raw = between[2:, 2:] + 2 * within
    values = {
        "geometric_mean_ratio": np.exp(truth.mean[2]),
        "marker_rate": np.exp(truth.mean[2] / 12),
        "symptom_change": truth.mean[3],
        "score_rate": truth.mean[3] / 12,
        "baseline_correlation": correlation(between, 0, 1),
        "baseline_slope": ln2 * between[0, 1] / between[0, 0],
        "prognostic_slope": ln2 * np.linalg.solve(between[:2, :2], between[:2, 3])[0],
        "slope_correlation": correlation(between, 2, 3),
        "within_correlation": correlation(within, 0, 1),
        "within_slope": ln2 * within[0, 1] / within[0, 0],
        "change_correlation": correlation(raw, 0, 1),
        "still_change_correlation": correlation(within, 0, 1),
    }
    for number, outcome in enumerate(("marker", "score")):
        values |= {
            f"{outcome}_level_spread": np.sqrt(between[number, number]),
            f"{outcome}_change_spread": np.sqrt(between[2 + number, 2 + number]),
            f"{outcome}_residual_spread": np.sqrt(within[number, number]),
            f"{outcome}_level_change_correlation": correlation(between, number, 2 + number),
        }
    return {name: float(value) for name, value in values.items()}


@pytest.fixture(scope="session")
def true_values() -> Callable[[Truth], dict[str, float]]:
    return values_of


@dataclass(frozen=True)
class Case:
    """A study, its table as text, and what its study file has."""

    study: Study
    table: pd.DataFrame
    has: tuple[str, ...]
    course: Mapping[str, Any]
    student_t: bool


@pytest.fixture(scope="session")
def make_case(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Case]:
    """Write a table and its study file, and read them as a user's study is read; `has` names the tables it has."""

    def make(
        table: pd.DataFrame,
        has: tuple[str, ...] = ("marker", "score"),
        course: Mapping[str, Any] | None = None,
        student_t: bool = False,
        visits: int = len(WEEKS),
        design: str = "",
        planned: bool = True,
        extra: str = "",
    ) -> Case:
        folder = tmp_path_factory.mktemp("growth")
        table.to_csv(folder / "trial.csv", index=False)
        design = design or ("randomised" if "arms" in has else "single arm")
        names = [f"week {week}" for week in WEEKS[:visits]]
        lines = [f'[study]\ntitle = "Small"\ndesign = "{design}"\ntreatment = "none"\n']
        lines.append(f'[data]\nfile = "trial.csv"\nlayout = "wide"\nparticipant = "id"\nvisits = {_list(names)}\n')
        for name in has:
            own = [f"{COLUMNS[name]}{visit}" for visit in range(visits)] if name in COLUMNS else None
            lines.append(TABLES[name] + (_list(own) + "\n" if own else ""))
        time = {"unit": "weeks"} | ({"visits": list(WEEKS[:visits])} if planned else {}) | dict(course or {})
        lines.append("[time]\n" + "".join(f"{key} = {_list(value)}\n" for key, value in time.items()))
        lines.append(f'[analysis]\nlikelihood = "{"student_t" if student_t else "normal"}"\n{extra}')
        path = folder / "study.toml"
        path.write_text("\n".join(lines), encoding="utf-8")
        return Case(read_study(path), table, has, dict(course or {}), student_t)

    return make


def _list(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_list, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else str(value)


@dataclass(frozen=True, eq=False)
class Formula:
    """The growth model of a study, participant by participant, from its table and the model's docstring."""

    case: Case

    @property
    def outcomes(self) -> tuple[str, ...]:
        return tuple(name for name in ("marker", "score") if name in self.case.has)

    def readings(self) -> tuple[np.ndarray, np.ndarray]:
        """Status and value, in logs and points, shape ``(n, visit, outcome)``."""
        status, value = [], []
        for name in self.outcomes:
            cells = self.case.table[[f"{COLUMNS[name]}{visit}" for visit in range(len(WEEKS))]].to_numpy()
            numbers = np.array([[float(c.lstrip("<")) if c else np.nan for c in row] for row in cells])
            value.append(np.log(numbers) if name == "marker" else numbers)
            known = np.where(np.isnan(numbers), "missing", "observed")
            status.append(np.where(np.char.startswith(cells.astype(str), "<"), "below", known))
        return np.stack(status, axis=-1), np.stack(value, axis=-1)

    def terms(self) -> np.ndarray:
        """g of every visit, shape ``(n, visit, piece)``."""
        week = np.tile(np.array(WEEKS, dtype=float), (len(self.case.table), 1))
        if "dates" in self.case.has:
            week = self.case.table[[f"day{visit}" for visit in range(len(WEEKS))]].to_numpy(dtype=float) / 7
        kind = self.case.course.get("course", "linear")
        if kind == "log":
            return (np.log(1 + week) / np.log(13))[..., None]
        if kind == "linear":
            return (week / 12)[..., None]
        # Time since each knot; a stretch is what passed since its own and not yet since the next.
        since = [week, *(np.maximum(week - knot, 0) for knot in self.case.course["knots"]), np.zeros_like(week)]
        return -np.diff(np.stack(since, axis=-1), axis=-1) / 12

    def effects(self, at: Mapping[str, np.ndarray]) -> np.ndarray:
        """Means of levels and slopes of each participant, shape ``(n, equation, outcome)``."""
        table, has = self.case.table, self.case.has
        found = []
        for name in self.outcomes:
            total = np.tile(np.concatenate([[at[f"{name}_mean"]], at[f"{name}_change"]]), (len(table), 1))
            if "covariates" in has:
                age, male = table["age"].to_numpy(dtype=float), (table["sex"] == "male").to_numpy(dtype=float)
                total += np.outer((age - age.mean()) / age.std(ddof=1), at[f"{name}_covariate"][:, 0])
                total += np.outer(male - male.mean(), at[f"{name}_covariate"][:, 1])
            if "arms" in has:
                treated = (table["arm"] == "T").to_numpy(dtype=float)
                own = at[f"{name}_arm"][:, 0]
                total[:, -len(own) :] += np.outer(treated - treated.mean(), own)
            for level, column in (("group", "intensity"), ("site", "clinic")):
                if f"{level}s" in has:
                    total += (at[f"{name}_{level}_sd"][:, None] * _pooled(at[f"{name}_{level}_standard"]))[
                        :, np.unique(table[column], return_inverse=True)[1]
                    ].T
            found.append(total)
        return np.stack(found, axis=-1)

    def between(self, at: Mapping[str, np.ndarray]) -> np.ndarray:
        """Covariance of levels and slopes by the recursion of partial correlations, one pair at a time."""
        pieces = at[f"{self.outcomes[0]}_change"].size
        names = [(piece, name) for piece in range(pieces + 1) for name in self.outcomes]
        sd = [
            at[f"{name}_level_sigma"] if piece == 0 else at[f"{name}_change_sigma"][piece - 1] for piece, name in names
        ]
        queues = {
            kind: list(np.tanh(np.atleast_1d(at.get(f"{kind}_z", []))))
            for kind in ("levels", "level_and_slope", "slopes")
        }
        size = len(names)
        partial = np.eye(size)
        for j in range(size):
            for i in range(j):
                kind = "slopes" if names[i][0] else "levels" if names[j][0] == 0 else "level_and_slope"
                partial[i, j] = queues[kind].pop(0)
        correlation = np.eye(size)
        for j in range(size):
            for i in range(j):
                r = partial[i, j]
                # Of i and j given the first i variables, these taken back one by one (Yule 1907).
                for k in range(i - 1, -1, -1):
                    a, b = partial[k, i], partial[k, j]
                    r = r * np.sqrt((1 - a**2) * (1 - b**2)) + a * b
                correlation[i, j] = correlation[j, i] = r
        assert not any(queues.values())
        return correlation * np.outer(sd, sd)

    def within(self, at: Mapping[str, np.ndarray]) -> np.ndarray:
        sd = np.array([at[f"{name}_residual_sigma"] for name in self.outcomes])
        correlation = np.eye(len(sd))
        if len(sd) > 1:
            correlation[0, 1] = correlation[1, 0] = np.tanh(at["within_z"])
        return correlation * np.outer(sd, sd)

    def log_density(self, at: Mapping[str, np.ndarray]) -> np.ndarray:
        """Log density of what was observed of each participant, shape ``(n,)``."""
        status, value = self.readings()
        first = [np.nanmedian(value[:, 0, number]) for number in range(value.shape[2])]
        terms, means = self.terms(), self.effects(at)
        between, within = self.between(at), self.within(at)
        density = np.empty(len(value))
        size = value.shape[2]
        for i in range(len(value)):
            g = np.column_stack([np.ones(len(WEEKS)), terms[i]])
            loadings = np.kron(g, np.eye(size))
            mean = loadings @ means[i].ravel() + np.tile(first, len(WEEKS))
            covariance = loadings @ between @ loadings.T + np.kron(np.eye(len(WEEKS)), within)
            nu = float(at["nu"]) if self.case.student_t else None
            density[i] = _participant(status[i].ravel(), value[i].ravel() - mean, covariance, nu)
        return density


def _pooled(contrasts: np.ndarray) -> np.ndarray:
    """Effects of all levels from one fewer standard normal contrasts: they sum to zero and have a variance of 1."""
    levels = contrasts.shape[-1] + 1
    full = np.zeros((levels - 1, levels))
    for row in range(1, levels):
        full[row - 1, :row], full[row - 1, row] = 1, -row
        full[row - 1] /= np.sqrt(row * (row + 1))
    return np.sqrt(levels / (levels - 1)) * contrasts @ full


def _participant(status: np.ndarray, residual: np.ndarray, covariance: np.ndarray, nu: float | None) -> float:
    seen, under = np.flatnonzero(status == "observed"), np.flatnonzero(status == "below")
    k = len(seen)
    own = covariance[np.ix_(seen, seen)]
    total, distance = 0.0, 0.0
    centre, rest = np.zeros(len(under)), covariance[np.ix_(under, under)]
    if k:
        normal = stats.multivariate_normal(cov=own) if nu is None else stats.multivariate_t(shape=own, df=nu)
        total += float(normal.logpdf(residual[seen]))
        slope = np.linalg.solve(own, covariance[np.ix_(seen, under)])
        centre, rest = residual[seen] @ slope, rest - covariance[np.ix_(under, seen)] @ slope
        distance = float(residual[seen] @ np.linalg.solve(own, residual[seen]))
    if not len(under):
        return total
    bound = residual[under] - centre
    if nu is None:
        return total + float(np.log(_under(bound, rest)))
    (only,) = bound / np.sqrt(np.diag(rest) * (nu + distance) / (nu + k))
    return total + float(stats.t.logcdf(only, nu + k))


def _under(bound: np.ndarray, covariance: np.ndarray) -> float:
    if len(bound) == 1:
        return float(stats.norm.cdf(bound[0] / np.sqrt(covariance[0, 0])))
    if len(bound) == 2:
        # Far out in a tail the bivariate integral of SciPy is right to 1e-16 alone, which there is no small share.
        first, second = bound / np.sqrt(np.diag(covariance))
        r = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])

        def density(x: float) -> float:
            return float(stats.norm.pdf(x) * stats.norm.cdf((second - r * x) / np.sqrt(1 - r * r)))

        return float(integrate.quad(density, first - 40, first, points=[first - 1], epsabs=0, epsrel=1e-10)[0])
    normal = stats.multivariate_normal(cov=covariance, maxpts=200_000, abseps=1e-7, releps=1e-7, seed=1)
    return float(normal.cdf(bound))


@pytest.fixture(scope="session")
def formula() -> type[Formula]:
    return Formula


@dataclass(frozen=True)
class Sampler:
    """One compiled graph, for every study of the same structure and every prior set of the same families."""

    compiled: Any
    parameters: Any

    def draw(
        self,
        arrays: Mapping[str, np.ndarray],
        priors: Any,
        seed: int,
        draws: int = 1000,
        tune: int = 800,
        chains: int = 4,
    ) -> tuple[xr.Dataset, int]:
        """Draws of the parameters by name given the data of the graph, and how many diverged."""
        prior_of = families(priors)
        data = self.compiled.with_data(**arrays, **self.parameters.hyperparameters(prior_of))
        tree = nutpie.sample(
            data, draws=draws, tune=tune, chains=chains, cores=2, seed=seed, target_accept=0.9, progress_bar=False
        )
        named = self.parameters.named(tree["posterior"].to_dataset(), prior_of)
        return named, int(tree["sample_stats"]["diverging"].sum())


@pytest.fixture(scope="session")
def sampler_of() -> Callable[[Study, Any], Sampler]:
    """Compile the growth model of a study."""

    def compiled(study: Study, priors: Any) -> Sampler:
        parameters = growth.parameters(study).by_family(families(priors))
        return Sampler(nutpie.compile_pymc_model(growth.build(study, priors)), parameters)

    return compiled


@pytest.fixture(scope="session")
def usual_sampler(sampler_of: Any, make_case: Any) -> Sampler:
    """The graph of marker and score over planned times, compiled once for recovery and calibration."""
    return sampler_of(make_case(spoilt(people(30, 1), -0.3, 0.1)).study, growth.PRIORS["reference"])
