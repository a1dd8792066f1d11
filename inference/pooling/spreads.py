"""Densities and tails of the prior families that a spread can have."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from cochange.models.parts.families import Family, Gamma, HalfNormal, HalfStudentT


def log_density(family: Family) -> Callable[[np.ndarray], np.ndarray]:
    """Log density of a spread's prior.

    Raises
    ------
    ValueError
        If the family is none of a spread.
    """
    distribution, folded = _whole(family)
    return lambda at: distribution.logpdf(at) + (np.log(2) if folded else 0.0)


def bounds(family: Family, tail: float) -> tuple[float, float]:
    """The two spreads beyond each of which the prior has the mass `tail`."""
    distribution, folded = _whole(family)
    if folded:
        # Around zero the mass is the density times the width, where the quantile itself would lose its digits.
        return float(tail / (2 * distribution.pdf(0))), float(distribution.isf(tail / 2))
    return float(distribution.ppf(tail)), float(distribution.isf(tail))


def _whole(family: Family) -> tuple[Any, bool]:
    """A distribution, and whether the family is its positive half."""
    match family:
        case HalfNormal():
            return stats.norm(0, family.sd), True
        case HalfStudentT():
            return stats.t(family.df, 0, family.sd), True
        case Gamma():
            return stats.gamma(family.shape, scale=1 / family.rate), False
    raise ValueError(f"a spread has a HalfNormal, HalfStudentT or Gamma prior, got {type(family).__name__}")
