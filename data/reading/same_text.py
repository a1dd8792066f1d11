"""Say once what is wrong with all cells of a column that hold the same text."""

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.cells import count_rows


def faults_by_text(cells: pd.DataFrame, file: str, required: str, missing: tuple[str, ...]) -> list[Fault]:
    """Return one fault for each text of a column, at the first of its rows.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells at fault: `row`, `column`, `text`.
    file : str
        Name of the data file.
    required : str
        What a cell must hold.
    missing : tuple of str
        Missing codes declared so far.

    Returns
    -------
    list of Fault
    """
    faults = []
    for _, same in cells.groupby(["column", "text"], sort=False):
        row, column, text = same[["row", "column", "text"]].iloc[0]
        action = f"correct the value{'s' if len(same) > 1 else ''} or {missing_advice(text, missing)}"
        faults.append(Fault(file, int(row), str(column), required, cells_with(text, same), action))
    return faults


def cells_with(text: str, cells: pd.DataFrame) -> str:
    """Say which cells hold this text, as in ``'NA' in 2 rows (4, 9)``; the row of one cell stands in its fault."""
    rows = pd.Index(cells["row"].unique())
    return f"'{text}'" if len(rows) == 1 else f"'{text}' in {count_rows(rows)}"


def missing_advice(text: str, missing: tuple[str, ...]) -> str:
    """Say how to declare a text a missing code next to those declared already."""
    codes = ", ".join(f'"{code}"' for code in (*missing, text))
    return f"declare it a missing code: missing = [{codes}] under [data]"
