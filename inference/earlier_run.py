"""A folder that holds another run: say what is replaced, keep its report, and leave no fit of it among the new ones."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import h5py

from cochange.data.faults import Notice
from cochange.data.study import Study
from cochange.inference.files import PASSING
from cochange.inference.quiet import LOG
from cochange.inference.set_aside import FOLDER, MARK, set_aside
from cochange.inference.settings import Settings
from cochange.inference.store import INPUT

SHOWN_OF_HASH = 12
_MOVED = f"moved to {FOLDER} in the folder, in place of those moved there before"


def replaced_run(directory: Path, study: Study) -> Notice | None:
    """Say which run a new one replaces; None where the folder holds none, or one of the same content.

    Parameters
    ----------
    directory : Path
        Where the new run is stored.
    study : Study
        The study of the new run.
    """
    old = _stored_study(directory)
    if old is None or study.input_hash == old["input_hash"] or study.content_hash == old.get("content_hash"):
        return None
    manifest = directory / MARK
    of, results = "an unfinished run", ""
    if manifest.is_file():
        of = f"the run of {json.loads(manifest.read_text(encoding='utf-8'))['created']}"
        results = f"Its results and its report are {_MOVED}. "
    message = (
        f"{of} stands here, '{old['spec']['study']['title']}' ({old['name']}), whose study file or data differ from "
        f"those now given (input {old['input_hash'][:SHOWN_OF_HASH]}, now {study.input_hash[:SHOWN_OF_HASH]}). "
        f"{results}Its fits are removed when this run is finished; to keep them, stop, start it again with its own "
        "study file, and give this run another --out"
    )
    return Notice(str(directory), None, message)


def replaced_results(
    directory: Path, study: Study, fits: Mapping[str, Collection[str]], settings: Settings
) -> Notice | None:
    """Say which finished run of the same study gives way to one of other models, prior sets or settings.

    Parameters
    ----------
    directory : Path
        Where the new run is stored.
    study : Study
        The study of the new run.
    fits : mapping of str to collection of str
        Models and prior sets that are now fitted.
    settings : Settings
        How they are sampled.
    """
    path = directory / MARK
    if not path.is_file() or replaced_run(directory, study) is not None:
        return None
    old = json.loads(path.read_text(encoding="utf-8"))
    before = {model: set(priors) for model, priors in old["fits"].items() if priors}
    same_settings = {**old["settings"], "cores": None} == {**asdict(settings), "cores": None}
    if same_settings and before == {model: set(priors) for model, priors in fits.items()}:
        return None
    differs = "models or prior sets" if same_settings else "settings"
    started = old["command"] or "from Python"
    message = (
        f"the finished run of {old['created']} stands here, of other {differs} ({started}). Its results and its "
        f"report are {_MOVED}; fits it has of what is now asked are taken as they are. To keep it whole, give this run "
        "another --out"
    )
    return Notice(str(directory), None, message)


def begin_anew(directory: Path, study: Study) -> None:
    """Take the mark of a finished run from a folder whose run is of other files, before its study is replaced.

    Where these say other things, the run is set aside.
    """
    old = _stored_study(directory)
    if old is None or study.input_hash == old["input_hash"]:
        return
    if study.content_hash == old.get("content_hash"):
        (directory / MARK).unlink(missing_ok=True)
    else:
        set_aside(directory)


def remove_other_fits(directory: Path, study: Study) -> None:
    """Remove stored fits of another study than this one, and what a killed run wrote half of.

    An earlier version names the study by its bytes. The caller holds the folder's lock: nobody else is writing a fit.
    """
    for path in (directory / "posterior").glob(PASSING.format(name="*.nc", process="*")):
        path.unlink()
    for path in sorted((directory / "posterior").glob("*.nc")):
        try:
            with h5py.File(path) as file:
                made_from = file.attrs.get(INPUT, study.content_hash)
        except OSError as error:
            LOG.debug("%s: %s", path, error)
            continue
        if made_from not in (study.content_hash, study.input_hash):
            path.unlink()


def _stored_study(directory: Path) -> dict[str, Any] | None:
    """What a run stored of its study; None where there is none."""
    stored = directory / "study" / "study.json"
    return json.loads(stored.read_text(encoding="utf-8")) if stored.is_file() else None
