"""One marker reading: what its text, its limits and the laboratory's code beside it make of it."""

import math
import re
from dataclasses import dataclass, replace
from typing import Literal

from cochange.data.reading.limits import Limits
from cochange.data.reading.readings import NAN, Kind, Reading, missing_decision, parse_reading
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import CodeMeaning, MarkerTable
from cochange.data.units import same_unit

Status = Literal["observed", "below", "above", "missing", "unread"]
Side = Literal["below", "above"]
UNKNOWN_CODE, OTHER_UNIT = "unknown code", "other unit"

_WITH_UNIT = re.compile(r"(?P<reading>[^A-Za-zµμ]*\d(?:[.,]?\d*)(?:[eE][+-]?\d+)?)\s*(?P<unit>[A-Za-zµμ%].*)")


@dataclass(frozen=True)
class Sample:
    """A marker reading, all numbers on the scale of the column.

    `decision` says what became of it; where the status is "unread", it says why.
    """

    status: Status
    number: float
    lower: float
    upper: float
    decision: str


def read_text(text: str, limits: Limits, marker: MarkerTable, spec: StudySpec) -> Sample:
    """Read the text of a cell.

    Parameters
    ----------
    text : str
        The cell.
    limits : Limits
        Limits of this sample.
    marker : MarkerTable
        Declaration of the marker.
    spec : StudySpec
        The study file.

    Returns
    -------
    Sample
    """
    missing = missing_decision(text, spec.data.missing)
    if missing is not None:
        return _without_number("missing", limits, missing)
    if limits.lower_of_observed >= limits.upper_of_observed:
        crossed = f"its lower limit {limits.lower_of_observed:g} is not under its upper {limits.upper_of_observed:g}"
        return _without_number("unread", limits, crossed)
    reading, unit = _parse(text, marker, spec.data.decimal)
    if (meaning := _meaning_in_place(text, reading.kind, marker)) is not None:
        return heed_code(_without_number("missing", limits, ""), text, meaning, limits)
    readable = reading.kind in ("number", "below", "above", "extrapolated")
    if unit and readable and (marker.scale != "raw" or not same_unit(unit, marker.unit)):
        return _without_number("unread", limits, OTHER_UNIT)
    match reading.kind:
        case "number":
            return _read_number(reading.number, limits)
        case "below" | "above":
            return _named_limit(reading.kind, reading.number, limits)
        case "below range" | "above range":
            side: Side = "below" if reading.kind == "below range" else "above"
            limit = _limit(side, limits)
            return _beyond_range(side, limits) if math.isnan(limit) else _named_limit(side, limit, limits)
        case "extrapolated" if marker.extrapolated == "missing":
            return _without_number("missing", limits, "extrapolated: missing as declared")
        case "extrapolated" if marker.extrapolated == "keep":
            sample = _read_number(reading.number, limits)
            return replace(sample, decision=f"extrapolated, kept as declared: {sample.decision}")
    return _without_number("unread", limits, reading.kind)


def is_no_reading(text: str, decimal: str) -> bool:
    """Whether a text is no reading whatever is declared of its marker: no number, with or without a sign or a unit."""
    kind = parse_reading(text, decimal).kind
    return kind == "thousands mark" or (kind == "unreadable" and _WITH_UNIT.fullmatch(text) is None)


def heed_code(sample: Sample, code: str, meaning: CodeMeaning | None, limits: Limits) -> Sample:
    """Read a sample in the light of the code beside it.

    Parameters
    ----------
    sample : Sample
        From `read_text`.
    code : str
        The code as written.
    meaning : {"measured", "below", "above", "missing"} or None
        What it says; None when the study file does not explain it.
    limits : Limits
        Limits of the sample.

    Returns
    -------
    Sample
        With the status "unread" where code and reading contradict each other.
    """
    match meaning:
        case None:
            return _without_number("unread", limits, UNKNOWN_CODE)
        case "missing":
            return _without_number("missing", limits, f"code '{code}': missing")
        case "measured":
            if sample.status in ("below", "above"):
                return _contradiction(sample, code, "was measured", limits)
            return sample
        case "below" | "above":
            return _coded(sample, code, meaning, limits)


