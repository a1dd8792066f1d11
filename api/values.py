"""Values written on the command line: numbers alone, in lists and after a name."""

import math
from collections.abc import Callable, Iterable

from cochange.data.faults import Fault, InputError, collected
from cochange.data.names import listing


def read_numbers(text: str, option: str) -> tuple[float, ...]:
    """Numbers separated by commas; none where the text is blank.

    Raises
    ------
    InputError
        If something in it is no number.
    """
    return _numbers(text, option, "number", lambda number: True)


def read_whole(text: str, option: str) -> tuple[int, ...]:
    """Whole numbers separated by commas.

    Raises
    ------
    InputError
        If something in it is no whole number.
    """
    return tuple(int(number) for number in _numbers(text, option, "whole number", lambda number: number % 1 == 0))


def read_named(text: str, option: str, written: str, most: int = 1) -> tuple[str, tuple[float, ...]]:
    """A name and the numbers after it.

    Parameters
    ----------
    text : str
        As ``NAME=1.5`` or ``NAME=1.5,0.7``.
    option : str
        The option.
    written : str
        How it is written, for the message.
    most : int
        How many numbers there may be.

    Raises
    ------
    InputError
        If there is no name, no number, or too many.
    """
    name, _, values = (part.strip() for part in text.rpartition("="))
    numbers = read_numbers(values, option) if name else ()
    if not 1 <= len(numbers) <= most:
        raise InputError([Fault(option, None, None, written, f"'{text}'", "write it so")])
    return name, numbers


def read_value(text: str, option: str) -> tuple[str, float]:
    """A name and its one value, as ``NAME=VALUE``; errors as of `read_named`."""
    name, (number,) = read_named(text, option, "NAME=VALUE")
    return name, number


def read_each[Value](
    texts: Iterable[str], option: str, read: Callable[[str, str], tuple[str, Value]]
) -> dict[str, Value]:
    """What an option that may be repeated says, by name.

    Parameters
    ----------
    texts : iterable of str
        As given.
    option : str
        The option.
    read : callable
        Gives the name and the value of a text of the option.

    Raises
    ------
    InputError
        With the faults of all, and of names given twice.
    """
    faults: list[Fault] = []
    found: dict[str, Value] = {}
    for text in texts:
        with collected(faults):
            name, value = read(text, option)
            if name in found:
                raise InputError([Fault(option, None, None, f"one value of {name}", "several", "give one of them")])
            found[name] = value
    if faults:
        raise InputError(faults)
    return found


def _numbers(text: str, option: str, what: str, fits: Callable[[float], bool]) -> tuple[float, ...]:
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    wrong = [part for part in parts if not (math.isfinite(number := _number(part)) and fits(number))]
    if wrong:
        required = f"a {what}, or several separated by commas,"
        raise InputError([Fault(option, None, None, required, f"'{text}'", f"correct {listing(wrong)}")])
    return tuple(map(float, parts))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
