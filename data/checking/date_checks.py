"""Dates of the visits: in their order, and within the windows of the study."""

from itertools import pairwise

import pandas as pd

from cochange.data.faults import Fault, Notice
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec


def dates_follow_each_other(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find participants whose visit was not after the one before it."""
    faults = []
    for cells in readout.of("date"):
        dates = _by_visit(cells, spec)
        for earlier, later in pairwise(dates):
            wrong = dates[later][dates[later] <= dates[earlier]]
            for participant in wrong.index:
                cell = _cell(cells, participant, later)
                required = f"a date at '{later}' after that at '{earlier}', {dates[earlier][participant].date()},"
                action = "correct the date, or look for visits that were swapped"
                faults.append(Fault(*first_place(cell), required, f"'{cell['text'].iloc[0]}'", action))
    return faults


def visits_outside_their_windows(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say how many visits were outside the window that the study file gives them."""
    notices = []
    for cells in readout.of("date"):
        assert spec.dates is not None
        dates = _by_visit(cells, spec)
        first, *rest = spec.data.visits
        for visit, (least, most) in zip(rest, spec.dates.windows, strict=False):
            days = (dates[visit] - dates[first]).dt.days.dropna()
            outside = days[(days < least) | (days > most)]
            if len(outside):
                late = cells[cells["participant"].isin(outside.index) & (cells["visit"] == visit)]
                rows = count_rows(late)
                message = f"at '{visit}', {least:g} to {most:g} days after '{first}' were planned; in {rows} it was "
                message += f"{outside.min():g} to {outside.max():g} days. The models take visits as planned"
                notices.append(Notice(readout.file_of(late["column"].iloc[0]), late["column"].iloc[0], message))
    return notices


def _by_visit(cells: pd.DataFrame, spec: StudySpec) -> dict[str, "pd.Series[pd.Timestamp]"]:
    """Date of each participant at each visit, NaT where there is none."""
    given = cells[cells["status"] == "observed"]
    people = cells["participant"].unique()
    return {
        visit: pd.to_datetime(given[given["visit"] == visit].set_index("participant")["value"]).reindex(people)
        for visit in spec.data.visits
    }


def _cell(cells: pd.DataFrame, participant: object, visit: str) -> pd.DataFrame:
    return cells[(cells["participant"] == participant) & (cells["visit"] == visit)].head(1)
