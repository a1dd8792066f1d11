"""Means and covariances that the parameters imply for the outcomes at every visit."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cochange.models.parts.repeated.covariance import autocorrelations, structured_correlation, unstructured_factor
from cochange.models.parts.repeated.frame import Frame
from cochange.models.parts.repeated.parameters import coefficients
from cochange.models.parts.together import Parameters


@dataclass(frozen=True, eq=False)
class Implied:
    """The distribution of a participant's outcomes.

    Parameters
    ----------
    mean : array
        Coefficients of the design columns, shape ``(..., column, cell)``.
    covariance : dict of str to array
        Covariance given the design by arm, shape ``(..., cell, cell)``; of `Frame.covariance_arms`.
    """

    mean: Any
    covariance: dict[str, Any]


def imply(vector: Any, parameters: Parameters, frame: Frame, xp: Any) -> Implied:
    """Means and covariances from the parameters.

    Parameters
    ----------
    vector : array
        The parameters, a variable of a graph or draws with shape ``(draw, parameter)``.
    parameters : Parameters
        Where each parameter stands in the vector.
    frame : Frame
        The study as the model takes it.
    xp : module
        ``numpy`` or ``pytensor.tensor``.
    """
    mean = coefficients(parameters, frame).of(vector, (frame.columns.shape[1], len(frame.cells.names)))
    covariance = {
        arm: _covariance(position, vector, parameters, frame, xp) for position, arm in enumerate(frame.covariance_arms)
    }
    return Implied(mean, covariance)


def _covariance(arm: int, vector: Any, parameters: Parameters, frame: Frame, xp: Any) -> Any:
    """Covariance of one arm, or of everyone."""
    own: Any = arm if frame.options.by_arm else ...
    size = len(frame.cells.names)
    pick = np.zeros((parameters.size, size))
    for kind in frame.options.kinds:
        pick[parameters.places[f"{kind}_sigma"][own], frame.cells.where(kind)] = 1
    sd = vector @ pick
    if frame.options.covariance == "unstructured":
        if size == 1:
            return sd[..., :, None] ** 2
        share = vector @ np.eye(parameters.size)[:, parameters.places["partial_share"][own]]
        factor = unstructured_factor(2 * share - 1, size, xp)
        scaled = sd[..., :, None] * factor
        return scaled @ scaled.mT
    n_visits = int(np.ptp(frame.cells.visit)) + 1
    apart = xp.ones_like(vector[..., :1])
    if "visit_z" in parameters.places:
        places = [parameters.places["visit_z"][own]]
        if "lag_z" in parameters.places:
            places += list(parameters.places["lag_z"][own])
        z = [vector[..., int(place)] for place in places]
        apart = autocorrelations(frame.options.covariance, z, n_visits, xp)
    between = None
    if "outcome_z" in parameters.places:
        between = xp.tanh(vector[..., int(parameters.places["outcome_z"][own])])
    outcome = np.array([frame.options.kinds.index(kind) for kind in frame.cells.kind])
    correlation = structured_correlation(apart, between, outcome, frame.cells.visit, n_visits)
    return sd[..., :, None] * correlation * sd[..., None, :]
