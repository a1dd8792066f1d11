"""Readings whose mark names another limit than the study file, and readings beyond the declared limit."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from cochange.data.checking.fractions import fraction_of
from cochange.data.checking.limit_sources import SIDES, with_declared_limits
from cochange.data.checking.number_codes import has_form_of_code
from cochange.data.checking.substitution import LEAST_FRACTIONS
from cochange.data.checking.written_numbers import with_written_numbers
from cochange.data.faults import Notice
from cochange.data.reading.places import count_rows
from cochange.data.reading.readings import NAN, parse_reading
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import MarkerTable


def other_limits_named(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Count the marks such as ``<0.5`` that name another limit than the one declared for the sample."""
    notices = []
    for marker, column, side, cells in _beyond(readout, spec):
        named = cells.assign(named=[named_limit(text, mark, side) for text, mark in cells[["text", "mark"]].to_numpy()])
        known = named[named["named"].notna() & named["limit"].notna()]
        other = known[~np.isclose(known["named"], known["limit"], rtol=1e-9, atol=0)]
        for (text, limit, where), same in other.groupby(["text", "limit", "limit_source"], sort=False):
            message = (
                f"{marker.name}: '{text}' in {count_rows(same)}, while {where} is {limit:g}: censored at the "
                "number that the cell names. Ask the laboratory if the limit differs between samples"
            )
            notices.append(Notice(readout.file_of(column), column, message))
    return notices


def readings_beyond_limits(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Count the plain numbers that are censored since they lie beyond the limit declared for the sample."""
    notices = []
    for marker, column, side, cells in _beyond(readout, spec):
        numbers = with_written_numbers(cells)
        constants = marker.floors if side == "below" else marker.ceilings
        coded = numbers["code"].map(marker.code_meanings) == side
        own = numbers[~coded & ~numbers["number"].isin(list(constants)) & numbers["limit"].notna()]
        own = own[~_told_already(own, side, marker)]
        for (limit, where), same in own.groupby(["limit", "limit_source"], sort=False):
            shown = f"{same['number'].min():g}"
            if same["number"].min() != same["number"].max():
                shown += f" to {same['number'].max():g}"
            message = (
                f"{marker.name}: numbers {side} {where}, {limit:g} ({shown}), in {count_rows(same)} are read as "
                f"'{side} {limit:g}', not as measured. If they were measured, correct {where}"
            )
            notices.append(Notice(readout.file_of(column), column, message))
    return notices


def _beyond(readout: Readout, spec: StudySpec) -> Iterator[tuple[MarkerTable, str, str, pd.DataFrame]]:
    """The cells of each marker, column and side that are censored, with the limit declared for their sample."""
    for marker, all_cells in zip(spec.marker, readout.of("marker"), strict=True):
        for side in SIDES:
            cells = all_cells[all_cells["status"] == side]
            for column, own in cells.groupby("column", sort=False):
                yield marker, str(column), side, with_declared_limits(own, side, marker, readout, spec)


def _told_already(numbers: pd.DataFrame, side: str, marker: MarkerTable) -> npt.NDArray[np.bool_]:
    """Which numbers other notices tell: those like a code, and fractions of the limit that are repeated."""
    often = numbers.groupby(["visit", "text"])["text"].transform("size") >= LEAST_FRACTIONS
    end = "least" if side == "below" else "greatest"
    told = [
        has_form_of_code(number, end) or (repeated and fraction_of(number, {limit}, marker) is not None)
        for number, limit, repeated in zip(numbers["number"], numbers["limit"], often, strict=True)
    ]
    return np.array(told, dtype=bool)


def named_limit(text: str, mark: str, side: str) -> float:
    """Return the limit that a mark such as ``<0.5`` names, NaN where it names none."""
    reading = parse_reading(text, mark)
    return reading.number if reading.kind == side else NAN
