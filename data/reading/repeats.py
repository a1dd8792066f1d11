"""Several rows of one participant and visit: what they differ in, and what to do about repeated events of REDCap."""

from collections.abc import Collection

import pandas as pd

from cochange.data.names import listing

SHOWN = 4
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


def difference_advice(rows: pd.DataFrame, declared: Collection[str]) -> str:
    """Say what to do about the rows of one participant and visit, by what they differ in.

    Parameters
    ----------
    rows : pandas.DataFrame
        Cells of all columns in these rows.
    declared : collection of str
        Columns of which values may be shown.
    """
    differing = [name for place, name in enumerate(rows.columns) if len(rows.iloc[:, place].unique()) > 1]
    if not differing:
        return "they are identical in every column: delete all but one"
    shown = [f"{name} ({listing(rows[name].unique(), SHOWN)})" for name in differing if name in declared]
    if not shown:
        return f"they differ in no declared column, but in {listing(differing, SHOWN)}: delete all but the right one"
    more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return f"they differ in {', '.join(shown[:SHOWN])}{more}: keep the right row, or give them different identifiers"
