"""A text file, delimited or in fixed columns, as a table of texts."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

import pandas as pd

from cochange.data.faults import Fault, InputError, Notice
from cochange.data.reading.formats.columns import split_at_white_space, split_at_widths
from cochange.data.reading.formats.decoding import decode, misread_notice
from cochange.data.reading.formats.rows import Record, blank_rows, lay_out
from cochange.data.reading.table import TextTable
from cochange.data.specification.files import DataTable

DELIMITERS = (",", ";", "\t", "|")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar", "whitespace": "white space"}


def read_text_file(file: str, content: bytes, data: DataTable, wanted: tuple[str, ...]) -> TextTable:
    """Split a text file into cells.

    Parameters
    ----------
    file : str
        Name of the file.
    content : bytes
        The file.
    data : DataTable
        Delimiter or widths, encoding, comment mark, header and footer.
    wanted : tuple of str
        Declared columns, which tell the right delimiter from the wrong ones.

    Returns
    -------
    TextTable

    Raises
    ------
    InputError
        When the bytes cannot be decoded, there is no header, or rows differ from it in length.
    """
    decoded = decode(file, content, data)
    notices = list(decoded.notices)
    if data.column_widths:
        records, separated = split_at_widths(decoded.text, data.column_widths), "none; columns of declared widths"
    elif data.delimiter == "whitespace":
        records, separated = split_at_white_space(decoded.text), "white space (declared)"
    else:
        delimiter = data.delimiter or _likeliest_delimiter(decoded.text, data, wanted)
        name = DELIMITER_NAMES[delimiter]
        records = split_at_marks(file, decoded.text, delimiter)
        separated = f"{name} ({'found from the header' if data.delimiter is None else 'declared'})"
        if data.delimiter is None and delimiter != ",":
            notices.append(Notice(file, None, f"the {name} was found from the header to separate the cells"))
    given = [(row, cells) for row, cells in records if any(cells) and not _is_comment(cells[0], data)]
    if given and len(given[0][1]) == 1 and not data.column_widths:
        _refuse_another_delimiter(file, *given[0], separated.split(" (")[0], data.heading)
    layout = lay_out(file, given, data, wanted)
    last = given[-1][0]
    blank = (
        row for row, cells in records if not any(cells) and (layout.header_row or 0) < row and (cells or row < last)
    )
    facts = {"encoding": decoded.encoding, "delimiter": separated, **layout.facts, **blank_rows(blank)}
    cells = layout.cells()
    if decoded.misread:
        notices.insert(0, misread_notice(file, decoded, _texts_to_show(cells, data, wanted), data.heading))
    return TextTable(file, cells, layout.header_row, facts, tuple(notices), decoded.misread)


def _texts_to_show(cells: pd.DataFrame, data: DataTable, wanted: tuple[str, ...]) -> Iterator[str]:
    """Names of columns and cells of declared ones, without identifiers that are not to be shown."""
    yield from cells.columns
    for column in wanted:
        if column in cells.columns and not (column == data.participant and data.pseudonyms):
            yield from cells[column]


def _is_comment(start: str, data: DataTable) -> bool:
    return data.comment is not None and start.lstrip().startswith(data.comment)


def split_at_marks(file: str, text: str, delimiter: str) -> list[Record]:
    """Split every line at a mark; quoted cells may hold it.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    text : str
        Its text.
    delimiter : str
        The mark.

    Returns
    -------
    list of tuple
        Number and stripped cells of each line.

    Raises
    ------
    InputError
        When a quotation mark opens a cell and is not closed at its end.
    """
    records = _records(file, text, delimiter)
    # Such a cell takes in the rows up to the next mark; in a sound file, cells that hold line breaks are closed.
    if '"' in text and any("\n" in cell or "\r" in cell for record in records for cell in record):
        records = _records(file, text, delimiter, strict=True)
    return [(row, [cell.strip() for cell in record]) for row, record in enumerate(records, start=1)]


def _records(file: str, text: str, delimiter: str, strict: bool = False) -> list[list[str]]:
    """The cells of each row as written; a strict reading refuses text behind the mark that closes a cell."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    records: list[list[str]] = []
    try:
        for record in reader:
            records.append(record)
    except csv.Error:
        required = "a quotation mark at the end of each cell that begins with one"
        found = f"a cell of this row that is not closed so by line {reader.line_num} of the file"
        action = "add the mark, or write a mark that belongs to the text of a cell twice"
        raise InputError([Fault(file, len(records) + 1, None, required, found, action)]) from None
    return records


def _likeliest_delimiter(text: str, data: DataTable, wanted: tuple[str, ...]) -> str:
    lines = islice(text.splitlines(), (data.header_row or 1) - 1, None)
    header = next((line for line in lines if line.strip() and not _is_comment(line, data)), "")

    def merit(delimiter: str) -> tuple[int, int]:
        names = [name.strip() for name in next(csv.reader([header], delimiter=delimiter), [])]
        return len(set(names) & set(wanted)), len(names)

    return max(DELIMITERS, key=merit)


def _refuse_another_delimiter(file: str, row: int, cells: list[str], delimiter: str, heading: str) -> None:
    (cell,) = cells
    other = max((mark for mark in DELIMITERS if DELIMITER_NAMES[mark] != delimiter), key=cell.count)
    count, name = cell.count(other), DELIMITER_NAMES[other]
    if not count:
        return
    shown = cell if len(cell) <= 40 else f"{cell[:37]}..."
    required = f"a header with a cell for each column, separated by the {delimiter}"
    found = f"one cell, {shown!r}, that holds {count} {name}{'s' if count > 1 else ''}"
    written = other.replace("\t", "\\t")
    action = f'write delimiter = "{written}" under {heading}'
    raise InputError([Fault(file, row, None, required, found, action)])
