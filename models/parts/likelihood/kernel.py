"""Log density of the observed outcomes and its gradient, by Fisher's identity.

The gradient of an observed-data log density is the expected gradient of the complete-data one. For normal outcomes that
takes no more than the expected values and products of the outcomes given what was observed, which a truncated normal
distribution has in closed form. With Student-t outcomes the expectation is over the participant's precision as well.
"""

import math

import numpy as np

from cochange.models.parts.likelihood.factor import cholesky, inverse, log_determinant
from cochange.models.parts.likelihood.native import native
from cochange.models.parts.likelihood.observations import ABOVE, BELOW, OBSERVED
from cochange.models.parts.likelihood.special import digamma, log_cdf_and_hazard
from cochange.models.parts.likelihood.truncated import moments, shape_of

LOG_2PI = math.log(2 * math.pi)
# Nodes over the logarithm of a participant's precision, where a Student-t outcome is censored.
PRECISIONS = 80
# Least share of a variance that the outcomes before it must leave: with less, conditional variances are rounding.
SMALLEST_SHARE = 1e-8


@native
def likelihood(
    mean: np.ndarray,
    covariance: np.ndarray,
    noise: np.ndarray,
    nu: float,
    count: np.ndarray,
    present: np.ndarray,
    set_wells: np.ndarray,
    products: np.ndarray,
    columns: np.ndarray,
    value: np.ndarray,
    status: np.ndarray,
    row_wells: np.ndarray,
    weight: np.ndarray,
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray, float, np.ndarray]:
    """Log density of the sets of participants and of the single rows, its gradient, and that of each row.

    Arguments and results are those of `cochange.models.parts.likelihood.joint.JointNormal`.
    """
    n_columns, n_outcomes = mean.shape
    to_mean = np.zeros((n_columns, n_outcomes))
    to_covariance = np.zeros((n_outcomes, n_outcomes))
    to_noise = np.zeros(n_outcomes)
    total, to_nu = 0.0, 0.0

    row_logp = np.full(len(value), -np.inf)
    if not _is_proper(mean, covariance, noise, nu):
        return -np.inf, to_mean, to_covariance, to_noise, to_nu, row_logp
    contrast = np.zeros((n_columns + n_outcomes, n_outcomes))
    for j in range(n_outcomes):
        contrast[n_columns + j, j] = 1.0
        for i in range(n_columns):
            contrast[i, j] = -mean[i, j]
    for group in range(len(count)):
        here = np.flatnonzero(present[group])
        factor = cholesky(_submatrix(covariance, noise, set_wells[group], here))
        precision = inverse(factor)
        half = products[group] @ contrast
        residual = contrast.T @ half
        square = np.empty((len(here), len(here)))
        for i in range(len(here)):
            for j in range(len(here)):
                square[i, j] = residual[here[i], here[j]]
        constant = len(here) * LOG_2PI + log_determinant(factor, len(here))
        total -= 0.5 * (count[group] * constant + (precision * square).sum())
        for i in range(n_columns):
            for j in range(len(here)):
                for k in range(len(here)):
                    to_mean[i, here[j]] += half[i, here[k]] * precision[k, j]
        _add_covariance(precision, square, count[group], here, set_wells[group], to_covariance, to_noise)

    row = 0
    while row < len(value):
        last = row + 1
        while last < len(value) and _alike(status, row_wells, row, last):
            last += 1
        rows_nu = _rows(
            mean, covariance, noise, nu, columns, value, status[row], row_wells[row], weight, row, last,
            row_logp, to_mean, to_covariance, to_noise,
        )  # fmt: skip
        to_nu += rows_nu
        row = last
    for row in range(len(value)):
        total += weight[row] * row_logp[row]
    return total, to_mean, to_covariance, to_noise, to_nu, row_logp


@native
def _is_proper(mean: np.ndarray, covariance: np.ndarray, noise: np.ndarray, nu: float) -> bool:
    """Whether the parameters are finite and the covariance is positive definite beyond rounding."""
    if not (np.isfinite(mean).all() and np.isfinite(covariance).all() and np.isfinite(noise).all()):
        return False
    if not (np.isfinite(nu) and nu >= 0 and (noise >= 0).all()):
        return False
    factor = cholesky(covariance)
    return bool((np.diag(factor) ** 2 > SMALLEST_SHARE * np.diag(covariance)).all())


@native
def _alike(status: np.ndarray, wells: np.ndarray, first: int, second: int) -> bool:
    for j in range(status.shape[1]):
        if status[first, j] != status[second, j] or wells[first, j] != wells[second, j]:
            return False
    return True


