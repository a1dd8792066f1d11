"""Conditional expectations and draws against SciPy and closed forms."""

from typing import Any, get_args

import numpy as np
import pytest
from scipy import stats

from cochange.data.specification.tables import Imputed
from cochange.inference.missing.conditional import alike, draw_seen, drawn, expected
from cochange.inference.missing.substitution import covariance_under, means_under
from cochange.models.parts.likelihood.observations import BELOW, MISSING

MANY = 40_000


def groups(own: Any) -> Any:
    return alike(own, np.zeros(len(own.participant), dtype=int), np.full(len(own.participant), True))


def test_everyone_stands_in_one_group_with_those_alike(outcomes: Any) -> None:
    own = outcomes()
    found = list(groups(own))
    assert sorted(np.concatenate([group.rows for group in found])) == list(range(len(own.participant)))
    for group in found:
        for row in group.rows:
            assert (own.arm[row], own.last_seen[row]) == (group.arm, group.last)
            np.testing.assert_array_equal(own.status[row], group.status)


@pytest.mark.parametrize("by_arm", [False, True])
@pytest.mark.parametrize("strategy", get_args(Imputed))
def test_expectations_are_those_of_the_conditional_normal(
    strategy: Any, by_arm: bool, outcomes: Any, hand: Any
) -> None:
    own = outcomes(by_arm=by_arm)
    rng = np.random.default_rng(1)
    for group in groups(own):
        mean = means_under(strategy, group.rows, group.arm, group.last, own)
        covariance = covariance_under(strategy, group.arm, group.last, own)
        found = expected(draw_seen(group, own, rng), mean, covariance, group, group.missing)
        for place, who in enumerate(group.rows):
            for draw in range(own.n_draws):
                cells, centre, _ = hand.given(strategy, own, int(who), draw)
                np.testing.assert_array_equal(cells, group.missing)
                np.testing.assert_allclose(found[draw, place], centre, atol=1e-9)


@pytest.mark.parametrize("nu", [None, 6.0])
def test_draws_have_the_conditional_mean_and_covariance(nu: float | None, outcomes: Any, hand: Any) -> None:
    own = outcomes(n_draws=MANY, repeat=True, nu=nu)
    rng = np.random.default_rng(2)
    group = next(group for group in groups(own) if len(group.missing) > 2 and len(group.seen) > 2)
    who = int(group.rows[0])
    mean = means_under("jump to reference", group.rows, group.arm, group.last, own)
    covariance = covariance_under("jump to reference", group.arm, group.last, own)
    values = drawn(draw_seen(group, own, rng), mean, covariance, group, group.missing, rng)[:, 0]
    _, centre, spread = hand.given("jump to reference", own, who, 0)
    if nu is not None:
        # A multivariate t given others: its scale has their distance in it (Kotz and Nadarajah 2004, section 1.11),
        # here from the mean of the own arm, whose values they are.
        seen = group.seen
        off = own.value[who, seen] - (own.in_arm[group.arm][who] @ own.mean[0])[seen]
        distance = off @ np.linalg.solve(own.covariance[group.arm][0][np.ix_(seen, seen)], off)
        spread = spread * (nu + distance) / (nu + len(seen)) * (nu + len(seen)) / (nu + len(seen) - 2)
    error = np.sqrt(np.diag(spread) / MANY)
    assert np.all(np.abs(values.mean(axis=0) - centre) < 4 * error)
    products = (values - centre)[:, :, None] * (values - centre)[:, None, :]
    assert np.all(np.abs(products.mean(axis=0) - spread) < 5 * products.std(axis=0) / np.sqrt(MANY))


def beyond(own: Any, number: int) -> Any:
    """A group with so many values under a limit."""
    return next(group for group in groups(own) if len(group.beyond) == number)


def test_one_value_under_a_limit_is_truncated_normal_given_the_rest(outcomes: Any) -> None:
    own = outcomes(n_draws=MANY, repeat=True, below=True)
    group = beyond(own, 1)
    who, seen = int(group.rows[0]), group.seen
    place = int(group.beyond[0])
    found = draw_seen(group, own, np.random.default_rng(3)).value[:, 0]
    mean = (own.in_arm[group.arm][who] @ own.mean[0])[seen]
    covariance = own.covariance[group.arm][0][np.ix_(seen, seen)]
    others = np.arange(len(seen)) != place
    slope = np.linalg.solve(covariance[np.ix_(others, others)], covariance[others, place])
    centre = mean[place] + slope @ (own.value[who, seen] - mean)[others]
    sd = np.sqrt(covariance[place, place] - slope @ covariance[others, place])
    limit = own.value[who, seen[place]]
    truncated = stats.truncnorm(-np.inf, (limit - centre) / sd, centre, sd)
    assert stats.kstest(found[:, place], truncated.cdf).pvalue > 1e-3
    np.testing.assert_allclose(found[:, others], np.broadcast_to(own.value[who, seen[others]], (MANY, others.sum())))


def test_several_values_under_a_limit_are_those_of_a_rejection_sampler(outcomes: Any) -> None:
    own = outcomes(n_draws=MANY, repeat=True, below=True)
    group = beyond(own, 2)
    who, seen = int(group.rows[0]), group.seen
    found = draw_seen(group, own, np.random.default_rng(4)).value[:, 0][:, group.beyond]
    mean = (own.in_arm[group.arm][who] @ own.mean[0])[seen]
    covariance = own.covariance[group.arm][0][np.ix_(seen, seen)]
    known = np.setdiff1d(np.arange(len(seen)), group.beyond)
    slope = np.linalg.solve(covariance[np.ix_(known, known)], covariance[np.ix_(known, group.beyond)]).T
    centre = mean[group.beyond] + slope @ (own.value[who, seen] - mean)[known]
    spread = covariance[np.ix_(group.beyond, group.beyond)] - slope @ covariance[np.ix_(known, group.beyond)]
    free = np.random.default_rng(5).multivariate_normal(centre, spread, size=3_000_000)
    kept = free[(free < own.value[who, seen[group.beyond]]).all(axis=1)]
    assert len(kept) > 1000
    assert np.all(found < own.value[who, seen[group.beyond]])
    for moment in (lambda x: x[:, 0], lambda x: x[:, 1], lambda x: x[:, 0] * x[:, 1], lambda x: x[:, 0] ** 2):
        one, two = moment(found), moment(kept)
        error = np.hypot(one.std() / np.sqrt(len(one)), two.std() / np.sqrt(len(two)))
        assert abs(one.mean() - two.mean()) < 4 * error


def test_student_t_outcomes_share_a_precision_given_how_far_they_lie(outcomes: Any) -> None:
    own = outcomes(n_draws=MANY, repeat=True, nu=5.0)
    group = next(group for group in groups(own) if len(group.seen) > 2)
    who, seen = int(group.rows[0]), group.seen
    found = draw_seen(group, own, np.random.default_rng(6)).precision[:, 0]
    off = own.value[who, seen] - (own.in_arm[group.arm][who] @ own.mean[0])[seen]
    distance = off @ np.linalg.solve(own.covariance[group.arm][0][np.ix_(seen, seen)], off)
    exact = stats.gamma((5 + len(seen)) / 2, scale=2 / (5 + distance))
    assert stats.kstest(found, exact.cdf).pvalue > 1e-3


def test_values_under_a_limit_are_there_to_be_drawn(outcomes: Any) -> None:
    own = outcomes(below=True)
    assert (own.status == BELOW).any()
    assert (own.status == MISSING).any()
