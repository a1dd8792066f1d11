"""Records on disk: one line each, so that a killed run leaves whole lines and one that is passed over."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from cochange.data.faults import CochangeError
from cochange.inference.many.work import Record


class RecordsError(CochangeError):
    """The file holds the records of other work."""


def read_records(path: Path, fingerprint: str) -> dict[int, Record]:
    """The records stored so far, by number; none where there is no file, or no record in it whoever began it.

    Parameters
    ----------
    path : Path
        The file.
    fingerprint : str
        That of the work.

    Raises
    ------
    RecordsError
        If the file was written for other work.
    """
    if not path.is_file():
        return {}
    text = path.read_text("utf-8")
    # Killed before the first line was whole.
    if _line(_head(fingerprint)).startswith(text):
        return {}
    head, *lines = text.split("\n")
    own = _loaded(head)
    if own != _head(fingerprint) and (own is None or own.keys() != _head("").keys() or lines[:-1]):
        raise RecordsError(
            f"{path}: holds fits of other settings, data or another version; give another folder, or remove the file "
            "to begin again"
        )
    # The line that a kill cut short has no end, and is done again.
    found = [record for line in lines[:-1] if (record := _loaded(line)) is not None]
    return {record["number"]: record for record in found}


@contextmanager
def appending(path: Path, fingerprint: str) -> Iterator[TextIO]:
    """Open the file to add records with `append`; a line that was cut short is taken off first.

    A file without a record is begun anew.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8", newline="\n") as file:
        file.seek(0)
        written = file.read()
        whole = written[: written.rfind("\n") + 1]
        kept = whole if whole.count("\n") > 1 else ""
        if kept != written:
            file.truncate(len(kept.encode()))
        if not kept:
            _write(file, _head(fingerprint))
        yield file


def append(file: TextIO, record: Record) -> None:
    """Add a record, on disk when this returns."""
    _write(file, record)


def _head(fingerprint: str) -> Record:
    """The first line."""
    return {"fingerprint": fingerprint}


def _line(content: Record) -> str:
    return json.dumps(content, allow_nan=False) + "\n"


def _write(file: TextIO, content: Record) -> None:
    file.write(_line(content))
    file.flush()
    os.fsync(file.fileno())


def _loaded(line: str) -> Record | None:
    try:
        loaded = json.loads(line)
    except ValueError:
        return None
    return loaded if isinstance(loaded, dict) else None
