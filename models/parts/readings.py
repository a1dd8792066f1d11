"""Readings of new participants, drawn from a model: what its parameters say of values nobody has taken yet.

Outcomes are named as those of `replicate`, markers in logs of their unit and scores in points, without limits of
detection and without gaps. New participants are like some of the study's in their covariates, arms, groups and sites.
"""

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts.symptom import symptom_pair

AT_MOST = 100


def representatives(n: int) -> np.ndarray:
    """Positions of the participants whom the new ones are like: at most 100, evenly spaced among `n`."""
    return np.unique(np.linspace(0, n - 1, min(n, AT_MOST)).astype(int))


def some_scores(study: Study, used: np.ndarray) -> xr.DataArray:
    """Observed baseline scores of the representatives among the participants used, dim ``participant``."""
    who = used[representatives(len(used))]
    return xr.DataArray(symptom_pair(study, who)[study.baseline], dims="participant", coords={"participant": who})


def score_readings(study: Study, baseline: xr.DataArray, change: xr.DataArray) -> xr.Dataset:
    """Readings of the score from draws of its change; the baseline is given, so it has no draws."""
    assert study.scale is not None
    name = study.scale.name
    return xr.Dataset({f"{name} at {study.baseline}": baseline, f"{name} at {study.follow_up}": baseline + change})


def residuals(
    sigma: xr.DataArray, nu: xr.DataArray | None, like: xr.DataArray, rng: np.random.Generator
) -> xr.DataArray:
    """Residuals drawn anew, normal, or Student-t where there are degrees of freedom.

    Parameters
    ----------
    sigma : xarray.DataArray
        Draws of the residual scale.
    nu : xarray.DataArray or None
        Draws of the degrees of freedom.
    like : xarray.DataArray
        What the residuals are added to; one is drawn for each of its elements.
    rng : numpy.random.Generator
        Source of the random numbers.
    """
    return sigma * like.copy(data=rng.normal(size=like.shape)) * precisions(nu, like, rng) ** -0.5


def precisions(nu: xr.DataArray | None, like: xr.DataArray, rng: np.random.Generator) -> xr.DataArray:
    """Precisions whose mixture of normals is a Student-t distribution; ones where outcomes are normal."""
    if nu is None:
        return xr.ones_like(like, dtype=float)
    half = (nu / 2 + xr.zeros_like(like)).transpose(*like.dims)
    return like.copy(data=rng.gamma(half.values, 1 / half.values))
