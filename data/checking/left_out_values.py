"""Columns with values in none but left-out rows, as those of a repeated instrument of REDCap."""

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.readout import Readout
from cochange.data.reading.sources import ROW_LEFT_OUT, Source
from cochange.data.spec import StudySpec


def values_in_left_out_rows(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find columns without a value in the rows of the study, but with values in rows that `rows` leaves out."""
    faults = []
    for key, cells in readout.cells.items():
        used = readout.used[key]
        for position, source in enumerate(readout.sources):
            if not source.data.rows:
                continue
            missing = ["", *source.data.missing]
            left_out = cells[(cells["source"] == position) & cells["ignored"] & (cells["why"] == ROW_LEFT_OUT)]
            in_use = set(used.loc[~used["text"].isin(missing), "column"])
            given = left_out[~left_out["text"].isin(missing) & ~left_out["column"].isin(in_use)]
            faults += [_fault(own, source) for _, own in given.groupby("column", sort=False)]
    return faults


def _fault(own: pd.DataFrame, source: Source) -> Fault:
    rows = source.table.cells.loc[own["key"].unique()]
    there = [f"{name} has {listing(rows[name].unique(), 4)}" for name in source.data.rows]
    found = f"none, while {count_rows(own)} that 'rows' leaves out have values ({', '.join(there)})"
    action = f"let {source.data.heading} rows keep those rows in place of the others, or copy the values into the rows "
    return Fault(*first_place(own), "a value in a row that belongs to the study", found, f"{action}it keeps")
