"""Values of other programs as the texts a person would write for them."""

import math
from datetime import date, datetime, time, timedelta

import numpy as np

from cochange.data.reading.table import NumberText


def text_of(value: object) -> str:
    """Write a value of a cell.

    Parameters
    ----------
    value : object
        As a reader of workbooks or of files of statistics programs gives it.

    Returns
    -------
    str
        Numbers as `NumberText`, whole ones without a fraction, others with the fewest digits that tell them apart in
        the precision they are stored in; dates and times as in ISO 8601, a midnight left out; blank for none.

    Examples
    --------
    >>> text_of(7.0), text_of(0.1), text_of(np.float32(0.1)), text_of(float("nan"))
    ('7', '0.1', '0.1', '')
    """
    # The most frequent kinds first: a sheet has a million cells.
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float):
        return _number(float(value))
    if value is None or isinstance(value, bool | np.bool_):
        return "" if value is None else str(bool(value)).lower()
    if isinstance(value, int | np.integer):
        return NumberText(int(value))
    if isinstance(value, np.float16 | np.float32) and not value.is_integer():
        return _number(float(str(value)))
    if isinstance(value, np.floating):
        return _number(float(value))
    if isinstance(value, datetime):
        return "" if value != value else value.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return "" if value != value else str(value)
    return str(value).strip()


def _number(number: float) -> str:
    if math.isnan(number):
        return ""
    return NumberText(int(number) if number.is_integer() and abs(number) < 1e15 else repr(number))
