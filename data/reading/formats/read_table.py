"""Read a data file of any known format: by the suffix of its name, checked by how its bytes begin."""

from pathlib import Path

from cochange.data.faults import Fault, InputError
from cochange.data.reading.formats.delimited import read_text_file
from cochange.data.reading.formats.parquet import read_parquet
from cochange.data.reading.formats.statistical import read_statistical
from cochange.data.reading.formats.workbook import read_workbook
from cochange.data.reading.table import TextTable
from cochange.data.specification.file_formats import FORMAT_NAMES, SUFFIXES, Format, beginning_of, format_of
from cochange.data.specification.files import DataTable

# Bytes by which a text file is told from one of another format.
SEEN = 4096

_READERS = {
    "text": read_text_file,
    "workbook": read_workbook,
    "statistical": read_statistical,
    "parquet": read_parquet,
}


def read_table(path: Path, content: bytes, data: DataTable, wanted: tuple[str, ...]) -> TextTable:
    """Turn the bytes of a data file into a table of texts.

    Parameters
    ----------
    path : Path
        Where the bytes come from; only its name is used.
    content : bytes
        The file.
    data : DataTable
        What the study file says about the data file.
    wanted : tuple of str
        Declared columns, which tell the right delimiter, sheet and header row from the wrong ones.

    Returns
    -------
    TextTable

    Raises
    ------
    InputError
        When the content is not of the format the suffix says, is damaged, or is not a table.
    """
    kind = format_of(path.name)
    _refuse_another_format(path, content, kind)
    return _READERS[kind](path.name, content, data, wanted)


def _refuse_another_format(path: Path, content: bytes, kind: Format) -> None:
    beginning = beginning_of(content)
    if beginning is None and kind in ("workbook", "parquet") and _is_text(content):
        beginning = "a page of HTML or XML" if content.lstrip().startswith(b"<") else "a text file", "text"
    if beginning is None or beginning[1] == kind:
        return
    suffix = f", as its suffix {path.suffix} says," if path.suffix.lower() in SUFFIXES else ""
    known = ", ".join(own for own, other in SUFFIXES.items() if other == beginning[1]) or ".csv or .txt"
    action = f"give the file the suffix of its format ({known})"
    if beginning[0] == "a page of HTML or XML":
        action = "open it in a spreadsheet program and save it as .xlsx"
    if beginning[1] == "workbook":
        action += ", or save the sheet as CSV in UTF-8 and name that file"
    raise InputError([Fault(path.name, None, None, f"{FORMAT_NAMES[kind]}{suffix}", beginning[0], action)])


def _is_text(content: bytes) -> bool:
    """Whether there are bytes, and none of them a control of no text: some programs give tables of text this suffix."""
    return bool(content) and not any(byte < 0x20 and byte not in b"\t\n\r\f" for byte in content[:SEEN])