@native
def _submatrix(covariance: np.ndarray, noise: np.ndarray, wells: np.ndarray, here: np.ndarray) -> np.ndarray:
    part = np.empty((len(here), len(here)))
    for i in range(len(here)):
        for j in range(len(here)):
            part[i, j] = covariance[here[i], here[j]]
        part[i, i] += noise[here[i]] * wells[here[i]]
    return part


@native
def _add_covariance(
    precision: np.ndarray,
    square: np.ndarray,
    count: float,
    here: np.ndarray,
    wells: np.ndarray,
    to_covariance: np.ndarray,
    to_noise: np.ndarray,
) -> None:
    """Add the gradient of the covariance of one set, from the sum of its expected squared residuals."""
    score = 0.5 * (precision @ square @ precision - count * precision)
    for i in range(len(here)):
        to_noise[here[i]] += score[i, i] * wells[here[i]]
        for j in range(len(here)):
            to_covariance[here[i], here[j]] += score[i, j]


@native
def _rows(
    mean: np.ndarray,
    covariance: np.ndarray,
    noise: np.ndarray,
    nu: float,
    columns: np.ndarray,
    value: np.ndarray,
    status: np.ndarray,
    wells: np.ndarray,
    weight: np.ndarray,
    start: int,
    stop: int,
    row_logp: np.ndarray,
    to_mean: np.ndarray,
    to_covariance: np.ndarray,
    to_noise: np.ndarray,
) -> float:
    """The rows from `start` to `stop`, which share their statuses."""
    # Observed outcomes first, then the censored ones.
    observed = np.flatnonzero(status == OBSERVED)
    censored = np.flatnonzero((status == BELOW) | (status == ABOVE))
    here = np.concatenate((observed, censored))
    k, d = len(observed), len(censored)
    factor = cholesky(_submatrix(covariance, noise, wells, here))
    precision = inverse(factor)
    constant = -0.5 * (k * LOG_2PI + log_determinant(factor, k))
    sign = np.where(status[censored] == BELOW, 1.0, -1.0)
    conditional = np.zeros((d, d))
    for i in range(d):
        for j in range(d):
            for m in range(min(i, j) + 1):
                conditional[i, j] += sign[i] * sign[j] * factor[k + i, k + m] * factor[k + j, k + m]
    shape = shape_of(conditional)
    own_mean = np.ascontiguousarray(mean[:, here])

    scratch = (np.empty(d), np.empty(d), np.empty((d, d)), np.empty(k + d))

    to_nu, sum_weight = 0.0, 0.0
    sum_square, cross = np.zeros((k + d, k + d)), np.zeros((len(mean), k + d))
    residual, standard, first = np.empty(k + d), np.empty(k), np.empty(k + d)
    centre, bound = np.empty(d), np.empty(d)
    for row in range(start, stop):
        for j in range(k + d):
            first[j] = 0.0
            residual[j] = value[row, here[j]]
            for i in range(len(mean)):
                residual[j] -= columns[row, i] * own_mean[i, j]
        distance = 0.0
        for i in range(k):
            standard[i] = residual[i]
            for j in range(i):
                standard[i] -= factor[i, j] * standard[j]
            standard[i] /= factor[i, i]
            distance += standard[i] ** 2
        for i in range(d):
            centre[i] = 0.0
            for j in range(k):
                centre[i] += factor[k + i, j] * standard[j]
            bound[i] = sign[i] * (residual[k + i] - centre[i])
        logp = constant
        if nu <= 0.0:
            logp -= 0.5 * distance
            if d == 1:
                logp += _expect_one(
                    weight[row], residual, centre[0], bound[0], sign[0], conditional[0, 0], first, sum_square
                )
            elif d:
                logp += _expect(1.0, weight[row], residual, centre, bound, sign, shape, scratch, first, sum_square)
            else:
                _observed_only(weight[row], residual, first, sum_square)
        else:
            power, rate = (nu + k) / 2, (nu + distance) / 2
            logp += math.lgamma(power) - math.lgamma(nu / 2)
            logp += 0.5 * nu * math.log(nu / 2) - power * math.log(rate)
            if d:
                marginal, mean_log, mean_precision = _over_precisions(
                    power, rate, weight[row], residual, centre, bound, sign, shape, scratch, first, sum_square
                )
                logp += marginal
            else:
                mean_log, mean_precision = digamma(power) - math.log(rate), power / rate
                _observed_only(mean_precision * weight[row], residual, first, sum_square)
            to_nu += weight[row] * 0.5 * (math.log(nu / 2) + 1 - digamma(nu / 2) + mean_log - mean_precision)
        row_logp[row] = logp
        sum_weight += weight[row]
        for i in range(len(mean)):
            for j in range(k + d):
                cross[i, j] += columns[row, i] * first[j]
    for i in range(len(mean)):
        for j in range(k + d):
            for m in range(k + d):
                to_mean[i, here[j]] += cross[i, m] * precision[m, j]
    _add_covariance(precision, sum_square, sum_weight, here, wells, to_covariance, to_noise)
    return to_nu


