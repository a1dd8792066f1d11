"""The formula of the joint model written out with NumPy and SciPy, and studies with each of its layers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

LN2 = float(np.log(2))
NODE, WEIGHT = np.polynomial.legendre.leggauss(64)
# Log precisions that a Student-t participant is averaged over.
LOG_PRECISION = np.linspace(-60, 8, 1500)

LIMITS = ("<0.8", ">4.5", "")
DESIGN = ("arms", "groups", "sites", "covariates")
ALL = (*DESIGN, "plates", "wells")

# Name: what the study has, how many markers, which cells are spoilt, whether measured with error, Student-t.
CASES: Mapping[str, dict[str, Any]] = {
    "observed scores": {"measurement": False},
    "measurement": {},
    "limits": {"measurement": False, "marker_cells": LIMITS},
    "gaps": {"marker_cells": ("",), "score_cells": ("",)},
    "screening": {"has": ("screening",), "screening_cells": ("",)},
    "screening, observed scores": {"has": ("screening",), "measurement": False},
    "included on the baseline score": {"has": ("baseline",), "score_cells": ("",)},
    "wells": {"has": ("wells",), "marker_cells": LIMITS},
    "plates": {"has": ("plates",), "marker_cells": LIMITS},
    "design": {"has": DESIGN},
    "two markers": {"markers": ("il6", "crp"), "marker_cells": ("<0.8", "")},
    "three markers": {"markers": ("il6", "crp", "tnf"), "has": ("groups",)},
    "student_t": {"student_t": True, "marker_cells": LIMITS, "score_cells": ("",)},
    "student_t, screening": {"student_t": True, "has": ("screening", "arms"), "screening_cells": ("",)},
    "student_t, included on the baseline score": {"student_t": True, "has": ("baseline",), "measurement": False},
    "three arms, benefit": {
        "has": ("arms", "screening"), "three_arms": True, "benefit": True, "marker_cells": LIMITS, "score_cells": ("",),
    },
    "arms not randomised": {"has": ("arms", "groups"), "randomised": False, "three_arms": True},
    "everything, arms not randomised": {
        "has": (*ALL, "screening"), "markers": ("il6", "crp"), "randomised": False, "benefit": True,
        "marker_cells": ("<0.8", ""), "score_cells": ("",), "screening_cells": ("",),
    },
    "arms not randomised, included on the baseline score, student_t": {
        "has": ("arms", "baseline"), "randomised": False, "student_t": True, "score_cells": ("",),
    },
    "two markers, benefit, student_t": {
        "has": ("arms", "baseline"), "markers": ("il6", "crp"), "benefit": True, "student_t": True,
    },
    "everything": {
        "has": (*ALL, "screening"), "marker_cells": LIMITS, "score_cells": ("",), "screening_cells": ("",),
    },
    "everything, two markers": {
        "has": (*ALL, "baseline"), "markers": ("il6", "crp"), "marker_cells": LIMITS, "score_cells": ("",),
    },
    "everything, student_t": {
        "has": (*ALL, "screening"), "marker_cells": LIMITS, "score_cells": ("",), "screening_cells": ("",),
        "student_t": True,
    },
}  # fmt: skip


def log_probability_under(upper: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Of zero-mean normal variables lying under all of their bounds, shape ``(n, d)``, by nested quadrature."""
    sd = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore"):
        return np.log(_under(upper / sd, covariance / np.outer(sd, sd)))


def _under(h: np.ndarray, correlation: np.ndarray) -> np.ndarray:
    if len(correlation) == 1:
        return special.ndtr(h[:, 0])
    top = np.minimum(h[:, 0], 9.0)
    low = np.minimum(-9.0, top - 6)
    x = low[:, None] + (top - low)[:, None] * (NODE + 1) / 2
    mass = WEIGHT * (top - low)[:, None] / 2 * np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi)
    r = correlation[1:, 0]
    rest = correlation[1:, 1:] - np.outer(r, r)
    sd = np.sqrt(np.diag(rest))
    given = (h[:, None, 1:] - x[..., None] * r) / sd
    inner = _under(given.reshape(-1, len(r)), rest / np.outer(sd, sd))
    return (mass * inner.reshape(x.shape)).sum(axis=1)


