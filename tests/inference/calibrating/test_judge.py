"""Evenness, coverage and bias against a model whose posterior has a closed form, right and deliberately wrong.

y | m ~ Normal(m, 1) and m ~ Normal(0, 1), so that m | y ~ Normal(y / 2, 1 / sqrt(2)).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy import stats

from cochange.inference.calibrating.fits import KEPT
from cochange.inference.calibrating.judge import MASSES, judge, pit_of, problems_of, ranks_of, set_apart

FITS = 1000
SD = 0.5**0.5


def records(shift: float = 0.0, factor: float = 1.0, fits: int = FITS, seed: int = 5) -> list[dict[str, Any]]:
    """Fits whose posterior draws have the right centre and spread, or another one."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=fits)
    centre = (truth + rng.normal(size=fits)) / 2 + shift
    draws = rng.normal(centre[:, None], factor * SD, (fits, KEPT))
    return [
        {
            "number": number,
            "problems": [],
            "ranks": {"m": int((own < true).sum())},
            "truth": {"m": float(true)},
            "mean": {"m": float(own.mean())},
        }
        for number, (own, true) in enumerate(zip(draws, truth, strict=True))
    ]


def held(factor: float, shift: float, mass: float) -> float:
    """Probability that an interval of a posterior with another centre and spread holds the truth."""
    half = factor * SD * stats.norm.ppf((1 + mass) / 2)
    return float(stats.norm.cdf((half - shift) / SD) - stats.norm.cdf((-half - shift) / SD))


def test_a_right_posterior_is_even_covers_as_it_says_and_has_no_bias() -> None:
    (row,) = judge(records(), ["m"], 1)
    assert set_apart([row]) == []
    assert (row.quantity, row.estimand, row.fits) == ("m", True, FITS)
    assert abs(row.bias) < 4 * row.bias_mcse
    # The posterior mean of 79 draws strays from the truth by the posterior's spread and its own error.
    assert row.bias_mcse == pytest.approx(SD * np.sqrt(1 + 1 / KEPT) / np.sqrt(FITS), rel=0.1)
    assert abs(row.mean_rank - 0.5) < 4 / np.sqrt(12 * FITS)
    for item, mass in zip(row.coverage, MASSES, strict=True):
        assert stats.binomtest(round(item.held * FITS), FITS, mass).pvalue > 1e-4


@pytest.mark.parametrize(
    ("shift", "factor"), [(0.0, 0.7), (0.0, 1.5), (0.25, 1.0)], ids=["too narrow", "too wide", "shifted"]
)
def test_a_wrong_posterior_is_set_apart_with_its_coverage(shift: float, factor: float) -> None:
    (row,) = judge(records(shift, factor), ["m"], 1)
    assert set_apart([row]) == [row]
    assert row.p_value < 1e-4
    assert abs(row.bias - shift) < 4 * row.bias_mcse
    for item in row.coverage:
        expected = held(factor, shift, item.mass)
        # Of 79 draws, the interval's ends are themselves uncertain: their spread makes it a little less exact.
        assert item.held == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / FITS) + 0.01)


def test_coverage_limits_are_those_of_clopper_and_pearson() -> None:
    (row,) = judge(records(fits=100), ["m"], 1)
    for item in row.coverage:
        k = round(item.held * 100)
        assert item.lower == pytest.approx(stats.beta.ppf(0.025, k, 100 - k + 1))
        assert item.upper == pytest.approx(1.0 if k == 100 else stats.beta.ppf(0.975, k + 1, 100 - k))


def test_the_ranks_of_an_interval_are_a_whole_number_of_them() -> None:
    for mass in MASSES:
        assert (KEPT + 1) * (1 - mass) / 2 == pytest.approx(round((KEPT + 1) * (1 - mass) / 2))


def test_even_ranks_are_set_apart_as_seldom_as_is_said() -> None:
    rng = np.random.default_rng(2)
    apart = 0
    trials, quantities = 60, 4
    for trial in range(trials):
        ranks = rng.integers(0, KEPT + 1, (quantities, 200))
        fits = [
            {
                "problems": [],
                "ranks": {str(q): int(ranks[q, fit]) for q in range(quantities)},
                "truth": dict.fromkeys(map(str, range(quantities)), 0.0),
                "mean": {str(q): float(fit % 7) for q in range(quantities)},
            }
            for fit in range(200)
        ]
        apart += bool(set_apart(judge(fits, [], trial)))
    assert stats.binomtest(apart, trials, 0.05, alternative="greater").pvalue > 1e-3


def test_ranks_as_shares_lie_within_the_width_of_their_rank() -> None:
    ranks = np.arange(KEPT + 1)
    shares = pit_of(ranks, 3)
    assert (np.floor(shares * (KEPT + 1)) == ranks).all()
    assert (pit_of(ranks, 3) == shares).all()


def test_fits_that_failed_are_counted_and_those_with_draws_are_ranked() -> None:
    some: list[Mapping[str, Any]] = [*records(fits=30)]
    some[3] = {**some[3], "problems": ["divergent transitions", "fewer than 79 effective draws"]}
    some[4] = {"number": 4, "problems": ["not sampled: no start"]}
    some[5] = {"number": 5, "problems": ["not sampled: another reason"]}
    assert len(ranks_of(some)["m"]) == 28
    assert judge(some, ["m"], 1)[0].fits == 28
    assert problems_of(some) == {"divergent transitions": 1, "fewer than 79 effective draws": 1, "not sampled": 2}
