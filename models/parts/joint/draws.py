"""Posterior or prior draws as arrays with one leading axis."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from cochange.models.parts.joint.frame import Frame
from cochange.models.parts.joint.implied import Implied, imply
from cochange.models.parts.together import Parameters

SAMPLE = ("chain", "draw")
# Draws by name, each with the names along its axes after the draws.
Named = dict[str, tuple[np.ndarray, dict[str, list[str]]]]


def flat(draws: xr.Dataset) -> Mapping[str, np.ndarray]:
    """Every variable with chains and draws as its first axis, shape ``(chain * draw, ...)``."""
    stacked = draws.stack(sample=SAMPLE, create_index=False)
    return {str(name): stacked[name].transpose("sample", ...).values for name in stacked.data_vars}


def imply_by_arm(values: Mapping[str, np.ndarray], parameters: Parameters, frame: Frame) -> list[Implied]:
    """What draws of the parameters imply for each of `Frame.arms`, with the draws along the first axis."""
    factors = (values["baseline_markers"], values["marker_changes"]) if frame.layout.n_markers > 1 else None
    return imply(parameters.vector(values), parameters, frame, factors, np)


def unflat(values: np.ndarray, draws: xr.Dataset, coords: Mapping[str, list[str]] | None = None) -> xr.DataArray:
    """An array of `flat` draws with its chains and draws again.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(chain * draw, ...)``.
    draws : xarray.Dataset
        Where they come from.
    coords : mapping of str to list of str, optional
        Names along the other axes, in order.
    """
    coords = coords or {}
    shape = tuple(draws.sizes[dim] for dim in SAMPLE)
    own = {dim: draws[dim].values for dim in SAMPLE if dim in draws.coords}
    return xr.DataArray(values.reshape(*shape, *values.shape[1:]), dims=(*SAMPLE, *coords), coords=own | dict(coords))
