"""Names in messages: how they are shown, and which known one a mistyped one may stand for."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

FEW = 6
# Letters that a part of a name has at the least, to tell it from others.
PART = 3
# Share of letters that two names have in common, in order, where one may be the other mistyped.
LIKENESS = 0.65


def listed_names(given: str | Sequence[str], argument: str = "names") -> list[str]:
    """One name, or several, as a list; an empty text is none.

    Raises
    ------
    TypeError
        If it is neither; names the argument.
    """
    if isinstance(given, str):
        return [given] if given else []
    if not isinstance(given, Iterable) or not all(isinstance(name, str) for name in given):
        raise TypeError(f"{argument} must be a name or a list of names; got {given!r}")
    return list(given)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name nearest to `name`, or None when none is near.

    Case is ignored, and so is what makes all options and study files alike: leading dashes, and the ending.

    Parameters
    ----------
    name : str
        Name as the user wrote it.
    known : iterable of str
        Names that would be accepted.

    Returns
    -------
    str or None

    Examples
    --------
    >>> nearest("delimitor", ["delimiter", "decimal"])
    'delimiter'
    """
    by_own = {_own_letters(candidate): candidate for candidate in known}
    matches = get_close_matches(_own_letters(name), by_own, n=1, cutoff=LIKENESS)
    return by_own[matches[0]] if matches else None


def _own_letters(name: str) -> str:
    return name.lower().lstrip("-").removesuffix(".toml")


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return ``"did you mean 'x'? "`` for the nearest known name, or an empty string."""
    match = nearest(name, known)
    return "" if match is None else f"did you mean '{match}'? "


def advice(name: str, known: Iterable[str], action: str) -> str:
    """Return `action`, after ``"did you mean 'x'? "`` and with a capital where a known name is near."""
    match = suggestion(name, known)
    return f"{match}{action[0].upper()}{action[1:]}" if match else action


def listing(names: Iterable[str], limit: int = 12) -> str:
    """Return the names in quotes, separated by commas, cut after `limit` of them."""
    quoted = [f"'{name}'" for name in names]
    rest = len(quoted) - limit
    return ", ".join(quoted[:limit]) + (f" and {rest} more" if rest > 0 else "")


def counted(number: int, what: str) -> str:
    """Return a number and what is counted, which is given in the singular.

    Examples
    --------
    >>> counted(1, "fit"), counted(2, "fit")
    ('1 fit', '2 fits')
    """
    return f"{number} {what}{'' if number == 1 else 's'}"


def choice(name: str, known: Iterable[str], limit: int = 12) -> str:
    """Say which name to take: the nearest, or those that hold what was written, and a few of the others.

    Where there is none of either, the first `limit` of all are said.

    Examples
    --------
    >>> choice("delimitor", ["comment", "delimiter", "decimal"])
    "did you mean 'delimiter'? Others are 'comment', 'decimal'"
    >>> choice("width", ["comment", "column_widths"])
    "did you mean 'column_widths'? Others are 'comment'"
    """
    names = list(dict.fromkeys(known))
    match = nearest(name, names)
    meant = [match] if match else [each for each in names if len(name) >= PART and name.lower() in each.lower()]
    if not meant:
        return f"choose one of {listing(names, limit)}"
    others = [other for other in names if other not in meant]
    one_of = " or ".join(f"'{each}'" for each in meant)
    return f"did you mean {one_of}?" + (f" Others are {listing(others, FEW)}" if others else "")


def printable(text: str) -> str:
    r"""Return a text with the number of each letter that cannot be seen in its place, line breaks included.

    Examples
    --------
    >>> printable("il6_0\N{ZERO WIDTH SPACE}")
    'il6_0\\u200B'
    """
    return "".join(letter if letter.isprintable() else _escaped(letter) for letter in text)


def _escaped(letter: str) -> str:
    number = ord(letter)
    return f"\\u{number:04X}" if number <= 0xFFFF else f"\\U{number:08X}"
