"""A first look at a data file of which nothing is declared yet."""

import codecs
import csv
import io
from dataclasses import dataclass
from pathlib import Path

from cochange.data.faults import Fault, InputError
from cochange.data.reading.formats.delimited import DELIMITERS
from cochange.data.reading.formats.read_table import read_table
from cochange.data.specification.file_formats import FORMAT_NAMES, format_of, formats_with
from cochange.data.specification.files import DataTable

LINES = 50


@dataclass(frozen=True)
class Column:
    """A column of a data file.

    Attributes
    ----------
    name : str
        Its name.
    texts : tuple of str
        Its cells, stripped, one a row.
    """

    name: str
    texts: tuple[str, ...]

    @property
    def given(self) -> tuple[str, ...]:
        """The cells that are not blank."""
        return tuple(text for text in self.texts if text)


@dataclass(frozen=True)
class TextFormat:
    """How a text file is written: encoding, delimiter (None where it was not found), mark of comments (None: none)."""

    encoding: str
    delimiter: str | None
    comment: str | None


@dataclass(frozen=True)
class Look:
    """What was seen of a data file.

    Attributes
    ----------
    path : Path
        The file.
    columns : tuple of Column
        Its columns that have a name of their own, in order.
    row_numbers : tuple of int
        Numbers of its rows of data in the file.
    unnamed : int
        Columns without a name, or with one that another has too.
    text_format : TextFormat or None
        How it is written, if it is a text file.
    sheet : str or None
        The sheet looked at, where one was named.
    header_row : int or None
        Row of the header of a workbook.
    footer : tuple of str
        First texts of rows under the table, which are not among its rows.
    unit_rows : tuple of int
        Numbers of rows of units under the header, which are not among its rows.
    units : tuple of str
        Units and ranges that stand there.
    """

    path: Path
    columns: tuple[Column, ...]
    row_numbers: tuple[int, ...]
    unnamed: int
    text_format: TextFormat | None
    sheet: str | None = None
    header_row: int | None = None
    footer: tuple[str, ...] = ()
    unit_rows: tuple[int, ...] = ()
    units: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows of data it has."""
        return len(self.row_numbers)


def look_at(path: Path, sheet: str | None = None) -> Look:
    """Read a data file without a study file.

    Parameters
    ----------
    path : Path
        The file.
    sheet : str, optional
        The sheet of a workbook.

    Returns
    -------
    Look

    Raises
    ------
    InputError
        If there is no such file, it is a study file, it holds no table, or a sheet is named of what has none.
    """
    try:
        content = path.read_bytes()
    except OSError:
        fault = Fault(str(path), None, None, "a data file", "no file that can be read", "check the path")
        raise InputError([fault]) from None
    if path.suffix.lower() == ".toml":
        action = "name the data file, which init takes; `cochange check` takes the study file"
        raise InputError([Fault(path.name, None, None, "a data file", "a study file", action)])
    kind = format_of(path.name)
    if sheet is not None and kind not in formats_with("sheet"):
        required, action = "a workbook, where a sheet is named,", "leave the sheet out"
        raise InputError([Fault(path.name, None, None, required, FORMAT_NAMES[kind], action)])
    text_format = find_text_format(content) if kind == "text" else None
    keys = {} if text_format is None else vars(text_format)
    data = DataTable(file=path.name, layout="wide", participant="?", visits=("?",), sheet=sheet, **keys)
    table = read_table(path, content, data, ())
    cells, header_row = table.cells, table.header_row if kind == "workbook" else None
    names = list(cells.columns)
    columns = tuple(
        Column(name, tuple(cells.iloc[:, place])) for place, name in enumerate(names) if name and names.count(name) == 1
    )
    return Look(path, columns, tuple(cells.index.tolist()), len(names) - len(columns), text_format, sheet, header_row)


def find_text_format(content: bytes) -> TextFormat:
    """Find how a text file is written.

    Parameters
    ----------
    content : bytes
        The file.

    Returns
    -------
    TextFormat
        The encoding UTF-8 if the bytes are valid in it, or else a common one of a byte a character. The delimiter that
        gives all of the first lines the same number of cells, the most of those that do; lines before the header that
        begin with '#' are comments.
    """
    encoding = _encoding(content)
    lines = [line for line in content.decode(encoding, errors="replace").splitlines() if line.strip("\ufeff \t")]
    marked = [line for line in lines if line.lstrip("\ufeff ").startswith("#")]
    # One such line, with as many cells as the next, is a header whose first name begins with the mark.
    is_header = len(marked) == 1 and lines[0] is marked[0] and _delimiter(lines[:LINES]) is not None
    comment = "#" if marked and not is_header else None
    return TextFormat(encoding, _delimiter([line for line in lines if comment is None or line not in marked]), comment)


def _encoding(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8", "cp1252"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return "latin-1"


def _delimiter(lines: list[str]) -> str | None:
    widths = {mark: _widths(lines[:LINES], mark) for mark in DELIMITERS}
    even = {mark: found.pop() for mark, found in widths.items() if len(found) == 1}
    most = max(even, key=lambda mark: even[mark], default=None)
    return most if most is not None and even[most] > 1 else None


def _widths(lines: list[str], delimiter: str) -> set[int]:
    try:
        return {len(record) for record in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)}
    except csv.Error:
        return set()
