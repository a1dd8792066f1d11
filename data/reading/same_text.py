"""Say once what is wrong with all cells of a column that hold the same text."""

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.readings import parse_reading
from cochange.data.specification.files import FileTable


def faults_by_text(cells: pd.DataFrame, required: str, data: FileTable) -> list[Fault]:
    """Return one fault for each text of a column, at the first of its rows.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells at fault: `file`, `row`, `column`, `text`.
    required : str
        What a cell must hold.
    data : FileTable
        What is declared of their file.

    Returns
    -------
    list of Fault
    """
    faults = []
    for _, same in cells.groupby(["column", "text"], sort=False):
        text = str(same["text"].iloc[0])
        action = f"correct the value{'s' if len(same) > 1 else ''} or {missing_advice(text, data)}"
        faults.append(Fault(*first_place(same), required, cells_with(text, same), action))
    return faults


def cells_with(text: str, cells: pd.DataFrame) -> str:
    """Say which cells hold this text, as in ``'NA' in 2 rows (4, 9)``; the row of one cell stands in its fault."""
    one = len(cells[["file", "row"]].drop_duplicates()) == 1
    return f"'{text}'" if one else f"'{text}' in {count_rows(cells)}"


def missing_advice(text: str, data: FileTable) -> str:
    """Say how to declare a text a missing code next to those declared already, and that a number is one everywhere."""
    codes = ", ".join(f'"{code}"' for code in (*data.missing, text))
    everywhere = " (a code holds in every column)" if parse_reading(text, data.decimal).kind == "number" else ""
    return f"declare it a missing code: missing = [{codes}] under {data.heading}{everywhere}"
