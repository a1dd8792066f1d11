"""The formats a data file can come in, told by its suffix, and the keys of ``[data]`` that belong to some of them."""

from pathlib import PurePath
from typing import Literal

Format = Literal["text", "workbook", "statistical", "parquet"]

FORMAT_NAMES: dict[Format, str] = {
    "text": "a text file",
    "workbook": "a workbook",
    "statistical": "a file of a statistics program",
    "parquet": "a Parquet file",
}
SUFFIXES: dict[str, Format] = {
    **dict.fromkeys((".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), "workbook"),
    **dict.fromkeys((".sav", ".zsav", ".por", ".dta", ".sas7bdat", ".xpt"), "statistical"),
    **dict.fromkeys((".parquet", ".pq"), "parquet"),
}
# Suffixes of text files that hold tables.
_OF_TEXT_TABLES = (".csv", ".tsv", ".tab", ".txt", ".dat", ".asc")
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BEGINNINGS: tuple[tuple[bytes, str, Format], ...] = (
    (_ZIP, "an Excel workbook or other zip archive", "workbook"),
    (_OLD_OFFICE, "an Excel workbook of the old kind", "workbook"),
    (b"PAR1", "a Parquet file", "parquet"),
    (b"$FL2", "an SPSS file", "statistical"),
    (b"$FL3", "a compressed SPSS file", "statistical"),
    (b"<stata_dta>", "a Stata file", "statistical"),
    (b"HEADER RECORD*******", "a SAS transport file", "statistical"),
    (bytes(12) + b"\xc2\xea\x81\x60", "a SAS file", "statistical"),
)
_ROWS_OF_CELLS: tuple[Format, ...] = ("text", "workbook")
_KEYS: dict[str, tuple[Format, ...]] = {
    "delimiter": ("text",),
    "column_widths": ("text",),
    "comment": ("text",),
    "encoding": ("text", "statistical"),
    "sheet": ("workbook",),
    "header": _ROWS_OF_CELLS,
    "header_row": _ROWS_OF_CELLS,
    "column_names": _ROWS_OF_CELLS,
    "footer_rows": _ROWS_OF_CELLS,
    "labels": ("text", "statistical"),
    "dictionary": ("text",),
}


def format_of(file: str) -> Format:
    """Return the format of a data file by its suffix; whatever has no suffix of its own is a text file."""
    return SUFFIXES.get(PurePath(file).suffix.lower(), "text")


def formats_with(key: str) -> tuple[Format, ...]:
    """Return the formats a key of ``[data]`` belongs to; none for a key that belongs to all."""
    return _KEYS.get(key, ())


def beginning_of(content: bytes) -> tuple[str, Format] | None:
    """Return what a file is by how its bytes begin, in words, and its format; None where that tells nothing."""
    return next(((words, kind) for start, words, kind in _BEGINNINGS if content.startswith(start)), None)


def looks_like_data(file: str, content: bytes) -> bool:
    """Whether a file is a data file, by the suffix of its name or how its bytes begin."""
    return PurePath(file).suffix.lower() in {*SUFFIXES, *_OF_TEXT_TABLES} or beginning_of(content) is not None
