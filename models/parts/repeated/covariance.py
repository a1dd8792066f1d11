"""Correlation matrices over visits and outcomes, for a graph and for draws alike.

Unstructured matrices are made of canonical partial correlations (of a pair of cells, given the cells before both), each
of which may lie anywhere between -1 and 1; Toeplitz matrices of partial autocorrelations likewise.

References
----------
Joe H (2006). Generating random correlation matrices based on partial correlations. Journal of Multivariate Analysis 97,
2177-2189. doi:10.1016/j.jmva.2005.05.010
Barndorff-Nielsen O, Schou G (1973). On the parametrization of autoregressive models by partial autocorrelations.
Journal of Multivariate Analysis 3, 408-419. doi:10.1016/0047-259X(73)90030-4
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

Structure = Literal["unstructured", "ar1", "compound symmetry", "toeplitz"]


def pairs(size: int) -> list[tuple[int, int]]:
    """The pairs of a matrix below its diagonal, row by row."""
    return [(row, column) for row in range(size) for column in range(row)]


def unstructured_factor(partial: Any, size: int, xp: Any) -> Any:
    """Cholesky factor of a correlation matrix.

    Parameters
    ----------
    partial : array
        Canonical partial correlations in the order of `pairs`, shape ``(..., pair)``; one leading axis at most.
    size : int
        Rows of the matrix.
    xp : module
        ``numpy`` or ``pytensor.tensor``.
    """
    place = np.zeros((len(pairs(size)), size, size))
    for index, (row, column) in enumerate(pairs(size)):
        place[index, row, column] = 1
    below = _square(partial @ place.reshape(len(place), -1), size)
    # What the columns before leave of the variance of a row.
    left = xp.exp(0.5 * (xp.log1p(-(below**2)) @ np.triu(np.ones((size, size)), 1)))
    return (below + np.eye(size)) * left


def autocorrelations(structure: Structure, z: Sequence[Any], size: int, xp: Any) -> Any:
    """Correlations of visits 0, 1, ... apart, shape ``(..., size)``.

    Parameters
    ----------
    structure : {"ar1", "compound symmetry", "toeplitz"}
        The structure; visits count as equally spaced.
    z : sequence of array
        On Fisher's z scale: the correlation of visits next to each other (AR(1)); the common correlation, its scale
        stretched to the interval that leaves the matrix positive definite (compound symmetry); the partial
        autocorrelations at 1, 2, ... visits apart (Toeplitz).
    size : int
        Number of visits.
    xp : module
        ``numpy`` or ``pytensor.tensor``.
    """
    one = xp.ones_like(z[0])
    if structure == "compound symmetry":
        lowest = -1 / (size - 1)
        correlation = lowest + (1 - lowest) * (1 + xp.tanh(z[0])) / 2
        return xp.stack([one, *([correlation] * (size - 1))], axis=-1)
    if structure == "ar1":
        found = [one]
        for _ in range(size - 1):
            found.append(found[-1] * xp.tanh(z[0]))
        return xp.stack(found, axis=-1)
    return xp.stack(_from_partial([xp.tanh(value) for value in z], one), axis=-1)


def _from_partial(partial: Sequence[Any], one: Any) -> list[Any]:
    """Autocorrelations from partial ones, by the recursion of Durbin and Levinson."""
    found, weights, left = [one], list[Any](), one
    for own in partial:
        lag = len(found)
        found.append(own * left + sum(weight * found[lag - 1 - j] for j, weight in enumerate(weights)))
        weights = [weight - own * weights[-1 - j] for j, weight in enumerate(weights)] + [own]
        left = left * (1 - own**2)
    return found


def structured_correlation(apart: Any, between: Any, outcome: np.ndarray, visit: np.ndarray, n_visits: int) -> Any:
    """Kronecker product of a correlation of outcomes and one of visits, of the cells there are.

    Parameters
    ----------
    apart : array
        Correlations of visits 0, 1, ... apart, shape ``(..., visit)``.
    between : array or None
        Correlation of the two outcomes at a visit, shape ``(...)``; None where there is one outcome.
    outcome, visit : numpy.ndarray
        Outcome and visit of each cell, shape ``(cell,)``.
    n_visits : int
        Number of visits.
    """
    size = len(outcome)
    lag = np.abs(visit[:, None] - visit)
    bands = (lag == np.arange(n_visits)[:, None, None]) * 1.0
    over_visits = _square(apart @ bands.reshape(len(bands), -1), size)
    if between is None:
        return over_visits
    same = (outcome[:, None] == outcome) * 1.0
    return over_visits * (same + between[..., None, None] * (1 - same))


def _square(flattened: Any, size: int) -> Any:
    return flattened.reshape((size, size) if flattened.ndim == 1 else (-1, size, size))
