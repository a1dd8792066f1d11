"""The log density of everything observed of each participant, draw by draw."""

import numpy as np
import xarray as xr

from cochange.models.parts.growth.frame import Frame
from cochange.models.parts.growth.gather import gather
from cochange.models.parts.growth.implied import imply
from cochange.models.parts.joint.draws import flat, unflat
from cochange.models.parts.together import Parameters


def participant_log_density(draws: xr.Dataset, parameters: Parameters, frame: Frame) -> xr.DataArray:
    """One value a participant: the joint log density of what was observed at all visits.

    Parameters
    ----------
    draws : xarray.Dataset
        Draws of the parameters.
    parameters : Parameters
        The parameters of the model.
    frame : Frame
        The study as the model takes it.

    Returns
    -------
    xarray.DataArray
        Dims ``(chain, draw, participant)``.
    """
    # Imported here, for Numba is slow to import and only needed where something is fitted.
    from cochange.models.parts.likelihood.schedules import schedules_likelihood

    values = flat(draws)
    implied = imply(parameters.vector(values), parameters, frame, np)
    observations, who = gather(frame, row_by_row=True)
    arrays = observations.arrays.values()
    nu = values.get("nu", np.zeros(len(implied.mean)))
    density = np.empty((len(nu), len(who)))
    for draw, (mean, effects, residual) in enumerate(zip(implied.mean, implied.effects, implied.residual, strict=True)):
        density[draw, who] = schedules_likelihood(mean, effects, residual, nu[draw], *arrays)[-1]
    return unflat(density, draws, {"participant": frame.design.participant.tolist()})
