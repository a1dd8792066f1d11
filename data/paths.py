"""Paths given from Python."""

from os import PathLike
from pathlib import Path


def as_path(given: object, required: str) -> Path:
    """A path; refuses what is none.

    Parameters
    ----------
    given : object
        What stands where a path is required.
    required : str
        What is required there, as a sentence about the argument.

    Raises
    ------
    TypeError
        If it is neither a text nor a path.
    """
    if not isinstance(given, str | PathLike):
        raise TypeError(f"{required}; got {given!r}")
    return Path(given)