@dataclass(frozen=True, eq=False)
class Formula:
    """The joint model of a study, from its table and the model's docstring; outcomes m0 ..., y0, m1 ..., y1, s."""

    case: Any

    @property
    def k(self) -> int:
        """How many markers there are."""
        return len(self.case.markers)

    @property
    def n_outcomes(self) -> int:
        return 2 * self.k + 2 + ("screening" in self.case.has)

    @cached_property
    def readings(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Status, value and number of wells, shape ``(n, outcome)``, in logs, points and SDs of the screening score."""
        status, value, wells = [], [], []
        for visit in ("0", "12"):
            for name in self.case.markers:
                cells = [self.case.table[f"{name}_{visit}"]]
                if "wells" in self.case.has:
                    cells.append(self.case.table[f"{name}_{visit}_again"])
                read = [_sample(of_one) for of_one in zip(*cells, strict=True)]
                for found, column in zip((status, value, wells), zip(*read, strict=True), strict=True):
                    found.append(np.array(column))
            score = pd.to_numeric(self.case.table[f"madrs_{visit}"]).to_numpy()
            status.append(np.where(np.isnan(score), "missing", "observed"))
            value.append(score)
            wells.append(np.ones(len(score)))
        if "screening" in self.case.has:
            score = pd.to_numeric(self.case.table["phq9"]).to_numpy()
            standard = (score - np.nanmean(score)) / np.nanstd(score, ddof=1)
            status.append(np.where(np.isnan(score), "missing", "observed"))
            value.append(standard)
            wells.append(np.ones(len(score)))
        return np.stack(status, axis=1), np.stack(value, axis=1).astype(float), np.stack(wells, axis=1)

    @cached_property
    def centre(self) -> np.ndarray:
        """Median of the baseline values, limits included, for both visits; 0 for the screening score."""
        both = np.nanmedian(self.readings[1][:, : self.k + 1], axis=0)
        return np.concatenate([both, both, np.zeros(self.n_outcomes - 2 * self.k - 2)])

    @property
    def threshold(self) -> tuple[int, float] | None:
        """Position and threshold of the outcome of inclusion; PHQ-9 scores are whole, so above 9 is from 9.5 on."""
        if "screening" in self.case.has:
            score = pd.to_numeric(self.case.table["phq9"]).to_numpy()
            return self.n_outcomes - 1, float((9.5 - np.nanmean(score)) / np.nanstd(score, ddof=1))
        return (self.k, 10.0) if "baseline" in self.case.has else None

    @cached_property
    def arm(self) -> np.ndarray:
        """Who is in each arm but the control C, less the share in it, shape ``(n, arm)``."""
        names = sorted(set(self.case.table["arm"]) - {"C"})
        indicator = (self.case.table["arm"].to_numpy()[:, None] == names).astype(float)
        return indicator - indicator.mean(axis=0)

    def effects(self, at: Mapping[str, np.ndarray], outcome: str) -> np.ndarray:
        """Effects of the design on an outcome's equations, baseline then change, shape ``(n, equation)``."""
        table, has, half = self.case.table, self.case.has, self.k if outcome == "marker" else 1
        total = np.zeros((len(table), 2 * half))
        if "covariates" in has:
            effect = at[f"{outcome}_covariate"].reshape(2 * half, 2)
            age, male = table["age"].astype(float).to_numpy(), (table["sex"] == "male").to_numpy(dtype=float)
            total += np.outer((age - age.mean()) / age.std(ddof=1), effect[:, 0])
            total += np.outer(male - male.mean(), effect[:, 1])
        if "arms" in has:
            total[:, half:] += self.arm @ at[f"{outcome}_arm"].reshape(half, -1).T
            if not self.case.randomised:
                total[:, :half] += self.arm @ at[f"{outcome}_arm_baseline"].reshape(half, -1).T
        for level, column in (("group", "intensity"), ("site", "clinic")):
            if f"{level}s" in has:
                effect = _pooled(at[f"{outcome}_{level}_standard"].reshape(2 * half, -1))
                _, own = np.unique(table[column], return_inverse=True)
                total += (at[f"{outcome}_{level}_sd"][:, None] * effect)[:, own].T
        return total

    def mean(self, at: Mapping[str, np.ndarray]) -> np.ndarray:
        """Expected outcomes of each participant, shape ``(n, outcome)``, in the units of `readings`."""
        markers = self.effects(at, "marker") + np.concatenate([at["marker_mean"], at["marker_change"]])
        score = self.effects(at, "score") + np.concatenate([at["score_mean"], at["score_change"]])
        k = self.k
        m0, y0 = markers[:, :k], score[:, :1]
        outcomes = [m0, y0, m0 + markers[:, k:], y0 + score[:, 1:]]
        if "plates" in self.case.has:
            shift = at["plate_sd"][:, None] * _pooled(at["plate_standard"].reshape(k, -1))
            names = np.unique(np.concatenate([self.case.table[f"plate_{v}"] for v in ("0", "12")]))
            names = names[names != ""]
            for position, visit in ((0, "0"), (2, "12")):
                on_plate = (self.case.table[f"plate_{visit}"].to_numpy()[:, None] == names).astype(float)
                outcomes[position] = outcomes[position] + on_plate @ shift.T
        if "screening" in self.case.has:
            outcomes.append(at["screening_mean"] + at["screening_slope"] * y0)
        return np.concatenate(outcomes, axis=1) + self.centre

    def benefit(self, at: Mapping[str, np.ndarray]) -> np.ndarray:
        """Points of y1 - y0 per log unit of m0 that a participant's arm adds, shape ``(n, marker)``."""
        if not self.case.benefit:
            return np.zeros((len(self.case.table), self.k))
        return self.arm @ at["benefit"].reshape(-1, self.k) / LN2

    def slopes(self, at: Mapping[str, np.ndarray]) -> tuple[np.ndarray, ...]:
        """Points of y0, of y1 - y0, and of y1 - y0 per log unit of m0, of m0 (averaged over arms) and of e3."""
        names = ("baseline_slope", "prognostic", "parallel")
        if self.k == 1:
            by_marker = [at[name] for name in names]
        else:
            standard = at["slope_standard"].reshape(3, -1)
            by_marker = [at[f"{name}_centre"] + at["slope_spread"][i] * standard[i] for i, name in enumerate(names)]
        return by_marker[0] / LN2, by_marker[1] / LN2, -by_marker[2] / LN2

    def true_and_error(
        self, at: Mapping[str, np.ndarray], benefit: np.ndarray | float = 0.0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Covariances of the true scores and of the errors: x = path x + e, for x = (m0, y0, m1 - m0, y1 - y0)."""
        k = self.k
        m0, y0, dm, dy = np.arange(k), k, np.arange(k + 1, 2 * k + 1), 2 * k + 1
        b, c, p = self.slopes(at)
        a_m, a_y, c_y = at["marker_on_marker"], at["marker_on_score"], at["score_on_score"][0]
        path = np.zeros((2 * k + 2, 2 * k + 2))
        path[y0, m0] = b
        path[dm, m0], path[dm, y0] = a_m, a_y
        # parallel multiplies e3 = (m1 - m0) - a_m [m0] - a_y [y0].
        path[dy, m0], path[dy, y0], path[dy, dm] = c + benefit - p * a_m, c_y - p @ a_y, p
        sd = np.concatenate([at[f"{name}_sigma"] for name in ("marker", "score", "marker_change", "score_change")])
        residual = np.diag(sd**2)
        for positions, name in ((m0, "baseline_markers"), (dm, "marker_changes")):
            if k > 1:
                here = np.ix_(positions, positions)
                residual[here] = np.outer(sd[positions], sd[positions]) * (at[name] @ at[name].T)
        total = np.linalg.inv(np.eye(2 * k + 2) - path)
        follow_up = np.kron([[1, 0], [1, 1]], np.eye(k + 1)) @ total
        true = follow_up @ residual @ follow_up.T
        if not self.case.measurement:
            return true, np.zeros_like(true)
        reliability = np.concatenate([at["marker_reliability"], at["score_reliability"]])
        error_sd = np.sqrt(np.diag(true)[: k + 1] * (1 / reliability - 1))
        state = np.tanh(at["state_z"])
        correlation = np.eye(k + 1)
        correlation[:k, k] = correlation[k, :k] = state
        # Errors of two markers have in common what each shares with the score's.
        correlation[:k, :k] += np.outer(state, state) - np.diag(state**2)
        error = np.kron(np.eye(2), correlation * np.outer(error_sd, error_sd))
        return true, error

    def covariance(self, at: Mapping[str, np.ndarray], benefit: np.ndarray | float = 0.0) -> np.ndarray:
        """Covariance of the observed outcomes given the design, without that between wells."""
        true, error = self.true_and_error(at, benefit)
        observed = true + error
        if "screening" not in self.case.has:
            return observed
        size, y0 = len(true), self.k
        share = at["screening_state"][0] if self.case.measurement else 0.0
        with_true, with_error = at["screening_slope"][0] * np.eye(size)[y0], at["screening_slope"][0] * share
        last = with_true @ true + with_error * error[y0]
        variance = with_true @ true @ with_true + with_error**2 * error[y0, y0] + at["screening_sd"][0] ** 2
        return np.block([[observed, last[:, None]], [last[None, :], variance]])

    def log_density(self, at: Mapping[str, np.ndarray]) -> np.ndarray:
        """Log density of what was observed of each participant given inclusion, shape ``(n,)``."""
        status, value, wells = self.readings
        mean, benefit = self.mean(at), self.benefit(at)
        nu = float(at["nu"][0]) if self.case.student_t else None
        density = np.empty(len(value))
        rule = self.threshold
        for i in range(len(value)):
            covariance = self.covariance(at, benefit[i])
            own, reading, how = covariance.copy(), value[i] - mean[i], status[i].copy()
            if "wells" in self.case.has:
                for position in range(self.k):
                    for outcome in (position, self.k + 1 + position):
                        own[outcome, outcome] += at["well_sd"][position] ** 2 / wells[i, outcome]
            if rule is not None and how[rule[0]] == "missing":
                how[rule[0]], reading[rule[0]] = "above", rule[1] - mean[i, rule[0]]
            density[i] = _participant(how, reading, own, nu)
            if rule is not None:
                z = (rule[1] - mean[i, rule[0]]) / np.sqrt(covariance[rule[0], rule[0]])
                density[i] -= stats.norm.logsf(z) if nu is None else stats.t.logsf(z, nu)
        return density

    def between_wells(self, at: Mapping[str, np.ndarray]) -> float:
        """Log density of the sums of squares between the wells of each marker's measured samples."""
        total = 0.0
        for position, name in enumerate(self.case.markers if "wells" in self.case.has else ()):
            squares, degrees = 0.0, 0
            for visit in ("0", "12"):
                columns = [f"{name}_{visit}", f"{name}_{visit}_again"]
                for cells in self.case.table[columns].itertuples(index=False):
                    if _sample(cells)[0] == "observed" and "" not in cells:
                        squares += float(np.log(np.array(cells, dtype=float)).var() * 2)
                        degrees += 1
            variance = at["well_sd"][position] ** 2
            total += stats.chi2(degrees).logpdf(squares / variance) - np.log(variance)
        return total


def _pooled(standard: np.ndarray) -> np.ndarray:
    """Effects that sum to zero over the levels, each with variance 1: a level against the mean of those before it."""
    levels = standard.shape[1] + 1
    effects = np.zeros((len(standard), levels))
    for contrast in range(1, levels):
        weight = standard[:, contrast - 1] / np.sqrt(contrast * (contrast + 1))
        effects[:, :contrast] += weight[:, None]
        effects[:, contrast] -= contrast * weight
    return effects * np.sqrt(levels / (levels - 1))


def _sample(cells: tuple[str, ...]) -> tuple[str, float, int]:
    """Status, natural log and number of wells of one sample; wells beyond a limit are so together."""
    read = [cell for cell in cells if cell != ""]
    if not read:
        return "missing", np.nan, 1
    status = {"<": "below", ">": "above"}.get(read[0][0], "observed")
    return status, float(np.mean([np.log(float(cell.strip("<>"))) for cell in read])), len(read)


def _participant(status: np.ndarray, residual: np.ndarray, covariance: np.ndarray, nu: float | None) -> float:
    """Log density of the observed residuals and log probability of the others' lying beyond their limits."""
    seen = np.flatnonzero(status == "observed")
    beyond = np.flatnonzero((status == "below") | (status == "above"))
    sign = np.where(status[beyond] == "below", 1.0, -1.0)
    density: Any = 0.0
    weight = np.zeros((len(beyond), len(seen)))
    if len(seen):
        part = covariance[np.ix_(seen, seen)]
        weight = covariance[np.ix_(beyond, seen)] @ np.linalg.inv(part)
        if nu is None:
            density = stats.multivariate_normal(cov=part).logpdf(residual[seen])
        elif not len(beyond):
            density = stats.multivariate_t(shape=part, df=nu).logpdf(residual[seen])
    if not len(beyond):
        return float(density)
    rest = covariance[np.ix_(beyond, beyond)] - weight @ covariance[np.ix_(seen, beyond)]
    rest, room = rest * np.outer(sign, sign), sign * (residual[beyond] - weight @ residual[seen])
    if nu is None:
        return float(density + log_probability_under(room[None], rest)[0])
    precision = np.exp(LOG_PRECISION)
    mixing = stats.gamma(nu / 2, scale=2 / nu).logpdf(precision) + LOG_PRECISION
    if len(seen):
        distance = residual[seen] @ np.linalg.solve(part, residual[seen])
        mixing += 0.5 * (len(seen) * (LOG_PRECISION - np.log(2 * np.pi)) - np.linalg.slogdet(part)[1])
        mixing -= 0.5 * precision * distance
    mixing += log_probability_under(np.sqrt(precision)[:, None] * room, rest)
    return float(special.logsumexp(mixing) + np.log(LOG_PRECISION[1] - LOG_PRECISION[0]))


@pytest.fixture(scope="session")
def formula() -> type[Formula]:
    return Formula


@pytest.fixture(scope="session")
def participant_density() -> Callable[..., float]:
    return _participant


@pytest.fixture(scope="session")
def under() -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    return log_probability_under


@pytest.fixture(scope="session", params=CASES)
def case(request: pytest.FixtureRequest, case_of: Callable[[str], Any]) -> Any:
    return case_of(request.param)


@pytest.fixture(scope="session")
def case_of(make_case: Any, make_table: Any, gaps: Any) -> Callable[[str], Any]:
    made: dict[str, Any] = {}

    def case(name: str) -> Any:
        if name not in made:
            keys = dict(CASES[name])
            table = make_table(45, 7)
            if keys.pop("three_arms", False):
                table.loc[::3, "arm"] = "S"
            markers = keys.get("markers", ("il6",))
            columns = tuple(f"{marker}_{visit}" for marker in markers for visit in ("0", "12"))
            spoilt = {
                columns: keys.pop("marker_cells", ()),
                ("madrs_0", "madrs_12"): keys.pop("score_cells", ()),
                ("phq9",): keys.pop("screening_cells", ()),
                ("plate_0", "plate_12"): ("",),
            }
            for seed, (of_these, cells) in enumerate(spoilt.items()):
                table = gaps(table, of_these, cells, seed)
            if "wells" in keys.get("has", ()):
                table = _spoil_second_wells(table, columns)
            made[name] = make_case(table, **keys)
        return made[name]

    return case


def _spoil_second_wells(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    """Wells beyond a limit are so together; some second wells are missing, some alone are left."""
    changed = table.copy()
    for column in columns:
        beyond = changed[column].str.startswith(("<", ">"))
        changed.loc[beyond, f"{column}_again"] = changed.loc[beyond, column]
        changed.loc[changed.index % 6 == 0, f"{column}_again"] = ""
    return changed
