"""Write a prior into a study file and leave every other line of it as it was."""

import copy
import json
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from cochange.data.specification.toml_lines import KeyPath, key_lines

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = re.compile(r"\s*\[")
_TABLES = ("analysis", "prior_sets")


class UnwritableError(ValueError):
    """The file writes its prior sets in a form to which no line can be added."""


def with_prior(text: str, place: tuple[str, str, str], base: str, prior: Mapping[str, float | str]) -> str:
    """The study file with one prior more, or another one in the place of the one there.

    A new table goes to the end of the file, a new prior under the last line of its table; a prior that is there is
    replaced on its line, the comment beside it kept.

    Parameters
    ----------
    text : str
        Content of the study file.
    place : tuple of str
        Prior set, model and parameter.
    base : str
        The shipped set that a new set begins with.
    prior : mapping
        Hyperparameters and, where given, ``family`` and ``source``.

    Returns
    -------
    str

    Raises
    ------
    UnwritableError
        If the result would say anything else than the file does, but for this prior.
    """
    name, model, parameter = place
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith(("\n", "\r")):
        lines[-1] += newline
    places = key_lines(text)
    table = (*_TABLES, name, model)
    entry = f"{_key(parameter)} = {_inline(prior)}"
    content = _content(text)
    sets = content.get("analysis", {}).get("prior_sets", {})
    if parameter in sets.get(name, {}).get(model, {}):
        at = places.get((*table, parameter), 1) - 1
        lines[at] = entry + _comment(lines[at]) + newline
    elif table in places and _HEADER.match(lines[places[table] - 1]):
        lines.insert(_last_line(table, places), entry + newline)
    else:
        if name not in sets:
            lines += [newline, f"[{_dotted((*_TABLES, name))}]{newline}", f"base = {_text(base)}{newline}"]
        lines += [newline, f"[{_dotted(table)}]{newline}", entry + newline]
    changed = "".join(lines)
    _check(changed, _expected(content, place, base, prior))
    return changed


def _content(text: str) -> dict[str, Any]:
    return tomllib.loads(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))


def _last_line(table: KeyPath, places: Mapping[KeyPath, int]) -> int:
    """Line of the last key that stands under the header of a table, the header's where there is none."""
    header = places[table]
    after = [line for path, line in places.items() if line > header and path[: len(table)] != table]
    end = min(after, default=None)
    own = [line for path, line in places.items() if len(path) == len(table) + 1 and path[: len(table)] == table]
    return max([header, *(line for line in own if end is None or line < end)])


def _expected(
    content: Mapping[str, Any], place: tuple[str, str, str], base: str, prior: Mapping[str, float | str]
) -> dict[str, Any]:
    name, model, parameter = place
    expected = copy.deepcopy(dict(content))
    sets = expected.setdefault("analysis", {}).setdefault("prior_sets", {})
    if name not in sets:
        sets[name] = {"base": base}
    sets[name].setdefault(model, {})[parameter] = dict(prior)
    return expected


def _check(changed: str, expected: Mapping[str, Any]) -> None:
    try:
        found = _content(changed)
    except tomllib.TOMLDecodeError as error:
        raise UnwritableError(str(error)) from error
    if found != expected:
        raise UnwritableError("another value would change")


def _comment(line: str) -> str:
    """The comment at the end of a line, with the space before it."""
    for position in (index for index, mark in enumerate(line) if mark == "#"):
        try:
            tomllib.loads(line[:position])
        except tomllib.TOMLDecodeError:
            continue
        before = line[:position]
        return before[len(before.rstrip()) :] + line[position:].rstrip("\r\n")
    return ""


def _inline(prior: Mapping[str, float | str]) -> str:
    pairs = (f"{key} = {_text(value) if isinstance(value, str) else _number(value)}" for key, value in prior.items())
    return "{ " + ", ".join(pairs) + " }"


def _number(value: float) -> str:
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _dotted(path: tuple[str, ...]) -> str:
    return ".".join(map(_key, path))
