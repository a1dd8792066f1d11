"""A prior as a distribution of SciPy, for its quantiles and the mass it gives an interval."""

from typing import Any

from scipy import stats

from cochange.models.parts.families import Beta, Family, Gamma, HalfNormal, HalfStudentT, Normal, StudentT


class HalfT(stats.rv_continuous):
    """Student-t distribution around zero folded to the positive side, which SciPy does not have."""

    def _cdf(self, x: Any, df: Any) -> Any:
        return 1 - 2 * stats.t.sf(x, df)

    def _pdf(self, x: Any, df: Any) -> Any:
        return 2 * stats.t.pdf(x, df)

    def _ppf(self, q: Any, df: Any) -> Any:
        return stats.t.isf((1 - q) / 2, df)


HALF_T = HalfT(a=0, name="half_t")


def frozen(family: Family) -> Any:
    """The distribution of a prior.

    Parameters
    ----------
    family : Family
        One of the families of a prior set.

    Returns
    -------
    scipy.stats frozen distribution
        Continuous, in the units of the parameter.

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
            return HALF_T(family.df, scale=family.sd)
        case Gamma():
            return stats.gamma(family.shape, scale=1 / family.rate)
        case Beta():
            return stats.beta(family.alpha, family.beta)
    raise TypeError(f"{type(family).__name__} has no distribution of SciPy")
