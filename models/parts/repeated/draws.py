"""What draws of the parameters imply."""

from collections.abc import Mapping

import numpy as np

from cochange.models.parts.repeated.frame import Frame
from cochange.models.parts.repeated.implied import Implied, imply
from cochange.models.parts.together import Parameters


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
    return imply(parameters.vector(values), parameters, frame, np)
