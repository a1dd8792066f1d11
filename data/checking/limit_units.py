"""Limits that look to be in another unit than the readings: beyond all of them, or far from every one."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cochange.data.checking.limit_readings import named_limit
from cochange.data.checking.limit_sources import SIDES, with_declared_limits
from cochange.data.checking.written_numbers import with_written_numbers
from cochange.data.faults import Fault, Notice
from cochange.data.reading.raw_scale import to_raw
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import MarkerTable

# Fewer different numbers may all lie beyond a limit, or far from it, by chance.
FEWEST_NUMBERS = 5
# Units that are mistaken for one another lie a factor of 1000 apart; readings lie nearer their limit as a rule.
FAR = 100


def columns_beyond_limits(readout: Readout, spec: StudySpec) -> dict[str, dict[str, pd.DataFrame]]:
    """Find the columns of which no number lies within the limits, though numbers were written.

    Returns
    -------
    dict
        Of each marker and side, as ``"IL-6 below"``, its columns with the cells that hold such numbers.
    """
    return {
        f"{marker.name} {side}": found
        for marker, cells in zip(spec.marker, readout.of("marker"), strict=True)
        for side in SIDES
        if (found := dict(_all_beyond(cells, side, marker)))
    }


def limits_beyond_all_numbers(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find limits that leave no number of a column as measured."""
    faults = []
    columns = columns_beyond_limits(readout, spec)
    for marker in spec.marker:
        for side, (kind, _) in SIDES.items():
            found = columns.get(f"{marker.name} {side}")
            if found is None:
                continue
            shown = [
                f"all {len(own)} numbers of '{column}' ({own['number'].min():g} to {own['number'].max():g})"
                for column, own in found.items()
            ]
            declared = [with_declared_limits(own, side, marker, readout, spec) for own in found.values()]
            where = " and ".join(dict.fromkeys(name for own in declared for name in own["limit_source"]))
            limits = sorted({float(limit) for own in found.values() for limit in own["written"]})
            beyond = f"{limits[0]:g}" if len(limits) == 1 else f"their limits, {limits[0]:g} to {limits[-1]:g}"
            within = "above" if side == "below" else "below"
            required = f"{'an' if kind == 'upper' else 'a'} {kind} limit of {marker.name} that readings lie {within}"
            action = (
                f"correct {where} if it is in another unit: it is read in the unit and on the scale of the column "
                f"({marker.unit}, {marker.scale}); if it is right, nothing was measured there, and the marker cannot "
                "be analysed"
            )
            first = next(iter(found))
            there = f"{' and '.join(shown)} {side} {beyond}"
            faults.append(Fault(readout.file_of(first), None, first, required, there, action))
    return faults


def limits_far_from_all_numbers(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say which limits lie a factor of 100 or more from every measured number and every mark.

    A caution where readings are censored on that side; a lower limit far under all readings is only told otherwise, and
    an upper limit far over them not at all: many assays reach further than the samples of a study.
    """
    notices = []
    for marker, cells in zip(spec.marker, readout.of("marker"), strict=True):
        numbers = np.array([to_raw(number, marker) for number in _numbers(cells, marker)])
        if len(np.unique(numbers)) < FEWEST_NUMBERS:
            continue
        for side, (kind, _) in SIDES.items():
            censored = bool((cells["status"] == side).any())
            keys = (f"{kind}_limit", f"{kind}_limit_by_plate")
            for limit in dict.fromkeys(limit for key in keys for limit in marker.all_limits[key]):
                raw = to_raw(limit, marker)
                under, over = 0 < raw * FAR <= numbers.min(), raw >= FAR * numbers.max()
                if under or (over and (side == "below" or censored)):
                    message = (
                        f"{marker.name}: {kind}_limit {limit:g} lies {'under' if under else 'over'} every measured "
                        f"number and every mark by a factor of {FAR} or more, and looks to be in another unit. It is "
                        f"read in the unit and on the scale of the column ({marker.unit}, {marker.scale}): ask the "
                        "laboratory for its unit"
                    )
                    column = marker.wells[0][0]
                    notices.append(Notice(readout.file_of(column), column, message, caution=censored))
    return notices


def _all_beyond(cells: pd.DataFrame, side: str, marker: MarkerTable) -> Iterator[tuple[str, pd.DataFrame]]:
    for column, own in cells.groupby("column", sort=False):
        if own["status"].isin(["observed", "unread"]).any():
            continue
        numbers = _measured(own, marker)
        numbers = numbers[numbers["status"] == side]
        if numbers["number"].nunique() >= FEWEST_NUMBERS:
            yield str(column), numbers


def _measured(cells: pd.DataFrame, marker: MarkerTable) -> pd.DataFrame:
    """Numbers that stand for no limit."""
    numbers = with_written_numbers(cells)
    constant = numbers["number"].isin([*marker.floors, *marker.ceilings])
    return numbers[~constant & ~numbers["code"].map(marker.code_meanings).isin(["below", "above"])]


def _numbers(cells: pd.DataFrame, marker: MarkerTable) -> list[float]:
    """Every measured number and every one a mark names, on the scale of the column."""
    named = [
        named_limit(text, mark, side)
        for side in SIDES
        for text, mark in cells.loc[cells["status"] == side, ["text", "mark"]].to_numpy()
    ]
    return [*_measured(cells, marker)["number"], *(number for number in named if not np.isnan(number))]
