"""Planted faults of the draws give the verdict they deserve."""

from dataclasses import replace

import arviz_stats as azs
import numpy as np
import pytest
import xarray as xr

from cochange.data.faults import Notice
from cochange.inference.convergence import Convergence, convergence
from cochange.inference.fit import Fit
from cochange.inference.verdict import Diagnostics, data_cautions, diagnose, judge
from cochange.models.parts.contract import Model
from cochange.models.parts.selection import Selection


def judged(fit: Fit, model: Model) -> Diagnostics:
    return diagnose(fit, convergence(fit.tree, model.derive(fit.posterior, None), model.prior_vars))


def independent(seed: int = 5, draws: int = 1000) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(4, draws))


def sticky(persistence: float) -> np.ndarray:
    """Chains whose draws depend on the ones before them."""
    noise = independent()
    chains = noise.copy()
    for draw in range(1, chains.shape[1]):
        chains[:, draw] = persistence * chains[:, draw - 1] + np.sqrt(1 - persistence**2) * noise[:, draw]
    return chains


def test_good_draws_may_be_reported(fit_of, one_mean, example_study):
    found = judged(fit_of(independent()), one_mean)
    assert (found.status, found.reasons) == ("report", ())
    assert judge([found], example_study, {}).status == "report"


def test_chains_apart_must_not_be_reported(fit_of, one_mean, example_study):
    chains = independent() + np.array([[0.0], [0.0], [0.0], [3.0]])
    found = judged(fit_of(chains), one_mean)
    assert found.status == "do not report"
    assert any("R-hat" in reason for reason in found.reasons)
    verdict = judge([found], example_study, {})
    assert verdict.status == "do not report"
    assert "one_mean under the reference prior" in verdict.reasons[0]


@pytest.mark.parametrize(("persistence", "status"), [(0.6, "caution"), (0.97, "do not report")])
def test_few_effective_draws(fit_of, one_mean, example_study, persistence, status):
    found = judged(fit_of(sticky(persistence)), one_mean)
    assert found.status == status
    assert any("effective sample size" in reason for reason in found.reasons)


def test_draws_without_diagnostics_are_said_to_have_none(fit_of, one_mean):
    chains = independent()
    chains[0, 3] = np.nan
    found = judged(fit_of(chains), one_mean)
    assert found.status == "do not report"
    assert len(found.reasons) == 1
    assert "neither R-hat nor effective sample size" in found.reasons[0]
    assert "nan" not in found.reasons[0]
    same = judged(fit_of(np.zeros((4, 100))), one_mean)
    assert (same.status, same.reasons) == (found.status, found.reasons)
    for lacking in ("ess_bulk", "ess_tail", "r_hat"):
        given = {"r_hat": 1.0, "ess_bulk": 4000.0, "ess_tail": 4000.0} | {lacking: np.nan}
        state = Convergence(divergences=0, bfmi=np.nan, at_max_depth=0.0, **given)
        assert not state.enough
        assert diagnose(fit_of(independent()), state).reasons == (
            found.reasons[0],
            "there is no energy fraction of "
            "missing information: the sampler's energies are not finite, or all of them are the same",
        )


@pytest.mark.parametrize(("diverging", "status"), [(1, "caution"), (100, "do not report")])
def test_divergences(fit_of, one_mean, example_study, diverging, status):
    found = judged(fit_of(independent(), diverging=diverging), one_mean)
    assert (found.status, found.divergences) == (status, diverging)


def test_energy_that_moves_little(fit_of, one_mean, example_study):
    energy = np.cumsum(independent(), axis=1)
    found = judged(fit_of(independent(), energy=energy), one_mean)
    assert found.status == "caution"
    assert found.bfmi < 0.3


@pytest.mark.parametrize(
    ("found", "status", "reason"),
    [
        ({"r_hat": 1.038}, "caution", "R-hat 1.038 is above 1.01, the bound for caution: the chains disagree"),
        ({"r_hat": 1.062}, "do not report", "R-hat 1.062 is above 1.05, the bound for reporting: the chains disagree"),
        (
            {"ess_tail": 711.0},
            "caution",
            "an effective sample size of 711 is under 1000, the bound for caution",
        ),
        (
            {"ess_bulk": 138.0},
            "do not report",
            "an effective sample size of 138 is under 400, the bound for reporting",
        ),
        (
            {"divergences": 4},
            "caution",
            "4 of 4000 draws diverged at a target acceptance of 0.9, more than 0, the bound for caution",
        ),
        (
            {"divergences": 5},
            "do not report",
            "5 of 4000 draws diverged at a target acceptance of 0.9, more than 4, the bound for reporting",
        ),
        (
            {"bfmi": 0.12},
            "caution",
            "the energy fraction of missing information, 0.12, is under 0.3, the bound for caution",
        ),
    ],
)
def test_a_reason_names_the_bound_that_decides(fit_of, found, status, reason):
    good = {"r_hat": 1.0, "ess_bulk": 4000.0, "ess_tail": 4000.0, "divergences": 0, "bfmi": 1.0, "at_max_depth": 0.0}
    judgement = diagnose(fit_of(independent()), Convergence(**(good | found)))
    assert (judgement.status, judgement.reasons) == (status, (reason,))


