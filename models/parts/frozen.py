"""A prior as a distribution: its density, its quantiles and the mass it gives an interval."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from cochange.models.parts.families import Beta, Family, Gamma, HalfNormal, HalfStudentT, Normal, RobustNormal, StudentT

# Bisections that take a bracket down to the precision of its ends.
HALVINGS = 60


class Distribution(Protocol):
    """What is asked of a distribution, in the units of its parameter."""

    def pdf(self, x: ArrayLike) -> np.ndarray:
        """Density at a value."""

    def cdf(self, x: ArrayLike) -> np.ndarray:
        """Mass at or under a value."""

    def ppf(self, q: ArrayLike) -> np.ndarray:
        """Quantiles."""


@dataclass(frozen=True)
class HalfT:
    """Student-t distribution around zero folded to the positive side, which SciPy does not have."""

    df: float
    scale: float

    def pdf(self, x: ArrayLike) -> np.ndarray:
        """Density at a value."""
        x = np.asarray(x)
        return np.where(x < 0, 0.0, 2 * stats.t.pdf(x / self.scale, self.df) / self.scale)

    def cdf(self, x: ArrayLike) -> np.ndarray:
        """Mass at or under a value."""
        return np.maximum(1 - 2 * stats.t.sf(np.asarray(x) / self.scale, self.df), 0.0)

    def ppf(self, q: ArrayLike) -> np.ndarray:
        """Quantiles."""
        return np.asarray(self.scale * stats.t.isf((1 - np.asarray(q)) / 2, self.df))


@dataclass(frozen=True)
class Mixture:
    """Two normal distributions, the first with probability ``weight``, which SciPy does not have."""

    weight: float
    first: Distribution
    second: Distribution

    def pdf(self, x: ArrayLike) -> np.ndarray:
        """Density at a value."""
        return self.weight * self.first.pdf(x) + (1 - self.weight) * self.second.pdf(x)

    def cdf(self, x: ArrayLike) -> np.ndarray:
        """Mass at or under a value."""
        return self.weight * self.first.cdf(x) + (1 - self.weight) * self.second.cdf(x)

    def ppf(self, q: ArrayLike) -> np.ndarray:
        """Quantiles, which lie between those of the two parts."""
        q = np.asarray(q, dtype=float)
        ends = np.stack([self.first.ppf(q), self.second.ppf(q)])
        low, high = ends.min(axis=0), ends.max(axis=0)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            over = self.cdf(middle) > q
            low, high = np.where(over, low, middle), np.where(over, middle, high)
        return np.asarray((low + high) / 2)


def frozen(family: Family) -> Distribution:
    """The distribution of a prior.

    Parameters
    ----------
    family : Family
        One of the families of a prior set.

    Returns
    -------
    Distribution
        A frozen distribution of SciPy, but for `HalfT` and `Mixture`.

    Raises
    ------
    TypeError
        If the family has no counterpart.
    """
    match family:
        case Normal():
            return stats.norm(family.mean, family.sd)
        case StudentT():
            return stats.t(family.df, family.mean, family.sd)
        case RobustNormal():
            parts = (stats.norm(family.mean, family.sd), stats.norm(family.vague_mean, family.vague_sd))
            return Mixture(family.weight, *parts)
        case HalfNormal():
            return stats.halfnorm(scale=family.sd)
        case HalfStudentT():
            return HalfT(family.df, family.sd)
        case Gamma():
            return stats.gamma(family.shape, scale=1 / family.rate)
        case Beta():
            return stats.beta(family.alpha, family.beta)
    raise TypeError(f"{type(family).__name__} has no distribution of SciPy")
