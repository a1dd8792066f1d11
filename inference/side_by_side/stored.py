"""Finished runs as they stored their results: read, checked, and nothing sampled or summarised anew."""

import hashlib
import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from cochange.data.arguments import require_several
from cochange.data.faults import Fault, InputError
from cochange.data.paths import as_path
from cochange.data.study import Study
from cochange.inference.estimates import Decision, Estimate
from cochange.inference.store import RECORDED_LATER, SCHEMA, load_study, results_schema
from cochange.inference.verdict import Verdict
from cochange.models.parts.design import OVERALL, arm_label

Found = tuple[str, str, str]
KINDS = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number",
         type(None): "null"}  # fmt: skip


@dataclass(frozen=True, eq=False)
class StoredRun:
    """A finished run.

    Attributes
    ----------
    label : str
        What tells it from the other runs: the last part of its path, or more of it where that is not enough.
    study : Study
        The study as read by the run.
    decisions : tuple of Decision
        Its rows, with what each allows to be said, in the order stored.
    verdict : Verdict
        May its results be reported?
    used : mapping of str to int
        Participants each model uses.
    left_out : mapping of str to collection of str
        Those it leaves out.
    manifest : mapping
        How it came about.
    model_files : mapping of str to str
        SHA-256 of each own model file it kept.
    """

    label: str
    study: Study
    decisions: tuple[Decision, ...]
    verdict: Verdict
    used: Mapping[str, int]
    left_out: Mapping[str, Collection[str]]
    manifest: Mapping[str, Any]
    model_files: Mapping[str, str]

    @property
    def synthetic(self) -> bool:
        """Whether its data are simulated."""
        return self.study.spec.study.synthetic

    @property
    def main_prior(self) -> str:
        """The prior set its report speaks of first."""
        return self.decisions[0].estimate.prior

    def participants(self, model: str, group: str) -> int | None:
        """How many participants of a group, an arm or the arms of a contrast a model uses; None where not known."""
        if group == OVERALL:
            return self.used.get(model)
        data, without = self.study.data, self.left_out.get(model, ())
        used = np.array([who not in without for who in data["participant"].to_numpy().astype(str)])
        if used.sum() != self.used.get(model):
            return None
        labels = {
            label: data[name].to_numpy() == level
            for name, of in (("group", str), ("arm", arm_label))
            if name in data.coords
            for level in np.unique(data[name].to_numpy())
            for label in [of(str(level))]
        }
        names = [arm_label(arm) for arm in group.split(" versus ")] if " versus " in group else [group]
        members = [labels[name] for name in names if name in labels]
        return int((used & np.any(members, axis=0)).sum()) if len(members) == len(names) else None


def read_runs(directories: Sequence[Path | str]) -> tuple[StoredRun, ...]:
    """The results stored in run directories.

    Parameters
    ----------
    directories : sequence of path
        Two or more, each the ``--out`` of `cochange run`, `fit` or `demo`.

    Raises
    ------
    InputError
        With every fault: fewer than two directories, one given twice, one without results, results of a newer version,
        files that cannot be read or that lack what every result has.
    TypeError
        If the directories are not several in a list, or one is no path.
    """
    require_several(directories, 'directories must be several in a list, such as ["run_a", "run_b"]')
    paths = [as_path(directory, "each of the directories must be the path of a folder") for directory in directories]
    faults = list(_of_the_list(paths))
    runs = []
    for path, label in zip(paths, labels_of(paths), strict=True):
        try:
            runs.append(_read(path, label))
        except InputError as error:
            faults += [fault for fault in error.faults if fault not in faults]
    if faults:
        raise InputError(faults)
    return tuple(runs)


def labels_of(paths: Sequence[Path]) -> list[str]:
    """The last part of each path, with as many parts before it as tell the paths apart."""
    parts = [path.resolve().parts for path in paths]
    distinct = len(set(parts))
    most = max((len(own) for own in parts), default=1)
    for depth in range(1, most + 1):
        labels = ["/".join(own[-depth:]) for own in parts]
        if len(set(labels)) == distinct:
            break
    return labels if paths else []


def _of_the_list(paths: Sequence[Path]) -> Iterator[Fault]:
    required = "a list of two run directories or more"
    if len(paths) < 2:
        found = f"{len(paths)}" if paths else "none"
        yield Fault("the directories", None, None, required, found, "give the --out of each run")
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            yield Fault(str(path), None, None, "each directory once", "it a second time", "give it once")
        seen.add(path.resolve())


