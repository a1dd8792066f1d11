"""Values far from the middle of their outcome: slips of the pen, swapped samples, or rare people."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cochange.data.study import Study

FAR = 4.0
FEWEST = 10
# The standard deviation of a normal distribution in units of its median absolute deviation.
NORMAL = 1.4826

RULE = (
    f"more than {FAR:g} robust standard deviations from the median of the visit, markers on the log scale (robust: "
    f"{NORMAL} times the median deviation of the values on that side of the median; fewer than {FEWEST} values are not "
    "judged)"
)


@dataclass(frozen=True)
class Extreme:
    """A measured value that lies far out.

    Attributes
    ----------
    row : int
        Row of the file.
    participant : str
        Identifier of the participant, a pseudonym where the study file asks for it.
    outcome, visit : str
        What was measured, and when.
    text : str
        The score, or the reading as written (duplicate wells joined by " | ").
    distance : float
        From the median of the visit, in robust standard deviations.
    """

    row: int
    participant: str
    outcome: str
    visit: str
    text: str
    distance: float


def extreme_values(study: Study) -> tuple[Extreme, ...]:
    """List measured values that lie far out by `RULE`, the farthest first.

    Parameters
    ----------
    study : Study
        A study as read. Marker values beyond a limit count at their limit for the median and are not listed themselves.

    Returns
    -------
    tuple of Extreme
    """
    rows = _rows(study)
    participants = study.data["participant"].to_numpy().astype(str)
    found = []
    for outcome, visit, values, texts, measured in _columns(study):
        distances = robust_distances(values)
        for i in np.flatnonzero(measured & (np.abs(distances) > FAR)):
            row = rows[participants[i], visit, outcome]
            found.append(Extreme(row, str(participants[i]), outcome, visit, str(texts[i]), float(distances[i])))
    return tuple(sorted(found, key=lambda extreme: -abs(extreme.distance)))


def robust_distances(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the distance of each value from the median in robust standard deviations, NaN where there is none."""
    given = values[~np.isnan(values)]
    if len(given) < FEWEST:
        return np.full(len(values), np.nan)
    apart = values - np.median(given)
    distances = np.full(len(values), np.nan)
    # One deviation for each side, or the long tail of a skewed score would be all extremes.
    for side in (apart < 0, apart > 0):
        if side.any():
            distances[side] = apart[side] / (NORMAL * np.median(np.abs(apart[side])))
    return distances


_Column = tuple[str, str, npt.NDArray[np.float64], npt.NDArray[np.str_], npt.NDArray[np.bool_]]


def _columns(study: Study) -> Iterator[_Column]:
    for visit in study.spec.data.visits:
        for marker in study.spec.marker:
            here = study.data.sel(visit=visit, marker=marker.name)
            measured = here["marker_status"].to_numpy() == "observed"
            yield marker.name, visit, here["log_marker"].to_numpy(), here["marker_text"].to_numpy(), measured
        if study.spec.symptom is not None:
            scores = study.data["symptom"].sel(visit=visit).to_numpy()
            texts = np.array([f"{score:g}" for score in scores])
            yield study.spec.symptom.scale, visit, scores, texts, ~np.isnan(scores)


def _rows(study: Study) -> dict[tuple[str, str, str], int]:
    """Row of the first cell with a reading, by participant, visit and outcome."""
    records = study.audit.records
    places = ["participant", "visit", "variable"]
    observed = records[records["status"] == "observed"].drop_duplicates(places)
    keys = zip(*(observed[place].astype(str) for place in places), strict=True)
    return dict(zip(keys, observed["row"].astype(int), strict=True))
