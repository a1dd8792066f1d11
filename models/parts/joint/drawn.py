"""Outcomes drawn anew as the likelihood takes them: measured from the study's own centre, censored and missing."""

from dataclasses import replace

import numpy as np
import xarray as xr

from cochange.models.parts.joint.density import observations_of
from cochange.models.parts.joint.frame import Frame
from cochange.models.parts.joint.sets import joined
from cochange.models.parts.likelihood.observations import ABOVE, read_again


def drawn_arrays(outcomes: xr.Dataset, frame: Frame, row_by_row: bool) -> dict[str, np.ndarray]:
    """The data of the graph had these outcomes been observed.

    Parameters
    ----------
    outcomes : xarray.Dataset
        One draw of `replicate_outcomes`, dim ``participant``.
    frame : Frame
        The study as the model takes it; its centre stays, so that the prior is the same for every draw.
    row_by_row : bool
        As for `gather`.
    """
    own = frame.outcomes
    measured = np.stack([outcomes[name].to_numpy() for name in own.names], axis=-1)
    value, status = read_again(measured, own.lower, own.upper, own.centre, own.unit)
    if own.inclusion is not None:
        # Of a score of inclusion that is missing, it is known that it lies above the threshold.
        position = own.inclusion.outcome
        unknown = own.status[:, position] == ABOVE
        status[unknown, position] = ABOVE
        value[unknown, position] = own.inclusion.threshold
    drawn = replace(own, value=value, status=status)
    return joined(observations_of(drawn, frame.columns.values, frame, row_by_row))
