"""Guess whose row each row of a table is, and of which visit."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from cochange.data.inspection import vocabulary
from cochange.data.inspection.column_names import matches, outcome_name, role_of, visit_of
from cochange.data.inspection.item_columns import item_names
from cochange.data.inspection.look import Column
from cochange.data.inspection.privacy import kind_of_private
from cochange.data.reading.readings import parse_reading
from cochange.data.words import words_of

MOST_VISITS = 12
# Of the participants of a wide table, the share that may stand there twice by mistake.
FEW_REPEATED = 0.1


@dataclass(frozen=True)
class Layout:
    """How a table is laid out, as guessed, and why.

    Attributes
    ----------
    kind : {"wide", "long"}
        One row a participant, or one a participant and visit.
    participant : Column or None
        Column of the identifiers.
    visit : Column or None
        Column of the visits, in a long layout.
    visits : tuple of str
        The texts of that column, in order; empty in a wide layout, and where they are too many.
    reasons : dict of str to str
        For each key of the study file that is guessed here, why.
    """

    kind: Literal["wide", "long"]
    participant: Column | None
    visit: Column | None
    visits: tuple[str, ...]
    reasons: dict[str, str]


def guess_layout(columns: tuple[Column, ...]) -> Layout:
    """Guess identifier, layout and visits.

    Parameters
    ----------
    columns : tuple of Column
        The table.

    Returns
    -------
    Layout
    """
    participant = _participant(columns)
    if participant is None:
        return Layout("wide", None, None, (), {"layout": "no column of identifiers was found"})
    given = participant.given
    different = len(set(given))
    reasons = {"participant": f"{different} different values in {len(participant.texts)} rows"}
    if different == len(given):
        reasons["layout"] = f"no value of {participant.name} is repeated"
        return Layout("wide", participant, None, (), reasons)
    again = sum(number > 1 for number in Counter(given).values())
    if again <= FEW_REPEATED * different and _names_visits(columns):
        reasons["layout"] = (
            f"names of columns tell visits apart, and of {different} values of {participant.name} {again} "
            f"{'is' if again == 1 else 'are'} repeated: rows to put right"
        )
        return Layout("wide", participant, None, (), reasons)
    reasons["layout"] = f"values of {participant.name} are repeated, up to {max(Counter(given).values())} times"
    visit = _visit(columns, participant)
    if visit is None:
        return Layout("long", participant, None, (), reasons)
    repeated = len(given) - len(set(zip(participant.texts, visit.texts, strict=True)))
    reasons["visit"] = f"with {participant.name} it tells the rows apart"
    if repeated > 0:
        reasons["visit"] = f"by its name, although {repeated} rows repeat a participant and visit"
    numbers = Counter(visit.given)
    if len(numbers) > MOST_VISITS:
        return Layout("long", participant, visit, (), reasons)
    visits = _in_order(tuple(numbers))
    reasons["visits"] = ", ".join(f"{text} in {numbers[text]} rows" for text in visits)
    return Layout("long", participant, visit, visits, reasons)


def _participant(columns: tuple[Column, ...]) -> Column | None:
    candidates = [column for column in columns if not _is_outcome(column) and not role_of(column.name)]
    for pattern in vocabulary.IDENTIFIER:
        for column in candidates:
            if matches(pattern, column.name) and len(set(column.given)) > 1:
                return column
    for column in candidates:
        given = column.given
        if kind_of_private(column.name, given) in ("personal numbers", "e-mail addresses") and len(set(given)) > 1:
            return column
    for column in candidates:
        given = column.given
        if given and len(set(given)) == len(column.texts) and not any(_is_fraction(text) for text in given):
            return column
    return None


def _is_outcome(column: Column) -> bool:
    return outcome_name(column.name) is not None or any(item_names(column.name))


def _names_visits(columns: tuple[Column, ...]) -> bool:
    """Whether an outcome has columns at several visits by their names."""
    found = (outcome_name(column.name) for column in columns)
    places = {(name.kind, name.outcome, name.visit.rank) for name in found if name is not None and name.visit}
    return len(places) > len({place[:2] for place in places})


def _is_fraction(text: str) -> bool:
    return parse_reading(text).number % 1 > 0 or parse_reading(text, ",").number % 1 > 0


def _visit(columns: tuple[Column, ...], participant: Column) -> Column | None:
    others = [column for column in columns if column is not participant and len(set(column.given)) > 1]
    named = [column for column in others if matches(vocabulary.VISIT, column.name)]
    few = [
        column
        for column in others
        if len(set(column.given)) <= MOST_VISITS
        and not _is_outcome(column)
        and kind_of_private(column.name, column.given) is None
    ]
    for column in (*named, *few):
        pairs = list(zip(participant.texts, column.texts, strict=True))
        if len(set(pairs)) == len(pairs):
            return column
    return named[0] if named else None


def _in_order(texts: tuple[str, ...]) -> tuple[str, ...]:
    ranks = {text: visit_of("_".join(words_of(text))) for text in texts}
    if any(rank is None for rank in ranks.values()):
        return texts
    return tuple(sorted(texts, key=lambda text: found.rank if (found := ranks[text]) else 0))
