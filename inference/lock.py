"""One run at a time in a folder."""

import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from cochange.data.faults import Fault, InputError
from cochange.data.paths import usable_folder
from cochange.inference.files import write_json

LOCK = ".running.lock"
HOLDER = ".running.json"


@contextmanager
def alone_in(directory: Path | None) -> Iterator[None]:
    """Keep other runs out of a folder, as long as this process lives and works in it.

    The lock is the operating system's: it ends with its process, however that ends.

    Parameters
    ----------
    directory : Path or None
        The folder, made when absent; None where nothing is stored.

    Raises
    ------
    InputError
        If another run is at work there, with its process and since when, or if it is no folder to write to.
    """
    if directory is None:
        yield
        return
    usable_folder(directory).mkdir(parents=True, exist_ok=True)
    lock, holder = FileLock(directory / LOCK, timeout=0), directory / HOLDER
    try:
        lock.acquire()
    except Timeout:
        raise InputError([_occupied(directory, holder)]) from None
    try:
        since = datetime.now().astimezone().isoformat(" ", timespec="seconds")
        write_json(holder, {"process": os.getpid(), "machine": platform.node(), "since": since})
        yield
    finally:
        holder.unlink(missing_ok=True)
        # Whoever waits for a file that is gone begins with a new one; not every system lets a locked file go.
        with suppress(OSError):
            (directory / LOCK).unlink()
        lock.release()


def _occupied(directory: Path, holder: Path) -> Fault:
    try:
        own = json.loads(holder.read_text("utf-8"))
        who = f"process {own['process']} of {own['machine']} at work in it since {own['since']}"
    except (OSError, ValueError):
        who = "another one at work in it"
    action = "wait until that has ended, or give another path"
    return Fault(str(directory), None, None, "a folder that no other run writes to", who, action)
