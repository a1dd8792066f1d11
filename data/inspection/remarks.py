"""What the cells of a column suggest that only the user can decide: missing codes, limits, logarithms."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from cochange.data.checking.scale_evidence import looks_logged
from cochange.data.checking.spikes import low_spikes
from cochange.data.inspection.look import Column
from cochange.data.inspection.vocabulary import MISSING
from cochange.data.reading.readings import parse_reading

CODES = frozenset(str(sign * code) for code in (8, 9, 88, 99, 888, 999, 9999) for sign in (1, -1)) | {"-1", "-7"}
SHOWN = 8


def decimal_mark(columns: Iterable[Column]) -> str:
    """Return the decimal mark that more cells have than the other, a point where none has one."""
    texts = [text for column in columns for text in column.given]
    commas, points = (sum(parse_reading(text, mark).number % 1 > 0 for text in texts) for mark in (",", "."))
    return "," if commas > points else "."


def likely_codes(numeric: Iterable[Column], other: Iterable[Column], bounds: tuple[float, float] | None) -> list[str]:
    """List texts that may stand for a missing value, with their counts.

    Parameters
    ----------
    numeric : iterable of Column
        Columns of numbers, in which other texts are suspect, and so are usual codes.
    other : iterable of Column
        Columns of texts, in which only a few words are.
    bounds : tuple of float or None
        Range of a scale whose columns `numeric` are: a code within it is a score. None for markers, of which a code
        is suspect where it is negative, or large and repeated.

    Returns
    -------
    list of str
        Such as ``'"NA" in 12 cells (il6_0, il6_12)'``.
    """
    found: dict[str, Counter[str]] = {}
    for column in numeric:
        for text, count in Counter(column.given).items():
            if _is_suspect(text, count, bounds):
                found.setdefault(text, Counter())[column.name] += count
    for column in other:
        for text, count in Counter(column.given).items():
            if text.lower() in MISSING:
                found.setdefault(text, Counter())[column.name] += count
    lines = []
    for text, places in list(found.items())[:SHOWN]:
        total = places.total()
        lines.append(f"'{text}' in {total} cell{'s' if total > 1 else ''} ({', '.join(places)})")
    return lines + ([f"and {len(found) - SHOWN} more texts"] if len(found) > SHOWN else [])


def marker_remarks(column: Column, decimal: str) -> list[str]:
    """Say what a marker's column shows of limits, substituted limits, zeros and logarithms.

    Parameters
    ----------
    column : Column
        The column, or its rows at one visit.
    decimal : {".", ","}
        The decimal mark.

    Returns
    -------
    list of str
        One a finding, each with its numbers.
    """
    readings = [(text, parse_reading(text, decimal)) for text in column.given]
    marks = {"below": "lower", "below range": "lower", "above": "upper", "above range": "upper"}
    remarks = []
    for side in ("lower", "upper"):
        texts = Counter(text for text, reading in readings if marks.get(reading.kind) == side)
        if texts:
            shown = ", ".join(f"'{text}'" for text in list(texts)[:3])
            remarks.append(f"{texts.total()} cells with a mark of the {side} limit, such as {shown}")
    numbers = [reading.number for text, reading in readings if reading.kind == "number" and text not in CODES]
    values = np.array([number for number in numbers if np.isfinite(number)])
    if evidence := looks_logged(values):
        remarks.append(f"logarithms? {evidence}")
    elif (values == 0).any():
        remarks.append(f"{(values == 0).sum()} zeros: ask the laboratory what they stand for")
    for spike in low_spikes(values, values, len(readings)):
        remarks.append(f"{spike}, the low end: a limit, or part of one, written in? If so, floors = [{spike.value:g}]")
    return remarks


def _is_suspect(text: str, count: int, bounds: tuple[float, float] | None) -> bool:
    readings = [parse_reading(text, mark) for mark in (".", ",")]
    if all(reading.kind in ("unreadable", "other decimal mark") for reading in readings):
        return True
    if text not in CODES:
        return False
    number = float(text)
    return number < 0 or (number >= 88 and count > 1) if bounds is None else not bounds[0] <= number <= bounds[1]
