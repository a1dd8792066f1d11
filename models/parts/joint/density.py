"""The log density of everything observed: of everyone in the graph, and of each participant draw by draw."""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from cochange.models.parts.graph import TensorVariable, pm, pt
from cochange.models.parts.joint.draws import flat, imply_by_arm, unflat
from cochange.models.parts.joint.frame import Frame
from cochange.models.parts.joint.implied import Implied
from cochange.models.parts.joint.outcomes import Outcomes
from cochange.models.parts.joint.sets import by_name, gather
from cochange.models.parts.likelihood.observations import Observations
from cochange.models.parts.together import Parameters


def observations_of(outcomes: Outcomes, columns: np.ndarray, frame: Frame, row_by_row: bool) -> list[Observations]:
    """What the likelihood takes of those who share a covariance, in the order of `Frame.arms`.

    Parameters
    ----------
    outcomes : Outcomes
        Outcomes of some participants.
    columns : numpy.ndarray
        Their design columns, shape ``(n, column)``.
    frame : Frame
        The study as the model takes it.
    row_by_row : bool
        As for `gather`.
    """
    return [gather(outcomes.at(rows), columns[rows], row_by_row) for rows in frame.alike(columns)]


def total_logp(implied: Sequence[Implied], nu: TensorVariable, observed: Sequence[Observations]) -> TensorVariable:
    """Log density of everyone; enters the observations of each arm into the current model as data."""
    # Imported here, for it defines an operation of PyTensor.
    from cochange.models.parts.likelihood.joint import joint_logp

    total = pt.zeros(())
    for own, arrays in zip(implied, by_name(observed), strict=True):
        data = [pm.Data(name, array) for name, array in arrays.items()]
        total += joint_logp(own.mean, own.covariance, own.noise, nu, data)
    return total


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
    n_draws = len(next(iter(values.values())))
    nu = values.get("nu", np.zeros(n_draws))
    density = np.empty((n_draws, len(frame.outcomes.participant)))
    for implied, rows in zip(imply_by_arm(values, parameters, frame), frame.alike(frame.columns.values), strict=True):
        columns, n = frame.columns.values[rows], len(rows)
        arrays = gather(frame.outcomes.at(rows), columns, row_by_row=True).arrays.values()
        noise = np.broadcast_to(implied.noise, (n_draws, len(frame.outcomes.names)))
        # The rows that hold the probability of inclusion stand for participants with the same design columns.
        same_columns = np.unique(columns, axis=0, return_inverse=True)[1]
        for draw in range(n_draws):
            by_row = likelihood(implied.mean[draw], implied.covariance[draw], noise[draw], nu[draw], *arrays)[-1]
            density[draw, rows] = by_row[:n]
            if len(by_row) > n:
                density[draw, rows] -= by_row[n:][same_columns]
    return unflat(density, draws, {"participant": frame.outcomes.participant.tolist()})
