"""Where the limit of each reading stands: in a column beside it, with its plate, or in a key of its marker."""

from collections.abc import Iterator
from math import isnan

import numpy as np
import pandas as pd

from cochange.data.faults import Notice
from cochange.data.reading.limits import limits_of
from cochange.data.reading.readings import NAN, missing_decision, parse_reading
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import MarkerTable

SIDES = {"below": ("lower", "own_lower"), "above": ("upper", "own_upper")}


def with_declared_limits(
    cells: pd.DataFrame, side: str, marker: MarkerTable, readout: Readout, spec: StudySpec
) -> pd.DataFrame:
    """Add the limit declared for each sample and where it is declared.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of a marker.
    side : {"below", "above"}
        On which side of the limit readings are censored.
    marker : MarkerTable
        Its declaration.
    readout : Readout
        The cells of all variables.
    spec : StudySpec
        The study file.

    Returns
    -------
    pandas.DataFrame
        With `limit`, on the scale of the column, NaN without one, and `limit_source`, such as ``"lower_limit"`` or
        ``"the limit in lod_0"``.
    """
    kind, beside = SIDES[side]
    columns, by_plate = _more_particular(marker, side)
    beside_of = {column: own for wells, own in zip(marker.wells, columns, strict=False) for column in wells}
    limits, sources = [], []
    for visit, column, plate, own, mark, source in cells[
        ["visit", "column", "plate", beside, "mark", "source"]
    ].to_numpy():
        missing = missing_decision(own, readout.sources[source].data.missing) is not None
        number = NAN if missing else parse_reading(own, mark).number
        if not isnan(number):
            limits.append(number)
            sources.append(f"the limit in {beside_of[column]}")
            continue
        general = limits_of(marker, spec.data.visits.index(visit), plate, (NAN, NAN))
        limits.append(getattr(general, kind))
        sources.append(f"{kind}_limit_by_plate of '{plate}'" if plate in by_plate else f"{kind}_limit")
    return cells.assign(limit=np.array(limits, dtype=float), limit_source=np.array(sources, dtype=object))


def limits_of_no_reading(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say which limits the study file states that no reading has, since columns or plates give all of them another."""
    notices = []
    for marker, cells in zip(spec.marker, readout.of("marker"), strict=True):
        given = cells[cells["status"] != "missing"]
        for side in SIDES:
            if not any(_more_particular(marker, side)):
                continue
            declared = with_declared_limits(given, side, marker, readout, spec)
            for key, stated, own in _stated(declared, side, marker, spec):
                if own.empty or np.isclose(own["limit"], stated, rtol=1e-9, atol=0).any():
                    continue
                least, greatest = own["limit"].min(), own["limit"].max()
                others = f"{least:g}" if least == greatest else f"{least:g} to {greatest:g}"
                sources = " and ".join(own["limit_source"].unique()[:4])
                message = (
                    f"{marker.name}: {key} {stated:g} is the limit of no reading: all {len(own)} have another "
                    f"({others}), by {sources}. The limit beside a reading comes before that of its plate, and both "
                    "before that of all. Correct what is wrong, or leave out the one that is not used"
                )
                column = marker.wells[0][0]
                notices.append(Notice(readout.file_of(column), column, message))
    return notices


def _stated(
    cells: pd.DataFrame, side: str, marker: MarkerTable, spec: StudySpec
) -> Iterator[tuple[str, float, pd.DataFrame]]:
    """The limits that the study file states, with the cells that each is stated for."""
    kind, _ = SIDES[side]
    general = marker.all_limits[f"{kind}_limit"]
    if len(general) == 1:
        yield f"{kind}_limit", general[0], cells
    else:
        for visit, limit in zip(spec.data.visits, general, strict=False):
            yield f"{kind}_limit at '{visit}'", limit, cells[cells["visit"] == visit]
    _, by_plate = _more_particular(marker, side)
    for plate, limit in by_plate.items():
        yield f"{kind}_limit_by_plate of '{plate}'", limit, cells[cells["plate"] == plate]


def _more_particular(marker: MarkerTable, side: str) -> tuple[tuple[str, ...], dict[str, float]]:
    """The columns with limits of single samples, and the limits of plates, which come before that of all."""
    if side == "below":
        return marker.lower_limit_columns, marker.lower_limit_by_plate
    return marker.upper_limit_columns, marker.upper_limit_by_plate
