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
