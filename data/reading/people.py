"""One value a participant for arms, groups, sites, covariates and screening scores."""

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.places import count_rows, first_place

_PLACE = ["participant", "visit", "column"]
_SINGLE = {
    "arm": "a single arm for each participant",
    "group": "a single group for each participant",
    "site": "a single site for each participant",
    "covariate": "a single value for each participant",
    "screening": "a single screening score for each participant",
    "reason": "a single reason for leaving for each participant",
    "event": "a single first visit after an intercurrent event for each participant",
    "symptom": "a single baseline score for each participant",
}


def first_values(cells: pd.DataFrame) -> pd.DataFrame:
    """Keep the first non-missing cell of every participant."""
    return cells[cells["status"] == "observed"].drop_duplicates("participant")


def several_values(cells: pd.DataFrame) -> list[Fault]:
    """Find participants with several values of what does not change within a participant.

    Parameters
    ----------
    cells : pandas.DataFrame
        Read cells of one such variable.

    Returns
    -------
    list of Fault
        One for each participant with several values.
    """
    given = cells[cells["status"] == "observed"]
    different = given.drop_duplicates(["participant", "value"])
    faults = []
    for participant in different.loc[different["participant"].duplicated(), "participant"].unique():
        values = different[different["participant"] == participant]
        text = " and ".join(f"'{value}'" for value in values["text"].iloc[:4])
        action = "correct the rows, or give different participants different identifiers"
        if len(values["file"].unique()) > 1:
            action = "correct the rows, or list the columns to take from the joined file as columns under [[data.join]]"
        faults.append(
            Fault(
                *first_place(values.iloc[1:]),
                _SINGLE[str(values["role"].iloc[1])],
                f"{text} for '{participant}' in {count_rows(given[given['participant'] == participant])}",
                action,
            )
        )
    return faults


def without_given_twice(cells: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Find samples, scores and the like that two files both give.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of one variable, from `cells_of`.

    Returns
    -------
    cells : pandas.DataFrame
        Without those of the later file, so that the other checks can go on.
    faults : list of Fault
        One for each participant, visit and column.
    """
    if len(cells["source"].unique()) == 1:
        return cells, []
    used = cells[~cells["ignored"]].drop_duplicates([*_PLACE, "source"])
    again = used[used.duplicated(_PLACE, keep=False)]
    action = "list the columns to take from the joined file as columns under [[data.join]], or rename one of them"
    faults, later = [], used[used.duplicated(_PLACE)]
    for (participant, visit, column), both in again.groupby(_PLACE, sort=False):
        found = f"{column} of '{participant}' at '{visit}' in {count_rows(both)}"
        required = "a column that one file alone gives at a visit"
        faults.append(Fault(*first_place(both.iloc[1:]), required, found, action))
    return cells.drop(later.index).reset_index(drop=True), faults
