"""Arguments given from Python, refused where they are of another kind."""

from collections.abc import Sequence
from numbers import Integral, Real
from types import UnionType


def require(given: object, kind: type | UnionType, required: str) -> None:
    """Refuse what is of another kind.

    Parameters
    ----------
    given : object
        What stands where that kind is required.
    kind : type
        The kind.
    required : str
        What is required there, as a sentence about the argument.

    Raises
    ------
    TypeError
        With what is required.
    """
    if not isinstance(given, kind):
        raise TypeError(f"{required}; got {given!r}")


def require_number(given: object, argument: str, whole: bool = False) -> None:
    """Refuse what is no number, or no whole one, such as its text.

    Raises
    ------
    TypeError
        With the argument.
    """
    if isinstance(given, bool) or not isinstance(given, Integral if whole else Real):
        raise TypeError(f"{argument} must be a {'whole ' if whole else ''}number; got {given!r}")


def require_several(given: object, required: str) -> None:
    """Refuse one thing where several are required, and a text, which is a sequence of letters.

    Raises
    ------
    TypeError
        With what is required.
    """
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise TypeError(f"{required}; got {given!r}")
