"""Texts that a spreadsheet shows where a formula has no result."""

import re

_ERROR = re.compile(
    r"#(?:N/A|NAME\?|(?:DIV/0|REF|VALUE|NUM|NULL|SPILL|CALC|FIELD|BLOCKED)!)|Err:\d{3}|=[^<>=].*", re.DOTALL
)


def is_formula_error(text: str) -> bool:
    """Whether a text is the error of a formula, or a formula that was never calculated.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    bool

    Examples
    --------
    >>> [is_formula_error(text) for text in ("#N/A", "Err:502", "=B2*2", "N/A", "12")]
    [True, True, True, False, False]
    """
    return _ERROR.fullmatch(text) is not None
