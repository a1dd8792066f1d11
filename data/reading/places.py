"""Where cells stand, in words."""

import pandas as pd

SHOWN = 10


def count_rows(cells: pd.DataFrame) -> str:
    """Say how many rows and which, as in ``3 rows (4, 9, 12)``; rows of several files are told apart.

    Parameters
    ----------
    cells : pandas.DataFrame
        `file` and `row`; a row that occurs again counts once.

    Returns
    -------
    str
        With the numbers of the first ten rows.
    """
    rows = cells[["file", "row"]].drop_duplicates()
    shown = rows.head(SHOWN)
    own = {str(file): ", ".join(map(str, of_file["row"])) for file, of_file in shown.groupby("file", sort=False)}
    several = len(rows["file"].unique()) > 1
    places = "; ".join(f"{file} {numbers}" if several else numbers for file, numbers in own.items())
    return f"{len(rows)} row{'s' if len(rows) > 1 else ''} ({places}{', ...' if len(rows) > SHOWN else ''})"


def first_place(cells: pd.DataFrame) -> tuple[str, int, str]:
    """Return file, row and column of the first of these cells."""
    file, row, column = cells[["file", "row", "column"]].iloc[0]
    return str(file), int(row), str(column)
