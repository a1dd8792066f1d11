"""Repeated instruments and events of REDCap: what to do about several rows of one participant and visit."""

import pandas as pd

INSTRUMENT, INSTANCE = "redcap_repeat_instrument", "redcap_repeat_instance"


def repeats_advice(rows: pd.DataFrame, heading: str) -> str:
    """Say which rows could be left out, "" where the rows are no repeats.

    Parameters
    ----------
    rows : pandas.DataFrame
        Cells of all columns in the rows of one participant and visit.
    heading : str
        Of the table of the study file that describes their file.

    Returns
    -------
    str
        A clause to be added to an action.
    """
    instruments = list(dict.fromkeys(rows[INSTRUMENT])) if INSTRUMENT in rows else [""]
    if len(instruments) > 1:
        kept, aim = (
            ("", "leave repeated instruments out") if "" in instruments else (instruments[0], "keep one of them")
        )
        return f'; to {aim}, write rows = {{ {INSTRUMENT} = ["{kept}"] }} under {heading}'
    if INSTANCE not in rows or rows[INSTANCE].nunique() < 2:
        return ""
    first = rows[INSTANCE].iloc[0]
    if instruments == [""]:
        return f'; to keep one of the repeated events, write rows = {{ {INSTANCE} = ["", "{first}"] }} under {heading}'
    kept = f'{INSTRUMENT} = ["{instruments[0]}"], {INSTANCE} = ["{first}"]'
    return f"; to keep one instance, write rows = {{ {kept} }} under {heading}"
