"""Prior draws and replicated outcomes of the regressions, made without their graphs, against PyMC's own."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from pytensor.compile.mode import Mode
from scipy import stats

from cochange.inference.compiled import draw_priors
from cochange.models import parallel_change
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import Gamma, HalfStudentT, RobustNormal, StudentT

MODELS = ("marker_change", "symptom_change", "parallel_change")
CASES = ("example", "arms", "gaps", "student_t", "counted", "counted, higher is better")
DRAWS = 3000
# Of the least p-value of many comparisons, under a fixed seed.
LEAST = 0.01


def least_p(ours: xr.DataArray, theirs: xr.DataArray) -> float:
    """The least p-value of two-sample tests of every element, times their number."""
    assert ours.dims == theirs.dims
    assert ours.shape == theirs.shape
    pairs = zip(ours.to_numpy()[0].reshape(DRAWS, -1).T, theirs.to_numpy()[0].reshape(DRAWS, -1).T, strict=True)
    p = [stats.ks_2samp(own, other).pvalue for own, other in pairs]
    return float(min(p) * len(p))


def by_pymc(graph: pm.Model, quick: Mode) -> xr.DataTree:
    with graph:
        return pm.sample_prior_predictive(DRAWS, random_seed=2, compile_kwargs={"mode": quick})


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", MODELS)
def test_prior_draws_are_those_of_the_graph(cases: Mapping[str, Any], quick: Mode, name: str, case: str) -> None:
    model, study = load_model(name), cases[case].study
    priors = model.shipped["literature"]
    graph = model.build(study, priors)
    ours, theirs = draw_priors(graph, model, study, priors, DRAWS, 1), by_pymc(graph, quick)["prior"].to_dataset()
    assert set(theirs) - set(ours) == ({"mixing"} if "mixing" in theirs else set())
    assert min(least_p(ours[parameter], theirs[parameter]) for parameter in ours) * len(ours) > LEAST
    for dim in ("group", "site"):
        if f"{dim}_standard" in ours:
            assert abs(ours[f"{dim}_standard"].sum(dim)).max() < 1e-12
    again = draw_priors(graph, model, study, priors, DRAWS, 1)
    xr.testing.assert_identical(ours, again)


def test_prior_draws_follow_the_families_of_a_set(cases: Mapping[str, Any], quick: Mode) -> None:
    model, study = load_model("symptom_change"), cases["arms"].study
    changed = {
        "intercept": StudentT(df=3, mean=-5, sd=2),
        "prognostic": RobustNormal(weight=0.6, mean=1, sd=0.3, vague_mean=-2, vague_sd=2),
        "sigma": HalfStudentT(df=4, sd=3),
        "group_sd": Gamma(shape=2, rate=1.5),
    }
    priors = type(model.shipped["reference"])(**{**vars(model.shipped["reference"]), **changed})
    graph = model.build(study, priors)
    ours, theirs = draw_priors(graph, model, study, priors, DRAWS, 4), by_pymc(graph, quick)["prior"].to_dataset()
    assert min(least_p(ours[parameter], theirs[parameter]) for parameter in changed) * len(changed) > LEAST


@pytest.mark.filterwarnings("ignore::pymc.exceptions.ImplicitFreezeWarning")
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", MODELS)
def test_replicated_outcomes_are_distributed_as_those_of_the_graph(
    cases: Mapping[str, Any], quick: Mode, name: str, case: str
) -> None:
    model, study = load_model(name), cases[case].study
    assert model.replicate is not None
    assert model.observed_data is not None
    priors = model.shipped["literature"]
    graph = model.build(study, priors)
    with graph:
        some = pm.sample_prior_predictive(1, random_seed=6, compile_kwargs={"mode": quick})
        one = some["prior"].to_dataset()
        posterior = xr.concat([one] * DRAWS, dim="draw").assign_coords(draw=np.arange(DRAWS))
        drawn = pm.sample_posterior_predictive(
            xr.DataTree.from_dict({"posterior": posterior}),
            random_seed=7,
            compile_kwargs={"mode": quick},
            progressbar=False,
        )
    theirs = drawn["posterior_predictive"].to_dataset()
    ours = model.replicate(posterior, study, np.random.default_rng(8))
    assert set(ours) == set(theirs)
    # The graph draws this one given the observed changes of the marker: see the test below.
    compared = [outcome for outcome in ours if outcome != "raw_symptom_change"]
    for outcome in compared:
        # Outcomes at a limit, and counts, are tied: chances are then too large, which is the safe side.
        assert least_p(ours[outcome], theirs[outcome]) > LEAST, outcome
        for dim in set(ours[outcome].dims) - {"chain", "draw"}:
            assert ours[outcome][dim].values.tolist() == theirs[outcome][dim].values.tolist()
    if "log_marker" in ours:
        # A pair that is seldom at a limit.
        place = int(theirs["log_marker"].std("draw").min("visit").to_numpy().argmax())
        both = [np.corrcoef(found["log_marker"].to_numpy()[0, :, place].T)[0, 1] for found in (ours, theirs)]
        assert abs(np.arctanh(both[0]) - np.arctanh(both[1])) < 4 * np.sqrt(2 / DRAWS)
    observed = some["observed_data"].to_dataset()
    xr.testing.assert_equal(model.observed_data(study).transpose(*observed.dims), observed)


def test_replicated_raw_changes_correlate_as_the_formula_says(cases: Mapping[str, Any]) -> None:
    study = cases["plain"].study
    at = {"raw_mean": [0.3, -0.8], "raw_sd": [1.4, 0.6], "raw_z": 0.7}
    priors = load_model("parallel_change").shipped["reference"]
    draws = draw_priors(parallel_change.build(study, priors), load_model("parallel_change"), study, priors, DRAWS, 1)
    for name, value in at.items():
        draws[name] = xr.full_like(draws[name], 1.0) * xr.DataArray(value, dims="change" if name != "raw_z" else ())
    drawn = parallel_change.replicate(draws, study, np.random.default_rng(3))
    first, second = (drawn[f"raw_{what}_change"].to_numpy()[0, :, 0] for what in ("marker", "symptom"))
    assert stats.kstest(first, stats.norm(0.3, 1.4).cdf).pvalue > LEAST
    assert stats.kstest(second, stats.norm(-0.8, 0.6).cdf).pvalue > LEAST
    # Fisher's z of a sample correlation has this standard error; tanh of the parameter is the correlation.
    assert abs(np.arctanh(np.corrcoef(first, second)[0, 1]) - 0.7) < 3.5 / np.sqrt(DRAWS - 3)


def test_new_participants_have_residuals_of_their_own(cases: Mapping[str, Any]) -> None:
    """The mixing of the study's participants is theirs: readings of others must not depend on it."""
    model, study = load_model("marker_change"), cases["student_t"].study
    assert model.readings is not None
    priors = model.shipped["reference"]
    draws = draw_priors(model.build(study, priors), model, study, priors, 50, 1)
    people = len(model.select(study).used)
    mixing = xr.DataArray(np.full((1, 50, people), 1e-6), dims=("chain", "draw", "participant"))
    with_own = draws.assign(mixing=mixing)
    left, right = (model.readings(found, study, np.random.default_rng(1)) for found in (draws, with_own))
    xr.testing.assert_identical(left, right)
    assert model.replicate is not None
    spread = model.replicate(with_own, study, np.random.default_rng(1))["log_marker"].std()
    assert spread > model.replicate(draws, study, np.random.default_rng(1))["log_marker"].std()
