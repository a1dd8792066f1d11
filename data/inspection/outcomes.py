"""Guess which columns hold markers and scores, and at which visits."""

from dataclasses import dataclass, field, replace
from typing import Literal

from cochange.data.inspection import vocabulary
from cochange.data.inspection.column_names import OutcomeName, outcome_name
from cochange.data.inspection.item_columns import ItemSet, item_sets
from cochange.data.inspection.layout import Layout
from cochange.data.inspection.look import Column

# More "visits" than this, counted from 1, are the items of a scale.
MOST_VISITS = 7


@dataclass(frozen=True)
class Outcome:
    """A marker or a scale with its columns.

    Attributes
    ----------
    kind : {"marker", "scale"}
        Which of the two.
    name : str
        Marker or scale.
    wells : tuple of tuple of Column
        By visit (once in a long layout), the column, or those of duplicate wells or of the items of a scale.
    logged : bool
        Whether a name speaks of logarithms.
    """

    kind: Literal["marker", "scale"]
    name: str
    wells: tuple[tuple[Column, ...], ...]
    logged: bool

    @property
    def columns(self) -> tuple[Column, ...]:
        """All its columns."""
        return tuple(column for wells in self.wells for column in wells)

    @property
    def has_items(self) -> bool:
        """Whether the columns are items of a scale."""
        return self.kind == "scale" and any(len(wells) > 1 for wells in self.wells)


