"""Files written whole or not at all, whatever ends the program."""

import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryFile

from cochange.data.faults import Fault, InputError
from cochange.data.paths import as_path

# Whoever is killed outright leaves such a file behind.
PASSING = ".{name}.{process}"


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


def write_whole(path: Path, write: Callable[[Path], object]) -> Path:
    """Write a file under a passing name in its folder, then move it into place.

    Parameters
    ----------
    path : Path
        The file; its folder is made when absent.
    write : callable
        Writes to the path it is given.

    Raises
    ------
    InputError
        If its folder cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        usable_folder(path.parent)
        raise
    passing = path.with_name(PASSING.format(name=path.name, process=os.getpid()))
    try:
        write(passing)
        os.replace(passing, path)
    finally:
        passing.unlink(missing_ok=True)
    return path


def write_json(path: Path, content: object) -> Path:
    """Write JSON; numbers that JSON has no form for become null."""
    text = json.dumps(_plain(content), indent=2, ensure_ascii=False) + "\n"
    return write_whole(path, lambda passing: passing.write_text(text, encoding="utf-8"))


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
