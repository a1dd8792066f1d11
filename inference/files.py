"""Files written whole or not at all, whatever ends the program."""

import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from cochange.data.paths import usable_folder

# Whoever is killed outright leaves such a file behind.
PASSING = ".{name}.{process}"


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
