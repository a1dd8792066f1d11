"""The outcomes of the joint model: markers and score at both visits, and the screening score."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts.censoring import MarkerPair, marker_pair
from cochange.models.parts.likelihood.observations import ABOVE, MISSING, OBSERVED, codes_of
from cochange.models.parts.responders import are_whole

SCREENING = "screening"


@dataclass(frozen=True)
class Inclusion:
    """Who was included: those whose outcome lies above a threshold.

    Parameters
    ----------
    outcome : int
        Which outcome; the screening score is the last, the baseline score stands after the baseline markers.
    threshold : float
        In the units of that outcome.
    """

    outcome: int
    threshold: float


@dataclass(frozen=True, eq=False)
class Outcomes:
    """What was observed of each participant, in the order of the model's equations.

    Baseline markers (natural logs), baseline score, follow-up markers, follow-up score, then the screening score in SDs
    of those screened. Everything is measured from its `centre`.

    Parameters
    ----------
    participant : numpy.ndarray
        Identifiers, shape ``(n,)``.
    names : tuple of str
        Name of each outcome.
    markers : tuple of str
        Names of the markers.
    value : numpy.ndarray
        Values from the centre, the limit where censored, 0 where missing, shape ``(n, outcome)``.
    status : numpy.ndarray
        Codes of the likelihood's kernel, shape ``(n, outcome)``.
    lower, upper : numpy.ndarray
        Limits beyond which a value would be censored, infinite where there are none, shape ``(n, outcome)``.
    wells : numpy.ndarray
        One over the number of wells a marker's value is the mean of where the study has duplicates, else 0.
    well_squares, well_degrees : numpy.ndarray
        Sum of squares between wells of a sample and its degrees of freedom, by marker.
    plate : numpy.ndarray or None
        Plate of the samples of each visit, shape ``(n, 2)``, empty text where unknown.
    centre : numpy.ndarray
        Median baseline marker and score, the same at follow-up, shape ``(outcome,)``.
    unit : numpy.ndarray
        Size of one unit of each outcome in its own terms; 1 but for the screening score.
    inclusion : Inclusion or None
        The rule of inclusion.
    """

    participant: np.ndarray
    names: tuple[str, ...]
    markers: tuple[str, ...]
    value: np.ndarray
    status: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    wells: np.ndarray
    well_squares: np.ndarray
    well_degrees: np.ndarray
    plate: np.ndarray | None
    centre: np.ndarray
    unit: np.ndarray
    inclusion: Inclusion | None

    @property
    def n_markers(self) -> int:
        """How many markers there are."""
        return len(self.markers)

    @property
    def has_screening(self) -> bool:
        """Whether a screening score apart from the baseline score is an outcome."""
        return self.names[-1] == SCREENING

    @property
    def known(self) -> np.ndarray:
        """Of which outcomes there is a value, measured or beyond a limit, bool of shape ``(n, outcome)``.

        That a missing score lies above the threshold of inclusion is no value of it.
        """
        known = self.status != MISSING
        if self.inclusion is not None:
            position = self.inclusion.outcome
            known[:, position] = self.status[:, position] == OBSERVED
        return np.asarray(known)

    @property
    def usual_wells(self) -> np.ndarray:
        """Mean of `wells` over the samples there are, shape ``(outcome,)``."""
        there = self.status != MISSING
        return np.asarray((self.wells * there).sum(axis=0) / np.maximum(there.sum(axis=0), 1))

    @property
    def duplicated(self) -> np.ndarray:
        """Positions of the markers whose samples were measured in several wells."""
        return np.flatnonzero(self.well_degrees > 0)

    @property
    def has_wells(self) -> bool:
        """Whether samples of a marker were measured in several wells."""
        return bool((self.well_degrees > 0).any())

    def of(self, participants: np.ndarray) -> "Outcomes":
        """The outcomes of some of the participants, from the same centre."""
        position = {who: index for index, who in enumerate(self.participant)}
        return self.at(np.array([position[who] for who in participants], dtype=int))

    def at(self, rows: np.ndarray) -> "Outcomes":
        """The outcomes of some of the participants by position, from the same centre."""
        by_row = ("participant", "value", "status", "lower", "upper", "wells")
        changed = {name: getattr(self, name)[rows] for name in by_row}
        plate = None if self.plate is None else self.plate[rows]
        return Outcomes(**{**vars(self), **changed, "plate": plate})


def read_outcomes(study: Study) -> Outcomes:
    """The outcomes of every participant of a study with a marker, a score and two visits.

    Parameters
    ----------
    study : Study
        The study.

    Returns
    -------
    Outcomes
    """
    visits = [study.baseline, study.follow_up]
    data = study.data.sel(visit=visits)
    markers = tuple(str(name) for name in data["marker"].values)
    pairs = {name: marker_pair(study, name) for name in markers}
    score = data["symptom"].values.astype(float)
    score_centre = float(np.nanmedian(score[:, 0]))
    columns: list[_Column] = []
    for visit, label in enumerate(visits):
        columns += [
            _of_marker(f"{name} at {label}", pair, visit, data["wells"].sel(marker=name))
            for name, pair in pairs.items()
        ]
        columns.append(
            _of_score(score[:, visit], score_centre, f"{study.scale.name if study.scale else ''} at {label}")
        )
    inclusion = _inclusion(study, score, score_centre, len(markers), columns)
    return Outcomes(
        participant=data["participant"].values.astype(str),
        names=tuple(column.name for column in columns),
        markers=markers,
        value=np.stack([column.value for column in columns], axis=1),
        status=np.stack([column.status for column in columns], axis=1),
        lower=np.stack([column.lower for column in columns], axis=1),
        upper=np.stack([column.upper for column in columns], axis=1),
        wells=np.stack([column.wells for column in columns], axis=1),
        well_squares=data["well_squares"].sum(("participant", "visit")).values.astype(float),
        well_degrees=_well_degrees(data),
        plate=data["plate"].values.astype(str) if "plate" in data else None,
        centre=np.array([column.centre for column in columns]),
        unit=np.array([column.unit for column in columns]),
        inclusion=inclusion,
    )


def _well_degrees(data: xr.Dataset) -> np.ndarray:
    """Degrees of freedom between the wells of measured samples, by marker."""
    measured = data["marker_status"] == "observed"
    degrees = (data["wells"] - 1).where(measured, 0).clip(min=0)
    return np.asarray(degrees.sum(("participant", "visit")).values, dtype=float)


@dataclass(frozen=True)
class _Column:
    """One outcome of all participants."""

    name: str
    value: np.ndarray
    status: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    wells: np.ndarray
    centre: float
    unit: float = 1.0


def _of_marker(name: str, pair: MarkerPair, visit: int, wells: xr.DataArray) -> _Column:
    duplicated = bool((wells > 1).any())
    number = np.maximum(wells.values[:, visit].astype(float), 1)
    return _Column(
        name=name,
        value=pair.log_value[:, visit] - pair.centre,
        status=codes_of(pair.status[:, visit]),
        lower=pair.lower[:, visit] - pair.centre,
        upper=pair.upper[:, visit] - pair.centre,
        wells=1 / number if duplicated else np.zeros(len(number)),
        centre=pair.centre,
    )


def _of_score(score: np.ndarray, centre: float, name: str, unit: float = 1.0) -> _Column:
    missing = np.isnan(score)
    unlimited = np.full(len(score), np.inf)
    return _Column(
        name=name,
        value=np.where(missing, 0.0, (score - centre) / unit),
        status=np.where(missing, MISSING, OBSERVED),
        lower=-unlimited,
        upper=unlimited,
        wells=np.zeros(len(score)),
        centre=centre,
        unit=unit,
    )


def _inclusion(
    study: Study, score: np.ndarray, score_centre: float, n_markers: int, columns: list[_Column]
) -> Inclusion | None:
    """The rule of inclusion; adds the screening score to the columns where it is one of its own.

    Whoever was included lies above the threshold: a score that is missing is known to that extent.
    """
    rule = study.spec.inclusion
    if rule is None:
        return None
    if study.spec.inclusion_on_baseline:
        threshold = _above(rule.above, score[:, 0]) - score_centre
        columns[n_markers] = _known_above(columns[n_markers], threshold)
        return Inclusion(n_markers, threshold)
    screening = study.data["screening"].values.astype(float)
    centre, unit = float(np.nanmean(screening)), float(np.nanstd(screening, ddof=1))
    threshold = (_above(rule.above, screening) - centre) / unit
    columns.append(_known_above(_of_score(screening, centre, SCREENING, unit), threshold))
    return Inclusion(len(columns) - 1, threshold)


def _above(threshold: float, score: np.ndarray) -> float:
    """The threshold; half a point over it where scores are whole numbers, which stand for the half points around."""
    return float(np.floor(threshold) + 0.5) if are_whole(score) else threshold


def _known_above(column: _Column, threshold: float) -> _Column:
    missing = column.status == MISSING
    return _Column(
        **{
            **vars(column),
            "value": np.where(missing, threshold, column.value),
            "status": np.where(missing, ABOVE, column.status),
        }
    )
