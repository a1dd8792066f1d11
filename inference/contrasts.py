"""Whether the arms' contrast on the score goes with that on the marker: how the draws of both lie together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from cochange.inference.estimates import cell_of
from cochange.models.parts.estimand import LN2


@dataclass(frozen=True, eq=False)
class Contrasts:
    """The two contrasts of one arm, draw by draw.

    Attributes
    ----------
    group : str
        The arm and the control, ``"T versus C"``.
    marker : str or None
        The marker where there are several.
    halvings : numpy.ndarray
        How many halvings further the arm's marker fell than the control's, shape ``(draw,)``.
    score : numpy.ndarray
        Difference of the score's changes in points, shape ``(draw,)``.
    both_lower, marker_lower, score_lower, both_higher : float
        Shares of the draws by where the arm lies against the control: lower on both, on the marker alone, on the score
        alone, on neither.
    correlation : float
        Correlation of the two contrasts over the draws: how far what is unsure of the one is unsure of the other.
    """

    group: str
    marker: str | None
    halvings: np.ndarray
    score: np.ndarray
    both_lower: float
    marker_lower: float
    score_lower: float
    both_higher: float
    correlation: float

    @property
    def same_way(self) -> float:
        """Probability that the arm lies on the same side of the control on marker and score."""
        return self.both_lower + self.both_higher


def contrasts(draws: Mapping[str, xr.DataArray]) -> Iterator[Contrasts]:
    """Set the contrasts of every arm on marker and score side by side.

    Parameters
    ----------
    draws : mapping of str to xarray.DataArray
        Posterior draws of ``arm_ratio`` and ``arm_difference`` of one fit, dims ``(chain, draw, group)``, and
        ``marker`` where there are several.
    """
    ratio, difference = draws["arm_ratio"], draws["arm_difference"]
    markers: list[str | None] = ratio["marker"].values.tolist() if "marker" in ratio.dims else [None]
    for group in ratio["group"].values.tolist():
        for marker in markers:
            place = {"group": group, "marker": marker, "form": None, "visit": None}
            halvings = -np.log(cell_of(ratio, place).to_numpy().ravel()) / LN2
            score = cell_of(difference, place).to_numpy().ravel()
            lower, under = halvings > 0, score < 0
            yield Contrasts(
                group=group,
                marker=marker,
                halvings=halvings,
                score=score,
                both_lower=float((lower & under).mean()),
                marker_lower=float((lower & ~under).mean()),
                score_lower=float((~lower & under).mean()),
                both_higher=float((~lower & ~under).mean()),
                correlation=float(np.corrcoef(halvings, score)[0, 1]),
            )
