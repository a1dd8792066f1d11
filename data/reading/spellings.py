"""Spellings that may stand for one name: told apart by case, blanks or leading zeros alone. They are never merged."""

import re
from collections.abc import Callable

import pandas as pd

from cochange.data.reading.places import count_rows

SHOWN = 4
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
# A mark between two numbers tells 1-11 from 11-1.
_MARKS = re.compile(r"(?<!\d)[-_./]+|[-_./]+(?!\d)")


def plain(text: str) -> str:
    r"""Return a text without what spellings of one name differ by.

    Examples
    --------
    >>> plain("P 07") == plain("p7"), plain("IL6+") == plain("IL6-"), plain("p7") == plain("p7\N{ZERO WIDTH SPACE}")
    (True, False, True)
    """
    seen = "".join(letter for letter in text.casefold() if letter.isprintable())
    return _ZEROS.sub("", "".join(seen.split()))


def plain_identifier(text: str) -> str:
    """Return the same of an identifier, in which a mark beside a letter tells nobody apart either.

    Examples
    --------
    >>> plain_identifier("P-07") == plain_identifier("p7"), plain_identifier("1-11") == plain_identifier("11-1")
    (True, False)
    """
    return _ZEROS.sub("", _MARKS.sub("", plain(text)))


def groups_alike(texts: pd.Series, form: Callable[[str], str]) -> list[list[str]]:
    """List the texts that have a form in common.

    Parameters
    ----------
    texts : pandas.Series of str
        Texts as written.
    form : callable
        `plain` or `plain_identifier`.

    Returns
    -------
    list of list of str
        Of each form that several texts have, these texts in their order.
    """
    by_form: dict[str, list[str]] = {}
    for text in texts.unique().tolist():
        by_form.setdefault(form(text), []).append(text)
    return [spellings for spellings in by_form.values() if len(spellings) > 1]


def with_rows(spellings: list[str], cells: pd.DataFrame, texts: pd.Series, hidden: bool = False) -> str:
    """Say which rows have each spelling, as in ``'f' in 1 row (2) and 'F' in 2 rows (3, 4)``.

    Parameters
    ----------
    spellings : list of str
        Texts of one form.
    cells : pandas.DataFrame
        `file` and `row` of each cell.
    texts : pandas.Series
        Its text.
    hidden : bool
        Whether the spellings are not to be shown.
    """
    several = len(cells["file"].unique()) > 1
    shown = []
    for each in spellings:
        own = cells[texts == each]
        files = own["file"].unique()
        where = f" of {files[0]}" if several and len(files) == 1 else ""
        shown.append(f"{'one spelling' if hidden else f"'{each}'"} in {count_rows(own)}{where}")
    return " and ".join(shown)
