"""Outcomes drawn anew as the likelihood takes them: measured from the study's own origins, censored and missing."""

from dataclasses import replace

import numpy as np
import xarray as xr

from cochange.models.parts.likelihood.observations import read_again
from cochange.models.parts.repeated.density import arrays_of
from cochange.models.parts.repeated.frame import Frame


def drawn_arrays(outcomes: xr.Dataset, frame: Frame) -> dict[str, np.ndarray]:
    """The data of the graph had these outcomes been observed.

    Parameters
    ----------
    outcomes : xarray.Dataset
        One draw of `replicate_cells`, dim ``participant``.
    frame : Frame
        The study as the model takes it; its origins stay, so that the prior is the same for every draw.
    """
    cells = frame.cells
    measured = np.stack([outcomes[name].to_numpy() for name in cells.names], axis=-1)
    value, status = read_again(measured, cells.lower, cells.upper, cells.origin)
    return arrays_of(replace(frame, cells=replace(cells, value=value, status=status)))
