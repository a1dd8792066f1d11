"""The likelihood of a pair of normal values of which either may be censored or missing.

One censored value is integrated out in closed form, through its conditional distribution given the other; two through
the bivariate normal integral of Drezner and Wesolowsky, a one-dimensional quadrature over the correlation's angle.
"""

from dataclasses import dataclass

import numpy as np
import pytensor.tensor as pt
from pytensor.tensor.variable import TensorVariable

OBSERVED, BELOW, ABOVE, MISSING = "observed", "below", "above", "missing"
NODES = 32
SQRT2 = np.sqrt(2.0)
LOG_SQRT_2PI = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True)
class Pattern:
    """The participants who share a pattern of statuses at the two visits.

    Parameters
    ----------
    rows : numpy.ndarray
        Positions of the participants, shape ``(n,)``.
    statuses : tuple of str
        Status at baseline and follow-up.
    """

    rows: np.ndarray
    statuses: tuple[str, str]


def patterns(status: np.ndarray) -> tuple[Pattern, ...]:
    """Group participants by their statuses at the two visits.

    Parameters
    ----------
    status : numpy.ndarray
        ``"observed"``, ``"below"``, ``"above"`` or ``"missing"``, shape ``(participant, 2)``.

    Returns
    -------
    tuple of Pattern
        Without the participants who have no value at either visit.
    """
    found = sorted({(str(first), str(second)) for first, second in status} - {(MISSING, MISSING)})
    return tuple(
        Pattern(np.flatnonzero((status[:, 0] == first) & (status[:, 1] == second)), (first, second))
        for first, second in found
    )


def pair_logp(
    value: TensorVariable,
    mean: TensorVariable,
    sd: TensorVariable,
    correlation: TensorVariable,
    groups: tuple[Pattern, ...],
) -> TensorVariable:
    """Log density of each participant's pair; a probability where values are censored.

    Parameters
    ----------
    value, mean, sd : TensorVariable
        Values (the limit where censored, anything finite where missing), means and standard deviations, shape
        ``(participant, 2)``.
    correlation : TensorVariable
        Correlation of the two values, scalar.
    groups : tuple of Pattern
        From `patterns`.

    Returns
    -------
    TensorVariable
        Shape ``(participant,)``.

    References
    ----------
    Drezner Z, Wesolowsky GO (1990). On the computation of the bivariate normal integral. Journal of Statistical
    Computation and Simulation 35, 101-107. doi:10.1080/00949659008811236
    """
    z = (value - mean) / sd
    conditional_sd = pt.sqrt(1 - correlation**2)
    logp = pt.zeros(value.shape[0])
    for group in groups:
        first, second = group.statuses
        a, b = z[group.rows, 0], z[group.rows, 1]
        log_sd = pt.log(sd[group.rows])
        if first == MISSING or second == MISSING:
            position = 1 if first == MISSING else 0
            term = _one(b if position else a, log_sd[:, position], group.statuses[position])
        elif first == OBSERVED:
            term = _one(a, log_sd[:, 0], OBSERVED) + _one(
                (b - correlation * a) / conditional_sd, log_sd[:, 1] + pt.log(conditional_sd), second
            )
        elif second == OBSERVED:
            term = _one(b, log_sd[:, 1], OBSERVED) + _one(
                (a - correlation * b) / conditional_sd, log_sd[:, 0] + pt.log(conditional_sd), first
            )
        else:
            sign_a, sign_b = (1.0 if status == BELOW else -1.0 for status in group.statuses)
            term = log_bivariate_cdf(sign_a * a, sign_b * b, sign_a * sign_b * correlation)
        logp = pt.set_subtensor(logp[group.rows], term)
    return logp


def _one(z: TensorVariable, log_sd: TensorVariable, status: str) -> TensorVariable:
    if status == OBSERVED:
        return -0.5 * z**2 - LOG_SQRT_2PI - log_sd
    return log_cdf(z if status == BELOW else -z)


def log_cdf(z: TensorVariable) -> TensorVariable:
    """Log probability that a standard normal variable lies under ``z``.

    PyMC's own takes the square root of two in single precision, an error of 2e-8 in ``z`` that the differences of
    probabilities in `log_bivariate_cdf` would magnify.
    """
    # A branch that is not taken must stay finite, for its gradient's sake.
    tail, body = pt.minimum(z, -1.0) / SQRT2, pt.maximum(z, -1.0) / SQRT2
    return pt.switch(pt.lt(z, -1.0), pt.log(pt.erfcx(-tail) / 2) - tail**2, pt.log1p(-pt.erfc(body) / 2))


def log_bivariate_cdf(h: TensorVariable, k: TensorVariable, correlation: TensorVariable) -> TensorVariable:
    """Log probability that two standard normal variables lie under ``h`` and ``k``.

    Parameters
    ----------
    h, k : TensorVariable
        Upper bounds, shape ``(n,)``.
    correlation : TensorVariable
        Their correlation, scalar.

    Returns
    -------
    TensorVariable
        Shape ``(n,)``.
    """
    node, weight = np.polynomial.legendre.leggauss(NODES)
    angle = pt.arcsin(correlation) * (node + 1) / 2
    sine, cosine_squared = pt.sin(angle), pt.cos(angle) ** 2
    h_, k_ = h[:, None], k[:, None]
    integrand = pt.exp(-(h_**2 + k_**2 - 2 * h_ * k_ * sine) / (2 * cosine_squared))
    joint = pt.arcsin(correlation) / (4 * np.pi) * pt.sum(weight * integrand, axis=1)
    independent = pt.exp(log_cdf(h) + log_cdf(k))
    # Rounding can leave a vanishing probability at or under zero.
    return pt.log(pt.maximum(independent + joint, 1e-300))
