"""What draws of the parameters imply."""

from collections.abc import Mapping

import numpy as np

from cochange.models.parts.repeated.frame import Frame
from cochange.models.parts.repeated.implied import Implied, imply
from cochange.models.parts.together import Parameters

# (1 + canonical partial correlation) / 2, which has a beta prior.
PARTIAL = "partial_share"


def imply_of(values: Mapping[str, np.ndarray], parameters: Parameters, frame: Frame) -> Implied:
    """Means and covariances, with the draws along the first axis.

    Parameters
    ----------
    values : mapping of str to numpy.ndarray
        Draws of the parameters with one leading axis, from `cochange.models.parts.joint.draws.flat`.
    parameters : Parameters
        The parameters of the model.
    frame : Frame
        The study as the model takes it.
    """
    partial = 2 * values[PARTIAL] - 1 if PARTIAL in values else None
    return imply(parameters.vector(values), partial, parameters, frame, np)
