"""Read the cells of a marker: value on the raw scale, censoring status and limit of every sample."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.readings import parse_reading
from cochange.data.reading.same_text import cells_with, missing_advice
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import ZERO_STAYS_ZERO, MarkerTable

Status = Literal["observed", "below", "above", "missing", "unread"]
NAN = float("nan")

TO_RAW: dict[str, Callable[[float], float]] = {
    "raw": lambda x: x,
    "ln": math.exp,
    "log10": lambda x: 10.0**x,
    "log2": lambda x: 2.0**x,
    "log(x+1)": math.expm1,
}


@dataclass(frozen=True)
class Limits:
    """Limits declared for one marker at one visit, on the scale of the column (NaN: none).

    `least` stands for zero on the raw scale: a reading at or under it is none, and is left to the checks.
    """

    lower: float
    upper: float
    floors: tuple[float, ...]
    ceilings: tuple[float, ...]
    least: float

    @property
    def lower_of_observed(self) -> float:
        """Limit under which an observed sample would have been censored, NaN when it cannot be told."""
        if math.isnan(self.lower) and len(self.floors) == 1:
            return self.floors[0]
        return self.lower

    @property
    def upper_of_observed(self) -> float:
        """Limit over which an observed sample would have been censored, NaN when it cannot be told."""
        if math.isnan(self.upper) and len(self.ceilings) == 1:
            return self.ceilings[0]
        return self.upper


@dataclass(frozen=True)
class Sample:
    """A marker reading; `written` is on the scale of the column, the others follow to the raw scale in `_to_raw`."""

    status: Status
    written: float
    value: float
    lower: float
    upper: float
    decision: str


def limits_at(marker: MarkerTable, visit_number: int) -> Limits:
    """Return the limits of `marker` at the visit with this position."""

    def one(limits: tuple[float, ...] | None) -> float:
        if limits is None:
            return NAN
        return limits[visit_number] if len(limits) > 1 else limits[0]

    least = 0.0 if marker.scale in ZERO_STAYS_ZERO else -math.inf
    return Limits(one(marker.lower_limit), one(marker.upper_limit), marker.floors, marker.ceilings, least)


def read_marker_cells(
    cells: pd.DataFrame, marker: MarkerTable, spec: StudySpec, file: str
) -> tuple[pd.DataFrame, list[Fault]]:
    """Read all cells of one marker.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of this marker, from `cells_of`.
    marker : MarkerTable
        Its declaration.
    spec : StudySpec
        The study file.
    file : str
        Name of the data file.

    Returns
    -------
    cells : pandas.DataFrame
        With `written` (number on the scale of the column, NaN where missing), `value`, `lower_limit`, `upper_limit`
        (raw scale, declared unit), `status` and `decision` added.
    faults : list of Fault
        One for each unreadable text of a column. Such cells have the status "unread".
    """
    visit_numbers = {visit: number for number, visit in enumerate(spec.data.visits)}
    samples: dict[tuple[str, str], Sample] = {}
    for visit, text in set(zip(cells["visit"], cells["text"], strict=True)):
        limits = limits_at(marker, visit_numbers.get(visit, 0))
        samples[visit, text] = _to_raw(_read(text, limits, spec), marker)
    read = [samples[key] for key in zip(cells["visit"], cells["text"], strict=True)]
    done = cells.assign(
        written=[sample.written for sample in read],
        value=[sample.value for sample in read],
        status=[sample.status for sample in read],
        decision=[sample.decision for sample in read],
        lower_limit=[sample.lower for sample in read],
        upper_limit=[sample.upper for sample in read],
    )
    unread = done[~done["ignored"] & (done["status"] == "unread") & (done["decision"] != "other decimal mark")]
    return done, [
        _fault(file, same, marker, spec.data.missing) for _, same in unread.groupby(["column", "text"], sort=False)
    ]


def missing_decision(text: str, missing: tuple[str, ...]) -> str | None:
    """Return the decision on a missing cell, or None when the cell is not missing."""
    if text == "":
        return "blank: missing"
    return f"code '{text}': missing" if text in missing else None


def _read(text: str, limits: Limits, spec: StudySpec) -> Sample:
    lower, upper = limits.lower_of_observed, limits.upper_of_observed
    missing = missing_decision(text, spec.data.missing)
    if missing is not None:
        return Sample("missing", NAN, NAN, lower, upper, missing)
    reading = parse_reading(text, spec.data.decimal)
    match reading.kind:
        case "number":
            return _read_number(reading.number, limits)
        case "below":
            return _below(reading.number, limits, f"below the limit {reading.number:g}: censored")
        case "above":
            return _above(reading.number, limits, f"above the limit {reading.number:g}: censored")
        case "below range" if not math.isnan(lower):
            return _below(lower, limits, f"below the limit {lower:g}: censored")
        case "above range" if not math.isnan(upper):
            return _above(upper, limits, f"above the limit {upper:g}: censored")
    return Sample("unread", NAN, NAN, lower, upper, reading.kind)


def _read_number(number: float, limits: Limits) -> Sample:
    for floor in limits.floors:
        if number == floor == limits.least:
            return _below(limits.lower, limits, f"floor {floor:g}: censored below the limit {limits.lower:g}")
        if math.isclose(number, floor, rel_tol=1e-9):
            return _below(floor, limits, f"floor {floor:g}: censored below it")
    for ceiling in limits.ceilings:
        if math.isclose(number, ceiling, rel_tol=1e-9):
            return _above(ceiling, limits, f"ceiling {ceiling:g}: censored above it")
    if limits.least < number < limits.lower:
        return _below(limits.lower, limits, f"below the limit {limits.lower:g}: censored")
    if number > limits.upper:
        return _above(limits.upper, limits, f"above the limit {limits.upper:g}: censored")
    return Sample("observed", number, number, limits.lower_of_observed, limits.upper_of_observed, "read")


def _below(limit: float, limits: Limits, decision: str) -> Sample:
    return Sample("below", limit, limit, limit, limits.upper_of_observed, decision)


def _above(limit: float, limits: Limits, decision: str) -> Sample:
    return Sample("above", limit, limit, limits.lower_of_observed, limit, decision)


def _to_raw(sample: Sample, marker: MarkerTable) -> Sample:
    back = TO_RAW[marker.scale]
    try:
        return replace(sample, value=back(sample.value), lower=back(sample.lower), upper=back(sample.upper))
    except OverflowError:
        return replace(sample, value=math.inf)


def _fault(file: str, same: pd.DataFrame, marker: MarkerTable, missing: tuple[str, ...]) -> Fault:
    row, column, text, decision = same[["row", "column", "text", "decision"]].iloc[0]
    row, found = int(row), cells_with(text, same)
    if decision in ("below range", "above range"):
        side = "lower" if decision == "below range" else "upper"
        required = f"the {side} limit of {marker.name} in the study file"
        action = f"the mark names no limit: give the laboratory's as {side}_limit, or declare the mark a missing code"
        return Fault(file, row, column, required, f"{found} without it", action)
    required = f"a reading of {marker.name} (a number, '<' or '>' with a number, or blank)"
    if text.startswith("*"):
        action = "the star marks an extrapolated value: decide with the laboratory, then remove it or blank the cell"
    else:
        action = f"correct the value{'s' if len(same) > 1 else ''} or {missing_advice(text, missing)}"
    return Fault(file, row, column, required, found, action)
