"""Draws thinned by rank and packed for a page."""

import base64

import numpy as np
import pytest

from cochange.reports.carried import BUDGET, LEAST, MOST, carry, number_kept


@pytest.fixture(scope="module")
def draws() -> np.ndarray:
    return np.random.default_rng(1).standard_t(3, (4, 1_003))


@pytest.mark.parametrize("number", [10, 250, 777, 4_011])
def test_kept_draws_are_stored_ones_to_half_a_step(draws: np.ndarray, number: int) -> None:
    kept = carry(draws, number)
    ordered = np.sort(draws, axis=None)
    nearest = np.abs(kept.values[:, None] - ordered).min(axis=1)
    assert kept.values.shape == (number,)
    assert (np.diff(kept.values) >= 0).all()
    assert nearest.max() <= kept.step / 2 * (1 + 1e-9)
    assert kept.step < 1e-3 * np.ptp(np.quantile(draws, [0.025, 0.975]))


@pytest.mark.parametrize("number", [10, 250, 777])
def test_no_share_moves_by_more_than_half_a_part(draws: np.ndarray, number: int) -> None:
    kept = carry(draws, number)
    for limit in np.concatenate([draws.ravel()[::7], np.linspace(-4, 4, 301)]):
        # Rounding to a step may carry the draws nearest to the limit across it.
        near = np.mean(np.abs(draws - limit) <= kept.step / 2 * (1 + 1e-9))
        moved = abs(np.mean(kept.values < limit) - np.mean(draws < limit))
        assert moved <= 0.5 / number + near + 1e-12


def test_thinning_by_rank_moves_an_interval_less_than_thinning_by_place() -> None:
    draws = np.random.default_rng(2).normal(size=4_000)
    ends = [0.025, 0.975]
    by_rank = np.abs(np.quantile(carry(draws, 500).values, ends) - np.quantile(draws, ends)).max()
    by_place = np.abs(np.quantile(draws.reshape(500, 8), ends, axis=0).T - np.quantile(draws, ends)).max(axis=1)
    assert by_rank < by_place.min()


def test_all_draws_are_kept_where_there_are_no_more(draws: np.ndarray) -> None:
    kept = carry(draws[0], 5_000)
    assert kept.stored == kept.values.size == 1_003
    assert kept.values == pytest.approx(np.sort(draws[0]), abs=kept.step / 2 * (1 + 1e-9))


def test_draws_that_are_all_the_same_stay_so() -> None:
    assert carry(np.full(400, -2.5), 300).values.tolist() == [-2.5] * 300


def test_the_text_is_two_bytes_a_draw_low_byte_first() -> None:
    kept = carry(np.array([0.0, 256.0, 65_535.0]), 3)
    assert base64.b64decode(kept.text) == b"\x00\x00\x00\x01\xff\xff"


@pytest.mark.parametrize(("quantities", "number"), [(0, MOST), (1, MOST), (200, BUDGET // 400), (100_000, LEAST)])
def test_more_quantities_carry_fewer_draws(quantities: int, number: int) -> None:
    assert number_kept(quantities) == number
