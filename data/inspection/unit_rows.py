"""Rows under the header of a table of which nothing is declared yet that hold the units of its columns."""

from dataclasses import replace
from itertools import takewhile

from cochange.data.inspection.look import Column, Look
from cochange.data.reading.readings import parse_reading
from cochange.data.reading.unit_rows import units_among
from cochange.data.words import MISSING


def without_unit_rows(look: Look) -> Look:
    """Set rows of units apart, so that the columns are seen as what they hold.

    Parameters
    ----------
    look : Look
        The table as seen.

    Returns
    -------
    Look
        With the numbers of these rows as its `unit_rows`, and what stands there as its `units`.
    """
    numeric = [column for column in look.columns if _holds_numbers(column)]

    def units(place: int) -> list[str]:
        texts = (column.texts[place] for column in numeric)
        return units_among(text for text in texts if text and text.lower() not in MISSING)

    places = list(takewhile(units, range(look.rows)))
    return replace(
        look,
        columns=tuple(replace(column, texts=column.texts[len(places) :]) for column in look.columns),
        row_numbers=look.row_numbers[len(places) :],
        unit_rows=look.row_numbers[: len(places)],
        units=tuple(dict.fromkeys(unit for place in places for unit in units(place))),
    )


def _holds_numbers(column: Column) -> bool:
    """Whether most of the cells under the first are numbers, with either decimal mark or a mark of a limit."""
    given = [text for text in column.texts[1:] if text]
    return 2 * sum(parse_reading(text).kind != "unreadable" for text in given) > len(given)
