"""Files of SPSS, Stata and SAS as a table of texts, with what they declare missing."""

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from cochange.data.faults import Fault, InputError, Notice
from cochange.data.names import advice, listing
from cochange.data.reading.formats.frame import table_of
from cochange.data.reading.formats.transport_codes import with_codes
from cochange.data.reading.formats.values import text_of
from cochange.data.reading.table import TextTable
from cochange.data.specification.files import DataTable

_READERS: Mapping[str, tuple[str, Callable[..., Any], bool]] = {
    ".sav": ("SPSS", pyreadstat.read_sav, True),
    ".zsav": ("SPSS", pyreadstat.read_sav, True),
    ".por": ("SPSS", pyreadstat.read_por, False),
    ".dta": ("Stata", pyreadstat.read_dta, True),
    ".sas7bdat": ("SAS", pyreadstat.read_sas7bdat, True),
    ".xpt": ("SAS transport", pyreadstat.read_xport, False),
}


def read_statistical(file: str, content: bytes, data: DataTable, wanted: tuple[str, ...]) -> TextTable:
    """Read a file of a statistics program; its rows are numbered from one.

    Parameters
    ----------
    file : str
        Name of the file.
    content : bytes
        The file.
    data : DataTable
        The columns whose `labels` are read in place of their codes, and an encoding that the file does not tell.
    wanted : tuple of str
        Declared columns.

    Returns
    -------
    TextTable
        Special missing values as ``.a`` to ``.z`` or ``.A`` to ``.Z``; they and user-missing codes are `user_missing`.

    Raises
    ------
    InputError
        When the file is damaged, or a column whose labels are wanted has none.
    """
    program, reader, tells_missing = _READERS[Path(file).suffix.lower()]
    options: dict[str, Any] = {"user_missing": True} if tells_missing else {}
    if "encoding" in data.model_fields_set:
        options["encoding"] = data.encoding
    frame, meta = _read(file, content, reader, options)
    for column, storage in meta.readstat_variable_types.items():
        if storage == "float":
            frame[column] = _in_single_precision(frame[column])
    special = {column: set(values) for column, values in meta.missing_user_values.items()}
    if reader is pyreadstat.read_xport:
        frame, special = with_codes(frame, content)
    for column, values in special.items():
        frame[column] = pd.Series(_dotted(frame[column], values), index=frame.index, dtype="object")
    labels = {
        column: {text_of(code): str(label).strip() for code, label in of_code.items()}
        for column, of_code in meta.variable_value_labels.items()
    }
    _refuse_labels_without_any(file, data, list(frame.columns), labels)
    missing = {column: _declared_missing(frame[column], special, meta.missing_ranges) for column in frame.columns}
    table = table_of(
        file, frame, wanted, {"format": program}, {name: texts for name, texts in missing.items() if texts}
    )
    for column in data.labels:
        of_code = labels[column]
        table.cells[column] = [of_code.get(text, text) for text in table.cells[column]]
        own = table.user_missing.get(column, frozenset())
        table.user_missing[column] = frozenset(of_code.get(text, text) for text in own)
    return replace(table, notices=_notices(file, wanted, data, labels))


def _read(
    file: str, content: bytes, reader: Callable[..., Any], options: Mapping[str, Any]
) -> tuple[pd.DataFrame, Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{Path(file).suffix.lower()}"
        path.write_bytes(content)
        try:
            frame, meta = reader(str(path), **options)
        # The reader raises whatever the damage leads to.
        except Exception as error:
            required, action = "a file of a statistics program that can be read", "open it there and save it again"
            found = f"'{error}'".replace(str(path), file)
            raise InputError([Fault(file, None, None, required, found, action)]) from None
    return frame, meta


def _in_single_precision(values: pd.Series) -> pd.Series:
    """The numbers as the file stores them; the reader makes them double."""
    if pd.api.types.is_float_dtype(values):
        return values.astype(np.float32)
    return values.map(lambda value: np.float32(value) if isinstance(value, float) else value)


def _dotted(values: pd.Series, special: set[str]) -> list[object]:
    """The values with a dot before the letter of a special missing value."""
    return [f".{value}" if isinstance(value, str) and value in special else value for value in values.tolist()]


def _declared_missing(
    values: pd.Series, special: Mapping[str, set[str]], ranges: Mapping[str, list[dict[str, Any]]]
) -> frozenset[str]:
    column = str(values.name)
    texts = {f".{value}" for value in special.get(column, ())}
    for bounds in ranges.get(column, ()):
        low, high = bounds["lo"], bounds["hi"]
        for value in values.unique().tolist():
            if isinstance(value, type(low)) and low <= value <= high:
                texts.add(text_of(value))
    return frozenset(texts)


def _refuse_labels_without_any(
    file: str, data: DataTable, columns: list[str], labels: Mapping[str, Mapping[str, str]]
) -> None:
    faults = []
    for column in data.labels:
        if column not in columns:
            action = advice(column, columns, f"correct {data.heading} labels")
            faults.append(Fault(file, None, column, "a column of this name", "none", action))
        elif column not in labels:
            action = f"take it out of {data.heading} labels; columns with labels: {listing(labels) or 'none'}"
            faults.append(Fault(file, None, column, "a column with value labels", "none", action))
    if faults:
        raise InputError(faults)


def _notices(
    file: str, wanted: tuple[str, ...], data: DataTable, labels: Mapping[str, Mapping[str, str]]
) -> tuple[Notice, ...]:
    """Say of which declared columns the codes were read although the file labels them."""
    notices = []
    for column in wanted:
        if column in labels and column not in data.labels:
            shown = ", ".join(f"{code} is '{label}'" for code, label in list(labels[column].items())[:4])
            message = f'the codes were read, not their labels ({shown}); for the labels write labels = ["{column}"] '
            notices.append(Notice(file, column, f"{message}under {data.heading}"))
    return tuple(notices)
