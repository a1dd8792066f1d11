"""The folder that compiled models are kept in: private, whole files only, the least used taken out first."""

import hashlib
import json
import os
import pickle
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

ENVIRONMENT = "COCHANGE_CACHE"
MOST_BYTES = 512 * 1024**2
# Machine code, and what it takes besides for one study.
SUFFIX = ".code"
STUDY_SUFFIX = ".study"
# Beside either, in words for who looks into the folder: what it is of. Nothing that runs reads it.
LABEL_SUFFIX = ".label"
# A file that was never finished is left behind by a process that was killed.
ABANDONED_AFTER = 3600
_DIGEST = 32


@dataclass(frozen=True)
class Entry:
    """One file.

    Attributes
    ----------
    key, suffix : str
        Its name.
    size : int
        Bytes.
    used : float
        When it was last used, in seconds since the epoch.
    model, study : str
        Name of its model, and title of the study that last used it; empty where it has no label.
    """

    key: str
    suffix: str
    size: int
    used: float
    model: str
    study: str


def folder() -> Path:
    """The folder: that of ``COCHANGE_CACHE``, or the usual place of the platform."""
    named = os.environ.get(ENVIRONMENT)
    return Path(named) if named else user_cache_path("cochange") / "machine-code"


def entries() -> list[Entry]:
    """Every file of the folder, the last used first."""
    found = []
    for path in _files():
        status = _status(path)
        if status is not None:
            found.append(Entry(path.stem, path.suffix, status.st_size, status.st_mtime, *_read_label(path)))
    return sorted(found, key=lambda entry: -entry.used)


def read(key: str, suffix: str = SUFFIX) -> Any:
    """Read what is kept under a key.

    Raises
    ------
    OSError, ValueError
        If there is nothing, it is not the user's own and private, or it is damaged.
    """
    path = folder() / f"{key}{suffix}"
    _refuse_foreign(path.parent)
    with path.open("rb") as file:
        _refuse_foreign_status(path, os.fstat(file.fileno()))
        content = file.read()
    digest, payload = content[:_DIGEST], content[_DIGEST:]
    if hashlib.sha256(payload).digest() != digest:
        raise ValueError(f"{path.name} is damaged")
    named, kept = pickle.loads(payload)
    if named != key:
        raise ValueError(f"{path.name} is that of another key")
    # The folder may be there to be read alone, or another process may just have taken the file out.
    with suppress(OSError):
        os.utime(path)
    return kept


def write(key: str, value: Any, suffix: str = SUFFIX) -> None:
    """Keep something under a key, and take out what was used least where the folder grows too large.

    Raises
    ------
    OSError, ValueError
        If the folder cannot be written to, or is not the user's own and private.
    """
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    _refuse_foreign(place)
    payload = pickle.dumps((key, value))
    _write_whole(place / f"{key}{suffix}", hashlib.sha256(payload).digest() + payload)
    _prune(place)


def label(key: str, model: str, study: str, suffix: str = SUFFIX) -> None:
    """Say beside a kept file whose it is: the name of its model, and the title of the study that uses it.

    Nothing is said where the folder cannot be written to.
    """
    path = folder() / f"{key}{suffix}"
    if _read_label(path) != (model, study):
        with suppress(OSError):
            _write_whole(_label_of(path), json.dumps({"model": model, "study": study}).encode())


def clear() -> int:
    """Take every file out, and say how many there were but for labels."""
    gone = 0
    for path in _files():
        _take_out(path)
        gone += 1
    _take_out_left_over(folder())
    return gone


def _write_whole(path: Path, content: bytes) -> None:
    """Readable by its owner alone from the start; moved into place whole, so that a reader never sees a part."""
    handle, passing = tempfile.mkstemp(dir=path.parent, suffix=".passing")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(passing).replace(path)
    except BaseException:
        Path(passing).unlink(missing_ok=True)
        raise


def _label_of(path: Path) -> Path:
    return path.with_name(f"{path.name}{LABEL_SUFFIX}")


def _read_label(path: Path) -> tuple[str, str]:
    """Model and study of a kept file, empty where it has no label that can be read."""
    try:
        found = json.loads(_label_of(path).read_text("utf-8"))
        return str(found["model"]), str(found["study"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""


def _take_out(path: Path) -> None:
    path.unlink(missing_ok=True)
    _label_of(path).unlink(missing_ok=True)


def _prune(place: Path) -> None:
    total = 0
    for entry in entries():
        total += entry.size
        if total > MOST_BYTES:
            _take_out(place / f"{entry.key}{entry.suffix}")
    _take_out_left_over(place)


def _take_out_left_over(place: Path) -> None:
    """Labels of files that are gone, and files that were never finished."""
    for path in place.glob(f"*{LABEL_SUFFIX}"):
        if not path.with_suffix("").exists():
            path.unlink(missing_ok=True)
    for path in place.glob("*.passing"):
        status = _status(path)
        if status is not None and time.time() - status.st_mtime > ABANDONED_AFTER:
            path.unlink(missing_ok=True)


def _files() -> Iterator[Path]:
    for suffix in (SUFFIX, STUDY_SUFFIX):
        yield from folder().glob(f"*{suffix}")


def _status(path: Path) -> os.stat_result | None:
    """Status of a file, None where another process has just taken it out."""
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _refuse_foreign(place: Path) -> None:
    _refuse_foreign_status(place, place.stat())


def _refuse_foreign_status(path: Path, status: os.stat_result) -> None:
    """Machine code runs with the rights of the user: only what nobody else can have written is run."""
    if not hasattr(os, "getuid"):
        return
    if status.st_uid != os.getuid():
        raise ValueError(f"{path} belongs to another user")
    others = (stat.S_IWGRP | stat.S_IWOTH) if stat.S_ISDIR(status.st_mode) else (stat.S_IRWXG | stat.S_IRWXO)
    if status.st_mode & others:
        raise ValueError(f"{path} is open to others")
