"""The density of weighted draws at one point, by a normal density fitted where the point is."""

from dataclasses import dataclass

import numpy as np

BATCHES = 5


@dataclass(frozen=True)
class LocalDensity:
    """The density at a point.

    Attributes
    ----------
    log : float
        Its logarithm.
    error : float
        Monte Carlo standard error of the logarithm.
    near : float
        Effective number of draws that the fit rests on.
    """

    log: float
    error: float
    near: float


def density_at(point: float, draws: np.ndarray, weights: np.ndarray) -> LocalDensity:
    """The density of weighted draws at a point.

    A log density that is quadratic around the point is fitted by local likelihood with a normal kernel, which has a
    closed form: where the draws are normal it has no bias whatever the bandwidth, and elsewhere one of the fourth
    order. The bandwidth is the draws' SD over the ninth root of their effective number. The error is a jackknife over
    five parts of each chain.

    Parameters
    ----------
    point : float
        Where.
    draws, weights : numpy.ndarray
        Draws and their weights, which sum to 1, shape ``(chain, draw)``.

    References
    ----------
    Hjort NL, Jones MC (1996). Locally parametric nonparametric density estimation. Annals of Statistics 24(4),
    1619-1647. doi:10.1214/aos/1032298288
    """
    mean = float((weights * draws).sum())
    sd = float(np.sqrt((weights * (draws - mean) ** 2).sum()))
    bandwidth = sd * float((weights**2).sum()) ** (1 / 9)
    away = (draws - point) / bandwidth
    kernel = weights * np.exp(-(away**2) / 2) / (np.sqrt(2 * np.pi) * bandwidth)
    # What each part of a chain adds to the sums that the fit is made of.
    terms = np.stack([weights, kernel, kernel * away, kernel * away**2])
    parts = np.concatenate([part.sum(axis=-1) for part in np.array_split(terms, BATCHES, axis=-1)], axis=-1)
    total = parts.sum(axis=-1)
    if total[1] == 0:
        return LocalDensity(-np.inf, np.inf, 0.0)
    without = _log_density(total[:, None] - parts)
    n = parts.shape[-1]
    error = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    return LocalDensity(float(_log_density(total)), error, float(kernel.sum() ** 2 / (kernel**2).sum()))


def _log_density(sums: np.ndarray) -> np.ndarray:
    """Log density from the sums of weights and of the kernel's first moments in bandwidths, shape ``(4, ...)``."""
    mass, height, first, second = sums
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = first / height
        variance = second / height - mean**2
        return np.asarray(np.log(height / mass) - np.log(variance) / 2 - mean**2 / (2 * variance))
