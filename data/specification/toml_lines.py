"""Find the line of a study file on which a key stands."""

import re

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_NAME = r"""(?:"[^"]*"|'[^']*'|[A-Za-z0-9_\-]+)"""
_ASSIGNMENT = re.compile(rf"^\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")
_PART = re.compile(r""""([^"]*)"|'([^']*)'|([A-Za-z0-9_\-]+)""")

KeyPath = tuple[str | int, ...]


def key_lines(text: str) -> dict[KeyPath, int]:
    """Map every table and key to the line it stands on.

    Parameters
    ----------
    text : str
        Content of a TOML file.

    Returns
    -------
    dict
        From path to line number (the first line is 1); tables of an array carry their position, as in
        ``("marker", 0, "unit")``.
    """
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = _within_last(_parts(header.group(2)), counts)
            if header.group(1) == "[[":
                position = counts.get(table, 0)
                counts[table] = position + 1
                table = (*table, position)
            lines.setdefault(table, number)
            continue
        assignment = _ASSIGNMENT.match(line)
        if assignment:
            lines.setdefault(table + _parts(assignment.group(1)), number)
    return lines


def twice_given(text: str, line: int) -> tuple[str, int | None]:
    """Return the key assigned on a line, and the earlier line of its table that assigns it; "" where none can be told.

    Parameters
    ----------
    text : str
        Content of a TOML file.
    line : int
        Number of the line.
    """
    lines = text.splitlines()
    second = _ASSIGNMENT.match(lines[line - 1]) if line <= len(lines) else None
    if second is None:
        return "", None
    for number in range(line - 1, 0, -1):
        if _HEADER.match(lines[number - 1]):
            break
        first = _ASSIGNMENT.match(lines[number - 1])
        if first and _parts(first.group(1)) == _parts(second.group(1)):
            return second.group(1), number
    return second.group(1), None


def line_of(path: KeyPath, lines: dict[KeyPath, int]) -> int | None:
    """Return the line of `path`, or of the nearest table around it, or None."""
    known = with_tables_around(lines)
    return next((known[path[:length]] for length in range(len(path), 0, -1) if path[:length] in known), None)


def with_tables_around(lines: dict[KeyPath, int]) -> dict[KeyPath, int]:
    """Add the tables that have no line of their own, as ``a`` beside ``[a.b]``, with that of the first key in them."""
    known = dict(lines)
    for path, line in lines.items():
        for length in range(1, len(path)):
            if isinstance(path[length], str):
                known.setdefault(path[:length], line)
    return known


def dotted(path: KeyPath) -> str:
    """Write a key path the way it is read aloud: ``marker[1].unit``, counting from one."""
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _within_last(table: KeyPath, counts: dict[KeyPath, int]) -> KeyPath:
    """Place a table under the last one of an array it belongs to, as TOML does."""
    for length in range(1, len(table)):
        if table[:length] in counts:
            return (*table[:length], counts[table[:length]] - 1, *table[length:])
    return table


def _parts(key: str) -> KeyPath:
    return tuple(next(group for group in match.groups() if group is not None) for match in _PART.finditer(key))
