"""The course of an outcome over time: straight, straight over a logarithm, or straight between knots."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from cochange.data.specification.time_units import DAYS, TimeUnit
from cochange.data.study import Study
from cochange.models.parts.visits import visits_of


@dataclass(frozen=True)
class Course:
    """Terms of time, which run from 0 at the baseline visit to a sum of 1 at the follow-up visit.

    So a level is that at baseline, and a slope is in units of the study's span whatever its unit of time: the change
    from baseline to follow-up of somebody who keeps to it.

    Parameters
    ----------
    kind : str
        ``"linear"``, ``"log"`` or ``"piecewise"``.
    unit : str
        Unit of time.
    start, end : float
        Times of the baseline and the follow-up visit.
    knots : tuple of float
        Times between them at which the slope may change.
    """

    kind: str
    unit: TimeUnit
    start: float
    end: float
    knots: tuple[float, ...] = ()

    @property
    def pieces(self) -> list[str]:
        """Names of the slopes, one for each stretch between knots."""
        ends = [self.start, *self.knots, self.end]
        return [f"{first:g} to {last:g} {self.unit}" for first, last in pairwise(ends)]

    @property
    def rate_per(self) -> float:
        """Units of time in the span, or doublings of 1 + time since baseline where the course is logarithmic."""
        span = self.end - self.start
        return float(np.log2(1 + span)) if self.kind == "log" else span

    def basis(self, time: Any) -> np.ndarray:
        """The terms at some times, shape ``(..., 1 + piece)``; the first is that of the level.

        Parameters
        ----------
        time : array
            Times in the unit, NaN where unknown.
        """
        since = np.asarray(time, dtype=float) - self.start
        if self.kind == "log":
            terms = [np.log2(1 + since) / self.rate_per]
        else:
            ends = [-np.inf, *(knot - self.start for knot in self.knots), np.inf]
            starts = [0.0, *ends[1:-1]]
            stretches = zip(starts, ends[:-1], ends[1:], strict=True)
            terms = [(np.clip(since, low, high) - begin) / self.rate_per for begin, low, high in stretches]
        return np.stack([np.ones_like(since), *terms], axis=-1)

    @property
    def at_end(self) -> np.ndarray:
        """The terms at the follow-up visit, shape ``(1 + piece,)``."""
        return self.basis(self.end)


def times_of(study: Study) -> np.ndarray:
    """Time of every reading in the unit of ``[time]``, shape ``(participant, visit)``.

    Each participant's own where the study has dates, the planned one where that is unknown, NaN where there is neither.

    Parameters
    ----------
    study : Study
        A study with a table ``[time]``.
    """
    assert study.spec.time is not None
    visits = list(visits_of(study))
    planned = _planned(study)
    if "day" not in study.data:
        return np.tile(planned, (study.data.sizes["participant"], 1))
    own = study.data["day"].sel(visit=visits).values.astype(float) / DAYS[study.spec.time.unit]
    assert study.spec.dates is not None
    if study.spec.dates.counted_in is None:
        # Dates count from the baseline visit, which need not be where planned times begin.
        own = own + np.nan_to_num(planned[0])
    return np.where(np.isnan(own), planned, own)


def course_of(study: Study) -> Course:
    """The course that the study file asks for.

    Its start and its end are the planned times of the baseline and the follow-up visit, without these the medians.
    """
    assert study.spec.time is not None
    table, planned = study.spec.time, _planned(study)
    start, end = planned[[0, -1]] if table.visits else np.nanmedian(times_of(study)[:, [0, -1]], axis=0)
    return Course(table.course, table.unit, float(start), float(end), table.knots)


def _planned(study: Study) -> np.ndarray:
    assert study.spec.time is not None
    if not study.spec.time.visits:
        return np.full(len(visits_of(study)), np.nan)
    by_visit = dict(zip(study.spec.data.visits, study.spec.time.visits, strict=True))
    return np.array([by_visit[visit] for visit in visits_of(study)])
