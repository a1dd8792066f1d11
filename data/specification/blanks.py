"""The blanks of a study file that `cochange init` has written: judgements that are the user's to make."""

from collections.abc import Iterator
from typing import Any

from cochange.data.faults import Fault
from cochange.data.specification.toml_lines import KeyPath, dotted, line_of

BLANK = "FILL IN"


def blank(wanted: str) -> str:
    """Return the text that stands for a value the user has to give.

    Parameters
    ----------
    wanted : str
        What to write in its place, as a noun phrase with examples.

    Examples
    --------
    >>> blank("the unit of the readings")
    'FILL IN: the unit of the readings'
    """
    return f"{BLANK}: {wanted}"


def blanks_in(content: dict[str, Any], file: str, lines: dict[KeyPath, int]) -> list[Fault]:
    """Return a fault for every blank left in a study file.

    Parameters
    ----------
    content : dict
        The parsed file.
    file : str
        Its name.
    lines : dict
        Line of each key, from `key_lines`.

    Returns
    -------
    list of Fault
        In the order of the file.
    """
    faults = []
    for path, text in _texts(content):
        if text.startswith(BLANK):
            wanted = text.removeprefix(BLANK).lstrip(": ") or "your value"
            required, found, action = "a value of yours", f"the blank '{BLANK}'", f"put in its place {wanted}"
            faults.append(Fault(file, line_of(path, lines), dotted(path), required, found, action))
    return faults


def paths_of_blanks(content: dict[str, Any]) -> list[KeyPath]:
    """Return the path of every blank."""
    return [path for path, text in _texts(content) if text.startswith(BLANK)]


def _texts(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, (*path, number))
    elif isinstance(value, str):
        yield path, value
