"""A prior density raised to a power is, but for a constant, the density of another prior of the same family."""

from dataclasses import replace

import numpy as np

from cochange.models.parts.families import Beta, Family, Gamma, HalfNormal, HalfStudentT, Normal, StudentT


def powered(family: Family, alpha: float) -> Family:
    """The prior whose density is proportional to a power of that of another.

    Parameters
    ----------
    family : Family
        The prior.
    alpha : float
        The power, above 0.

    Returns
    -------
    Family
        Of the same family.

    Raises
    ------
    ValueError
        If there is none: for a mixture, and where the power cannot be normalised.
    """
    match family:
        case Normal() | HalfNormal():
            return replace(family, sd=family.sd / float(np.sqrt(alpha)))
        case StudentT() | HalfStudentT():
            df = alpha * (family.df + 1) - 1
            if df > 0:
                # The density is a power of 1 + x**2 / (df * sd**2): that product stays.
                return replace(family, df=df, sd=family.sd * float(np.sqrt(family.df / df)))
        case Gamma():
            shape = alpha * (family.shape - 1) + 1
            if shape > 0:
                return replace(family, shape=shape, rate=alpha * family.rate)
        case Beta():
            first, second = (alpha * (value - 1) + 1 for value in (family.alpha, family.beta))
            if first > 0 and second > 0:
                return replace(family, alpha=first, beta=second)
    raise ValueError(f"{family} to the power of {alpha:g} is no {type(family).__name__}")
