"""Columns with values in none but left-out rows, as those of a repeated instrument of REDCap."""

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.cells import count_rows
from cochange.data.reading.readout import Readout
from cochange.data.reading.table import TextTable
from cochange.data.spec import StudySpec


def values_in_left_out_rows(readout: Readout, table: TextTable, spec: StudySpec) -> list[Fault]:
    """Find columns without a value in the rows of the study, but with values in rows that `rows` leaves out.

    Parameters
    ----------
    readout : Readout
        The cells.
    table : TextTable
        The file they come from.
    spec : StudySpec
        The study file.

    Returns
    -------
    list of Fault
        One for each such column.
    """
    missing, faults = ["", *spec.data.missing], []
    for key, cells in readout.cells.items():
        given = cells[~cells["text"].isin(missing)]
        left_out = given[given["ignored"] & ~given["visit"].isin(spec.data.ignore_visits)]
        in_use = set(readout.used[key].loc[~readout.used[key]["text"].isin(missing), "column"])
        for column, own in left_out.groupby("column", sort=False):
            if spec.data.rows and column not in in_use:
                faults.append(_fault(str(column), pd.Index(own["row"].unique()), table, spec))
    return faults


def _fault(column: str, rows: pd.Index, table: TextTable, spec: StudySpec) -> Fault:
    cells = table.cells.loc[rows]
    there = [f"{name} has {listing(cells[name].unique(), 4)}" for name in spec.data.rows]
    found = f"none, while {count_rows(rows)} that 'rows' leaves out have values ({', '.join(there)})"
    action = "let [data] rows keep those rows in place of the others, or copy the values into the rows it keeps"
    return Fault(table.file, int(rows[0]), column, "a value in a row that belongs to the study", found, action)
