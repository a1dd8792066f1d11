"""Rows of cells into a table: where the header stands, what the columns are called, what lies under the table."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from cochange.data.faults import Fault, InputError, summarise
from cochange.data.names import listing
from cochange.data.specification.files import DataTable

Record = tuple[int, list[str]]


@dataclass(frozen=True)
class Layout:
    """The rows of a file, told apart.

    Attributes
    ----------
    header_row : int or None
        Row of the header, None without one.
    names : list of str
        Names of the columns.
    body : list of tuple
        The other rows, each with its number.
    facts : dict of str to str
        What was left out or named as declared.
    """

    header_row: int | None
    names: list[str]
    body: list[Record]
    facts: dict[str, str]

    def cells(self) -> pd.DataFrame:
        """Return the cells; the index `row` is the number of the row."""
        index = pd.Index([row for row, _ in self.body], name="row")
        return pd.DataFrame([record for _, record in self.body], columns=self.names, index=index, dtype="object")


def lay_out(file: str, records: list[Record], data: DataTable, wanted: tuple[str, ...]) -> Layout:
    """Tell header, body and footer apart.

    Parameters
    ----------
    file : str
        Name of the file.
    records : list of tuple
        Number and cells of every row that is not blank, in order.
    data : DataTable
        The keys `header`, `header_row`, `column_names` and `footer_rows`.
    wanted : tuple of str
        Declared columns.

    Returns
    -------
    Layout

    Raises
    ------
    InputError
        When there is no header or no row under it, the header stands further down, rows differ in length, or a
        declared column or the header is there twice.
    """
    facts: dict[str, str] = {}
    faults: list[Fault] = []
    if data.header_row is not None:
        records = _from_header(file, records, data.header_row, data.heading)
        facts["header"] = f"row {data.header_row} (declared)"
    if not records:
        required = "a header with the names of the columns" if data.header else "a row of data"
        raise InputError([Fault(file, 1, None, required, "an empty file", f"check {data.heading} file")])
    if data.header:
        (header_row, names), body = records[0], records[1:]
        _refuse_another_header(file, header_row, names, body, wanted, data.heading)
        faults += _header_again(file, header_row, names, body)
    else:
        header_row, names, body = None, [str(position) for position in range(1, len(records[0][1]) + 1)], records
        facts["header"] = "none; columns are named by position"
    if data.column_names:
        names = _declared_names(file, header_row, names, data)
        facts["columns named"] = "in the study file"
    if data.footer_rows:
        body, left_out = body[: -data.footer_rows], body[-data.footer_rows :]
        rows = ", ".join(str(row) for row, _ in left_out)
        facts["footer"] = f"left out as declared (row{'s' if len(left_out) > 1 else ''} {rows})"
    faults += _ragged(file, names, body, data) + _repeated_columns(file, header_row, names, wanted, data)
    if not body:
        row = None if header_row is None else header_row + 1
        place = " and before the footer" if data.footer_rows else ""
        faults.append(Fault(file, row, None, "a row of data", f"none after the header{place}", "check the file"))
    if faults:
        raise InputError(summarise(faults))
    return Layout(header_row, names, body, facts)


def blank_rows(rows: Iterable[int]) -> dict[str, str]:
    """Say how many rows without any cell filled were left out, and which; nothing where there are none."""
    found = sorted(rows)
    if not found:
        return {}
    where = f"row {found[0]}" if len(found) == 1 else f"the first is row {found[0]}, the last row {found[-1]}"
    return {"blank rows": f"{len(found)} left out ({where})"}


def _from_header(file: str, records: list[Record], header_row: int, heading: str) -> list[Record]:
    kept = [record for record in records if record[0] >= header_row]
    if not kept or kept[0][0] != header_row:
        found = "a blank row, a comment or the end of the file"
        action = f"correct header_row under {heading}: the first row of the file is 1"
        raise InputError([Fault(file, header_row, None, "a header with the names of the columns", found, action)])
    return kept


def _refuse_another_header(
    file: str, header_row: int, names: list[str], body: list[Record], wanted: tuple[str, ...], heading: str
) -> None:
    """A title or a comment over the table: one fault, not one for every row that is unlike it."""
    row = next((row for row, record in body if wanted and set(wanted) <= set(record)), None)
    if row is None or set(wanted) & set(names):
        return
    found = f"none of the declared columns; row {row} names them all"
    action = f"write header_row = {row} under {heading}"
    raise InputError([Fault(file, header_row, None, "a header with the names of the columns", found, action)])


def _header_again(file: str, header_row: int, names: list[str], body: list[Record]) -> list[Fault]:
    """The header among the rows, as where tables were put one under the other."""
    again = [row for row, record in body if record == names]
    found = f"the header of row {header_row} again"
    return [Fault(file, row, None, "a row of data", found, "delete this row") for row in again]


def _declared_names(file: str, header_row: int | None, names: list[str], data: DataTable) -> list[str]:
    if len(data.column_names) != len(names):
        required = f"a column for each of the {len(data.column_names)} names in {data.heading} column_names"
        action = "list a name for every column, in the order of the file"
        raise InputError([Fault(file, header_row, None, required, f"{len(names)} columns", action)])
    return list(data.column_names)


def _ragged(file: str, names: list[str], body: list[Record], data: DataTable) -> list[Fault]:
    required = f"a row of {len(names)} cells, like the {'header' if data.header else 'first row'},"
    action = f"quote cells that hold the delimiter, or correct the row or {data.heading} delimiter"
    faults = [
        Fault(file, row, None, required, f"{len(record)} cell{'s' if len(record) > 1 else ''}", action)
        for row, record in body
        if len(record) != len(names)
    ]
    if faults and len(body[-1][1]) != len(names) and len(body) > 1:
        under = _rows_under_the_table(names, body)
        action = f"{action}; rows under the table are left out by footer_rows = {under} under {data.heading}"
        faults[-under:] = [Fault(f.file, f.row, f.column, f.required, f.found, action) for f in faults[-under:]]
    return faults


def _rows_under_the_table(names: list[str], body: list[Record]) -> int:
    lengths = [len(record) == len(names) for _, record in reversed(body)]
    return lengths.index(True) if True in lengths else len(lengths)


def _repeated_columns(
    file: str, header_row: int | None, names: list[str], wanted: tuple[str, ...], data: DataTable
) -> list[Fault]:
    repeated = [name for name in wanted if names.count(name) > 1]
    action = f"rename the repeated columns {listing(repeated)}, or name all columns with column_names under "
    action += data.heading
    return [
        Fault(file, header_row, name, "a single column of this name", f"{names.count(name)} columns", action)
        for name in repeated
    ]
