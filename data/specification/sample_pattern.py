"""How the names of samples on a plate sheet are made up of participant and visit."""

import re

_FIELD = re.compile(r"\{(participant|visit)\}")


def pattern_lacks(pattern: str) -> str | None:
    """Say what a pattern of sample names lacks.

    Parameters
    ----------
    pattern : str
        Such as ``"{participant}-{visit}"``.

    Returns
    -------
    str or None
        What is required, as a noun phrase; None for a pattern that can be used.

    Examples
    --------
    >>> pattern_lacks("{participant}{visit}")
    'text between {participant} and {visit}'
    """
    fields = _FIELD.findall(pattern)
    if fields.count("participant") != 1:
        return "{participant} exactly once"
    if fields.count("visit") > 1:
        return "{visit} at most once"
    if re.search(r"[{}]", _FIELD.sub("", pattern)):
        return "no other braces than those of {participant} and {visit}"
    if re.search(r"\}\s*\{", pattern):
        return "text between {participant} and {visit}"
    return None
