"""The log density of everything observed of each participant, draw by draw."""

import numpy as np
import xarray as xr

from cochange.models.parts.graph import TensorVariable, pm, pt
from cochange.models.parts.joint.draws import flat, unflat
from cochange.models.parts.joint.sets import by_name, gather, joined
from cochange.models.parts.likelihood.observations import Observations
from cochange.models.parts.repeated.draws import imply_of
from cochange.models.parts.repeated.frame import Frame
from cochange.models.parts.repeated.implied import Implied
from cochange.models.parts.together import Parameters


def observations_of(frame: Frame) -> list[Observations]:
    """What the likelihood takes of those who share a covariance, in the order of `Frame.covariance_arms`."""
    return [
        gather(frame.cells.of(rows), frame.columns[rows], row_by_row=frame.options.student_t)
        for rows in map(frame.members, frame.covariance_arms)
    ]


def total_logp(implied: Implied, nu: TensorVariable, frame: Frame) -> TensorVariable:
    """Log density of everyone; enters the observations into the current model as data."""
    # Imported here, for it defines an operation of PyTensor.
    from cochange.models.parts.likelihood.joint import joint_logp

    total = pt.zeros(())
    noise = pt.zeros(len(frame.cells.names))
    for arm, arrays in zip(frame.covariance_arms, by_name(observations_of(frame)), strict=True):
        data = [pm.Data(name, array) for name, array in arrays.items()]
        total += joint_logp(implied.mean, implied.covariance[arm], noise, nu, data)
    return total


def arrays_of(frame: Frame) -> dict[str, np.ndarray]:
    """Every array of the observations by the name of its data in the graph."""
    return joined(observations_of(frame))


def participant_log_density(draws: xr.Dataset, parameters: Parameters, frame: Frame) -> xr.DataArray:
    """One value a participant: the joint log density of what was observed.

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
    from cochange.models.parts.likelihood.kernel import likelihood

    values = flat(draws)
    implied = imply_of(values, parameters, frame)
    n_draws = len(implied.mean)
    noise = np.zeros(len(frame.cells.names))
    nu = values.get("nu", np.zeros(n_draws))
    density = np.empty((n_draws, len(frame.cells.participant)))
    for arm in frame.covariance_arms:
        rows = frame.members(arm)
        arrays = gather(frame.cells.of(rows), frame.columns[rows], row_by_row=True).arrays.values()
        for draw in range(n_draws):
            covariance = np.ascontiguousarray(implied.covariance[arm][draw])
            density[draw, rows] = likelihood(implied.mean[draw], covariance, noise, nu[draw], *arrays)[-1]
    return unflat(density, draws, {"participant": frame.cells.participant.tolist()})
