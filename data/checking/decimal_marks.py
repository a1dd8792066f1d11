"""Numbers with another decimal mark than the one declared for their column."""

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.cells import together
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.plate_tables import MADE
from cochange.data.reading.readout import Readout
from cochange.data.reading.variables import variables
from cochange.data.spec import StudySpec
from cochange.data.specification.kinds import MARK_NAMES, DecimalMark

_COLUMNS = ["file", "row", "column", "text", "status", "decision", "mark", "typed", "source"]
_OTHER: dict[str, DecimalMark] = {".": ",", ",": "."}


def other_decimal_marks(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find the columns that have any, and say what reads them and leaves the other numbers of their file alone."""
    numbers = _numbers(readout, spec)
    wrong = numbers[numbers["decision"] == "other decimal mark"]
    if wrong.empty:
        return []
    read = numbers[numbers["status"].isin(["observed", "below", "above"])]
    return [
        _fault(own, wrong[wrong["table"] == table], read[read["table"] == table], readout)
        for (table, _), own in wrong.groupby(["table", "column"], sort=False)
    ]


def _numbers(readout: Readout, spec: StudySpec) -> pd.DataFrame:
    """The cells read as numbers, and whether they have their mark; a `table` may have a source for each visit."""
    counted = spec.dates is not None and spec.dates.counted_in is not None
    numeric = [one for one in variables(spec) if one.numeric or (one.role == "date" and counted)]
    cells = together((readout.used[one.role, one.name] for one in numeric), _COLUMNS)
    tables = {position: source.table.file for position, source in enumerate(readout.sources)}
    marked = [mark in text for mark, text in zip(cells["mark"], cells["text"], strict=True)]
    return cells.assign(table=cells["source"].map(tables), marked=marked)


def _fault(own: pd.DataFrame, wrong: pd.DataFrame, read: pd.DataFrame, readout: Readout) -> Fault:
    """One for a column, given the wrong numbers of its table and those that are read."""
    source, column, mark = readout.source_of(own), str(own["column"].iloc[0]), str(own["mark"].iloc[0])
    data, other = source.data, _OTHER[mark]
    required = f"a decimal {MARK_NAMES[mark]} in every number"
    if read.loc[read["column"] == column, "typed"].any():
        required += " that is written as a text"
    # A cell that holds a number has no mark to go by.
    read = read[~read["typed"]]
    right, beside = read[read["marked"]], read[read["column"] == column]
    found = f"a {MARK_NAMES[other]} in {count_rows(own)}, as in '{own['text'].iloc[0]}'"
    entry = f'"{source.name_in_file(column)}" = "{other}"'
    others = beside[beside["marked"]]
    if number := len(others):
        found += f", and a {MARK_NAMES[mark]} in {number} other{'s' if number > 1 else ''}"
        action = "write every number of the column with one mark"
        if number < len(own):
            found += f", as in '{others['text'].iloc[0]}' in {count_rows(others)}"
            action += (
                f"; with decimal_columns = {{ {entry} }} under {data.heading} only the fewer are to be written anew"
            )
    elif len(beside) > len(own):
        # Among whole numbers a few say nothing of the mark of the column.
        found += f" among {len(beside)} whole numbers"
        action = f"write a decimal {MARK_NAMES[mark]}"
    elif column in data.decimal_columns:
        action = f"write decimal_columns = {{ {entry} }} under {data.heading}"
    elif right.empty or data.participant in MADE:
        action = f'write decimal = "{other}" under {data.heading}'
    elif data.decimal_columns:
        action = f"add {entry} to decimal_columns under {data.heading}"
    else:
        whole = read["column"].value_counts()
        alike = wrong[~wrong["column"].isin(right["column"])].groupby("column", sort=False)
        wholly = {str(name): readout.source_of(each) for name, each in alike if len(each) >= whole.get(name, 0)}
        names = (at.name_in_file(name) for name, at in wholly.items())
        entries = ", ".join(dict.fromkeys(f'"{name}" = "{other}"' for name in names))
        action = f"write decimal_columns = {{ {entries} }} under {data.heading}"
    if own["text"].str.fullmatch(rf"[<>≤≥=*\s+-]*\d{{1,3}}\{other}\d{{3}}").all():
        action += f"; a {MARK_NAMES[other]} between thousands has to be taken out"
    return Fault(*first_place(own), required, found, action)
