"""A sheet of a workbook (.xlsx, .xlsm, .xlsb, .xls, .ods) as a table of texts."""

import io
import zipfile
import zlib
from collections.abc import Collection, Sequence
from pathlib import PurePath
from xml.etree.ElementTree import ParseError

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from cochange.data.faults import Fault, InputError, Notice
from cochange.data.names import advice, listing
from cochange.data.reading.formats.hidden_rows import hidden_rows
from cochange.data.reading.formats.lost_results import Cells, lost_results
from cochange.data.reading.formats.rows import Record, blank_rows, lay_out
from cochange.data.reading.formats.values import text_of
from cochange.data.reading.places import count_rows
from cochange.data.reading.table import TextTable
from cochange.data.specification.files import DataTable

# Rows among which a header that is not declared is looked for.
HEADER_AMONG = 30
_DAMAGE = (CalamineError, ValueError, OSError, OverflowError, KeyError, zipfile.BadZipFile, zlib.error, ParseError)
_BINARY = (".xls", ".xlsb")


def read_workbook(file: str, content: bytes, data: DataTable, wanted: tuple[str, ...]) -> TextTable:
    """Read one sheet.

    Parameters
    ----------
    file : str
        Name of the file.
    content : bytes
        The file.
    data : DataTable
        Sheet, header and footer.
    wanted : tuple of str
        Declared columns, which tell the right sheet and the header row from others.

    Returns
    -------
    TextTable

    Raises
    ------
    InputError
        When the file is damaged, it is not clear which sheet is meant, or the sheet is not a table.
    """
    sheets = sheets_of(file, content)
    name = _sheet_name(file, sheets, data, wanted)
    records, notices = sheets[name], []
    if len(sheets) > 1 and data.sheet is None:
        message = f"of {len(sheets)} sheets, '{name}' was taken: it alone has the declared columns"
        notices.append(Notice(file, None, message))
    if PurePath(file).suffix.lower() in _BINARY:
        message = "in this format the error of a formula (#N/A) cannot be told from a blank cell, and is read as "
        notices.append(Notice(file, None, f"{message}missing; a copy saved as .xlsx tells them apart"))
    header_row = data.header_row
    if data.header and header_row is None and records:
        header_row = _likeliest_header(records, wanted)
        if header_row != records[0][0]:
            message = (
                f"row {header_row} of the sheet '{name}' was taken for the header, since it has the most declared "
            )
            message += "columns; what stands over it was not read"
            notices.append(Notice(file, None, message))
    layout = lay_out(file, _even(records), data.model_copy(update={"header_row": header_row}), wanted)
    hidden = {*hidden_rows(content, name)} & {row for row, _ in layout.body}
    if hidden:
        rows = count_rows(pd.DataFrame({"file": file, "row": sorted(hidden)}))
        message = f"hidden in the workbook, by hand or by a filter, and read like the others: {rows} of '{name}'"
        notices.append(Notice(file, None, message))
    start, given = layout.header_row or records[0][0], [row for row, _ in records]
    facts = {"sheet": f"'{name}' ({'declared' if data.sheet else 'found'})", **layout.facts}
    facts |= blank_rows(set(range(start, given[-1])).difference(given))
    if header_row is not None and data.header_row is None:
        facts["header"] = f"row {header_row} (found)"
    return TextTable(file, layout.cells(), layout.header_row, facts, tuple(notices))


def sheets_of(file: str, content: bytes) -> dict[str, list[Record]]:
    """Read every sheet of a workbook.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    content : bytes
        The file.

    Returns
    -------
    dict of str to list of tuple
        By sheet, number and cells of each row that is not blank.

    Raises
    ------
    InputError
        When the file is damaged.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        lost = lost_results(content)
        return {
            name: _records(book.get_sheet_by_name(name).to_python(skip_empty_area=False), lost.get(name, {}))
            for name in book.sheet_names
        }
    except _DAMAGE as error:
        required, action = "a workbook that can be opened", "open it in a spreadsheet program and save it again"
        raise InputError([Fault(file, None, None, required, f"'{error}'", action)]) from None


def _records(rows: Sequence[Sequence[object]], lost: Cells) -> list[Record]:
    """Rows that are not blank, with their numbers; the reader gives a blank for a result that was lost."""
    texts = {row: [text_of(value) for value in values] for row, values in enumerate(rows, start=1)}
    for (row, column), text in lost.items():
        cells = texts.setdefault(row, [])
        cells.extend([""] * (column - len(cells)))
        cells[column - 1] = text
    return [(row, texts[row]) for row in (sorted(texts) if lost else texts) if any(texts[row])]


def _even(records: list[Record]) -> list[Record]:
    """The rows without the blank columns at their right."""
    width = max((max(place for place, cell in enumerate(cells, start=1) if cell) for _, cells in records), default=0)
    return [(row, [*cells, *[""] * (width - len(cells))][:width]) for row, cells in records]


def refuse_absent_sheet(file: str, sheet: str, sheets: Collection[str]) -> None:
    """Raise the fault of a workbook that has no sheet of this name."""
    if sheet not in sheets:
        action = advice(sheet, list(sheets), f"the workbook holds {listing(sheets)}")
        raise InputError([Fault(file, None, None, f"the sheet '{sheet}'", "none of this name", action)])


def _sheet_name(file: str, sheets: dict[str, list[Record]], data: DataTable, wanted: tuple[str, ...]) -> str:
    if data.sheet is not None:
        refuse_absent_sheet(file, data.sheet, sheets)
        return data.sheet
    if len(sheets) == 1:
        return next(iter(sheets))
    filled = {name: records for name, records in sheets.items() if records}
    if len(filled) == 1:
        return next(iter(filled))
    fitting = [name for name, records in filled.items() if wanted and _most_wanted(records, wanted) == len(set(wanted))]
    if len(fitting) != 1:
        found = listing(sheets)
        if wanted:
            found += f", of which {listing(fitting) if fitting else 'none'} has all declared columns"
        action = f'write sheet = "..." under {data.heading}, or name it with --sheet where there is no study file yet'
        raise InputError([Fault(file, None, None, "the sheet to read", found, action)])
    return fitting[0]


def _most_wanted(records: list[Record], wanted: tuple[str, ...]) -> int:
    return max(len(set(cells) & set(wanted)) for _, cells in records[:HEADER_AMONG])


def _likeliest_header(records: list[Record], wanted: tuple[str, ...]) -> int:
    """The first of the rows with the most declared columns; where none are declared, with the most cells filled."""

    def merit(record: Record) -> int:
        return len(set(record[1]) & set(wanted)) if wanted else sum(map(bool, record[1]))

    return max(records[:HEADER_AMONG], key=merit)[0]
