"""Paths given from Python."""

from os import PathLike
from pathlib import Path
from tempfile import TemporaryFile

from cochange.data.faults import Fault, InputError


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


def usable_folder(given: Path | str, argument: str = "directory") -> Path:
    """Refuse a folder for results that is a file, lies in one, or cannot be written to; it need not be there.

    Parameters
    ----------
    given : Path or str
        The folder.
    argument : str
        The argument that names it, or the option of a command.

    Raises
    ------
    InputError
        With what stands in its way.
    TypeError
        If it is no path.
    """
    path = as_path(given, f"{argument} must be the path of a folder")
    there = next((place for place in (path, *path.parents) if place.exists()), Path())
    if there.is_file():
        action = "give another path, or move the file"
        raise InputError([Fault(argument, None, None, "a folder, made when absent,", f"the file '{there}'", action)])
    try:
        TemporaryFile(dir=there).close()
    except OSError as error:
        found = f"'{there}', where nothing can be written ({error.strerror})"
        action = "give another path, or have the folder opened to you"
        raise InputError([Fault(argument, None, None, "a folder that can be written to", found, action)]) from None
    return path
