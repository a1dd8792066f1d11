"""Special missing values (``.A`` to ``.Z``, ``._``) of SAS transport files, whose reader gives plain missing ones."""

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

_RECORD = 80
_NUMERIC = 1
_LETTERS = b"_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MEMBER = re.compile(rb"HEADER RECORD\*{7}(?:MEMBER |MEMBV8 ) HEADER RECORD!{7}.{26}(\d{4})")
_VARIABLES = re.compile(rb"HEADER RECORD\*{7}(?:NAMESTR|NAMSTV8) HEADER RECORD!{7}(\d{10})")
_ROWS = re.compile(rb"HEADER RECORD\*{7}(?:OBS    |OBSV8  ) HEADER RECORD!{7}")


def transport_codes(content: bytes, rows: int) -> list[npt.NDArray[np.str_]]:
    """Return the letters of special missing values of each column of the first table.

    Parameters
    ----------
    content : bytes
        A SAS transport file of version 5 or 8.
    rows : int
        Number of its rows.

    Returns
    -------
    list of numpy.ndarray
        By column, one text a row: "_", "A" to "Z", or "" for anything else. Empty where the file has no headers to go
        by.

    Notes
    -----
    A missing number is stored as its letter followed by zeros, which is no number in IBM's floating point: a letter
    is an exponent, and the fraction after it would be zero [1]_.

    References
    ----------
    .. [1] SAS Institute. TS-140, The record layout of a data set in SAS transport (XPORT) format.
    """
    member, variables, start = (pattern.search(content) for pattern in (_MEMBER, _VARIABLES, _ROWS))
    if member is None or variables is None or start is None:
        return []
    places = list(_places(content, variables.start() + _RECORD, int(variables[1]), int(member[1])))
    width = max((place + length for _, place, length in places), default=0)
    first = start.start() + _RECORD
    if not width or len(content) < first + rows * width:
        return []
    table = np.frombuffer(content, np.uint8, rows * width, first).reshape(rows, width)
    return [_letters(table[:, place : place + length], kind == _NUMERIC) for kind, place, length in places]


def with_codes(frame: pd.DataFrame, content: bytes) -> tuple[pd.DataFrame, dict[str, set[str]]]:
    """Put the letters of special missing values into the cells that were read as missing.

    Parameters
    ----------
    frame : pandas.DataFrame
        The first table of a SAS transport file.
    content : bytes
        That file.

    Returns
    -------
    frame : pandas.DataFrame
        With the letters in the columns that have any.
    codes : dict of str to set of str
        By column, its letters.
    """
    letters = transport_codes(content, len(frame))
    if len(letters) != len(frame.columns):
        return frame, {}
    codes, columns = {}, {}
    for name, own in zip(frame.columns, letters, strict=True):
        coded = (own != "") & frame[name].isna().to_numpy()
        if coded.any():
            codes[str(name)] = set(own[coded].tolist())
            columns[str(name)] = frame[name].astype(object).mask(coded, pd.Series(own, index=frame.index, dtype=object))
    return frame.assign(**columns), codes


def _places(content: bytes, start: int, number: int, size: int) -> Iterator[tuple[int, int, int]]:
    """Kind, first byte and length of each variable in a row, from the records that describe them."""
    for own in range(start, start + number * size, size):
        kind, length, place = (int.from_bytes(content[own + a : own + b]) for a, b in ((0, 2), (4, 6), (84, 88)))
        yield kind, place, length


def _letters(values: npt.NDArray[np.uint8], numeric: bool) -> npt.NDArray[np.str_]:
    found = np.full(len(values), "", dtype="<U1")
    if numeric and values.shape[1] > 1:
        coded = np.isin(values[:, 0], np.frombuffer(_LETTERS, np.uint8)) & ~values[:, 1:].any(axis=1)
        found[coded] = [chr(letter) for letter in values[coded, 0]]
    return found
