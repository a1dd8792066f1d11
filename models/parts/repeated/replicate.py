"""Outcomes drawn anew at every visit, with the limits and gaps of the study."""

from dataclasses import replace

import numpy as np
import xarray as xr

from cochange.models.parts.joint.draws import flat, unflat
from cochange.models.parts.likelihood.observations import MISSING, OBSERVED
from cochange.models.parts.readings import representatives
from cochange.models.parts.repeated.draws import imply_of
from cochange.models.parts.repeated.frame import Frame
from cochange.models.parts.together import Parameters


def replicate_cells(draws: xr.Dataset, parameters: Parameters, frame: Frame, rng: np.random.Generator) -> xr.Dataset:
    """The outcomes of the same participants, once a draw; at the limit where censored, NaN where missing.

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
    implied = imply_of(values, parameters, frame)
    cells = frame.cells
    drawn = np.einsum("nq,sqj->snj", frame.columns, implied.mean)
    precision = np.ones(drawn.shape[:2])
    if "nu" in values:
        precision = rng.gamma(values["nu"][:, None] / 2, 2 / values["nu"][:, None], size=drawn.shape[:2])
    for arm in frame.covariance_arms:
        rows = frame.members(arm)
        factor = np.linalg.cholesky(implied.covariance[arm])
        standard = rng.normal(size=(len(drawn), int(rows.sum()), drawn.shape[2]))
        drawn[:, rows] += np.einsum("sij,snj->sni", factor, standard) / np.sqrt(precision[:, rows, None])
    drawn = np.clip(drawn, cells.lower, cells.upper)
    drawn = np.where(cells.status == MISSING, np.nan, drawn) + cells.origin
    named = {"participant": cells.participant.tolist()}
    return xr.Dataset({name: unflat(drawn[:, :, position], draws, named) for position, name in enumerate(cells.names)})


def new_cells(draws: xr.Dataset, parameters: Parameters, frame: Frame, rng: np.random.Generator) -> xr.Dataset:
    """The outcomes of new participants like some of the study's, as `replicate_cells`, without limits and gaps."""
    rows = representatives(len(frame.cells.participant))
    cells = frame.cells.of(rows)
    unlimited = np.full(cells.value.shape, np.inf)
    observed = np.full(cells.status.shape, OBSERVED)
    free = replace(cells, lower=-unlimited, upper=unlimited, status=observed)
    arm = None if frame.design.arm is None else frame.design.arm[rows]
    design = replace(frame.design, arm=arm)
    return replicate_cells(
        draws, parameters, replace(frame, cells=free, columns=frame.columns[rows], design=design), rng
    )
