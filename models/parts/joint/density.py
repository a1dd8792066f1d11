"""The log density of everything observed of each participant, draw by draw."""

import numpy as np
import xarray as xr

from cochange.models.parts.joint.draws import flat, imply_of, unflat
from cochange.models.parts.joint.frame import Frame
from cochange.models.parts.joint.sets import gather
from cochange.models.parts.together import Parameters


def participant_log_density(draws: xr.Dataset, parameters: Parameters, frame: Frame) -> xr.DataArray:
    """One value a participant: the joint log density of what was observed, given that the participant was included.

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
        Dims ``(chain, draw, participant)``. The sums of squares between wells are not part of it.
    """
    # Imported here, for Numba is slow to import and only needed where something is fitted.
    from cochange.models.parts.likelihood.kernel import likelihood

    values = flat(draws)
    implied = imply_of(values, parameters, frame)
    arrays = gather(frame.outcomes, frame.columns.values, row_by_row=True).arrays
    n_draws, n = len(implied.mean), len(frame.outcomes.participant)
    noise = np.broadcast_to(implied.noise, (n_draws, len(frame.outcomes.names)))
    nu = values.get("nu", np.zeros(n_draws))
    # The rows that hold the probability of inclusion stand for participants with the same design columns.
    alike = np.unique(frame.columns.values, axis=0, return_inverse=True)[1]
    density = np.empty((n_draws, n))
    for draw in range(n_draws):
        by_row = likelihood(implied.mean[draw], implied.covariance[draw], noise[draw], nu[draw], *arrays.values())[-1]
        density[draw] = by_row[:n]
        if len(by_row) > n:
            density[draw] -= by_row[n:][alike]
    return unflat(density, draws, {"participant": frame.outcomes.participant.tolist()})
