"""Expected log predictive densities by participant: as ArviZ takes them, and beside the best of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import arviz_stats as azs
import numpy as np
import xarray as xr
from arviz_stats.utils import ELPDData

from cochange.inference.quiet import quiet


@dataclass(frozen=True)
class Place:
    """One of several densities beside the best.

    Attributes
    ----------
    difference, difference_se : float
        From the best, at most 0, and the standard error of the difference over the pairs; NaN where there is no other.
    weight : float
        Weight in a stacked prediction.
    """

    difference: float = np.nan
    difference_se: float = np.nan
    weight: float = 1.0


def elpd_of(
    elpd: xr.DataArray,
    p: float = np.nan,
    n_samples: int = 0,
    pareto_k: xr.DataArray | None = None,
    good_k: float | None = None,
) -> ELPDData:
    """The sum over participants with its standard error, as ArviZ compares it.

    Parameters
    ----------
    elpd : xarray.DataArray
        Log predictive density, dim ``participant``.
    p : float
        Effective number of parameters.
    n_samples : int
        Draws it comes from.
    pareto_k : xarray.DataArray, optional
        Pareto shape of each participant that importance sampling left out.
    good_k : float, optional
        The bound of the Pareto shapes.
    """
    shapes_are_high = pareto_k is not None and good_k is not None and bool((pareto_k > good_k).any())
    return ELPDData(
        elpd=float(elpd.sum()),
        se=float(np.sqrt(elpd.size * elpd.var(ddof=1))),
        p=p,
        n_samples=n_samples,
        n_data_points=elpd.size,
        scale="log",
        warning=shapes_are_high,
        good_k=good_k,
        elpd_i=elpd,
        pareto_k=pareto_k,
    )


def difference(elpd: ELPDData, other: ELPDData) -> tuple[float, float]:
    """How much more one sum over participants is than another of the same, and the standard error over the pairs.

    The variance of the pairs has n - 1 below, as that of one density has in `elpd_of`; ``azs.compare`` has n.

    References
    ----------
    Vehtari A, Gelman A, Gabry J (2017). Practical Bayesian model evaluation using leave-one-out cross-validation and
    WAIC. Statistics and Computing 27, 1413-1432. doi:10.1007/s11222-016-9696-4 (equation 24)
    """
    pairs = elpd.elpd_i.values - other.elpd_i.values
    return float(pairs.sum()), float(np.sqrt(pairs.size * pairs.var(ddof=1)))


def places_of(elpds: Mapping[str, ELPDData]) -> dict[str, Place]:
    """Each of several densities of the same participants beside the best, the best first.

    References
    ----------
    Yao Y, Vehtari A, Simpson D, Gelman A (2018). Using stacking to average Bayesian predictive distributions. Bayesian
    Analysis 13(3), 917-1007. doi:10.1214/17-BA1091
    """
    if len(elpds) < 2:
        return dict.fromkeys(elpds, Place())
    with quiet():
        table = azs.compare(dict(elpds), method="stacking", round_to="none")
    best = elpds[table.index[0]]
    return {name: Place(*difference(elpds[name], best), float(weight)) for name, weight in table["weight"].items()}
