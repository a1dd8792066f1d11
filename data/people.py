"""One value a participant for arms, groups, sites, covariates and screening scores."""

import pandas as pd

from cochange.data.cells import count_rows
from cochange.data.faults import Fault

_SINGLE = {
    "arm": "a single arm for each participant",
    "group": "a single group for each participant",
    "site": "a single site for each participant",
    "covariate": "a single value for each participant",
    "screening": "a single screening score for each participant",
    "symptom": "a single baseline score for each participant",
}


def one_value_each(cells: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[Fault]]:
    """Keep the first non-missing cell of every participant.

    Parameters
    ----------
    cells : pandas.DataFrame
        Read cells of one variable that does not change within a participant.
    file : str
        Name of the data file.

    Returns
    -------
    first : pandas.DataFrame
        One line a participant that has a value.
    faults : list of Fault
        One for each participant with several values.
    """
    given = cells[cells["status"] == "observed"]
    first = given.drop_duplicates("participant")
    several = given.groupby("participant")["value"].nunique()
    faults = []
    for participant in several.index[several > 1]:
        own = given[given["participant"] == participant]
        values = own.drop_duplicates("value")
        text = " and ".join(f"'{value}'" for value in values["text"].iloc[:4])
        found = f"{text} for '{participant}' in {count_rows(pd.Index(own['row']))}"
        faults.append(
            Fault(
                file,
                int(values["row"].iloc[1]),
                str(values["column"].iloc[1]),
                _SINGLE[str(values["role"].iloc[1])],
                found,
                "correct the rows, or give different participants different identifiers",
            )
        )
    return first, faults
