"""Rows of a table that look like no participant's: told once each, and kept from being told cell by cell."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.open_files import Opened


def set_apart(
    opened: list[Opened],
    rows_of: Callable[[Opened], Iterable[pd.DataFrame]],
    words_of: Callable[[Opened, pd.DataFrame], tuple[str, str]],
) -> tuple[list[Opened], list[Fault]]:
    """Take rows out of tables, with a fault for those of each file.

    Parameters
    ----------
    opened : list of Opened
        The files. Rows of a sheet of a plate are its samples: none is taken out.
    rows_of : callable
        `file`, `row` and what else is told of the rows of each file of a table, by their labels.
    words_of : callable
        What was found of such rows, and what to do about them.

    Returns
    -------
    list of Opened
        Without these rows.
    list of Fault
        One for each file that has any.
    """
    kept, faults = [], []
    for own in opened:
        is_plate_sheet = own.joined is not None and own.joined.sample_names is not None
        files = [] if is_plate_sheet else list(rows_of(own))
        for rows in files:
            first, (found, action) = rows.iloc[0], words_of(own, rows)
            faults.append(
                Fault(str(first["file"]), int(first["row"]), None, "a participant in each row", found, action)
            )
        kept.append(_without(own, [label for rows in files for label in rows.index]))
    return kept, faults


def _without(own: Opened, labels: list[object]) -> Opened:
    table = own.table
    origin = None if table.origin is None else table.origin.drop(labels)
    return replace(own, table=replace(table, cells=table.cells.drop(labels), origin=origin))
