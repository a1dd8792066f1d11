"""Shares of responders against closed forms, SciPy and draws of the missing scores."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from cochange.data.study import Study
from cochange.inference.missing.imputation import completed
from cochange.inference.missing.responding import probabilities, responding
from cochange.inference.missing.strategies import Rule, Scenario, everyone
from cochange.models.parts.likelihood.observations import MISSING

MANY = 20_000


def rules_of(own: Any) -> np.ndarray:
    return np.where(own.left, 0, -1)


@pytest.mark.parametrize("case", [{}, {"by_arm": True}, {"by_arm": True, "events": True}])
@pytest.mark.parametrize("strategy", ["missing at random", "jump to reference", "copy reference"])
def test_whoever_left_responds_with_the_probability_of_the_strategy(
    strategy: Any, case: Any, outcomes: Any, hand: Any
) -> None:
    own = outcomes(**case)
    limit = np.random.default_rng(1).normal(size=len(own.participant))
    scenario = Scenario("shifted", (Rule(strategy, score=1.0),))
    found = probabilities(scenario, rules_of(own), own, limit, np.random.default_rng(2))
    scores = own.cells_of("score")
    for who in range(len(own.participant)):
        for draw in range(own.n_draws):
            expected = (own.value[who, scores] <= limit[who]).astype(float)
            if (own.status[who] == MISSING).any():
                used = strategy if own.left[who] else "missing at random"
                cells, centre, spread = hand.given(used, own, who, draw)
                centre = centre + (own.left[who] & (own.visit[cells] > hand.holds_after(own, who)))
                chance = stats.norm.cdf(limit[who], centre, np.sqrt(np.diag(spread)))
                for cell, value in zip(cells, chance, strict=True):
                    expected[scores == cell] = value
            np.testing.assert_allclose(found[draw, who], expected, atol=1e-10)


def test_probabilities_are_the_shares_of_imputed_scores(outcomes: Any) -> None:
    """Student-t outcomes with values under a limit: the share of drawn scores at or under the limit of response."""
    own = outcomes(n_draws=MANY, repeat=True, nu=6.0, below=True)
    limit = np.full(len(own.participant), 0.5)
    scenario = everyone("jump to reference")
    chance = probabilities(scenario, rules_of(own), own, limit, np.random.default_rng(1))
    values = completed(scenario, rules_of(own), own, np.random.default_rng(2))[..., own.cells_of("score")]
    share = (values <= 0.5).mean(axis=0)
    error = np.sqrt(chance.var(axis=0) / MANY + share * (1 - share) / MANY)
    assert np.all(np.abs(chance.mean(axis=0) - share) <= 4.5 * error)


def test_a_non_response_is_one_after_the_participant_left_and_not_before(outcomes: Any) -> None:
    own = outcomes()
    limit = np.zeros(len(own.participant))
    failed = probabilities(everyone("non-response"), rules_of(own), own, limit, np.random.default_rng(2))
    at_random = probabilities(everyone("missing at random"), rules_of(own), own, limit, np.random.default_rng(2))
    scores = own.cells_of("score")
    after = own.visit[scores] > own.last_seen[:, None]
    assert not failed[:, after].any()
    np.testing.assert_array_equal(failed[:, ~after], at_random[:, ~after])
    assert at_random[:, after].any()


@pytest.fixture
def scored(outcomes: Any, example_study: Study) -> Any:
    """The participants of the example study that ships, with its scores as outcomes of three visits after baseline."""
    study = example_study
    used = study.data["participant"].values.astype(str)
    own = outcomes(n=len(used), kinds=("score",), n_draws=MANY, repeat=True)
    return replace(own, participant=used), study


def test_the_share_of_a_failure_if_left_is_beta(scored: Any) -> None:
    """Of n with a baseline score k respond: under the Bayesian bootstrap the share is Beta(k, n - k)."""
    own, study = scored
    y0 = study.data["symptom"].sel(visit=study.baseline).values.astype(float)
    draws = xr.Dataset(coords={"chain": [0], "draw": range(MANY)})
    rng = np.random.default_rng(3)
    # Scores from zero, as the study has them: a third of those seen respond.
    value = np.where(rng.random(own.value.shape) < 0.33, 0.4 * y0[:, None], 0.9 * y0[:, None])
    own = replace(own, value=value, status=np.where((own.status == MISSING) & ~own.after, 1, own.status))
    found = responding(everyone("non-response"), rules_of(own), own, study, draws, rng)
    known = ~np.isnan(y0)
    for arm in own.arms:
        for visit, cell in zip(own.visits[1:], own.cells_of("score"), strict=True):
            rows = known & (own.arm == arm)
            k = int(((value[:, cell] <= np.floor(y0 / 2) + 0.5) & (own.status[:, cell] != MISSING))[rows].sum())
            share = found["response_probability"].sel(group=f"arm {arm}", visit=visit).to_numpy().ravel()
            assert 0 < k < rows.sum()
            assert stats.kstest(share, stats.beta(k, rows.sum() - k).cdf).pvalue > 1e-3
    apart = found["response_difference"].sel(group="T versus C", drop=True)
    by_arm = found["response_probability"]
    expected = by_arm.sel(group="arm T", drop=True) - by_arm.sel(group="arm C", drop=True)
    np.testing.assert_allclose(apart, expected)
    assert set(found) == {
        "response_probability", "response_difference", "remission_probability", "remission_difference",
    }  # fmt: skip


def test_a_limit_is_measured_as_the_outcomes_are(scored: Any) -> None:
    """Scores from an origin, and changes from the baseline, give the same shares."""
    own, study = scored
    y0 = np.nan_to_num(study.data["symptom"].sel(visit=study.baseline).values.astype(float))
    draws = xr.Dataset(coords={"chain": [0], "draw": range(MANY)})
    level = np.random.default_rng(4).uniform(0, 40, own.value.shape)
    seen = np.ones_like(own.status)
    from_zero = replace(own, value=level, status=seen)
    from_ten = replace(own, value=level - 10, status=seen, score_origin=10.0)
    changes = replace(own, value=level - y0[:, None], status=seen, from_baseline=True)
    found = [
        responding(everyone("missing at random"), rules_of(one), one, study, draws, np.random.default_rng(5))
        for one in (from_zero, from_ten, changes)
    ]
    for name in found[0]:
        for other in found[1:]:
            np.testing.assert_allclose(found[0][name], other[name])


def test_a_score_at_its_limit_counts_wherever_it_is_measured_from(outcomes: Any) -> None:
    own = outcomes(kinds=("score",), n=200)
    before = np.random.default_rng(6).uniform(10, 40, 200).round(1)
    half, origin = before * 0.5, 25.7
    value, limit = (half - origin) - (before - origin), half - before
    assert (value > limit).any()
    at = replace(own, value=np.broadcast_to(value[:, None], own.value.shape), status=np.ones_like(own.status))
    found = probabilities(everyone("missing at random"), rules_of(own), at, limit, np.random.default_rng(1))
    assert found.all()


def test_a_scale_without_response_has_no_shares(outcomes: Any, example_study: Study) -> None:
    own = outcomes(kinds=("marker",))
    draws = xr.Dataset(coords={"chain": [0], "draw": range(3)})
    everyones = everyone("missing at random")
    assert responding(everyones, rules_of(own), own, example_study, draws, np.random.default_rng(1)) == {}
