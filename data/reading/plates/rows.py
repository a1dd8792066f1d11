"""Rows of a plate sheet: their cells, what labels them, and the plate they belong to."""

import re
from collections.abc import Iterable

from cochange.data.reading.formats.rows import Record

_PLATE = re.compile(r"plate(?: ?(?:id|name|number|no\.?|#))?", re.IGNORECASE)
_BATCH = re.compile(r"batch(?: ?(?:id|name))?", re.IGNORECASE)
_NUMBERED = re.compile(r"plate *#? *(\d+\w?)", re.IGNORECASE)
_WELL = re.compile(r"[A-P]\d{1,2}(?: ?[,;] ?[A-P]\d{1,2})*")
_NOTE = re.compile(r"\*|OOR\b|-{2,}|conc in range\b", re.IGNORECASE)


def cell(cells: list[str], place: int | None) -> str:
    """Return the cell at a place counted from zero, "" beyond the row or for no place."""
    return cells[place] if place is not None and place < len(cells) else ""


def filled(cells: list[str]) -> list[int]:
    """Places of the cells that are not blank."""
    return [place for place, text in enumerate(cells) if text]


def place_of(cells: list[str], names: re.Pattern[str]) -> int | None:
    """Place of the first cell that is one of the names, None without one."""
    return next((place for place, text in enumerate(cells) if names.fullmatch(text)), None)


def is_well(text: str) -> bool:
    """Say whether a text is a well or a list of wells."""
    return _WELL.fullmatch(text) is not None


def is_note(cells: list[str]) -> bool:
    """Say whether a row is a remark: one cell that explains a mark, or holds an equation or a label."""
    places = filled(cells)
    return len(places) == 1 and (any(mark in cells[places[0]] for mark in ":=") or bool(_NOTE.match(cells[places[0]])))


def labelled(cells: list[str]) -> tuple[str, str] | None:
    """Split a row such as ``Analyte: IL-6`` into label and value.

    Parameters
    ----------
    cells : list of str
        The row.

    Returns
    -------
    tuple of str or None
        Label and value, which stands after the colon or in the next filled cell; without a colon there must be exactly
        two filled cells.
    """
    places = filled(cells)
    if not places:
        return None
    label, colon, value = cells[places[0]].partition(":")
    if not colon and len(places) != 2:
        return None
    if not value.strip() and len(places) > 1:
        value = cells[places[1]]
    return label.strip(), value.strip()


def names_plate(cells: list[str]) -> bool:
    """Say whether a row gives the name of a plate or batch."""
    return bool(_name(cells, _PLATE) or _name(cells, _BATCH))


def plates(records: list[Record]) -> dict[int, str]:
    """Name of the plate that each row belongs to.

    Parameters
    ----------
    records : list of tuple
        The sheet.

    Returns
    -------
    dict of int to str
        By row: the plate named last at or above it, else the batch, else "".
    """
    named: dict[int, str] = {}
    plate = batch = ""
    for row, cells in records:
        plate = _name(cells, _PLATE) or plate
        batch = _name(cells, _BATCH) or batch
        named[row] = plate or batch
    return named


def row_list(rows: Iterable[int]) -> str:
    """Write row numbers in order, runs as first to last.

    Examples
    --------
    >>> row_list([3, 1, 2, 7])
    '1 to 3, 7'
    """
    runs: list[list[int]] = []
    for row in sorted(set(rows)):
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    parts = [str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs]
    return ", ".join(parts)


def _name(cells: list[str], names: re.Pattern[str]) -> str:
    places = filled(cells)
    if names is _PLATE and len(places) == 1 and (numbered := _NUMBERED.fullmatch(cells[places[0]])):
        return numbered[1]
    found = labelled(cells)
    return found[1] if found is not None and names.fullmatch(found[0]) else ""
