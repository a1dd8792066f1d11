"""A prior as a distribution, for its quantiles and the mass it gives an interval."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from cochange.models.parts.families import Beta, Family, Gamma, HalfNormal, HalfStudentT, Normal, StudentT


class Distribution(Protocol):
    """What is asked of a distribution, in the units of its parameter."""

    def cdf(self, x: ArrayLike) -> np.ndarray:
        """Mass at or under a value."""

    def ppf(self, q: ArrayLike) -> np.ndarray:
        """Quantiles."""


@dataclass(frozen=True)
class HalfT:
    """Student-t distribution around zero folded to the positive side, which SciPy does not have."""

    df: float
    scale: float

    def cdf(self, x: ArrayLike) -> np.ndarray:
        """Mass at or under a value."""
        return np.maximum(1 - 2 * stats.t.sf(np.asarray(x) / self.scale, self.df), 0.0)

    def ppf(self, q: ArrayLike) -> np.ndarray:
        """Quantiles."""
        return np.asarray(self.scale * stats.t.isf((1 - np.asarray(q)) / 2, self.df))


def frozen(family: Family) -> Distribution:
    """The distribution of a prior.

    Parameters
    ----------
    family : Family
        One of the families of a prior set.

    Returns
    -------
    Distribution
        A frozen distribution of SciPy, but for `HalfT`.

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
        case HalfNormal():
            return stats.halfnorm(scale=family.sd)
        case HalfStudentT():
            return HalfT(family.df, family.sd)
        case Gamma():
            return stats.gamma(family.shape, scale=1 / family.rate)
        case Beta():
            return stats.beta(family.alpha, family.beta)
    raise TypeError(f"{type(family).__name__} has no distribution of SciPy")