@native
def _observed_only(share: float, residual: np.ndarray, first: np.ndarray, second: np.ndarray) -> None:
    for i in range(len(residual)):
        first[i] += share * residual[i]
        for j in range(len(residual)):
            second[i, j] += share * residual[i] * residual[j]


@native
def _expect_one(
    share: float,
    residual: np.ndarray,
    centre: float,
    bound: float,
    sign: float,
    variance: float,
    first: np.ndarray,
    second: np.ndarray,
) -> float:
    """As `_expect` at a precision of one for a single censored outcome, the most frequent case."""
    k = len(residual) - 1
    sd = math.sqrt(variance)
    log_probability, hazard = log_cdf_and_hazard(bound / sd)
    # The residual stands for its expected value from here on; what it was is not needed again.
    residual[k] = centre - sign * sd * hazard
    _observed_only(share, residual, first, second)
    second[k, k] += share * variance * (1 - hazard * (bound / sd + hazard))
    return log_probability


@native
def _expect(
    precision: float,
    share: float,
    residual: np.ndarray,
    centre: np.ndarray,
    bound: np.ndarray,
    sign: np.ndarray,
    shape: tuple[np.ndarray, np.ndarray, np.ndarray],
    scratch: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    first: np.ndarray,
    second: np.ndarray,
) -> float:
    """Add `share` times the expected residuals and products, times the precision; log probability of the bounds."""
    scaled, mean, square, expected = scratch
    d = len(bound)
    k = len(residual) - d
    scale = math.sqrt(precision)
    for i in range(d):
        scaled[i] = bound[i] * scale
    log_probability = moments(scaled, shape, mean, square)
    if share == 0.0:
        return log_probability
    for i in range(k):
        expected[i] = residual[i]
    for i in range(d):
        expected[k + i] = centre[i] + sign[i] * mean[i] / scale
    _observed_only(share * precision, expected, first, second)
    for i in range(d):
        for j in range(d):
            second[k + i, k + j] += share * sign[i] * sign[j] * (square[i, j] - mean[i] * mean[j])
    return log_probability


@native
def _over_precisions(
    power: float,
    rate: float,
    weight: float,
    residual: np.ndarray,
    centre: np.ndarray,
    bound: np.ndarray,
    sign: np.ndarray,
    shape: tuple[np.ndarray, np.ndarray, np.ndarray],
    scratch: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    first: np.ndarray,
    second: np.ndarray,
) -> tuple[float, float, float]:
    """Average over a participant's precision, which has a gamma distribution given the observed outcomes.

    By the trapezoidal rule on the logarithm of the precision, where the density falls off exponentially at one end
    and faster at the other.

    Returns
    -------
    tuple of float
        Log probability of the bounds; expected logarithm of the precision, and expected precision, given them.
    """
    mode = math.log(power / rate)
    low = mode - min(2.0, 7 / math.sqrt(power)) - 28 / power
    high = mode + math.log(1 + 40 / power + 9 / math.sqrt(power))
    step = (high - low) / (PRECISIONS - 1)
    constant = power * math.log(rate) - math.lgamma(power) + math.log(step)
    term = np.empty(PRECISIONS)
    largest = -np.inf
    for node in range(PRECISIONS):
        log_precision = low + node * step
        term[node] = constant + power * log_precision - rate * math.exp(log_precision)
        term[node] += _expect(
            math.exp(log_precision), 0.0, residual, centre, bound, sign, shape, scratch, first, second
        )
        largest = max(largest, term[node])
    total = 0.0
    for node in range(PRECISIONS):
        total += math.exp(term[node] - largest)
    mean_log, mean_precision = 0.0, 0.0
    for node in range(PRECISIONS):
        share = math.exp(term[node] - largest) / total
        if share < 1e-18:
            continue
        log_precision = low + node * step
        mean_log += share * log_precision
        mean_precision += share * math.exp(log_precision)
        _expect(math.exp(log_precision), weight * share, residual, centre, bound, sign, shape, scratch, first, second)
    return largest + math.log(total), mean_log, mean_precision
