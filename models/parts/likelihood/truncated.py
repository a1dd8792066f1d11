"""Probability and moments of normal variables that lie under bounds.

One bound in closed form, two with the bivariate normal integral (Rosenbaum 1961), more by quadrature over all but two.
"""

import math

import numpy as np

from cochange.models.parts.likelihood.factor import cholesky
from cochange.models.parts.likelihood.native import native
from cochange.models.parts.likelihood.special import (
    LOG_SQRT_2PI,
    TINY,
    correlation_rules,
    log_bivariate_normal_cdf,
    log_cdf_and_hazard,
    normal_cdf,
    normal_density,
    normal_quantile,
)

# Nodes on (0, 1) for each variable integrated numerically, fewer where there are several; two are left to closed form.
SIZES = np.array([24, 16, 8, 6])
# Two variables are never taken to be the same one.
CLOSEST = 1 - 1e-9
# Over this log probability densities and probabilities need no logarithms.
LOG_PLAIN = -200.0


def _rules() -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights of Gauss-Legendre rules in the fourth root, which the normal quantile is smooth in."""
    nodes, weights = np.zeros((2, len(SIZES), SIZES[0]))
    for row, size in enumerate(SIZES):
        node, weight = np.polynomial.legendre.leggauss(size)
        root = (node + 1) / 2
        nodes[row, :size], weights[row, :size] = root**4, 2 * weight * root**3
    return nodes, weights


NODE, WEIGHT = _rules()


@native
def shape_of(covariance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What `moments` needs to know of a covariance, the same for every bound.

    Parameters
    ----------
    covariance : numpy.ndarray
        Shape ``(d, d)``.

    Returns
    -------
    tuple of numpy.ndarray
        Standard deviations ``(d,)``; Cholesky factor of the correlations ``(d, d)``; rules of `correlation_rules` for
        the last two variables given the others.
    """
    d = len(covariance)
    sd = np.sqrt(np.diag(covariance))
    factor = cholesky(covariance / np.outer(sd, sd))
    rules = correlation_rules(_of_last_two(factor)) if d > 1 else np.zeros((2, 3, 0))
    return sd, factor, rules


@native
def _of_last_two(factor: np.ndarray) -> float:
    """Correlation of the last two variables given the others."""
    d = len(factor)
    across, down = factor[d - 1, d - 2], factor[d - 1, d - 1]
    correlation = across / math.sqrt(across * across + down * down)
    return min(max(correlation, -CLOSEST), CLOSEST)


@native
def moments(
    bound: np.ndarray, shape: tuple[np.ndarray, np.ndarray, np.ndarray], first: np.ndarray, second: np.ndarray
) -> float:
    """Moments of a zero-mean normal vector given that each of its elements lies under its bound.

    Parameters
    ----------
    bound : numpy.ndarray
        Upper bounds, shape ``(d,)``.
    shape : tuple of numpy.ndarray
        From `shape_of`.
    first, second : numpy.ndarray
        Filled with the expected values ``(d,)`` and products ``(d, d)``.

    Returns
    -------
    float
        Log probability of lying under all bounds.

    References
    ----------
    Rosenbaum S (1961). Moments of a truncated bivariate normal distribution. Journal of the Royal Statistical Society
    B 23, 405-408. doi:10.1111/j.2517-6161.1961.tb00422.x
    """
    sd, factor, rules = shape
    d = len(bound)
    if d == 1:
        h = bound[0] / sd[0]
        log_probability, hazard = log_cdf_and_hazard(h)
        first[0] = -hazard
        second[0, 0] = 1 - h * hazard
    elif d == 2:
        log_probability = _two(bound[0] / sd[0], bound[1] / sd[1], _of_last_two(factor), rules, first, second)
    else:
        log_probability = _many(bound / sd, factor, rules, first, second)
    for i in range(d):
        first[i] *= sd[i]
        for j in range(d):
            second[i, j] *= sd[i] * sd[j]
    return log_probability


@native
def _two(h: float, k: float, r: float, rules: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    spread = math.sqrt(1 - r * r)
    log_probability = log_bivariate_normal_cdf(h, k, r, rules)
    rest_h, rest_k = (k - r * h) / spread, (h - r * k) / spread
    if log_probability > LOG_PLAIN:
        edge_h = normal_density(h) * normal_cdf(rest_h) * math.exp(-log_probability)
        edge_k = normal_density(k) * normal_cdf(rest_k) * math.exp(-log_probability)
    else:
        edge_h = math.exp(-0.5 * h * h - LOG_SQRT_2PI + log_cdf_and_hazard(rest_h)[0] - log_probability)
        edge_k = math.exp(-0.5 * k * k - LOG_SQRT_2PI + log_cdf_and_hazard(rest_k)[0] - log_probability)
    corner = spread * math.exp(-0.5 * (h * h + rest_h * rest_h) - 2 * LOG_SQRT_2PI - log_probability)
    first[0] = -edge_h - r * edge_k
    first[1] = -edge_k - r * edge_h
    second[0, 0] = 1 - h * edge_h - r * r * k * edge_k + r * corner
    second[1, 1] = 1 - k * edge_k - r * r * h * edge_h + r * corner
    second[0, 1] = second[1, 0] = r - r * (h * edge_h + k * edge_k) + corner
    return log_probability


@native
def _many(h: np.ndarray, factor: np.ndarray, rules: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
    """Three bounds and more: all but the last two variables drawn from their conditional distributions by quadrature.

    The separation of variables of Genz (1992, doi:10.1080/10618600.1992.10477010), with a product of Gauss-Legendre
    rules in place of random points.
    """
    d = len(h)
    outer = d - 2
    size = SIZES[outer - 1]
    sd = np.array([factor[outer, outer], math.hypot(factor[outer + 1, outer], factor[outer + 1, outer + 1])])
    inner_correlation = _of_last_two(factor)
    inner_first, inner_second = np.empty(2), np.empty((2, 2))
    standard, value, mean = np.empty(outer), np.empty(d), np.empty(2)
    total = 0.0
    first[:] = 0.0
    second[:, :] = 0.0
    for point in range(size**outer):
        weight, left = 1.0, point
        for i in range(outer):
            node = left % size
            left //= size
            given = 0.0
            for j in range(i):
                given += factor[i, j] * standard[j]
            probability = normal_cdf((h[i] - given) / factor[i, i])
            standard[i] = normal_quantile(max(NODE[outer - 1, node] * probability, TINY))
            value[i] = given + factor[i, i] * standard[i]
            weight *= WEIGHT[outer - 1, node] * probability
        for i in range(2):
            mean[i] = 0.0
            for j in range(outer):
                mean[i] += factor[outer + i, j] * standard[j]
        weight *= math.exp(
            _two(
                (h[outer] - mean[0]) / sd[0],
                (h[outer + 1] - mean[1]) / sd[1],
                inner_correlation,
                rules,
                inner_first,
                inner_second,
            )
        )
        for i in range(2):
            value[outer + i] = mean[i] + sd[i] * inner_first[i]
        total += weight
        for i in range(d):
            first[i] += weight * value[i]
            for j in range(d):
                second[i, j] += weight * value[i] * value[j]
        for i in range(2):
            for j in range(2):
                spread = inner_second[i, j] - inner_first[i] * inner_first[j]
                second[outer + i, outer + j] += weight * sd[i] * sd[j] * spread
    total = max(total, TINY)
    first /= total
    second /= total
    return math.log(total)
