"""Guess arms, groups, sites, covariates and plates by the names of their columns."""

from dataclasses import dataclass

from cochange.data.inspection.column_names import role_of, visit_splits
from cochange.data.inspection.layout import Layout
from cochange.data.inspection.look import Column
from cochange.data.inspection.outcomes import is_constant
from cochange.data.inspection.privacy import kind_of_private
from cochange.data.reading.readings import parse_reading
from cochange.data.words import MISSING, words_of

MOST_LEVELS = 20


@dataclass(frozen=True)
class People:
    """Columns that describe participants, as guessed.

    Attributes
    ----------
    arm, group, site : Column or None
        The first usable column of each.
    numeric, categorical : tuple of Column
        Complete covariates that vary.
    incomplete : tuple of Column
        Covariates with blank cells, or words that stand for one, which no model can use.
    plates : tuple of Column
        Columns of plates, one a visit in a wide layout.
    reason : Column or None
        Why participants left.
    """

    arm: Column | None
    group: Column | None
    site: Column | None
    numeric: tuple[Column, ...]
    categorical: tuple[Column, ...]
    incomplete: tuple[Column, ...]
    plates: tuple[Column, ...]
    reason: Column | None

    @property
    def columns(self) -> tuple[Column, ...]:
        """All of them."""
        single = (column for column in (self.arm, self.group, self.site, self.reason) if column is not None)
        return (*single, *self.numeric, *self.categorical, *self.incomplete, *self.plates)


def guess_people(columns: tuple[Column, ...], layout: Layout, visits: int) -> People:
    """Guess what describes the participants.

    Parameters
    ----------
    columns : tuple of Column
        Those that are neither identifier, visit nor outcome.
    layout : Layout
        The layout of the table.
    visits : int
        Number of visits.

    Returns
    -------
    People
        Only of columns that vary between participants and, in a long layout, not within them.
    """
    usable = [
        column
        for column in columns
        if len(set(_known(column))) > 1
        and is_constant(column, layout.participant)
        and kind_of_private(column.name, column.given) is None
    ]
    by_role: dict[str, list[Column]] = {}
    for column in usable:
        role = role_of(column.name)
        if role in ("arm", "group", "site", "categorical") and len(set(column.given)) > MOST_LEVELS:
            continue
        if role == "numeric" and not all(_is_number(text) for text in _known(column)):
            continue
        if role is not None:
            by_role.setdefault(role, []).append(column)
    covariates = [(role, column) for role in ("numeric", "categorical") for column in by_role.get(role, [])]
    complete = [(role, column) for role, column in covariates if _is_complete(column, layout.participant)]
    return People(
        arm=_first(by_role, "arm"),
        group=_first(by_role, "group"),
        site=_first(by_role, "site"),
        numeric=tuple(column for role, column in complete if role == "numeric"),
        categorical=tuple(column for role, column in complete if role == "categorical"),
        incomplete=tuple(column for place in covariates if place not in complete for column in place[1:]),
        plates=_plates(columns, layout, visits),
        reason=_reason(columns, layout),
    )


def _reason(columns: tuple[Column, ...], layout: Layout) -> Column | None:
    """A column of few texts that is blank for whoever stayed; everybody may have left for one reason."""
    found = (
        column
        for column in columns
        if role_of(column.name) == "reason"
        and 0 < len(set(_known(column))) <= MOST_LEVELS
        and is_constant(column, layout.participant)
        and kind_of_private(column.name, column.given) is None
    )
    return next(found, None)


def _first(by_role: dict[str, list[Column]], role: str) -> Column | None:
    found = by_role.get(role, [])
    return found[0] if found else None


def _is_number(text: str) -> bool:
    return "number" in (parse_reading(text).kind, parse_reading(text, ",").kind)


def _known(column: Column) -> tuple[str, ...]:
    return tuple(text for text in column.given if text.lower() not in MISSING)


def _is_complete(column: Column, participant: Column | None) -> bool:
    if participant is None:
        return len(_known(column)) == len(column.texts)
    pairs = zip(participant.texts, column.texts, strict=True)
    return set(participant.given) == {who for who, text in pairs if who and text and text.lower() not in MISSING}


def _plates(columns: tuple[Column, ...], layout: Layout, visits: int) -> tuple[Column, ...]:
    if layout.kind == "long":
        return tuple(column for column in columns if role_of(column.name) == "plate")[:1]
    found: dict[float, Column] = {}
    for column in columns:
        for stem, visit in visit_splits(words_of(column.name)):
            if role_of(stem) == "plate":
                found.setdefault(visit.rank, column)
    return tuple(found[rank] for rank in sorted(found)) if len(found) == visits else ()