def test_each_number_is_the_worst_of_its_kind() -> None:
    """Of several draws the largest R-hat and the least effective sizes; parameters count for R-hat alone."""
    dims = ("chain", "draw")
    good, slow = (xr.DataArray(values, dims=dims) for values in (independent(), sticky(0.6)))
    apart = good + xr.DataArray([0.0, 0.0, 0.0, 0.5], dims="chain")
    energy = independent(seed=6)
    # A chain whose energy goes back and forth little: squared steps over squared deviations, chain by chain.
    energy[2] = np.cumsum(energy[2])
    fraction = [np.square(np.diff(own)).mean() / np.var(own) for own in energy]
    depth = np.full((4, 1000), 3)
    depth[0, :30], depth[3, 5:15] = 10, 11
    sample_stats = xr.Dataset({"diverging": (dims, depth == 11), "energy": (dims, energy), "depth": (dims, depth)})
    tree = xr.DataTree.from_dict(
        {"posterior": xr.Dataset({"apart": apart, "slow": slow}), "sample_stats": sample_stats}
    )
    found = convergence(tree, {"good": good, "slow": slow}, ("apart", "absent"))
    assert found.r_hat == float(azs.rhat(apart)) > float(azs.rhat(slow))
    assert found.ess_bulk == float(azs.ess(slow, method="bulk")) < float(azs.ess(good, method="bulk"))
    assert found.ess_tail == float(azs.ess(slow, method="tail")) < float(azs.ess(good, method="tail"))
    assert min(fraction) < 0.5 < sorted(fraction)[1]
    assert found.bfmi == pytest.approx(min(fraction), rel=0.01)
    assert (found.at_max_depth, found.divergences) == (40 / 4000, 10)
    # Of draws that go with the last by 0.6, a quarter are worth as much as independent ones.
    assert found.ess_bulk == pytest.approx(4000 * 0.4 / 1.6, rel=0.2)


def test_limits_that_look_substituted_call_for_caution(fit_of, one_mean, example_study):
    found = judged(fit_of(independent()), one_mean)
    doubtful = replace(example_study, notices=(Notice("f.csv", "il6", "4.9 in 93%", caution=True),))
    assert judge([found], doubtful, {}).status == "caution"
    harmless = replace(example_study, notices=(Notice("f.csv", None, "comma found"),))
    assert judge([found], harmless, {}).status == "report"


def test_a_marker_mostly_beyond_its_limit_calls_for_caution(example_study):
    data = example_study.data.copy(deep=True)
    assert data_cautions(example_study) == ()
    at_follow_up = data["visit"].values == example_study.follow_up
    data["marker_status"][:, at_follow_up, :] = "below"
    (caution,) = data_cautions(replace(example_study, data=data))
    assert caution.startswith(f"100% of the {example_study.marker} values at {example_study.follow_up}")


def test_a_model_that_uses_few_calls_for_caution(fit_of, one_mean, example_study, estimate_of):
    found = judged(fit_of(independent()), one_mean)
    everyone = example_study.data["participant"].values.astype(str)
    few, most = (Selection(everyone[:count]) for count in (50, 60))
    assert judge([found], example_study, {"one_mean": most}).status == "report"
    verdict = judge([found], example_study, {"one_mean": few})
    assert verdict.status == "caution"
    assert verdict.reasons == ("one_mean uses 50 of 116 participants: its estimates speak of these alone",)
    slope = {"estimand": "parallel_slope", "unit": "points per halving", "question": "Q4"}
    correlation = {"estimand": "change_correlation", "unit": "correlation", "question": "Q4"}
    rows = [estimate_of(model="one_mean", **row) for row in (slope, correlation)] + [estimate_of(model="another")]
    (reason,) = judge([found], example_study, {"one_mean": few}, rows).reasons
    assert reason.endswith(": its estimates (slope, correlation) speak of these alone")


def test_what_every_draw_gives_alike_is_passed_over_wherever_it_stands(fit_of, one_mean):
    fit = fit_of(independent())
    estimands = one_mean.derive(fit.posterior, None)
    fixed = xr.zeros_like(estimands["mean"])
    without = convergence(fit.tree, estimands, one_mean.prior_vars)
    assert convergence(fit.tree, {"fixed": fixed, **estimands}, one_mean.prior_vars) == without
    assert convergence(fit.tree, {**estimands, "fixed": fixed}, one_mean.prior_vars) == without


@pytest.mark.parametrize("first", [True, False])
def test_draws_that_are_not_numbers_must_not_be_reported(fit_of, one_mean, first):
    fit = fit_of(independent())
    estimands = one_mean.derive(fit.posterior, None)
    some = xr.concat([estimands["mean"], estimands["mean"].where(estimands["mean"] < 3)], "group")
    together = {"some": some, **estimands} if first else {**estimands, "some": some}
    assert diagnose(fit, convergence(fit.tree, together, one_mean.prior_vars)).status == "do not report"
