r"""Parse the text of one cell into a reading.

A laboratory writes a number, a number with a sign of censoring (``<0.16``, ``≥200``), or a mark that only says on which
side of the assay's range the sample fell (``<LOD``, ``OOR >``), or a starred number for one outside its standard curve.
Anything else is unreadable: nothing is guessed.
"""

import re
from dataclasses import dataclass
from typing import Literal

from cochange.data.reading.table import NumberText

Kind = Literal[
    "number",
    "below",
    "above",
    "below range",
    "above range",
    "extrapolated",
    "other decimal mark",
    "thousands mark",
    "unreadable",
]

NAN = float("nan")
_NUMBER = r"[+-]?(?:\d+(?:[{mark}]\d*)?|[{mark}]\d+)(?:[eE][+-]?\d+)?"
_SIGNED = {
    mark: re.compile(rf"(?P<sign><=|>=|[<>≤≥*])?\s*(?P<number>{_NUMBER.format(mark=mark)})") for mark in (".", ",")
}
_KINDS: dict[str | None, Kind] = {
    None: "number",
    "*": "extrapolated",
    "<": "below",
    "<=": "below",
    "≤": "below",
    ">": "above",
    ">=": "above",
    "≥": "above",
}
_GROUPED = re.compile(r"(?:<=|>=|[<>≤≥*])?\s*[+-]?\d{1,3}(?P<mark>[.,'\u2019\s])\d{3}(?:(?P=mark)\d{3})*(?:[.,]\d+)?")
_BELOW_RANGE = re.compile(r"<\s*(?:LOD|LOQ|LLOD|LLOQ|DL)|OOR\s*<", re.IGNORECASE)
_NOT_DETECTED = re.compile(r"n\.?\s*d\.?", re.IGNORECASE)
_ABOVE_RANGE = re.compile(r">\s*(?:ULOD|ULOQ|LOQ)|OOR\s*>", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What the text of a cell says.

    Attributes
    ----------
    kind : str
        Kind of reading; ``"other decimal mark"`` when it would be readable with the other mark.
    number : float
        The number written, NaN where there is none.
    """

    kind: Kind
    number: float = NAN


def parse_reading(text: str, decimal: str = ".") -> Reading:
    """Parse one stripped, non-missing cell.

    Parameters
    ----------
    text : str
        The cell.
    decimal : {".", ","}
        Decimal mark of the file's texts; a number that it holds as a number has a point.

    Returns
    -------
    Reading

    Examples
    --------
    >>> parse_reading("< 0,11", decimal=",")
    Reading(kind='below', number=0.11)
    """
    match = _SIGNED["." if isinstance(text, NumberText) else decimal].fullmatch(text)
    if match:
        return Reading(_KINDS[match["sign"]], float(match["number"].replace(",", ".")))
    if _BELOW_RANGE.fullmatch(text) or says_not_detected(text):
        return Reading("below range")
    if _ABOVE_RANGE.fullmatch(text):
        return Reading("above range")
    if _SIGNED["," if decimal == "." else "."].fullmatch(text):
        return Reading("other decimal mark")
    if _GROUPED.fullmatch(text):
        return Reading("thousands mark")
    return Reading("unreadable")


def says_not_detected(text: str) -> bool:
    """Whether a cell is ``n.d.``, read as "not detected", which some laboratories write for "not done"."""
    return _NOT_DETECTED.fullmatch(text) is not None


def missing_decision(text: str, missing: tuple[str, ...]) -> str | None:
    """Return the decision on a missing cell, or None when the cell is not missing."""
    if text == "":
        return "blank: missing"
    return f"code '{text}': missing" if text in missing else None
