"""From a data file to the draft of its study file."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from cochange.data.faults import Fault, InputError, Notice
from cochange.data.inspection.footer import without_footer
from cochange.data.inspection.guess import Guess, guess_study
from cochange.data.inspection.look import look_at
from cochange.data.inspection.study_file import draft
from cochange.data.inspection.unit_rows import without_unit_rows
from cochange.data.paths import as_path
from cochange.data.specification.blanks import blanks_in


@dataclass(frozen=True)
class Draft:
    """A draft as written.

    Attributes
    ----------
    path : Path
        The study file.
    blanks : int
        Blanks it has.
    notices : tuple of Notice
        Columns of the data file that look as if they identified people.
    """

    path: Path
    blanks: int
    notices: tuple[Notice, ...]


def draft_study_file(
    data_file: str | Path, out: str | Path | None = None, force: bool = False, sheet: str | None = None
) -> Draft:
    """Look at a data file and write a commented study file for it, with blanks for what only the user can say.

    Parameters
    ----------
    data_file : str or Path
        The data file.
    out : str or Path, optional
        The study file to write; ``study.toml`` beside the data file by default.
    force : bool
        Whether to replace a file of that name.
    sheet : str, optional
        The sheet of a workbook; needed where there are several.

    Returns
    -------
    Draft

    Raises
    ------
    InputError
        If the data file cannot be read, or the study file cannot be written.
    TypeError
        If `data_file` or `out` is no path.
    """
    data_path = as_path(data_file, "data_file must be the path of a data file")
    path = data_path.with_name("study.toml") if out is None else as_path(out, "out must be the path of a study file")
    faults: list[Fault] = []
    try:
        look = look_at(data_path, sheet)
    except InputError as error:
        faults += error.faults
    if path.resolve() == data_path.resolve():
        faults = faults or [_refused(path, "the data file itself", "give another name with `out`")]
    elif path.exists() and not force:
        faults.append(_refused(path, "one that is there", "give another name with `out`, or replace it with `force`"))
    if faults:
        raise InputError(faults)
    look = without_unit_rows(look)
    look = without_footer(look, guess_study(look))
    guess = guess_study(look)
    text = draft(look, guess, _from(path.parent, data_path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise InputError([_refused(path, f"'{error.strerror}'", "give another name with `out`")]) from None
    return Draft(path, len(blanks_in(tomllib.loads(text), path.name, {})), _notices(data_path.name, guess))


def _from(folder: Path, data_path: Path) -> str:
    try:
        return Path(os.path.relpath(data_path.resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return data_path.resolve().as_posix()


def _notices(file: str, guess: Guess) -> tuple[Notice, ...]:
    unread = {name: kind for name, kind in guess.private.items() if name in guess.unused}
    return tuple(
        Notice(file, name, f"looks like {kind}: it is not named in the draft, so it is not read")
        for name, kind in unread.items()
    )


def _refused(path: Path, found: str, action: str) -> Fault:
    return Fault(path.name, None, None, "a new file to write the study file to", found, action)
