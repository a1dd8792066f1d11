"""Rows under a header that hold the units or ranges of its columns. They are told, never skipped."""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import takewhile
from typing import Any

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.open_files import Opened
from cochange.data.reading.places import count_rows
from cochange.data.reading.readings import missing_decision, parse_reading
from cochange.data.reading.set_apart import set_apart
from cochange.data.reading.sources import why_left_out
from cochange.data.spec import StudySpec
from cochange.data.specification.file_formats import format_of, formats_with
from cochange.data.units import known_unit

# Of covariates and scores; those of markers are known as units of concentration are.
_UNIT = re.compile(
    r"years?|yrs?|jahren?|ans|años|år|months?|monaten?|weeks?|wochen?|days?|tagen?|kg/m(?:2|\^2|²)|kg|cm"
    r"|points?|punkte?|poäng|score",
    re.IGNORECASE,
)
_NUMBER = r"\d+(?:[.,]\d+)?"
_RANGE = re.compile(rf"{_NUMBER}\s*(?:-|\u2013|\u2014|\.\.|to|bis)\s*{_NUMBER}")


def without_unit_rows(opened: list[Opened], spec: StudySpec) -> tuple[list[Opened], list[Fault]]:
    """Set rows of units apart, so that each is told once and its cells are not told one by one.

    These are the first rows of a file in whose columns of numbers a unit or a range stands, and no number.

    Parameters
    ----------
    opened : list of Opened
        The files, with their columns of identifiers present.
    spec : StudySpec
        The study file.

    Returns
    -------
    list of Opened
        Without these rows.
    list of Fault
        One for each file that has any.
    """
    return set_apart(opened, partial(_unit_rows, spec=spec), _words_about)


def units_among(texts: Iterable[str]) -> list[str]:
    """Return the units and ranges among cells that should hold numbers; none where one of the cells can be read."""
    given = list(texts)
    if any(parse_reading(text).kind != "unreadable" for text in given):
        return []
    return list(dict.fromkeys(filter(_is_unit_or_range, given)))


def _is_unit_or_range(text: str) -> bool:
    name = text.strip("()[] ")
    return any((_RANGE.fullmatch(name), _UNIT.fullmatch(name), known_unit(name), known_unit(name.lower())))


def _unit_rows(own: Opened, spec: StudySpec) -> Iterator[pd.DataFrame]:
    """`file`, `row` and `units` of the first rows of each file that hold units."""
    cells, columns = own.table.cells, own.number_columns(spec)
    left_out = why_left_out(own.table, own.data) != ""

    def units(row: Any) -> list[str]:
        texts = cells.loc[row, columns]
        return units_among(text for text in texts if missing_decision(text, own.data.missing) is None)

    for _, places in own.table.places.groupby("file", sort=False):
        if rows := list(takewhile(lambda row: not left_out[row] and units(row), places.index)):
            yield places.loc[rows].assign(units=pd.Series({row: units(row) for row in rows}, dtype=object))


def _words_about(own: Opened, rows: pd.DataFrame) -> tuple[str, str]:
    data, one = own.data, len(rows) == 1
    units = dict.fromkeys(unit for of_row in rows["units"] for unit in of_row)
    found = f"{count_rows(rows)} that look{'s' if one else ''} like a row of units ({listing(units, 6)})"
    action = f"delete {'it' if one else 'them'} from the file"
    if data.header and format_of(data.file) in formats_with("header_row"):
        action += f", or write header_row = {rows['row'].iloc[-1]} under {data.heading}"
        if not data.column_names:
            action += f" with column_names, a list of the names of all {own.table.cells.shape[1]} columns in order"
    action = f"if so, {action}; if not, correct the cells of {'this participant' if one else 'these participants'}"
    return found, action
