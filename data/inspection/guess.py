"""All guesses about a table together."""

from dataclasses import dataclass

from cochange.data.inspection.layout import Layout, guess_layout
from cochange.data.inspection.look import Column, Look
from cochange.data.inspection.outcomes import Outcomes, guess_outcomes
from cochange.data.inspection.people import People, guess_people
from cochange.data.inspection.privacy import kind_of_private
from cochange.data.inspection.remarks import decimal_mark, likely_codes, other_marks
from cochange.data.scales import KNOWN_SCALES


@dataclass(frozen=True)
class Guess:
    """What a table seems to hold.

    Attributes
    ----------
    layout : Layout
        Identifier, layout, column of the visits.
    outcomes : Outcomes
        Markers and scores.
    people : People
        Arms, groups, sites, covariates, plates.
    visits : tuple of str
        Names of the visits in order; empty where they were not found.
    decimal : {".", ","}
        Decimal mark of the numbers.
    decimal_columns : dict of str to str
        Columns whose numbers have the other one.
    codes : list of str
        Texts that may stand for a missing value, with counts.
    private : dict of str to str
        Columns that look as if they identified people, and what they look like.
    unused : tuple of str
        Columns that nothing was made of.
    """

    layout: Layout
    outcomes: Outcomes
    people: People
    visits: tuple[str, ...]
    decimal: str
    decimal_columns: dict[str, str]
    codes: list[str]
    private: dict[str, str]
    unused: tuple[str, ...]

    def mark_of(self, column: Column) -> str:
        """Decimal mark of a column."""
        return self.decimal_columns.get(column.name, self.decimal)


def guess_study(look: Look) -> Guess:
    """Guess what a table holds.

    Parameters
    ----------
    look : Look
        The table as seen.

    Returns
    -------
    Guess
    """
    layout = guess_layout(look.columns)
    outcomes = guess_outcomes(look.columns, layout)
    visits = layout.visits if layout.kind == "long" else outcomes.visits
    taken = {column for column in (layout.participant, layout.visit, *outcomes.columns) if column is not None}
    rest = tuple(column for column in look.columns if column not in taken)
    people = guess_people(rest, layout, len(visits))
    named = taken | {*people.columns, *(column for scale in outcomes.other_scales for column in scale.columns)}
    named |= {column for items in outcomes.items_beside for part in items.columns.values() for column in part}
    numeric = (*outcomes.columns, *people.numeric)
    decimal = decimal_mark(numeric)
    private = {column.name: kind_of_private(column.name, column.given) for column in look.columns}
    return Guess(
        layout=layout,
        outcomes=outcomes,
        people=people,
        visits=visits,
        decimal=decimal,
        decimal_columns=other_marks(numeric, decimal),
        codes=_codes(outcomes, people),
        private={name: kind for name, kind in private.items() if kind is not None},
        unused=tuple(column.name for column in look.columns if column not in named),
    )


def _codes(outcomes: Outcomes, people: People) -> list[str]:
    texts = tuple(column for column in (people.arm, people.group, people.site, *people.categorical) if column)
    markers: tuple[Column, ...] = tuple(column for marker in outcomes.markers for column in marker.columns)
    codes = likely_codes((*markers, *people.numeric), (*texts, *people.plates), None)
    for scale in (outcomes.symptom, outcomes.screening):
        if scale is not None:
            known = KNOWN_SCALES[scale.name]
            bounds = known.item_range if scale.has_items else None
            codes += likely_codes(scale.columns, (), bounds or (known.lower, known.upper))
    return codes
