"""A counted score in the symptom model: its log density and estimands against SciPy, participant by participant."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from pytensor.compile.mode import Mode
from scipy import special, stats

from cochange.models import symptom_change
from cochange.models.parts.bounded import at_most
from cochange.models.parts.prior_sets import hyperparameters

CASES = ("counted", "counted, higher is better", "counted without a marker")
ENDS = {"counted": (0, 60), "counted, higher is better": (62, -5), "counted without a marker": (0, 60)}
ARMS = ("C", "T")


class ByHand:
    """The formula of the docstring: points counted from the better end of the scale."""

    def __init__(self, name: str, case: Any, oracle: Any) -> None:
        self.case, self.oracle = case, oracle
        good, bad = ENDS[name]
        self.n, self.sign = abs(bad - good), np.sign(bad - good)
        self.y0, self.y1 = (case.table[column].to_numpy(dtype=float) for column in ("madrs_0", "madrs_12"))
        self.before, self.after = abs(self.y0 - good), abs(self.y1 - good)
        self.log_odds = np.log((self.before + 0.5) / (self.n - self.before + 0.5))
        m0 = np.log2(case.table["il6_0"].to_numpy(dtype=float))
        self.m0 = m0 - m0.mean()

    def eta(self, at: Mapping[str, np.ndarray], arm: str = "", m0_shift: float = 0.0) -> np.ndarray:
        """Log odds of each participant's count, as if all were in one arm where it is given."""
        line = self.log_odds + at["intercept"][0] + at["baseline_symptom"] * (self.log_odds - self.log_odds.mean())
        if "marker" in self.case.has:
            line = line + at["prognostic"][0] * (self.m0 + m0_shift)
        line = line + self.oracle.effects(self.case, self.case.table, at, 0)
        if arm:
            own = (self.case.table["arm"] == "T").to_numpy(dtype=float)
            line = line + at["arm_difference"][0][0] * (float(arm == "T") - own)
        return np.asarray(line)

    def count(self, at: Mapping[str, np.ndarray], **keys: Any) -> Any:
        p, precision = special.expit(self.eta(at, **keys)), at["precision"][0]
        return stats.betabinom(self.n, p * precision, (1 - p) * precision)

    def change(self, at: Mapping[str, np.ndarray], **keys: Any) -> np.ndarray:
        """Expected change in points: the mean of the distribution over its support."""
        support = np.arange(self.n + 1)[:, None]
        return np.asarray(self.sign * ((support * self.count(at, **keys).pmf(support)).sum(axis=0) - self.before))


@pytest.mark.parametrize("name", CASES)
def test_the_log_density_is_that_of_the_formula(cases: Mapping[str, Any], oracle: Any, quick: Mode, name: str) -> None:
    case, priors = cases[name], symptom_change.PRIORS["literature"]
    model = symptom_change.build(case.study, priors)
    by_hand, logp = ByHand(name, case, oracle), model.compile_logp(mode=quick)
    assert {"sigma", "nu"}.isdisjoint(model.named_vars)
    for point, at in oracle.points(model):
        expected = oracle.log_prior(priors, at, model) + by_hand.count(at).logpmf(by_hand.after).sum()
        assert float(logp(point)) == pytest.approx(expected, rel=1e-7)


def test_there_is_the_ancova_form_alone(cases: Mapping[str, Any]) -> None:
    model = symptom_change.build(cases["counted"].study, symptom_change.PRIORS["reference"])
    (observed,) = model.observed_RVs
    assert model.named_vars_to_dims[observed.name] == ("form", "participant")
    assert model.coords["form"] == ("ancova",)
    assert not model.deterministics


def some_draws(model: Any) -> xr.Dataset:
    rng = np.random.default_rng(2)
    variables = {}
    for variable in model.free_RVs:
        dims = model.named_vars_to_dims.get(variable.name, ())
        values = rng.normal(scale=0.5, size=(2, 3, *(len(model.coords[dim]) for dim in dims)))
        positive = variable.name == "precision" or variable.name.endswith("_sd")
        variables[variable.name] = (("chain", "draw", *dims), np.exp(values) * 4 if positive else values)
    return xr.Dataset(variables, coords={dim: list(labels) for dim, labels in model.coords.items()})


