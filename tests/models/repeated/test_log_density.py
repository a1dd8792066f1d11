"""The log density of every participant against SciPy and the formula of the docstring."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import xarray as xr
from pytensor.compile.mode import Mode
from scipy import stats

from cochange.models import repeated_measures

PRIORS = repeated_measures.PRIORS["reference"]
LN2 = float(np.log(2))


def cell_of(text: str, kind: str) -> tuple[str, float]:
    """Status and value of a cell as written."""
    if text == "":
        return "missing", np.nan
    if text[0] in "<>":
        return {"<": "below", ">": "above"}[text[0]], float(np.log(float(text[1:])))
    return "observed", float(np.log(float(text))) if kind == "marker" else float(text)


class Formula:
    """The docstring of the model, participant by participant."""

    def __init__(self, case: Any, unstructured: Callable[[np.ndarray, int], np.ndarray]) -> None:
        self.case, self.unstructured = case, unstructured
        self.visits = list(case.study.spec.data.visits)
        self.given = case.options.get("baseline") == "covariate"
        columns = {"marker": "il6", "score": "madrs"}
        self.cells = {
            (kind, visit): [cell_of(text, kind) for text in case.table[f"{columns[kind]}_{visit}"]]
            for kind in case.kinds
            for visit in self.visits
        }
        self.used = np.array(
            [
                not self.given or any(self.cells[key][row][0] != "missing" for key in self.outcomes)
                for row in range(len(case.table))
            ]
        )
        self.median = {
            kind: float(np.median([value for _, value in self.cells[kind, self.visits[0]]])) for kind in case.kinds
        }

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """Outcome and visit of each cell, by visit, marker first."""
        later = self.visits[1:] if self.given else self.visits
        return [(kind, visit) for visit in later for kind in self.case.kinds]

    def column(self, name: str) -> np.ndarray:
        """A column of the table of those used."""
        return self.case.table[name][self.used].to_numpy()

    def before(self, kind: str) -> np.ndarray:
        """Baselines of those used."""
        return np.array([value for _, value in self.cells[kind, self.visits[0]]])[self.used]

    def shift(self, at: xr.Dataset, kind: str, visit: str) -> np.ndarray:
        """Effects of covariates, groups and sites, shape ``(n,)``."""
        total = np.zeros(int(self.used.sum()))
        has = self.case.has
        if "covariates" in has:
            age, male = self.column("age").astype(float), (self.column("sex") == "male") * 1.0
            columns = {"age (per SD)": (age - age.mean()) / age.std(ddof=1), "sex: male": male - male.mean()}
            by_visit = ["sex: male"] if "sex" in self.case.options.get("covariates_by_visit", ()) else []
            for name, column in columns.items():
                if name in by_visit:
                    at_visit = at[f"{kind}_covariate_by_visit"].sel({f"{kind}_visit": visit})
                    total += float(at_visit.sel(covariate_by_visit=name).item()) * column
                else:
                    total += float(at[f"{kind}_covariate"].sel(covariate=name).item()) * column
        for level, name, column in (("group", "groups", "intensity"), ("site", "sites", "clinic")):
            if name in has:
                labels = sorted(set(self.column(column)))
                n = len(labels)
                # An orthonormal basis of what sums to zero: row k compares level k with the mean of those before.
                basis = np.array([[1.0] * k + [-k] + [0.0] * (n - k - 1) for k in range(1, n)])
                basis /= np.sqrt((basis**2).sum(axis=1, keepdims=True))
                effects = at[f"{kind}_{level}_standard"].to_numpy().ravel() @ basis * np.sqrt(n / (n - 1))
                sd = float(at[f"{kind}_{level}_sd"].item())
                total += sd * effects[[labels.index(label) for label in self.column(column)]]
        return total

    def mean(self, at: xr.Dataset, kind: str, visit: str) -> np.ndarray:
        """Expected log marker or score of those used."""
        total = self.shift(at, kind, visit)
        if not self.given:
            total += self.median[kind] + float(at[f"{kind}_mean"].item())
        if visit == self.visits[0]:
            return total
        place = {f"{kind}_follow_up": visit}
        total += float(at[f"{kind}_change"].sel(place).item())
        if "arms" in self.case.has:
            treated = (self.column("arm") == "T") * 1.0
            total += float(at[f"{kind}_arm"].sel(place).item()) * (treated - treated.mean())
        if self.given:
            slopes = {"marker": {"marker": "marker_on_marker", "score": "marker_on_score"}}
            slopes["score"] = {"marker": "prognostic", "score": "score_on_score"}
            total += self.before(kind)
            for own in self.case.kinds:
                slope = at[slopes[kind][own]]
                slope = slope.sel(place) if slope.ndim > 2 else slope
                baseline = self.before(own) / (LN2 if (kind, own) == ("score", "marker") else 1.0)
                total += float(slope.item()) * (baseline - baseline.mean())
        return total

    def correlation(self, at: xr.Dataset) -> np.ndarray:
        """Correlations of the cells; recursion over partial correlations where unstructured."""
        structure = self.case.options.get("covariance", "unstructured")
        size = len(self.outcomes)
        if structure == "unstructured":
            return self.unstructured(at["partial_share"].to_numpy().ravel(), size)
        number = len({visit for _, visit in self.outcomes})
        first = float(np.tanh(at["visit_z"].item()))
        if structure == "ar1":
            apart = first ** np.arange(number)
        elif structure == "compound symmetry":
            lowest = -1 / (number - 1)
            apart = np.array([1.0] + [lowest + (1 - lowest) * (1 + first) / 2] * (number - 1))
        else:
            further = np.tanh(at["lag_z"].to_numpy().ravel())
            apart = [1.0]
            for lag, own in enumerate([first, *further], 1):
                before = np.array(apart)[np.abs(np.subtract.outer(np.arange(lag - 1), np.arange(lag - 1)))]
                reverse = np.array(apart[1:lag])
                inverse = np.linalg.inv(before) if lag > 1 else np.zeros((0, 0))
                explained = reverse @ inverse @ reverse[::-1]
                apart.append(own * (1 - reverse @ inverse @ reverse) + explained)
        between = float(np.tanh(at["outcome_z"].item())) if "outcome_z" in at else 0.0
        found = np.eye(size)
        order = list(dict.fromkeys(visit for _, visit in self.outcomes))
        for i, (kind, visit) in enumerate(self.outcomes):
            for j, (other, later) in enumerate(self.outcomes):
                found[i, j] = apart[abs(order.index(visit) - order.index(later))] * (1 if kind == other else between)
        return found

    def covariance(self, at: xr.Dataset) -> np.ndarray:
        sd = np.array(
            [float(at[f"{kind}_sigma"].sel({f"{kind}_visit": visit}).item()) for kind, visit in self.outcomes]
        )
        return self.correlation(at) * np.outer(sd, sd)

    def log_density(self, at: xr.Dataset) -> np.ndarray:
        """Joint log density of what was observed of each participant used."""
        mean = np.stack([self.mean(at, kind, visit) for kind, visit in self.outcomes], axis=1)
        arms = self.column("arm")
        by_arm = {
            arm: self.covariance(at.sel(covariance_arm=arm) if "covariance_arm" in at.dims else at) for arm in "TC"
        }
        nu = float(at["nu"].item()) if "nu" in at else None
        rows = np.flatnonzero(self.used)
        return np.array([self.of_one(mean[i], by_arm[arms[i]], row, nu) for i, row in enumerate(rows)])

    def of_one(self, mean: np.ndarray, covariance: np.ndarray, row: int, nu: float | None) -> float:
        cells = [self.cells[key][row] for key in self.outcomes]
        status = np.array([own for own, _ in cells])
        value = np.array([own for _, own in cells])
        seen = np.flatnonzero(status == "observed")
        hidden = np.flatnonzero((status == "below") | (status == "above"))
        total = 0.0
        if len(seen):
            inner = covariance[np.ix_(seen, seen)]
            if nu is not None:
                assert not len(hidden)
                return float(stats.multivariate_t(mean[seen], inner, df=nu).logpdf(value[seen]))
            total = float(stats.multivariate_normal(mean[seen], inner).logpdf(value[seen]))
        if len(hidden):
            weight = covariance[np.ix_(hidden, seen)] @ np.linalg.inv(covariance[np.ix_(seen, seen)])
            centre = mean[hidden] + weight @ (value[seen] - mean[seen])
            spread = covariance[np.ix_(hidden, hidden)] - weight @ covariance[np.ix_(seen, hidden)]
            sign = np.where(status[hidden] == "below", 1.0, -1.0)
            own = stats.multivariate_normal(
                cov=spread * np.outer(sign, sign), abseps=1e-30, releps=1e-7, maxpts=2 * 10**6
            )
            total += float(np.log(own.cdf(sign * (value[hidden] - centre))))
        return total


def test_the_log_density_is_that_of_the_formula(case: Any, points: Any, quick: Mode, unstructured: Any) -> None:
    formula = Formula(case, unstructured)
    used = repeated_measures.select(case.study).used.tolist()
    assert used == case.table["id"][formula.used].tolist()
    model = repeated_measures.build(case.study, PRIORS)
    logp = model.compile_logp(mode=quick)
    for point, at, prior in points(model, case.study, PRIORS):
        expected = formula.log_density(at)
        density = repeated_measures.log_likelihood(at, case.study)
        assert density["participant"].to_numpy().tolist() == used
        np.testing.assert_allclose(density.to_numpy()[0, 0], expected, rtol=1e-5, atol=1e-5)
        assert float(logp(point)) == pytest.approx(prior + expected.sum(), rel=1e-6)


def test_leaving_some_out_is_the_density_of_the_others(case_of: Any, points: Any, quick: Mode) -> None:
    case = case_of("each arm its covariance")
    model = repeated_measures.build(case.study, PRIORS)
    logp = model.compile_logp(mode=quick)
    point, at, prior = points(model, case.study, PRIORS)[0]
    density = repeated_measures.log_likelihood(at, case.study)[0, 0]
    who = density["participant"].to_numpy()[[3, 7]].astype(str).tolist()
    with model:
        for name, value in repeated_measures.leave_out(case.study, who).items():
            model[name].set_value(value)
    others = float(density.sum() - density.sel(participant=who).sum())
    assert float(logp(point)) == pytest.approx(prior + others, rel=1e-6)


def test_some_participants_have_several_values_beyond_limits(case_of: Any, unstructured: Any) -> None:
    formula = Formula(case_of("both"), unstructured)
    beyond = [[status in ("below", "above") for status, _ in own] for own in formula.cells.values()]
    assert set(np.sum(beyond, axis=0)) >= {0, 1, 2, 3}
