"""Write TOML: keys with their values and comments, whatever characters a data file puts into them."""

import textwrap
from collections.abc import Mapping, Sequence

from cochange.data.names import printable

WIDTH = 120

Value = str | bool | float | Sequence["str | float | Sequence[str]"] | Mapping[str, str]


def key_line(key: str, value: Value, note: str = "") -> str:
    """Return the line of a key, with a note after it where there is one.

    Examples
    --------
    >>> key_line("columns", ["il6_0", "il6_12"], "guessed: by their names")
    'columns = ["il6_0", "il6_12"]  # guessed: by their names'
    """
    return f"{key} = {_written(value)}" + (f"  # {printable(note)}" if note else "")


def list_lines(key: str, entries: Sequence[Value], note: str = "") -> list[str]:
    """Return the lines of a key whose list has one entry a line.

    Examples
    --------
    >>> list_lines("columns", [["m1_0", "m2_0"]], "guessed: items")
    ['columns = [  # guessed: items', '    ["m1_0", "m2_0"],', ']']
    """
    first = f"{key} = [" + (f"  # {printable(note)}" if note else "")
    return [first, *(f"    {_written(entry)}," for entry in entries), "]"]


def comments(text: str) -> list[str]:
    """Return the lines of a comment."""
    return [f"# {line}" for line in textwrap.wrap(printable(text), WIDTH - 2, break_on_hyphens=False)]


def _written(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | int):
        return f"{value:g}"
    if isinstance(value, str):
        return f'"{printable(value.replace("\\", "\\\\").replace('"', '\\"'))}"'
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_written(key)} = {_written(item)}' for key, item in value.items())} }}"
    return f"[{', '.join(_written(item) for item in value)}]"
