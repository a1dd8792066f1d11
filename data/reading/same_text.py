"""Say once what is wrong with all cells of a column that hold the same text."""

import re

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.date_texts import is_date_of_a_workbook
from cochange.data.reading.formula_errors import is_formula_error
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.readings import parse_reading
from cochange.data.specification.files import FileTable

_NUMBER_CODE = re.compile(r"-?(?:9+|8{2,}|7{2,})(?:[.,]0+)?|-\d")
_BEGUN_AS_NUMBER = re.compile(r"[<>≤≥~±+*-]*\s*[.,]?\d")
# Letters other than those that are typed for 0 and 1.
_WORD = re.compile(r"[^\W\d_oOlI]{2,}")


# Of whom nothing may be missing here, so that a missing code would be the next fault.
NEVER_MISSING = {
    **{role: f"give the {role}, or take the participant out of the file" for role in ("arm", "group", "site")},
    "covariate": "fill in the values, or drop the covariate from [covariates]; a missing covariate is not guessed",
}


def faults_by_text(cells: pd.DataFrame, required: str, data: FileTable, numbers: bool = False) -> list[Fault]:
    """Return one fault for each text of a column, at the first of its rows.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells at fault: `file`, `row`, `column`, `text`, `role`.
    required : str
        What a cell must hold.
    data : FileTable
        What is declared of their file.
    numbers : bool
        Whether a cell must hold a number.

    Returns
    -------
    list of Fault
    """
    faults = []
    for _, same in cells.groupby(["column", "text"], sort=False):
        text = str(same["text"].iloc[0])
        action = correction_or_code(text, len(same) > 1, numbers, data, str(same["role"].iloc[0]))
        faults.append(Fault(*first_place(same), required, cells_with(text, same), action))
    return faults


def correction_or_code(text: str, several: bool, numbers: bool, data: FileTable, role: str = "") -> str:
    """Say how to correct cells that hold this text or, but for a mistyped number, what to do if it is no value."""
    correct = correction(text, several, numbers)
    if numbers and parse_reading(text, data.decimal).kind == "thousands mark":
        return f"{correct}: write the digits without gaps"
    if numbers and is_mistyped(text):
        return f"{correct} at {'their' if several else 'its'} source"
    if role in NEVER_MISSING:
        return f"{correct.rstrip(',')}; if it stands for a missing value, {NEVER_MISSING[role]}"
    return f"{correct} or {missing_advice(text, data)}"


def is_mistyped(text: str) -> bool:
    """Whether a text in place of a number is one gone wrong, not a word, a mark or 99 for what is absent.

    Examples
    --------
    >>> [is_mistyped(text) for text in ("7l", "12..3", "O.5", "71", "5 kg", "NA", "n.d.", "-", "QNS2", "999", "-9")]
    [True, True, True, True, True, False, False, False, False, False, False]
    """
    if is_formula_error(text) or is_date_of_a_workbook(text) or _NUMBER_CODE.fullmatch(text):
        return False
    return _BEGUN_AS_NUMBER.match(text) is not None or (any(map(str.isdigit, text)) and not _WORD.search(text))


def correction(text: str, several: bool, numbers: bool) -> str:
    """Say how to correct cells that hold this text, in which numbers may be wanted."""
    if is_formula_error(text):
        return "correct the formula, let the spreadsheet program calculate it and save the file again,"
    if numbers and is_date_of_a_workbook(text):
        return "format the cell as a number and write the number again, as spreadsheets turn some numbers into dates,"
    return f"correct the value{'s' if several else ''}"


def cells_with(text: str, cells: pd.DataFrame) -> str:
    """Say which cells hold this text, as in ``'NA' in 2 rows (4, 9)``; the row of one cell stands in its fault."""
    one = len(cells[["file", "row"]].drop_duplicates()) == 1
    return named(text) if one else f"{named(text)} in {count_rows(cells)}"


def named(text: str) -> str:
    """Quote the text of a cell, and say so where it is blank, comes from a formula or is a date."""
    if is_formula_error(text):
        return f"the formula without a result '{text}'" if text.startswith("=") else f"the error of a formula '{text}'"
    if text == "":
        return "a blank"
    return f"the date '{text}'" if is_date_of_a_workbook(text) else f"'{text}'"


def missing_advice(text: str, data: FileTable) -> str:
    """Say how to declare a text a missing code next to those declared already, and that a number is one everywhere."""
    codes = ", ".join(f'"{code}"' for code in (*data.missing, text))
    everywhere = " (a code holds in every column)" if parse_reading(text, data.decimal).kind == "number" else ""
    return f"declare it a missing code: missing = [{codes}] under {data.heading}{everywhere}"
