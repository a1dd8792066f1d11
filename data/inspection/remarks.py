"""What the cells of a column suggest that only the user can decide: missing codes, limits, logarithms."""

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np

from cochange.data.checking.scale_evidence import looks_logged
from cochange.data.checking.spikes import low_spikes
from cochange.data.inspection.look import Column
from cochange.data.names import listing
from cochange.data.reading.readings import Reading, parse_reading
from cochange.data.reading.table import NumberText
from cochange.data.words import MISSING

CODES = frozenset(str(sign * code) for code in (8, 9, 88, 99, 888, 999, 9999) for sign in (1, -1)) | {"-1", "-7"}
SHOWN = 8
# Not detected, not done, not available, and German for not detectable or not determined: which, a laboratory knows.
_NOT_DETECTED_OR_NOT_DONE = re.compile(r"n\.?\s*[dbn]\.?|n\.\s*a\.?", re.IGNORECASE)


def other_marks(columns: Iterable[Column], mark: str) -> dict[str, str]:
    """Return the columns, by name, of which more cells have the other decimal mark than the one of the file."""
    marks = {column.name: decimal_mark([column]) for column in columns if _has_fractions(column)}
    return {name: own for name, own in marks.items() if own != mark}


def _has_fractions(column: Column) -> bool:
    return any(parse_reading(text, mark).number % 1 > 0 for text in _texts([column]) for mark in (",", "."))


def decimal_mark(columns: Iterable[Column]) -> str:
    """Return the decimal mark that more texts have than the other, a point where none has one; numbers have none."""
    texts = _texts(columns)
    commas, points = (sum(parse_reading(text, mark).number % 1 > 0 for text in texts) for mark in (",", "."))
    return "," if commas > points else "."


def _texts(columns: Iterable[Column]) -> list[str]:
    """Cells that hold texts, not numbers."""
    return [text for column in columns for text in column.given if not isinstance(text, NumberText)]


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
        either = ", not done or not detected: yours to say" if bounds is None and _is_bare(text) else ""
        lines.append(f"'{text}' in {total} cell{'s' if total > 1 else ''} ({', '.join(places)}){either}")
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
    bare = [text for text in column.given if _is_bare(text)]
    readings = [(text, _read_in_either(text, decimal)) for text in column.given if not _is_bare(text)]
    marks = {"below": "lower", "below range": "lower", "above": "upper", "above range": "upper"}
    remarks = []
    for side in ("lower", "upper"):
        texts = Counter(text for text, reading in readings if marks.get(reading.kind) == side)
        if texts:
            shown = ", ".join(f"'{text}'" for text in list(texts)[:3])
            cells = f"{texts.total()} cell{'s' if texts.total() > 1 else ''}"
            remarks.append(f"{cells} with a mark of the {side} limit, such as {shown}")
    if bare:
        shown, cells = listing(dict.fromkeys(bare)), f"{len(bare)} cell{'s' if len(bare) > 1 else ''}"
        remarks.append(f"{cells} with {shown}, not done or not detected: see missing under [data]")
    if other := [text for text, _ in readings if parse_reading(text, decimal).kind == "other decimal mark"]:
        has = "has" if len(other) == 1 else "have"
        cells = f"{len(other)} cell{'s' if len(other) > 1 else ''}"
        remarks.append(f"{cells} {has} another decimal mark than the others, such as '{other[0]}'")
    numbers = [reading.number for text, reading in readings if reading.kind == "number" and text not in CODES]
    values = np.array([number for number in numbers if np.isfinite(number)])
    if evidence := looks_logged(values):
        remarks.append(f"logarithms? {evidence}")
    elif (values == 0).any():
        zeros = int((values == 0).sum())
        said = (
            f"{zeros} zeros: ask the laboratory what they stand"
            if zeros > 1
            else "1 zero: ask the laboratory what it stands"
        )
        remarks.append(f"{said} for")
    for spike in low_spikes(values, values, len(column.given)):
        remarks.append(f"{spike}, the low end: a limit, or part of one, written in? If so, floors = [{spike.value:g}]")
    return remarks


def _read_in_either(text: str, decimal: str) -> Reading:
    """A cell read with the mark of its column or, where it has the other one, with that."""
    reading = parse_reading(text, decimal)
    return parse_reading(text, "," if decimal == "." else ".") if reading.kind == "other decimal mark" else reading


def _is_bare(text: str) -> bool:
    """Whether a cell is a word such as n.d. alone, without a sign and a number."""
    return _NOT_DETECTED_OR_NOT_DONE.fullmatch(text) is not None


def _is_suspect(text: str, count: int, bounds: tuple[float, float] | None) -> bool:
    if _is_bare(text):
        return True
    kinds = {parse_reading(text, mark).kind for mark in (".", ",")}
    # A score has no limit of detection: "ND" is none of its numbers.
    if kinds <= {"unreadable", "other decimal mark"} or (bounds is not None and "number" not in kinds):
        return True
    if text not in CODES:
        return False
    number = float(text)
    return number < 0 or (number >= 88 and count > 1) if bounds is None else not bounds[0] <= number <= bounds[1]
