"""The difference between arms at each value of the true baseline marker."""

import numpy as np
import xarray as xr

from cochange.models.parts.joint.draws import flat, unflat
from cochange.models.parts.joint.frame import Frame
from cochange.models.parts.likelihood.observations import MISSING

# Share of the observed baseline values on either side of the range that is shown.
TAIL = 0.05


def observed_range(frame: Frame, marker: str) -> tuple[float, float]:
    """Between which values of the marker, in its unit, nine in ten of the observed baseline values lie."""
    position = frame.outcomes.markers.index(marker)
    known = frame.outcomes.status[:, position] != MISSING
    low, high = np.quantile(frame.outcomes.value[known, position], [TAIL, 1 - TAIL])
    centre = frame.outcomes.centre[position]
    return float(np.exp(low + centre)), float(np.exp(high + centre))


def difference_by_marker(draws: xr.Dataset, frame: Frame, marker: str, values: np.ndarray) -> xr.DataArray:
    """Difference of the arm's E[y1 - y0] from the control's among people with the same true baseline marker.

    Given the other markers and the score at their means before treatment, for someone average in everything else of the
    design.

    Parameters
    ----------
    draws : xarray.Dataset
        Draws of the parameters of a model with ``benefit``.
    frame : Frame
        The study as the model takes it.
    marker : str
        The marker.
    values : numpy.ndarray
        True baseline values in its unit, shape ``(value,)``.

    Returns
    -------
    xarray.DataArray
        Points, dims ``(chain, draw, group, value)``; the groups are the contrasts of arms.
    """
    drawn = flat(draws)
    position = frame.outcomes.markers.index(marker)
    above = np.log(values) - frame.outcomes.centre[position] - drawn["marker_mean"][:, [position]]
    per_doubling = drawn["benefit"][:, :, position]
    difference = drawn["score_arm"][:, 0, :, None] + per_doubling[..., None] * above[:, None] / np.log(2)
    return unflat(difference, draws, {"group": list(frame.contrasts), "value": values.tolist()})
