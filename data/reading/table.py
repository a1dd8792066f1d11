"""A delimited text file as a table of stripped texts that remembers its row numbers."""

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cochange.data.faults import Fault, InputError, summarise
from cochange.data.names import listing
from cochange.data.specification.tables import DataTable

DELIMITERS = (",", ";", "\t", "|")
CSV_REQUIRED, SAVE_AS_CSV = "a text file with delimiters (CSV)", "save the sheet as CSV in UTF-8 and name that file"
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
DELIMITER_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}


@dataclass(frozen=True)
class TextTable:
    """The cells of a data file.

    Attributes
    ----------
    file : str
        File name, for messages.
    cells : pandas.DataFrame
        Stripped texts; the index `row` is the row a spreadsheet shows.
    header_row : int
        Row of the column names.
    delimiter : str
        Character between cells.
    delimiter_declared : bool
        False when the delimiter was found from the header.
    misread : tuple of str or None
        A word as read and as UTF-8 has it, when the declared encoding is another one but the bytes are UTF-8.
    """

    file: str
    cells: pd.DataFrame
    header_row: int
    delimiter: str
    delimiter_declared: bool
    misread: tuple[str, str] | None


def read_table(path: Path, content: bytes, data: DataTable, wanted: tuple[str, ...]) -> TextTable:
    """Split the bytes of a data file into cells.

    Parameters
    ----------
    path : Path
        Where the bytes come from; only its name is used.
    content : bytes
        The file.
    data : DataTable
        Delimiter, encoding and comment mark.
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
    text = _decode(path.name, content, data.encoding)
    header_line = next((line for line in text.splitlines() if line.strip() and not _is_comment(line, data)), None)
    if header_line is None:
        required = "a header with the names of the columns"
        raise InputError([Fault(path.name, 1, None, required, "an empty file", "check [data] file")])
    delimiter = data.delimiter or _likeliest_delimiter(header_line, wanted)
    records = [
        (row, record)
        for row, record in enumerate(_split(path.name, text, delimiter), start=1)
        if any(record) and not _is_comment(record[0], data)
    ]
    (header_row, header), body = records[0], records[1:]
    if len(header) == 1:
        _refuse_another_delimiter(path.name, header_row, header[0], delimiter)
    faults = _ragged(path.name, header, body) + _repeated_columns(path.name, header_row, header, wanted)
    if not body:
        faults.append(
            Fault(path.name, header_row + 1, None, "a row of data", "none after the header", "check the file")
        )
    if faults:
        raise InputError(summarise(faults))
    index = pd.Index([row for row, _ in body], name="row")
    cells = pd.DataFrame([record for _, record in body], columns=header, index=index, dtype="object")
    misread = _misread_word(content, text, data.encoding)
    return TextTable(path.name, cells, header_row, delimiter, data.delimiter is not None, misread)


def _is_comment(start: str, data: DataTable) -> bool:
    return data.comment is not None and start.lstrip().startswith(data.comment)


def _decode(file: str, content: bytes, encoding: str) -> str:
    if content.startswith(_WORKBOOKS):
        found = "an Excel workbook or other zip archive"
        raise InputError([Fault(file, None, None, CSV_REQUIRED, found, SAVE_AS_CSV)])
    try:
        codec = codecs.lookup(encoding).name
        if content.startswith(codecs.BOM_UTF8) and not codec.startswith("utf-8"):
            required, action = "the encoding utf-8 of the file", 'write encoding = "utf-8" under [data]'
            found = f"'{encoding}' declared for a file that begins with the mark of UTF-8"
            raise InputError([Fault(file, 1, None, required, found, action)])
        return content.decode("utf-8-sig" if codec == "utf-8" else codec)
    except LookupError:
        required, action = "a known encoding in [data] encoding", "use for instance utf-8, latin-1 or cp1252"
        raise InputError([Fault(file, None, None, required, f"'{encoding}'", action)]) from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        found = f"the byte 0x{error.object[error.start]:02x} (byte {error.start + 1} of the file)"
        action = 'give the encoding the file was saved in, such as encoding = "latin-1" or "cp1252", under [data]'
        row = before.count(b"\n") + 1
        raise InputError([Fault(file, row, None, f"text in the encoding {encoding}", found, action)]) from None


def _misread_word(content: bytes, text: str, encoding: str) -> tuple[str, str] | None:
    if content.isascii() or codecs.lookup(encoding).name.startswith("utf-8"):
        return None
    try:
        words = re.split(r"[\s,;|\"]+", content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return None
    right = next((word for word in words if not word.isascii()), "")
    wrong = right.encode().decode(encoding, errors="replace")
    return (wrong, right) if right and wrong in text else None


def _split(file: str, text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [[cell.strip() for cell in record] for record in reader]
    except csv.Error as error:
        required, action = "a table of separated cells", "look for a quotation mark that is never closed"
        raise InputError([Fault(file, reader.line_num, None, required, f"'{error}'", action)]) from None


def _likeliest_delimiter(header_line: str, wanted: tuple[str, ...]) -> str:
    def merit(delimiter: str) -> tuple[int, int]:
        names = [name.strip() for name in next(csv.reader([header_line], delimiter=delimiter))]
        return len(set(names) & set(wanted)), len(names)

    return max(DELIMITERS, key=merit)


def _refuse_another_delimiter(file: str, header_row: int, cell: str, delimiter: str) -> None:
    other = max((mark for mark in DELIMITERS if mark != delimiter), key=cell.count)
    count, name = cell.count(other), DELIMITER_NAMES[other]
    if not count:
        return
    shown = cell if len(cell) <= 40 else f"{cell[:37]}..."
    required = f"a header with a cell for each column, separated by the {DELIMITER_NAMES[delimiter]}"
    found = f"one cell, {shown!r}, that holds {count} {name}{'s' if count > 1 else ''}"
    written = other.replace("\t", "\\t")
    action = f'write delimiter = "{written}" under [data]'
    raise InputError([Fault(file, header_row, None, required, found, action)])


def _ragged(file: str, header: list[str], body: list[tuple[int, list[str]]]) -> list[Fault]:
    required = f"a row of {len(header)} cells, like the header,"
    action = "quote cells that hold the delimiter, or correct the row or [data] delimiter"
    return [
        Fault(file, row, None, required, f"{len(record)} cells", action)
        for row, record in body
        if len(record) != len(header)
    ]


def _repeated_columns(file: str, header_row: int, header: list[str], wanted: tuple[str, ...]) -> list[Fault]:
    repeated = [name for name in wanted if header.count(name) > 1]
    action = f"rename the repeated columns {listing(repeated)}"
    return [
        Fault(file, header_row, name, "a single column of this name", f"{header.count(name)} columns", action)
        for name in repeated
    ]
