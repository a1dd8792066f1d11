"""A folder that holds a run of another study: say what is replaced, and leave nothing of it among the new fits."""

import json
from pathlib import Path

import h5py

from cochange.data.faults import Notice
from cochange.data.study import Study
from cochange.inference.files import PASSING
from cochange.inference.quiet import LOG
from cochange.inference.store import INPUT, MARK

SHOWN_OF_HASH = 12


def replaced_run(directory: Path, study: Study) -> Notice | None:
    """Say which run a new one replaces; None where the folder holds none, or one of the same input.

    Parameters
    ----------
    directory : Path
        Where the new run is stored.
    study : Study
        The study of the new run.
    """
    stored = directory / "study" / "study.json"
    if not stored.is_file():
        return None
    old = json.loads(stored.read_text(encoding="utf-8"))
    if old["input_hash"] == study.input_hash:
        return None
    manifest = directory / MARK
    of = "an unfinished run"
    if manifest.is_file():
        of = f"the run of {json.loads(manifest.read_text(encoding='utf-8'))['created']}"
    message = (
        f"{of} stands here, '{old['spec']['study']['title']}' ({old['name']}), whose study file or data differ from "
        f"those now given (input {old['input_hash'][:SHOWN_OF_HASH]}, now {study.input_hash[:SHOWN_OF_HASH]}). Its "
        "results are replaced, and its fits are removed when this run is finished; to keep it, stop, start it again "
        "with its own study file, and give this run another --out"
    )
    return Notice(str(directory), None, message)


def begin_anew(directory: Path, study: Study) -> None:
    """Take the mark of a finished run from a folder whose run is of another input, before its study is replaced."""
    if replaced_run(directory, study) is not None:
        (directory / MARK).unlink(missing_ok=True)


def remove_other_fits(directory: Path, study: Study) -> None:
    """Remove stored fits that were made from another input than this study's, and what a killed run wrote half of.

    The caller holds the folder's lock: nobody else is writing a fit.
    """
    for path in (directory / "posterior").glob(PASSING.format(name="*.nc", process="*")):
        path.unlink()
    for path in sorted((directory / "posterior").glob("*.nc")):
        try:
            with h5py.File(path) as file:
                made_from = file.attrs.get(INPUT, study.input_hash)
        except OSError as error:
            LOG.debug("%s: %s", path, error)
            continue
        if made_from != study.input_hash:
            path.unlink()
