"""Stored draws moved to the posterior under another set, and when they are not."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from cochange.inference.comparing.coordinates import coordinates_of
from cochange.inference.comparing.log_prior import log_prior_of
from cochange.inference.comparing.moved import moved_draws
from cochange.inference.compiled import compile_model
from cochange.inference.fit import sample_posterior
from cochange.inference.settings import Settings
from cochange.models.parts.contract import load_model

SETTINGS = Settings(draws=1000, tune=500, chains=4, seed=9)


@pytest.fixture(scope="module")
def moving(conjugate, important_study):
    """A function from draws, and the log ratio at them, to moved draws."""
    model = load_model(conjugate)
    own, other = model.shipped["reference"], model.shipped["far"]
    compiled = compile_model(model, important_study, own)
    drawn = sample_posterior(compiled, "reference", own, SETTINGS)
    coordinates, log_prior = coordinates_of(compiled, 1), log_prior_of(compiled, own)
    ratio = (log_prior.of(drawn.variables, other) - log_prior.of(drawn.variables, own)).ravel()
    return drawn, ratio, lambda drawn, ratio: moved_draws(drawn, own, other, coordinates, log_prior, ratio)


def test_moved_draws_are_those_of_the_other_posterior(moving, exact):
    drawn, ratio, move = moving
    moved, weights = move(drawn, ratio)
    known = exact(-3, 0.2).posterior
    values = moved.estimands["mean"].squeeze().transpose("chain", "draw").values.ravel()
    assert values.size == weights.values.size == moved.fit.draws * moved.fit.chains
    # All is normal: seven draws in eight are exact ones, but for the moments of the sample that they come from.
    exactly = values[np.arange(values.size) % 8 > 0]
    assert exactly.mean() == pytest.approx(known.mean(), abs=5 * known.std() / np.sqrt(drawn.state.ess))
    assert exactly.std() == pytest.approx(known.std(), rel=5 / np.sqrt(2 * drawn.state.ess))
    # Those that stay weigh nothing, for they lie many SDs away.
    assert weights.values[np.arange(values.size) % 8 == 0].sum() < 1e-6
    assert weights.efficiency == pytest.approx(7 / 8, abs=0.05)
    np.testing.assert_array_equal(moved.fit.posterior["mean"].values.ravel(), values)


def test_the_draws_themselves_stay_as_they_were(moving):
    drawn, ratio, move = moving
    before = drawn.fit.posterior["mean"].values.copy()
    move(drawn, ratio)
    np.testing.assert_array_equal(drawn.fit.posterior["mean"].values, before)


def test_coordinates_that_are_not_the_samplers_are_found_out(moving):
    drawn, ratio, move = moving
    stats = drawn.fit.tree["sample_stats"].to_dataset()
    tree = {"posterior": drawn.fit.posterior, "sample_stats": stats.assign(logp=stats["logp"] + 0.1)}
    other = replace(drawn, fit=replace(drawn.fit, tree=xr.DataTree.from_dict(tree)))
    assert move(other, ratio) is None


def test_draws_outside_of_the_other_prior_are_not_moved(moving):
    drawn, ratio, move = moving
    assert move(drawn, np.where(np.arange(ratio.size) == 5, -np.inf, ratio)) is None
