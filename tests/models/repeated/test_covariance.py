"""Each correlation matrix against a formula by hand, in NumPy and in a graph alike."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytensor.tensor as pt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.tsa.stattools import levinson_durbin_pacf

from cochange.models.parts.repeated.covariance import (
    autocorrelations,
    pairs,
    structured_correlation,
    unstructured_factor,
)

between = st.floats(-0.95, 0.95)


def partial_correlation(correlation: np.ndarray, row: int, column: int) -> float:
    """Of two variables given all that stand before the first of them, from the inverse of their correlations."""
    which = [*range(column), column, row]
    precision = np.linalg.inv(correlation[np.ix_(which, which)])
    return float(-precision[-1, -2] / np.sqrt(precision[-1, -1] * precision[-2, -2]))


@given(st.lists(between, min_size=10, max_size=10))
def test_an_unstructured_matrix_has_the_partial_correlations_it_is_made_of(partial: list[float]) -> None:
    factor = unstructured_factor(np.array(partial), 5, np)
    correlation = factor @ factor.T
    np.testing.assert_allclose(np.diag(correlation), 1)
    assert np.allclose(factor, np.tril(factor))
    for value, (row, column) in zip(partial, pairs(5), strict=True):
        assert partial_correlation(correlation, row, column) == pytest.approx(value, abs=1e-6)


def test_ar1_falls_with_the_power_of_the_distance() -> None:
    found = autocorrelations("ar1", [np.arctanh(np.array(-0.6))], 4, np)
    np.testing.assert_allclose(found, [1, -0.6, 0.36, -0.216])


def test_compound_symmetry_spans_every_common_correlation_that_is_possible() -> None:
    lowest, middle, highest = (autocorrelations("compound symmetry", [np.array(z)], 5, np) for z in (-20.0, 0.0, 20.0))
    np.testing.assert_allclose(lowest, [1, *[-0.25] * 4])
    np.testing.assert_allclose(middle, [1, *[0.375] * 4])
    np.testing.assert_allclose(highest, [1] * 5)


@given(st.lists(between, min_size=4, max_size=4))
def test_toeplitz_is_that_of_its_partial_autocorrelations_and_positive_definite(partial: list[float]) -> None:
    found = autocorrelations("toeplitz", [np.arctanh(np.array(value)) for value in partial], 5, np)
    expected = levinson_durbin_pacf(np.array([1.0, *partial]))[1]
    np.testing.assert_allclose(found, expected, atol=1e-9)
    lag = np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
    assert np.linalg.eigvalsh(found[lag]).min() > 0


def test_two_outcomes_are_a_kronecker_product() -> None:
    apart = autocorrelations("ar1", [np.array(0.7)], 3, np)
    outcome, visit = np.tile([0, 1], 3), np.repeat([0, 1, 2], 2)
    found = structured_correlation(apart, np.array(0.4), outcome, visit, 3)
    lag = np.abs(np.subtract.outer(np.arange(3), np.arange(3)))
    np.testing.assert_allclose(found, np.kron(apart[lag], [[1, 0.4], [0.4, 1]]))
    some = np.array([0, 3, 5])
    np.testing.assert_allclose(
        structured_correlation(apart, np.array(0.4), outcome[some], visit[some], 3), found[np.ix_(some, some)]
    )


STRUCTURES: dict[str, Callable[[Any, Any], Any]] = {
    "unstructured": lambda z, xp: unstructured_factor(xp.tanh(z), 4, xp),
    **{
        name: lambda z, xp, name=name: autocorrelations(name, [z[..., i] for i in range(3)], 4, xp)
        for name in ("ar1", "compound symmetry", "toeplitz")
    },
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_a_graph_and_several_draws_give_the_same_matrices(name: str) -> None:
    draws = np.random.default_rng(3).normal(size=(4, 6))
    together = STRUCTURES[name](draws, np)
    for row, own in enumerate(draws):
        alone = STRUCTURES[name](pt.as_tensor(own), pt).eval()
        np.testing.assert_allclose(together[row], alone, rtol=1e-12)
