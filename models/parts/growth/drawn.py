"""Outcomes drawn anew as the likelihood takes them: measured from the study's own centres, censored and missing."""

from dataclasses import replace

import numpy as np
import xarray as xr

from cochange.models.parts.growth.frame import Frame
from cochange.models.parts.growth.gather import gather
from cochange.models.parts.likelihood.observations import read_again


def drawn_arrays(outcomes: xr.Dataset, frame: Frame, row_by_row: bool) -> dict[str, np.ndarray]:
    """The data of the graph had these outcomes been observed.

    Parameters
    ----------
    outcomes : xarray.Dataset
        One draw of `replicate_outcomes`, dim ``participant``.
    frame : Frame
        The study as the model takes it; its centres stay, so that the prior is the same for every draw.
    row_by_row : bool
        As for `gather`.
    """
    series = {}
    for name, own in frame.series.items():
        measured = np.stack([outcomes[f"{own.name} at {visit}"].to_numpy() for visit in own.visits], axis=-1)
        value, status = read_again(measured, own.lower, own.upper, own.centre)
        series[name] = replace(own, value=value, status=status)
    return gather(replace(frame, series=series), row_by_row)[0].arrays
