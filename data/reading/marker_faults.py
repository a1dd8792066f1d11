"""What to do about marker cells that could not be read."""

from typing import get_args

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.marker_reading import OTHER_UNIT, UNKNOWN_CODE
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.readings import Kind
from cochange.data.reading.same_text import cells_with, correction, correction_or_code, is_mistyped, missing_advice
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import MarkerTable

# Said of the whole column by a check, or of the column of the codes.
_SAID_ELSEWHERE = ("other decimal mark", UNKNOWN_CODE)
# Every other decision on an unread cell is a sentence on what contradicts the reading.
_KINDS = (*get_args(Kind), OTHER_UNIT)
# As the software of bead assays exports them.
_MARKS = {"***": "a value that is not available", "---": "a well set aside as an outlier"}


def unread_faults(unread: pd.DataFrame, marker: MarkerTable, spec: StudySpec) -> list[Fault]:
    """Return one fault for each text of a column, code beside it and reason.

    Parameters
    ----------
    unread : pandas.DataFrame
        Cells of one marker with the status "unread", from `read_marker_cells`.
    marker : MarkerTable
        Its declaration.
    spec : StudySpec
        The study file.

    Returns
    -------
    list of Fault
    """
    own = unread[~unread["decision"].isin(_SAID_ELSEWHERE)]
    kinds = own.groupby(["column", "text", "code", "decision"], sort=False)
    return [_fault(same, marker, spec) for _, same in kinds]


def _fault(same: pd.DataFrame, marker: MarkerTable, spec: StudySpec) -> Fault:
    place, (text, code, decision) = first_place(same), same[["text", "code", "decision"]].iloc[0]
    found = cells_with(text, same)
    if decision not in _KINDS:
        required = f"a reading of {marker.name} that agrees with its code and limits"
        action = "ask the laboratory which of them is right, and correct the cell, the code or the limit"
        return Fault(*place, required, f"{found}: {decision}", action)
    required, action = _words(text, decision, same, marker, spec)
    if decision in ("below range", "above range"):
        found += f"{f' beside the code {code!r}' if code in marker.code_meanings else ''} without it"
    return Fault(*place, required, found, action)


def _words(text: str, decision: str, same: pd.DataFrame, marker: MarkerTable, spec: StudySpec) -> tuple[str, str]:
    """Say what is required, and what to do."""
    required = f"a reading of {marker.name} (a number, '<' or '>' with a number, or blank)"
    correct = correction(text, len(same) > 1, numbers=True)
    missing = missing_advice(text, spec.data)
    either = correction_or_code(text, len(same) > 1, True, spec.data)
    match decision:
        case "below range" | "above range":
            return _limit_wanted("lower" if decision == "below range" else "upper", missing, same, marker)
        case "extrapolated":
            action = 'the star marks an extrapolated value: write extrapolated = "keep" to read the number'
            return required, f'{action}, or extrapolated = "missing" to leave it out'
        case "thousands mark":
            required = f"a reading of {marker.name} without marks between thousands"
            return required, either
        case "other unit" if marker.scale != "raw":
            return f"a logarithm of {marker.name} without a unit", f"{correct}, or correct the marker's scale"
        case "other unit":
            required = f"a reading of {marker.name} in {marker.unit}, or without a unit,"
            return required, f"{correct}: give it in {marker.unit}; a column in one other unit is declared as unit"
        case _ if text in _MARKS:
            return required, f"bead assays mark {_MARKS[text]} so: {missing}"
    if is_mistyped(text) or correct != correction("", len(same) > 1, numbers=True):
        return required, either
    below = f"below_codes = [{_codes(marker.below_codes, text)}]"
    if not marker.has_lower_limits:
        below += " and lower_limit = that limit"
    above = f"above_codes = [{_codes(marker.above_codes, text)}]"
    beyond = f"if it stands for a reading below the limit, write {below} under [[marker]], and {above} for one above it"
    return required, f"{either}; {beyond}"


def _codes(known: tuple[str, ...], text: str) -> str:
    return ", ".join(f'"{code}"' for code in (*known, text))


def _limit_wanted(side: str, missing: str, same: pd.DataFrame, marker: MarkerTable) -> tuple[str, str]:
    columns = marker.lower_limit_columns if side == "lower" else marker.upper_limit_columns
    key = f"{side}_limit"
    beyond = "below" if side == "lower" else "above"
    if columns:
        beside = next(own for wells, own in zip(marker.wells, columns, strict=True) if same["column"].iloc[0] in wells)
        action = f"fill in the limit in {beside}, or give {key} for samples without one"
        return f"the {side} limit of each sample of {marker.name} that is marked as {beyond} it", action
    if marker.all_limits[f"{key}_by_plate"]:
        plates = [plate or "unknown plate" for plate in same["plate"].unique()]
        rows = count_rows(same)
        action = f"add {listing(plates)} ({rows}) to {key}_by_plate, or give {key} for all other plates"
        return f"the {side} limit of each plate of {marker.name}", action
    action = f"if it stands for a reading {beyond} the limit, write {key} = the laboratory's limit under [[marker]]"
    if same["text"].iloc[0] and not same[["text", "code"]].isin(list(marker.code_meanings)).to_numpy().any():
        action += f"; if for a value that is not there, {missing}"
    return f"the {side} limit of {marker.name} in the study file", action
