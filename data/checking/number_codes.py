"""Numbers that look like codes rather than values: 999, 9999, or -9 and -99 where others are not negative."""

import re

import numpy as np
import pandas as pd

from cochange.data.checking.written_numbers import with_written_numbers
from cochange.data.faults import Fault, Notice
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.raw_scale import to_raw
from cochange.data.reading.readout import Readout
from cochange.data.reading.same_text import NEVER_MISSING, cells_with, missing_advice
from cochange.data.spec import StudySpec
from cochange.data.specification.files import DataTable
from cochange.data.specification.tables import MarkerTable

APART = 3
_FORM = {"greatest": re.compile("9{3,}|8{4,}|7{4,}"), "least": re.compile("-9+")}
_NO_LOGARITHM = re.compile("-?(?:9{2,}|8{3,}|7{3,})")


def has_form_of_code(number: float, end: str) -> bool:
    """Say whether a number at the "greatest" or "least" end of a column is written like a code."""
    return _FORM[end].fullmatch(f"{number:.15g}") is not None


def is_no_logarithm(number: float) -> bool:
    """Say whether a number in a logged column has the form of a code and stands for no measurement in any unit."""
    return _NO_LOGARITHM.fullmatch(f"{number:.15g}") is not None


def impossible_logarithms(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find codes in a logged column, such as 99 or -999, that are no logarithm of a measurement."""
    faults = []
    for marker, all_cells in zip(spec.marker, readout.of("marker"), strict=True):
        if marker.scale == "raw":
            continue
        cells = _with_numbers(all_cells, marker)
        # A value of zero or infinity has a fault of its own.
        value = cells["value"].astype(float)
        wrong = cells[cells["number"].map(is_no_logarithm) & (value > 0) & np.isfinite(value)]
        required = f"a logarithm of {marker.name} that can be a measurement"
        for (_, text), same in wrong.groupby(["column", "text"], sort=False):
            action = f"{missing_advice(str(text), readout.data_of(same))}, correct it, or correct the marker's scale"
            faults.append(Fault(*first_place(same), required, cells_with(str(text), same), action))
    return faults


def numbers_like_codes(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Find numbers of the form of a code that are repeated at an end of a column, or far from every other reading."""
    notices = []
    for marker, all_cells in zip(spec.marker, readout.of("marker"), strict=True):
        for (visit, column), own in all_cells.groupby(["visit", "column"], sort=False):
            cells = _with_numbers(own, marker)
            ends = {} if "ceilings" in marker.confirmed else {"greatest": cells["number"].max()}
            if marker.scale != "raw" and "floors" not in marker.confirmed:
                ends["least"] = cells["number"].min()
            for end, number in ends.items():
                same = cells[cells["number"] == number]
                if len(same) and _looks_like_code(number, end, cells):
                    message = _message(marker, str(visit), same, end, cells, readout.data_of(same))
                    notices.append(Notice(readout.file_of(str(column)), str(column), message, caution=True))
    return notices


def covariates_like_codes(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Find numbers in the form of a code that lie far above the others of a covariate, or are the only ones under 0."""
    notices = []
    for cells in readout.of("covariate"):
        given = cells[cells["status"] == "observed"]
        if given.empty or given["variable"].iloc[0] not in spec.covariates.numeric:
            continue
        values = given["value"].astype(float)
        greatest, least = values.max(), values.min()
        found = {
            greatest: has_form_of_code(greatest, "greatest") and greatest >= APART * values[values < greatest].max(),
            least: has_form_of_code(least, "least") and (values[values > least] >= 0).all(),
        }
        for number in (number for number, like_code in found.items() if like_code):
            same = given[values == number]
            file, _, column = first_place(same)
            message = (
                f"the covariate has {same['text'].iloc[0]} in {count_rows(same)}. Such a number is often a code; it is "
                f"used as a value now. If it stands for a missing value, {NEVER_MISSING['covariate']}"
            )
            notices.append(Notice(file, column, message, caution=True))
    return notices


def _with_numbers(cells: pd.DataFrame, marker: MarkerTable) -> pd.DataFrame:
    given = with_written_numbers(cells)
    given = given[~given["number"].isin([*marker.floors, *marker.ceilings])]
    return given.assign(raw=pd.Series([to_raw(n, marker) for n in given["number"]], index=given.index, dtype=float))


def _looks_like_code(number: float, end: str, cells: pd.DataFrame) -> bool:
    if not has_form_of_code(number, end):
        return False
    return int((cells["number"] == number).sum()) > 1 or _times_the_next(number, cells) >= APART


def _times_the_next(number: float, cells: pd.DataFrame) -> float:
    """How many times the nearest other reading lies from this one, on the raw scale; infinite without another."""
    own = cells.loc[cells["number"] == number, "raw"].iloc[0]
    others = cells.loc[(cells["number"] != number) & (cells["raw"] > 0), "raw"].to_numpy(dtype=float)
    ratios = np.maximum(others / own, own / others) if own > 0 else np.full(len(others), np.inf)
    return float(ratios.min(initial=np.inf))


def _message(
    marker: MarkerTable, visit: str, same: pd.DataFrame, end: str, cells: pd.DataFrame, data: DataTable
) -> str:
    text, status = str(same["text"].iloc[0]), str(same["status"].iloc[0])
    read_as = "a true reading" if status == "observed" else f"{status} the limit {same['written'].iloc[0]:g}"
    side, key, confirmed = ("above", "upper", "ceilings") if end == "greatest" else ("below", "lower", "floors")
    times = _times_the_next(float(same["number"].iloc[0]), cells)
    missing = missing_advice(text, data)
    apart = "" if np.isinf(times) else f", on the raw scale a factor of about {float(f'{times:.2g}'):g} from the next"
    return (
        f"{marker.name} at '{visit}' has {text} in {len(same)} of {len(cells)} numbers, {count_rows(same)}{apart}. "
        f"Such a number is often a code; it is analysed as {read_as} now. Ask the laboratory: if it stands for a "
        f"missing value, {missing}; if for '{side} the limit', give {key}_limit and write "
        f'confirmed = ["{confirmed}"]; if it was measured, write confirmed = ["{confirmed}"] alone'
    )
