"""Dates or times of the visits: in their order, and within the windows of the study."""

import pandas as pd

from cochange.data.faults import Fault, Notice
from cochange.data.reading.date_cells import days_by_visit
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.specification.time_units import DAYS


def dates_follow_each_other(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find participants whose visit was not after the last one before it that has a date."""
    faults = []
    for cells in readout.of("date"):
        assert spec.dates is not None
        what = "a date" if spec.dates.counted_in is None else f"a number of {spec.dates.counted_in}"
        days = pd.DataFrame(days_by_visit(cells, spec))
        # Without a date at the visit before, the one before that has to be earlier too.
        known_before = days.ffill(axis="columns").shift(axis="columns")
        for place, later in enumerate(spec.data.visits):
            for participant in days.index[days[later] <= known_before[later]]:
                earlier = str(days.loc[participant].iloc[:place].last_valid_index())
                cell = _cell(cells, participant, later)
                before = _cell(cells, participant, earlier)["text"].iloc[0]
                required = f"{what} at '{later}' after that at '{earlier}', {before},"
                action = "correct the date, or look for visits that were swapped"
                faults.append(Fault(*first_place(cell), required, f"'{cell['text'].iloc[0]}'", action))
    return faults


def visits_outside_their_windows(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say how many visits were outside the window that the study file gives them."""
    notices = []
    for cells in readout.of("date"):
        assert spec.dates is not None
        unit = spec.dates.unit
        dates = days_by_visit(cells, spec)
        first, *rest = spec.data.visits
        for visit, (least, most) in zip(rest, spec.dates.windows, strict=False):
            # Rounded, or day 1.3 would not be 0.3 days after day 1.0.
            elapsed = ((dates[visit] - dates[first]) / DAYS[unit]).dropna().round(6)
            outside = elapsed[(elapsed < round(least, 6)) | (elapsed > round(most, 6))]
            if len(outside):
                late = cells[cells["participant"].isin(outside.index) & (cells["visit"] == visit)]
                rows = count_rows(late)
                message = f"at '{visit}', {least:g} to {most:g} {unit} after '{first}' were planned; in {rows} it was "
                early, latest = (_rounded(value, least, most) for value in (outside.min(), outside.max()))
                message += f"{early:g} to {latest:g} {unit}. Models other than `growth` take visits as planned"
                notices.append(Notice(readout.file_of(late["column"].iloc[0]), late["column"].iloc[0], message))
    return notices


def _rounded(time: float, least: float, most: float) -> float:
    """A time outside a window with few digits, with all of them where it would lie within the window otherwise."""
    short = round(time, 1 if abs(time) >= 10 else 3)
    return time if least <= short <= most else short


def _cell(cells: pd.DataFrame, participant: object, visit: str) -> pd.DataFrame:
    return cells[(cells["participant"] == participant) & (cells["visit"] == visit)].head(1)
