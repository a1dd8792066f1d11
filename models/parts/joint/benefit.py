"""The difference between arms at each value of the true baseline marker."""

import numpy as np
import xarray as xr

from cochange.models.parts.estimand import LN2
from cochange.models.parts.joint.draws import flat, imply_by_arm, unflat
from cochange.models.parts.joint.frame import Frame
from cochange.models.parts.joint.implied import by_slope
from cochange.models.parts.likelihood.observations import MISSING
from cochange.models.parts.together import Parameters

# Share of the observed baseline values on either side of the range that is shown.
TAIL = 0.05


def observed_range(frame: Frame, marker: str) -> tuple[float, float]:
    """Between which values of the marker, in its unit, nine in ten of the observed baseline values lie."""
    position = frame.outcomes.markers.index(marker)
    known = frame.outcomes.status[:, position] != MISSING
    low, high = np.quantile(frame.outcomes.value[known, position], [TAIL, 1 - TAIL])
    centre = frame.outcomes.centre[position]
    return float(np.exp(low + centre)), float(np.exp(high + centre))


def difference_by_marker(
    draws: xr.Dataset, parameters: Parameters, frame: Frame, marker: str, values: np.ndarray
) -> xr.DataArray:
    """Difference of the arm's E[y1 - y0] from the control's among people with the same true baseline marker.

    Given the other markers and the score at their means before treatment, those of each arm where arms were not
    randomised, for someone average in everything else of the design.

    Parameters
    ----------
    draws : xarray.Dataset
        Draws of the parameters of a model with ``benefit``.
    parameters : Parameters
        The parameters of the model.
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
    difference = drawn["score_arm"][:, 0, :, None] + per_doubling[..., None] * above[:, None] / LN2
    if frame.arms_apart:
        # The same marker lies at another distance from the mean of each arm, and counts by the arm's own slope.
        control = imply_by_arm(drawn, parameters, frame)[0]
        from_control = drawn["marker_arm_baseline"][:, position]
        own_mean = from_control @ frame.arms[0][:, None] + from_control
        shift = by_slope(control, "prognostic")[:, [position]] * from_control + per_doubling * own_mean
        difference = difference - shift[..., None] / LN2
    return unflat(difference, draws, {"group": list(frame.contrasts), "value": values.tolist()})
