"""Outcomes drawn anew from the growth model, with the times, limits and gaps of the study."""

from dataclasses import replace

import numpy as np
import xarray as xr

from cochange.models.parts.growth.frame import Frame
from cochange.models.parts.growth.implied import imply
from cochange.models.parts.joint.draws import flat, unflat
from cochange.models.parts.likelihood.observations import MISSING, OBSERVED
from cochange.models.parts.readings import representatives
from cochange.models.parts.together import Parameters


def replicate_outcomes(draws: xr.Dataset, parameters: Parameters, frame: Frame, rng: np.random.Generator) -> xr.Dataset:
    """The outcomes of the same participants at their times, once a draw.

    A value beyond the limit of its sample is set to the limit, and what was missing is missing again.

    Parameters
    ----------
    draws : xarray.Dataset
        Draws of the parameters; thin them first.
    parameters : Parameters
        The parameters of the model.
    frame : Frame
        The study as the model takes it.
    rng : numpy.random.Generator
        Source of the random numbers.

    Returns
    -------
    xarray.Dataset
        One variable an outcome and visit, in logs of the marker's unit and in points, dims
        ``(chain, draw, participant)``.
    """
    values = flat(draws)
    implied = imply(parameters.vector(values), parameters, frame, np)
    n_draws, n = len(implied.mean), len(frame.time)
    centre = np.einsum("nq,sqe->sne", frame.columns.values, implied.mean)
    deviation = np.einsum("sij,snj->sni", implied.factor, rng.normal(size=centre.shape))
    size, visits = len(frame.outcomes), frame.time.shape[1]
    residual = np.einsum(
        "sij,snvj->snvi", np.linalg.cholesky(implied.residual), rng.normal(size=(n_draws, n, visits, size))
    )
    # Student-t: one precision for all that deviates of a participant.
    scale = np.ones((n_draws, n))
    if "nu" in values:
        half = values["nu"][:, None] / 2
        scale = rng.gamma(half, 1 / half, size=scale.shape) ** -0.5
    effects = (centre + scale[..., None] * deviation).reshape(n_draws, n, -1, size)
    outcomes = np.einsum("nvk,snko->snvo", frame.basis, effects) + scale[..., None, None] * residual
    found: dict[str, xr.DataArray] = {}
    for number, own in enumerate(frame.series.values()):
        drawn = np.clip(outcomes[..., number], own.lower, own.upper)
        drawn = np.where(own.status == MISSING, np.nan, drawn) + own.centre
        named = {"participant": frame.design.participant.tolist()}
        found |= {f"{own.name} at {visit}": unflat(drawn[..., v], draws, named) for v, visit in enumerate(own.visits)}
    return xr.Dataset(found)


def new_outcomes(draws: xr.Dataset, parameters: Parameters, frame: Frame, rng: np.random.Generator) -> xr.Dataset:
    """The outcomes of new participants, as `replicate_outcomes`, but without limits and gaps.

    They are like some of the study's in their design columns and in the times of their visits; a visit without a time
    has that of the others, and is missing where nobody has one.
    """
    time = frame.time.copy()
    for of_visit in time.T:
        unknown = np.isnan(of_visit)
        if not unknown.all():
            of_visit[unknown] = np.median(of_visit[~unknown])
    free = {
        name: replace(
            own,
            status=np.where(np.isnan(time), MISSING, OBSERVED),
            lower=np.full(own.value.shape, -np.inf),
            upper=np.full(own.value.shape, np.inf),
        )
        for name, own in frame.series.items()
    }
    like = replace(frame, series=free, time=time).some(representatives(len(time)))
    return replicate_outcomes(draws, parameters, like, rng)


def observed_outcomes(frame: Frame) -> xr.Dataset:
    """The outcomes as observed, as `replicate_outcomes` gives them: at the limit where censored, NaN where missing."""
    found: dict[str, tuple[str, np.ndarray]] = {}
    for own in frame.series.values():
        value = np.where(own.status == MISSING, np.nan, own.value) + own.centre
        found |= {f"{own.name} at {visit}": ("participant", value[:, v]) for v, visit in enumerate(own.visits)}
    return xr.Dataset(found, coords={"participant": frame.design.participant})
