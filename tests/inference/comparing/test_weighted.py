"""Estimates from weighted draws."""

import numpy as np
import pytest

from cochange.inference.comparing.weighted import Sizes, reweighted
from cochange.inference.comparing.weights import smoothed


@pytest.mark.parametrize("kind", ["eti", "hdi"])
def test_a_skewed_posterior_like_its_prior_has_learned_nothing(estimate_of, kind):
    """Of an exponential distribution the highest-density interval is a fifth shorter than the equal-tailed one."""
    draws = np.random.default_rng(6).permutation(-np.log((np.arange(4000) + 0.5) / 4000))
    row = estimate_of(ci_kind=kind, null=None)
    found = reweighted(row, "other", draws, smoothed(np.zeros(draws.size)), draws, Sizes(4000.0, 4000.0, 4000.0))
    assert found.learned == pytest.approx(0, abs=0.01)
    assert found.upper - found.lower == pytest.approx({"eti": 3.664, "hdi": 2.996}[kind], rel=0.01)