def _read(directory: Path, label: str) -> StoredRun:
    content = _content(directory)
    rows = list(zip(content["estimates"], content["decisions"], strict=True))
    try:
        study = load_study(directory)
    # Whatever is wrong with the stored study, the run has to be made again.
    except Exception as error:
        found = f"one that cannot be read ({type(error).__name__}: {error})"
        fault = Fault(str(directory / "study"), None, None, "the study a run stored", found, "make the run again")
        raise InputError([fault]) from None
    # A run of another input, begun here and not finished, has put its study in the place of theirs.
    if study.input_hash != content["manifest"]["input_hash"]:
        required, found = "results of the study stored beside them", "those of another study file or other data"
        fault = Fault(str(directory / "results.json"), None, None, required, found, "finish the run begun there")
        raise InputError([fault])
    own = sorted((directory / "model_files").glob("*.py"))
    return StoredRun(
        label=label,
        study=study,
        decisions=tuple(_decision(row, said) for row, said in rows),
        verdict=Verdict(content["verdict"]["status"], tuple(content["verdict"]["reasons"])),
        used=content["audit"]["used"],
        left_out=content["audit"]["left_out"],
        manifest={**RECORDED_LATER, **content["manifest"]},
        model_files={path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in own},
    )


def _decision(row: Mapping[str, Any], said: Mapping[str, Any]) -> Decision:
    # A number that JSON has no form for was stored as null; a later version may have added fields.
    numbers = {item.name for item in fields(Estimate) if item.type is float}
    whole: dict[str, Any] = {item.name: row[item.name] for item in fields(Estimate)}
    whole |= {name: math.nan for name in numbers if whole[name] is None}
    return Decision(Estimate(**whole), said["direction"], said["importance"], said["settled"])


def _content(directory: Path) -> dict[str, Any]:
    """The content of ``results.json``, checked for all that a comparison takes from it."""
    path = directory / "results.json"
    again = f"write it again by `cochange report {directory}`"
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        found = "a directory without that file" if directory.is_dir() else "no such directory"
        action = "give the --out of a finished `cochange run` or `cochange fit`"
        raise InputError([Fault(str(path), None, None, "a file with the results of a run", found, action)]) from None
    except ValueError as error:
        found = f"text that is none ({error})"
        raise InputError([Fault(str(path), None, None, "valid JSON", found, again)]) from None
    faults = [Fault(str(path), None, None, *found) for found in _wrong(content, again)]
    if faults:
        raise InputError(faults)
    return content


def _wrong(content: Any, again: str) -> Iterator[Found]:
    """What keeps a file from being the results of a run, by the names its schema requires."""
    schema = json.loads(results_schema())
    name, _, number = SCHEMA.rpartition("/")
    given = content.get("schema") if isinstance(content, dict) else None
    own, _, version = str(given).rpartition("/")
    if own != name or not version.isdigit():
        yield f"a file of the format {SCHEMA}", f"'{given}'" if given else "no name of a format", again
        return
    if int(version) != int(number):
        newer = int(version) > int(number)
        action = "update cochange, which wrote them in a newer version" if newer else again
        yield f"a file of the format {SCHEMA}", f"'{given}'", action
        return
    if faulty := _lacking(content, schema):
        yield "every part of the results", _told(faulty), again
        return
    parts = schema["$defs"]
    for part, rows, described in (
        ("verdict", [content["verdict"]], parts["verdict"]),
        ("audit", [content["audit"]], parts["audit"]),
        ("manifest", [{**RECORDED_LATER, **content["manifest"]}], parts["manifest"]),
        ("estimates", content["estimates"], parts["estimate"]),
        ("decisions", content["decisions"], parts["decision"]),
    ):
        if faulty := list(dict.fromkeys(name for row in rows for name in _lacking(row, described))):
            yield f"every field of {part}", _told(faulty), again
    if not content["estimates"]:
        yield "at least one estimate", "none", "leave the directory out: its run fitted no model"
    if len(content["estimates"]) != len(content["decisions"]):
        yield "one decision an estimate", f"{len(content['decisions'])} of {len(content['estimates'])}", again


def _lacking(row: Any, described: Mapping[str, Any]) -> list[str]:
    """The required fields that are absent, or are not of a kind the schema allows."""
    if not isinstance(row, dict):
        return list(described["required"])
    return [name for name in described["required"] if name not in row or not _fits(row[name], described, name)]


def _fits(value: Any, described: Mapping[str, Any], name: str) -> bool:
    allowed = described["properties"][name]
    if "enum" in allowed:
        return value in allowed["enum"]
    kinds = allowed.get("type", "object" if "$ref" in allowed else list(KINDS.values()))
    return KINDS[type(value)] in kinds or (type(value) is int and "number" in kinds)


def _told(names: Sequence[str]) -> str:
    return f"{', '.join(names)} absent, or of another kind"
