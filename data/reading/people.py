"""One value a participant for arms, groups, sites, covariates and screening scores."""

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.cells import count_rows

_SINGLE = {
    "arm": "a single arm for each participant",
    "group": "a single group for each participant",
    "site": "a single site for each participant",
    "covariate": "a single value for each participant",
    "screening": "a single screening score for each participant",
    "symptom": "a single baseline score for each participant",
}


def first_values(cells: pd.DataFrame) -> pd.DataFrame:
    """Keep the first non-missing cell of every participant."""
    return cells[cells["status"] == "observed"].drop_duplicates("participant")


def several_values(cells: pd.DataFrame, file: str) -> list[Fault]:
    """Find participants with several values of what does not change within a participant.

    Parameters
    ----------
    cells : pandas.DataFrame
        Read cells of one such variable.
    file : str
        Name of the data file.

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
        own_rows = given.loc[given["participant"] == participant, "row"]
        faults.append(
            Fault(
                file,
                int(values["row"].iloc[1]),
                str(values["column"].iloc[1]),
                _SINGLE[str(values["role"].iloc[1])],
                f"{text} for '{participant}' in {count_rows(pd.Index(own_rows))}",
                "correct the rows, or give different participants different identifiers",
            )
        )
    return faults
