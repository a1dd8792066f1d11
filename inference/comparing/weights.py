"""Draws of one posterior as draws of another: importance weights, with the diagnostic that says whether they hold."""

import math
from dataclasses import dataclass

import numpy as np
from arviz_stats.base import array_stats

# Over this Pareto shape importance sampling fails whatever the number of draws (Vehtari et al. 2024, JMLR 25(72)).
K_MOST = 0.7


@dataclass(frozen=True, eq=False)
class Weights:
    """Smoothed importance weights.

    Attributes
    ----------
    values : numpy.ndarray
        One a draw, which sum to 1, shape ``(chain * draw,)``.
    k : float
        Pareto shape of the raw weights' tail; 0 where all weights are the same.
    log_ratio : numpy.ndarray
        Log density of the target over that of the draws, up to a constant, in the order of the values.
    """

    values: np.ndarray
    k: float
    log_ratio: np.ndarray

    @property
    def efficiency(self) -> float:
        """Effective sample size of the weights as a share of the draws."""
        return float(1 / (self.values**2).sum() / self.values.size)

    @property
    def hold(self) -> bool:
        """Whether the Pareto shape lets the weights be used."""
        return self.k <= k_bound(self.values.size)


def k_bound(draws: int) -> float:
    """The largest Pareto shape with which so many draws can be relied on."""
    return min(1 - 1 / math.log10(draws), K_MOST)


def smoothed(log_ratio: np.ndarray) -> Weights:
    """Pareto-smoothed importance weights.

    Parameters
    ----------
    log_ratio : numpy.ndarray
        Log density of the target over that of the draws, up to a constant, one a draw; minus infinity where the target
        has none.

    References
    ----------
    Vehtari A, Simpson D, Gelman A, Yao Y, Gabry J (2024). Pareto smoothed importance sampling. Journal of Machine
    Learning Research 25(72).
    """
    ratio = np.ravel(log_ratio)
    if not np.isfinite(ratio.max()):
        return Weights(np.full(ratio.size, 1 / ratio.size), math.inf, ratio)
    if np.ptp(ratio) < 1e-12:
        return Weights(np.full(ratio.size, 1 / ratio.size), 0.0, ratio)
    # ArviZ takes the negative log ratio, as leave-one-out cross-validation has it.
    log_weights, k = array_stats.psislw(-ratio)
    weights = np.exp(log_weights - log_weights.max())
    return Weights(weights / weights.sum(), float(k), ratio)


def moments(values: np.ndarray, mass: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of draws with weights that sum to 1."""
    if np.ptp(values) == 0:
        # Rounding would give what every draw has alike a spread.
        return float(values.flat[0]), 0.0
    mean = float((mass * values).sum())
    return mean, float(np.sqrt((mass * (values - mean) ** 2).sum() / (1 - (mass**2).sum())))
