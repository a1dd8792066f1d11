"""The likelihood of a pair of normal values of which either may be censored.

One censored value is integrated out in closed form, through its conditional distribution given the other; two through
the bivariate normal integral of Drezner and Wesolowsky, a one-dimensional quadrature over the correlation's angle.
"""

from dataclasses import dataclass

import numpy as np

from cochange.models.parts.graph import TensorVariable, pt

OBSERVED, BELOW = "observed", "below"
NODES = 32
SQRT2 = np.sqrt(2.0)
LOG_SQRT_2PI = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True)
class Pattern:
    """The participants who share a pattern of statuses at the two visits.

    Parameters
    ----------
    statuses : tuple of str
        Status at baseline and follow-up.
    rows : numpy.ndarray
        Positions of the participants, shape ``(n,)``.
    distinct : numpy.ndarray
        Positions of one participant of each kind, of those whose density is the same whatever the parameters.
    kind : numpy.ndarray
        Which of them each participant is like, shape ``(n,)``.
    """

    statuses: tuple[str, str]
    rows: np.ndarray
    distinct: np.ndarray
    kind: np.ndarray


def patterns(status: np.ndarray, alike: np.ndarray | None = None) -> tuple[Pattern, ...]:
    """Group participants by their statuses at the two visits.

    Parameters
    ----------
    status : numpy.ndarray
        ``"observed"``, ``"below"`` or ``"above"``, shape ``(participant, 2)``.
    alike : numpy.ndarray, optional
        Label of each participant, shape ``(participant,)``; those with the same label have the same values, means and
        standard deviations, so that their density is computed once. All differ by default.

    Returns
    -------
    tuple of Pattern
    """
    labels = np.arange(len(status)) if alike is None else alike
    found = []
    for first, second in sorted({(str(first), str(second)) for first, second in status}):
        rows = np.flatnonzero((status[:, 0] == first) & (status[:, 1] == second))
        _, one_of_each, kind = np.unique(labels[rows], return_index=True, return_inverse=True)
        found.append(Pattern((first, second), rows, rows[one_of_each], kind))
    return tuple(found)


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
        Values (the limit where censored), means and standard deviations, shape ``(participant, 2)``.
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
    terms = []
    for group in groups:
        log_sd = pt.log(sd[group.distinct])
        z = (value[group.distinct] - mean[group.distinct]) / sd[group.distinct]
        terms.append(_pattern_logp(z[:, 0], z[:, 1], log_sd, correlation, group.statuses)[group.kind])
    in_order = np.argsort(np.concatenate([group.rows for group in groups]))
    return pt.concatenate(terms)[in_order]


def _pattern_logp(
    a: TensorVariable, b: TensorVariable, log_sd: TensorVariable, correlation: TensorVariable, statuses: tuple[str, str]
) -> TensorVariable:
    """Log density of standardised pairs of one pattern: an observed value first, the other given it."""
    first, second = statuses
    conditional_sd = pt.sqrt(1 - correlation**2)
    if first == OBSERVED:
        given = (b - correlation * a) / conditional_sd
        return _one(a, log_sd[:, 0], OBSERVED) + _one(given, log_sd[:, 1] + pt.log(conditional_sd), second)
    if second == OBSERVED:
        return _one(b, log_sd[:, 1], OBSERVED) + _one((a - correlation * b) / conditional_sd, log_sd[:, 0], first)
    sign_a, sign_b = (1.0 if status == BELOW else -1.0 for status in statuses)
    return log_bivariate_cdf(sign_a * a, sign_b * b, sign_a * sign_b * correlation)


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
