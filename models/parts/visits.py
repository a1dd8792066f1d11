"""Marker and score at every visit from baseline to follow-up, for models of more than two visits."""

from dataclasses import dataclass, replace

import numpy as np

from cochange.data.study import Study
from cochange.models.parts.censoring import log_limits
from cochange.models.parts.likelihood.observations import MISSING, OBSERVED, codes_of


@dataclass(frozen=True, eq=False)
class Series:
    """One outcome of each participant at every visit analysed.

    Parameters
    ----------
    name : str
        Name of the marker or of the symptom scale.
    visits : tuple of str
        The visits, baseline first.
    participant : numpy.ndarray
        Identifiers, shape ``(n,)``.
    value : numpy.ndarray
        Natural logs of a marker, or points of a score, from the centre; the limit where censored, 0 where missing,
        shape ``(n, visit)``.
    status : numpy.ndarray
        `MISSING`, `OBSERVED`, `BELOW` or `ABOVE` of the likelihood's kernel, shape ``(n, visit)``.
    lower, upper : numpy.ndarray
        Limits of detection from the centre, infinite where there are none, shape ``(n, visit)``.
    centre : float
        Median at the first visit with a value, so that priors of a level depend neither on the assay's unit nor on the
        scale.
    """

    name: str
    visits: tuple[str, ...]
    participant: np.ndarray
    value: np.ndarray
    status: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    centre: float

    def of(self, participants: np.ndarray) -> "Series":
        """The series of some of the participants, from the same centre."""
        position = {who: index for index, who in enumerate(self.participant)}
        rows = np.array([position[who] for who in participants], dtype=int)
        by_row = ("participant", "value", "status", "lower", "upper")
        return replace(self, **{name: getattr(self, name)[rows] for name in by_row})

    def only(self, known: np.ndarray) -> "Series":
        """The series with the other readings missing; `known` has shape ``(n, visit)``."""
        return replace(self, value=np.where(known, self.value, 0.0), status=np.where(known, self.status, MISSING))


def visits_of(study: Study) -> tuple[str, ...]:
    """The visits from the study's baseline to its follow-up, in the order of the study file."""
    visits = study.spec.data.visits
    return visits[visits.index(study.baseline) : visits.index(study.follow_up) + 1]


def marker_series(study: Study, marker: str | None = None) -> Series:
    """A marker at every visit analysed, with its limits of detection.

    Parameters
    ----------
    study : Study
        A study with a marker.
    marker : str, optional
        Its name; the analysed one by default.
    """
    name = marker or study.marker
    assert name is not None
    data = study.data.sel(marker=name, visit=list(visits_of(study)))
    status = codes_of(data["marker_status"].values.astype(str))
    lower, upper = log_limits(data)
    return _series(study, name, data["log_marker"].values.astype(float), status, lower, upper)


def score_series(study: Study) -> Series:
    """The symptom score at every visit analysed of a study that has one."""
    assert study.scale is not None
    score = study.data["symptom"].sel(visit=list(visits_of(study))).values.astype(float)
    unlimited = np.full(score.shape, np.inf)
    status = np.where(np.isnan(score), MISSING, OBSERVED)
    return _series(study, study.scale.name, score, status, -unlimited, unlimited)


def _series(
    study: Study, name: str, value: np.ndarray, status: np.ndarray, lower: np.ndarray, upper: np.ndarray
) -> Series:
    known = status != MISSING
    centre = next((float(np.median(own[here])) for own, here in zip(value.T, known.T, strict=True) if here.any()), 0.0)
    return Series(
        name=name,
        visits=visits_of(study),
        participant=study.data["participant"].values.astype(str),
        value=np.where(known, value - centre, 0.0),
        status=status,
        lower=lower - centre,
        upper=upper - centre,
        centre=centre,
    )
