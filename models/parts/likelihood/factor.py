"""Cholesky factors of covariances so small that a call to a linear algebra library costs more than the arithmetic."""

import math

import numpy as np

from cochange.models.parts.likelihood.native import native

# Share of a variance that rounding leaves to a variable which the ones before it determine.
SMALLEST_PIVOT = 1e-12


@native
def cholesky(covariance: np.ndarray) -> np.ndarray:
    """Lower Cholesky factor; what rounding leaves of a pivot is taken to be positive."""
    d = len(covariance)
    factor = np.zeros((d, d))
    for i in range(d):
        for j in range(i + 1):
            left = covariance[i, j]
            for m in range(j):
                left -= factor[i, m] * factor[j, m]
            if i == j:
                factor[i, i] = math.sqrt(max(left, SMALLEST_PIVOT * covariance[i, i]))
            else:
                factor[i, j] = left / factor[j, j]
    return factor


@native
def inverse(factor: np.ndarray) -> np.ndarray:
    """Inverse of the covariance of a Cholesky factor."""
    d = len(factor)
    root = np.zeros((d, d))
    for j in range(d):
        root[j, j] = 1 / factor[j, j]
        for i in range(j + 1, d):
            left = 0.0
            for m in range(j, i):
                left -= factor[i, m] * root[m, j]
            root[i, j] = left / factor[i, i]
    result = np.empty((d, d))
    for i in range(d):
        for j in range(i + 1):
            total = 0.0
            for m in range(i, d):
                total += root[m, i] * root[m, j]
            result[i, j] = result[j, i] = total
    return result


@native
def log_determinant(factor: np.ndarray, size: int) -> float:
    """Logarithm of the determinant of the covariance of the first `size` variables."""
    total = 0.0
    for i in range(size):
        total += 2 * math.log(factor[i, i])
    return total