@dataclass(frozen=True)
class Outcomes:
    """What was measured, as guessed.

    Attributes
    ----------
    visits : tuple of str
        Names of the visits of a wide layout, from the names of the columns; empty in a long one.
    markers : tuple of Outcome
        Markers with a column at each visit.
    symptom : Outcome or None
        The scale taken for the symptom score.
    other_scales : tuple of Outcome
        Other scales with a column at each visit.
    screening : Outcome or None
        A scale with one column for before the treatment.
    items_beside : tuple of ItemSet
        Items of scales whose totals are there too.
    further : dict of str to tuple of Column
        By marker or symptom scale, its columns for visits at which not every other outcome has one.
    """

    visits: tuple[str, ...]
    markers: tuple[Outcome, ...]
    symptom: Outcome | None
    other_scales: tuple[Outcome, ...]
    screening: Outcome | None
    items_beside: tuple[ItemSet, ...] = ()
    further: dict[str, tuple[Column, ...]] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns of everything that the study file will name."""
        named = (*self.markers, *(found for found in (self.symptom, self.screening) if found))
        return tuple(column for outcome in named for column in outcome.columns)


_Key = tuple[Literal["marker", "scale"], str]
_Places = dict[float, list[tuple[OutcomeName, Column]]]


def guess_outcomes(columns: tuple[Column, ...], layout: Layout) -> Outcomes:
    """Guess outcomes and, in a wide layout, their visits.

    Parameters
    ----------
    columns : tuple of Column
        The table.
    layout : Layout
        Its layout, as guessed.

    Returns
    -------
    Outcomes
    """
    taken = [column.name for column in (layout.participant, layout.visit) if column is not None]
    free = [column for column in columns if column.name not in taken]
    at_visits = _by_outcome(free)
    sets = [own for own in item_sets(free).values() if not _are_visits(own, at_visits)]
    items = {column.name for own in sets for part in own.columns.values() for column in part}
    found = _by_outcome([column for column in free if column.name not in items])
    beside = []
    for own in sets:
        totals = found.get(("scale", own.scale), {})
        if totals.keys() >= own.columns.keys():
            beside.append(own)
        else:
            screened = {rank: names for rank, names in totals.items() if rank == vocabulary.SCREENING}
            found["scale", own.scale] = screened | _places(own)
    outcomes = _long(found, layout) if layout.kind == "long" else _wide(found)
    return replace(outcomes, items_beside=tuple(beside))


def _are_visits(items: ItemSet, found: dict[_Key, _Places]) -> bool:
    """Whether what may be the items of a short scale are its totals at the visits of the markers."""
    number = len(next(iter(items.columns.values())))
    ranks = {rank for (kind, _), places in found.items() if kind == "marker" for rank in places}
    unnamed = set(items.visits.values()) == {None}
    return unnamed and number <= MOST_VISITS and len(ranks & set(range(1, number + 1))) > 1


def _places(items: ItemSet) -> _Places:
    return {
        rank: [(OutcomeName("scale", items.scale, items.visits[rank], "", False), column) for column in columns]
        for rank, columns in items.columns.items()
    }


def _wide(found: dict[_Key, _Places]) -> Outcomes:
    repeated = {key: places for key, places in found.items() if len(places.keys() - {vocabulary.SCREENING}) > 1}
    ranks = _common_visits(repeated or found)
    complete = {key: places for key, places in found.items() if ranks <= places.keys()}
    single = {key: places for key, places in found.items() if key not in repeated or vocabulary.SCREENING in places}
    visits = _labels(complete, ranks) if complete else ()
    screening = None
    if len(ranks) > 1:
        first = {key: min(places) for key, places in single.items()}
        scales = [key for key, rank in first.items() if key[0] == "scale" and rank <= 0 and len(single[key][rank]) == 1]
        screening = _outcome(scales[0], single[scales[0]], [first[scales[0]]]) if scales else None
    chosen = _chosen(visits, [_outcome(key, places, sorted(ranks)) for key, places in complete.items()], screening)
    return replace(chosen, further=_further(chosen, complete, ranks))


def _further(chosen: Outcomes, complete: dict[_Key, _Places], ranks: set[float]) -> dict[str, tuple[Column, ...]]:
    further = {}
    for own in (*chosen.markers, *([chosen.symptom] if chosen.symptom else [])):
        places = complete[own.kind, own.name]
        others = sorted(places.keys() - ranks - {vocabulary.SCREENING})
        if others:
            further[own.name] = tuple(column for rank in others for _, column in places[rank])
    return further


def _by_outcome(columns: list[Column]) -> dict[_Key, _Places]:
    found: dict[_Key, _Places] = {}
    for column in columns:
        name = outcome_name(column.name)
        if name is None:
            continue
        places = found.setdefault((name.kind, name.outcome), {})
        same = places.setdefault(name.visit.rank if name.visit else vocabulary.BASELINE, [])
        if all(name.well and name.well != other.well for other, _ in same):
            same.append((name, column))
    return {key: places for key, places in found.items() if not _are_items(key, places)}


def _are_items(key: _Key, places: _Places) -> bool:
    return key[0] == "scale" and len(places) > MOST_VISITS and set(places) >= set(range(1, MOST_VISITS + 1))


def _common_visits(found: dict[_Key, _Places]) -> set[float]:
    """The visits that all outcomes share, those left out that share too few."""
    common: set[float] = set()
    for _, places in sorted(found.items(), key=lambda item: item[0][0]):
        own = places.keys() - {vocabulary.SCREENING} or set(places)
        if not common:
            common = set(own)
        elif len(common & own) >= min(2, len(common)):
            common &= own
    return common


def _labels(complete: dict[_Key, _Places], ranks: set[float]) -> tuple[str, ...]:
    labels = []
    for rank in sorted(ranks):
        names = [names[0][0].visit for names in (places[rank] for places in complete.values())]
        labels.append(next((visit.label for visit in names if visit), "baseline"))
    return tuple(labels) if len(set(labels)) == len(labels) else tuple(f"visit {n + 1}" for n in range(len(labels)))


def _outcome(key: _Key, places: _Places, ranks: list[float]) -> Outcome:
    chosen = [places[rank] for rank in ranks]
    logged = any(name.logged for names in chosen for name, _ in names)
    return Outcome(*key, tuple(tuple(column for _, column in names) for names in chosen), logged)


def _long(found: dict[_Key, _Places], layout: Layout) -> Outcomes:
    outcomes = [_outcome(key, places, list(places)) for key, places in found.items() if len(places) == 1]
    totals = [own for own in outcomes if own.kind == "scale" and not own.has_items]
    constant = [own for own in totals if is_constant(own.columns[0], layout.participant)]
    varying = [own for own in outcomes if own not in constant]
    screening = constant[0] if constant and any(own.kind == "scale" for own in varying) else None
    return _chosen((), varying if screening else outcomes, screening)


def is_constant(column: Column, participant: Column | None) -> bool:
    """Whether a column has no more than one value, blanks aside, for any participant."""
    if participant is None:
        return True
    pairs = {(who, text) for who, text in zip(participant.texts, column.texts, strict=True) if who and text}
    return len(pairs) == len({who for who, _ in pairs})


def _chosen(visits: tuple[str, ...], outcomes: list[Outcome], screening: Outcome | None) -> Outcomes:
    order = list(vocabulary.SCALES)
    scales = sorted((own for own in outcomes if own.kind == "scale"), key=lambda own: order.index(own.name))
    markers = tuple(own for own in outcomes if own.kind == "marker")
    return Outcomes(visits, markers, scales[0] if scales else None, tuple(scales[1:]), screening)
