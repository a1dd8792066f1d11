"""Read the dates or times of the visits."""

from datetime import date, datetime

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.plain_cells import read_number_cells, read_text_cells
from cochange.data.reading.same_text import faults_by_text
from cochange.data.spec import StudySpec
from cochange.data.specification.time_units import DAYS


def read_date_cells(cells: pd.DataFrame, spec: StudySpec) -> tuple[pd.DataFrame, list[Fault]]:
    """Read cells that hold the date of a visit, or its time since a start of the participant's own.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of the dates, from `cells_of`.
    spec : StudySpec
        The study file.

    Returns
    -------
    cells : pandas.DataFrame
        With `value` (the date as in 2024-05-31, "" when missing; a time in days, NaN when missing), `status` and
        `decision` added.
    faults : list of Fault
        One for each unreadable text of a column.
    """
    assert spec.dates is not None
    if (unit := spec.dates.counted_in) is not None:
        done, faults = read_number_cells(cells, spec, f"a number of {unit}", (float("-inf"), float("inf")))
        return done.assign(value=done["value"] * DAYS[unit]), faults
    form = spec.dates.format
    done = read_text_cells(cells, spec)
    days = {text: date_in(text, form) for text in done.loc[done["status"] == "observed", "text"].unique()}
    unread = done["text"].map(lambda text: text in days and days[text] is None)
    done["value"] = ["" if days.get(text) is None else str(days[text]) for text in done["text"]]
    done["status"] = done["status"].mask(unread, "unread")
    required = f"a date in the form {form}, such as {date(2024, 5, 31).strftime(form)},"
    return done, faults_by_text(done[unread & ~done["ignored"]], required, spec.data)


def date_in(text: str, form: str) -> date | None:
    """Return the date a text holds, None where it has another form; a time after it is passed over."""
    for candidate in (text, text.split(" ")[0], text.split("T")[0]):
        try:
            return datetime.strptime(candidate, form).date()
        except ValueError:
            continue
    return None


def days_by_visit(cells: pd.DataFrame, spec: StudySpec) -> dict[str, "pd.Series[float]"]:
    """Day of each participant at each visit, counted from any start, NaN where there is none.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of the dates, read.
    spec : StudySpec
        The study file.
    """
    assert spec.dates is not None
    given = cells[cells["status"] == "observed"]
    counted = spec.dates.counted_in is not None
    given = given.assign(day=given["value"].astype(float) if counted else _day_numbers(given["value"]))
    people = cells["participant"].unique()
    return {
        visit: given[given["visit"] == visit].set_index("participant")["day"].reindex(people)
        for visit in spec.data.visits
    }


def _day_numbers(dates: "pd.Series[str]") -> "pd.Series[float]":
    return dates.map(lambda text: date.fromisoformat(text).toordinal()).astype(float)