def _coded(sample: Sample, code: str, side: Side, limits: Limits) -> Sample:
    if sample.status == side:
        return replace(sample, decision=f"{sample.decision}, as code '{code}' says")
    if sample.status == "unread":
        return sample
    limit, number = _limit(side, limits), sample.number
    if math.isnan(limit):
        # Zero is no limit, nor is a number under it a reading.
        if sample.status == "missing" or number == limits.least:
            return _beyond_range(side, limits)
        limit = number
    if number < limits.least:
        return sample
    within = number > limit if side == "below" else number < limit
    if sample.status not in ("missing", "observed") or (within and not math.isclose(number, limit, rel_tol=1e-9)):
        return _contradiction(sample, code, f"lies {side} the limit{'' if limit == number else f' {limit:g}'}", limits)
    return _censored(side, limit, limits, f"code '{code}': censored {side} the limit {limit:g}")


def _contradiction(sample: Sample, code: str, says: str, limits: Limits) -> Sample:
    is_what = "does not" if sample.status == "observed" else f"lies {sample.status} the limit {sample.number:g}"
    return _without_number("unread", limits, f"code '{code}' says that it {says}, but the reading {is_what}")


def _meaning_in_place(text: str, kind: Kind, marker: MarkerTable) -> CodeMeaning | None:
    """What a declared code says that stands in place of a reading, also of one that would be read without it."""
    meaning = marker.code_meanings.get(text)
    if meaning == "missing":
        return None if kind == "number" else meaning
    return meaning if meaning != "measured" and kind in ("unreadable", "below range", "above range") else None


def _parse(text: str, marker: MarkerTable, decimal: str) -> tuple[Reading, str]:
    """Parse a cell, and tell the unit written in it, if any."""
    reading = parse_reading(text, decimal)
    match = _WITH_UNIT.fullmatch(text) if reading.kind == "unreadable" else None
    if match is None or not ("/" in match["unit"] or same_unit(match["unit"], marker.unit)):
        return reading, ""
    return parse_reading(match["reading"], decimal), match["unit"]


def _read_number(number: float, limits: Limits) -> Sample:
    for floor in limits.floors:
        if number == floor == limits.least:
            if math.isnan(limits.lower):
                return _beyond_range("below", limits)
            return _censored("below", limits.lower, limits, f"floor 0: censored below the limit {limits.lower:g}")
        if math.isclose(number, floor, rel_tol=1e-9):
            return _censored("below", floor, limits, f"floor {floor:g}: censored below it")
    for ceiling in limits.ceilings:
        if math.isclose(number, ceiling, rel_tol=1e-9):
            return _censored("above", ceiling, limits, f"ceiling {ceiling:g}: censored above it")
    if limits.least < number < limits.lower:
        return _named_limit("below", limits.lower, limits)
    if number > limits.upper:
        return _named_limit("above", limits.upper, limits)
    return Sample("observed", number, limits.lower_of_observed, limits.upper_of_observed, "read")


def _limit(side: Side, limits: Limits) -> float:
    return limits.lower_of_observed if side == "below" else limits.upper_of_observed


def _named_limit(side: Side, limit: float, limits: Limits) -> Sample:
    return _censored(side, limit, limits, f"{side} the limit {limit:g}: censored")


def _censored(side: Side, limit: float, limits: Limits, decision: str) -> Sample:
    lower = limit if side == "below" else limits.lower_of_observed
    upper = limit if side == "above" else limits.upper_of_observed
    return Sample(side, limit, lower, upper, decision)


def _beyond_range(side: Side, limits: Limits) -> Sample:
    return _without_number("unread", limits, f"{side} range")


def _without_number(status: Status, limits: Limits, decision: str) -> Sample:
    return Sample(status, NAN, limits.lower_of_observed, limits.upper_of_observed, decision)
