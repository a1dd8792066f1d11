"""Dates that stand where none was meant: spreadsheets make them of numbers and identifiers."""

import re

# As cells with the format of a date are read from a workbook.
_OF_A_WORKBOOK = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d+)?)?")
# As a spreadsheet writes 3-8 into a text file, in English, Swedish and German.
_MONTH = r"(?:jan|feb|m[aä]r|apr|ma[jiy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[^\W\d_]*\.?"
_DAY_AND_MONTH = re.compile(rf"\d{{1,2}}[-. ]+{_MONTH}(?:[-. ]+\d{{2,4}})?|{_MONTH}[-. ]+\d{{2,4}}", re.IGNORECASE)


def is_date_of_a_workbook(text: str) -> bool:
    """Whether a text is what a cell with the format of a date is read as."""
    return _OF_A_WORKBOOK.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Whether a text is a date, or a day and a month, as a spreadsheet writes it.

    Examples
    --------
    >>> [is_date(text) for text in ("2024-05-01", "03-aug", "Mar-12", "MAR-12", "P-03", "3-8")]
    [True, True, True, False, False, False]
    """
    return is_date_of_a_workbook(text) or (_DAY_AND_MONTH.fullmatch(text) is not None and not text.isupper())