@pytest.mark.parametrize("name", CASES)
def test_estimands_agree_with_a_calculation_by_participant(cases: Mapping[str, Any], oracle: Any, name: str) -> None:
    case = cases[name]
    by_hand, table = ByHand(name, case, oracle), case.table
    posterior = some_draws(symptom_change.build(case.study, symptom_change.PRIORS["reference"]))
    found = symptom_change.derive(posterior, case.study)
    for index in ({"chain": 0, "draw": 0}, {"chain": 1, "draw": 2}):
        at = {key: value.isel(index).to_numpy() for key, value in posterior.items()}
        values = {
            key: draws.isel(index).sel(form="ancova") if "form" in draws.dims else draws.isel(index)
            for key, draws in found.items()
        }
        change = by_hand.change(at)
        expected = {("symptom_change", "overall"): change.mean()}
        if "marker" in case.has:
            step = 1e-4
            slope = (by_hand.change(at, m0_shift=step) - by_hand.change(at, m0_shift=-step)).mean() / (2 * step)
            assert float(values["prognostic_slope"]) == pytest.approx(slope, rel=1e-6)
        if "groups" in case.has:
            light = (table["intensity"] == "light").to_numpy()
            expected["symptom_change", "light"] = change[light].mean()
        if "arms" in case.has:
            means = {arm: by_hand.change(at, arm=arm).mean() for arm in ARMS}
            expected |= {("symptom_change", f"arm {arm}"): mean for arm, mean in means.items()}
            expected["arm_difference", "T versus C"] = means["T"] - means["C"]
        if by_hand.sign > 0:
            limits = {"response_probability": np.where(by_hand.y0 > 0, by_hand.y0 // 2, -1)}
            if name == "counted":
                limits["remission_probability"] = np.full(len(table), 12)
            for share, limit in limits.items():
                expected[share, "overall"] = by_hand.count(at).cdf(limit).mean()
                if "arms" in case.has:
                    expected |= {(share, f"arm {arm}"): by_hand.count(at, arm=arm).cdf(limit).mean() for arm in ARMS}
        assert set(found) == {estimand for estimand, _ in expected} | ({"prognostic_slope"} & set(found))
        for (estimand, group), value in expected.items():
            assert float(values[estimand].sel(group=group)) == pytest.approx(value, abs=1e-9), (estimand, group)


def test_the_better_end_decides_the_sign_of_the_slope(cases: Mapping[str, Any]) -> None:
    study = cases["counted, higher is better"].study
    posterior = some_draws(symptom_change.build(study, symptom_change.PRIORS["reference"]))
    posterior["prognostic"] = abs(posterior["prognostic"]) + 0.1
    assert (symptom_change.derive(posterior, study)["prognostic_slope"] < 0).all()


@pytest.mark.filterwarnings("ignore::pymc.exceptions.ImplicitFreezeWarning")
def test_replicated_changes_have_the_distribution_of_the_formula(
    cases: Mapping[str, Any], oracle: Any, quick: Mode
) -> None:
    for name in CASES:
        model = symptom_change.build(cases[name].study, symptom_change.PRIORS["reference"])
        by_hand, one = ByHand(name, cases[name], oracle), some_draws(model).isel(chain=[0], draw=[0])
        many = xr.concat([one] * 4000, dim="draw").assign_coords(draw=np.arange(4000))
        with model:
            drawn = pm.sample_posterior_predictive(
                xr.DataTree.from_dict({"posterior": many}),
                random_seed=3,
                compile_kwargs={"mode": quick},
                progressbar=False,
            )
        change = drawn["posterior_predictive"]["change"].to_numpy()[0, :, 0]
        assert (change % 1 == 0).all()
        at = {key: value.to_numpy()[0, 0] for key, value in one.items()}
        error = np.sqrt(by_hand.count(at).var() / 4000)
        assert (abs(change.mean(axis=0) - by_hand.change(at)) < 4.5 * error).all()
        np.testing.assert_allclose(change.var(axis=0).mean(), by_hand.count(at).var().mean(), rtol=0.05)


def test_the_distribution_function_is_that_of_scipy() -> None:
    rng = np.random.default_rng(4)
    for points in (1, 27, 60):
        limit = np.append(rng.integers(0, points + 1, 12).astype(float), [-np.inf, points, -1])
        log_odds = rng.normal(0, 3, (50, 15))
        precision = rng.lognormal(2, 2, (50, 1))
        p = special.expit(log_odds)
        expected = stats.betabinom(points, p * precision, (1 - p) * precision).cdf(np.maximum(limit, -1))
        np.testing.assert_allclose(at_most(limit, points, log_odds, precision), expected, rtol=1e-7, atol=1e-12)


def test_the_distribution_function_holds_at_the_ends_of_the_scale() -> None:
    limit, far = np.array([0.0, 30.0, 60.0]), np.array([[-1000.0], [1000.0]]) * np.ones(3)
    np.testing.assert_allclose(at_most(limit, 60, far, np.ones((2, 1))), [[1, 1, 1], [0, 0, 1]], atol=1e-12)
    limit = np.array([400.0, 600.0])
    binomial = stats.binom(1000, 0.5).cdf(limit)
    np.testing.assert_allclose(at_most(limit, 1000, np.zeros((1, 2)), np.array([[1e9]]))[0], binomial, rtol=1e-3)


@pytest.mark.parametrize("name", ["reference", "sceptical", "literature", "diffuse"])
def test_priors_in_points_and_in_log_odds_are_each_others_first_order(name: str) -> None:
    values = {key: float(value) for key, value in hyperparameters(symptom_change.PRIORS[name]).items()}
    for parameter in ("intercept", "prognostic", "covariate", "arm", "group_sd", "site_sd"):
        for what in ("mean", "sd"):
            if f"{parameter}_{what}" in values:
                in_points = values[f"{parameter}_{what}"]
                assert values[f"log_odds_{parameter}_{what}"] == pytest.approx(in_points / 15, rel=0.03, abs=1e-12)
