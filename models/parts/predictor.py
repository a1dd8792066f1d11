"""The marker as a predictor in the regressions, which take measured values only."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts.estimand import LN2


@dataclass(frozen=True)
class Reasons:
    """Who cannot enter a regression with the marker as predictor, and the note that says so.

    Parameters
    ----------
    left_out : dict of str to numpy.ndarray
        Reason and to whom it applies, in the study's order.
    notes : tuple of str
        What was done with censored values.
    """

    left_out: dict[str, np.ndarray]
    notes: tuple[str, ...]


def doublings(log_marker: xr.DataArray) -> np.ndarray:
    """The marker in doublings: its log to base 2."""
    return log_marker.values.astype(float) / LN2


def without_marker_value(study: Study, visits: tuple[str, ...]) -> Reasons:
    """Participants whose marker is missing or beyond a limit at one of the visits.

    A value known only to lie beyond a limit cannot be a predictor. Leaving such participants out selects on the
    predictor, which leaves a linear slope unbiased; a substituted value would not (Lubin et al. 2004,
    doi:10.1289/ehp.7199).
    """
    status = study.data["marker_status"].sel(marker=study.marker)
    left_out: dict[str, np.ndarray] = {}
    notes: list[str] = []
    for visit in visits:
        at_visit = status.sel(visit=visit).values.astype(str)
        censored = np.isin(at_visit, ("below", "above"))
        left_out[f"no {study.marker} value at {visit}"] = at_visit == "missing"
        left_out[f"{study.marker} at {visit} beyond its limit of detection, so of no known size as a predictor"] = (
            censored
        )
        if censored.any():
            notes.append(
                f"{int(censored.sum())} of {int((at_visit != 'missing').sum())} {study.marker} values at {visit} lie "
                "beyond a limit of detection. These participants are left out here: that leaves the slope of a "
                "straight line unbiased by the limit, but it speaks for measurable values only, and means, shares and "
                "comparisons of arms are those of the participants left."
            )
    return Reasons(left_out, tuple(notes))
