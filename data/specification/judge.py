"""Read a study file, and find its faults."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

from pydantic import ValidationError

from cochange.data.faults import Fault, InputError, summarise
from cochange.data.names import advice, listing
from cochange.data.spec import StudySpec
from cochange.data.specification.blanks import blanks_in, paths_of_blanks
from cochange.data.specification.file_formats import looks_like_data
from cochange.data.specification.rules import broken_rules, broken_rules_of_part
from cochange.data.specification.sound_part import sound_part
from cochange.data.specification.study_file_faults import faults_of
from cochange.data.specification.toml_lines import KeyPath, dotted, key_lines, line_of, twice_given


def read_spec(path: str | Path) -> StudySpec:
    """Read and check a study file.

    Parameters
    ----------
    path : str or Path
        TOML file.

    Returns
    -------
    StudySpec

    Raises
    ------
    InputError
        With every fault of the file: TOML syntax, unknown or missing keys, values out of place, contradictions.
    """
    judged = judge_spec(Path(path))
    if judged.faults:
        raise InputError(judged.faults)
    return judged.spec


@dataclass(frozen=True)
class JudgedSpec:
    """A study file with its faults.

    Attributes
    ----------
    spec : StudySpec
        Its sound part, where keys are at fault: to read one of these raises an AttributeError.
    faults : tuple of Fault
        First of blanks left in it.
    broken : tuple of tuple
        Paths of the keys whose values contradict others.
    """

    spec: StudySpec
    faults: tuple[Fault, ...]
    broken: tuple[KeyPath, ...]


def judge_spec(path: Path) -> JudgedSpec:
    """Read a study file, and find its faults.

    Parameters
    ----------
    path : Path
        TOML file.

    Returns
    -------
    JudgedSpec

    Raises
    ------
    InputError
        When the file cannot be read as TOML.
    """
    content, text = _load(path)
    lines = key_lines(text)
    blanks, wrong = blanks_in(content, path.name, lines), paths_of_blanks(content)
    faults: list[Fault] = []
    try:
        spec = StudySpec.model_validate(content)
    except ValidationError as error:
        blank = {fault.column for fault in blanks}
        faults = [fault for fault in faults_of(error, StudySpec, path.name, lines) if fault.column not in blank]
        wrong += [details["loc"] for details in error.errors(include_url=False)]
    if wrong:
        spec = sound_part(StudySpec, content, wrong)
    all_broken = list(broken_rules_of_part(spec) if wrong else broken_rules(spec))
    for broken in all_broken:
        place = path.name, line_of(broken.path, lines), dotted(broken.path) or None
        faults.append(Fault(*place, broken.required, broken.found, broken.action))
    return JudgedSpec(spec, (*blanks, *summarise(faults)), tuple(broken.path for broken in all_broken))


def _another(path: Path) -> str:
    """What to give in place of a path that is no file: a study file beside it, or in it where it is a folder."""
    files = [file.name for file in sorted((path if path.is_dir() else path.parent).glob("*.toml"))]
    if path.is_dir() and files:
        return f"name the file in it: {listing(files)}"
    return advice(path.name, files, "check the path; `cochange simulate` writes an example study file")


def _load(path: Path) -> tuple[dict[str, Any], str]:
    required = "a study file in TOML"
    try:
        content = path.read_bytes()
    except OSError:
        found = "a folder" if path.is_dir() else "no file that can be read"
        raise InputError([Fault(str(path), None, None, required, found, _another(path))]) from None
    try:
        return _parsed(path, content)
    except InputError:
        if not looks_like_data(path.name, content):
            raise
        action = f"give its study file; where there is none yet, `cochange init {quote(str(path))}` drafts it"
        raise InputError([Fault(path.name, None, None, required, "what looks like a data file", action)]) from None


def _parsed(path: Path, content: bytes) -> tuple[dict[str, Any], str]:
    try:
        text = content.decode("utf-8-sig")
        return tomllib.loads(text), text
    except UnicodeDecodeError as error:
        row = error.object[: error.start].count(b"\n") + 1
        found = f"the byte 0x{error.object[error.start]:02x}, which is not UTF-8"
        raise InputError([Fault(path.name, row, None, "text in UTF-8", found, "save the file as UTF-8")]) from None
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at line (\d+), column \d+\)", str(error))
        line = int(place.group(1)) if place else text.rstrip().count("\n") + 1
        found = f"a syntax error: {str(error)[0].lower()}{str(error)[1:]}"
        key, first = ("", None) if "overwrite a value" not in found or place is None else twice_given(text, line)
        if key:
            before = "" if first is None else f", first on line {first}"
            found, action = f"the key '{key}' a second time{before}", "take out one of the two"
            raise InputError([Fault(path.name, line, key, "each key once", found, action)]) from None
        action = "correct this line, or one before it where a bracket or quotation mark was not closed: texts stand in "
        action += "quotes, lists in square brackets, numbers use a decimal point"
        raise InputError([Fault(path.name, line, None, "valid TOML", found, action)]) from None
