"""Means and covariances under each strategy against their definitions, participant by participant."""

from typing import Any, get_args

import numpy as np
import pytest

from cochange.data.specification.tables import Imputed
from cochange.inference.missing.substitution import covariance_under, means_under


@pytest.mark.parametrize("events", [False, True])
@pytest.mark.parametrize("by_arm", [False, True])
@pytest.mark.parametrize("strategy", get_args(Imputed))
def test_moments_are_those_of_carpenter_roger_and_kenward(
    strategy: Any, by_arm: bool, events: bool, outcomes: Any, hand: Any
) -> None:
    own = outcomes(by_arm=by_arm, arms=("C", "T", "U"), events=events)
    for who in range(len(own.participant)):
        arm, last = str(own.arm[who]), hand.holds_after(own, who)
        assert own.until[who] == last
        assert own.left[who] == hand.concerned(own, who)
        mean = means_under(strategy, np.array([who]), arm, last, own)
        covariance = covariance_under(strategy, arm, last, own)
        for draw in range(own.n_draws):
            expected = hand.moments(strategy, own, who, draw)
            np.testing.assert_allclose(mean[draw, 0], expected[0])
            np.testing.assert_allclose(covariance[draw], expected[1], atol=1e-10)
            assert np.linalg.eigvalsh(covariance[draw]).min() > 0


def test_arms_share_a_covariance_in_some_of_the_draws_too(outcomes: Any) -> None:
    own = outcomes().of_draws(slice(1, 3))
    assert own.n_draws == 2
    assert covariance_under("jump to reference", "T", 1, own) is own.covariance["C"]


def test_the_reference_arm_itself_is_as_missing_at_random(outcomes: Any) -> None:
    own = outcomes(by_arm=True)
    for strategy in get_args(Imputed):
        rows = np.array([0, 2])
        at_random = means_under("missing at random", rows, "C", 1, own)
        np.testing.assert_allclose(means_under(strategy, rows, "C", 1, own), at_random)
        np.testing.assert_allclose(covariance_under(strategy, "C", 1, own), own.covariance["C"])


def test_visits_by_strategy_in_numbers(outcomes: Any) -> None:
    """One outcome; arm T is 1, 2 and 4 points over C at the visits; last seen at the first of them."""
    own = outcomes(kinds=("score",), n_draws=1, repeat=True)
    own.mean[:] = 0
    own.mean[0, 0] = (20, 16, 14, 12)
    own.mean[0, 2] = (0, 1, 2, 4)
    who = np.array([1])
    expected = {
        "missing at random": (20, 17, 16, 16),
        "jump to reference": (20, 17, 14, 12),
        "copy reference": (20, 16, 14, 12),
        "copy increments in reference": (20, 17, 15, 13),
    }
    for strategy, means in expected.items():
        np.testing.assert_allclose(means_under(strategy, who, "T", 1, own)[0, 0], means)
