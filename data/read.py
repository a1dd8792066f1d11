"""From a study file to a checked study."""

import hashlib
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from cochange.data.audit import make_audit
from cochange.data.faults import Fault, InputError, Notice, summarise
from cochange.data.judging import JudgedData, judge_data
from cochange.data.paths import as_path
from cochange.data.reading.dataset import build_dataset
from cochange.data.reading.missing_columns import missing_columns
from cochange.data.reading.open_files import open_files
from cochange.data.reading.sound_tables import cells_part, columns_part, has_all_outcomes, unjudged_tables
from cochange.data.reading.variables import bare_names, named_columns
from cochange.data.spec import StudySpec
from cochange.data.specification.judge import JudgedSpec, judge_spec
from cochange.data.specification.toml_lines import KeyPath, dotted, key_lines, line_of
from cochange.data.study import Study


def read_study(path: str | Path, data_root: str | Path | None = None) -> Study:
    """Read a study file and its data file, check both, and lay the data out.

    Parameters
    ----------
    path : str or Path
        Study file (TOML).
    data_root : str or Path, optional
        Folder that ``[data] file`` and ``dictionary`` are relative to; by default the folder of the study file.

    Returns
    -------
    Study

    Raises
    ------
    InputError
        With all faults that do not hang on one another: those of the study file, missing columns, and what is wrong in
        the cells of every table of the study file that is not at fault itself; and with the notices beside them.
    TypeError
        If `path` or `data_root` is none, such as a study.

    Examples
    --------
    >>> from cochange.data.simulate import example_path
    >>> study = read_study(example_path())
    >>> dict(study.data.sizes)
    {'participant': 116, 'visit': 2, 'marker': 1}
    """
    path = as_path(path, "path must be that of a study file")
    judged = judge_spec(path)
    study_bytes = path.read_bytes()
    contents, absent_files = _load(judged.spec, path, study_bytes, data_root)
    if absent_files:
        raise InputError([*judged.faults, *absent_files])
    if judged.faults:
        beside = _beside(judged, contents, path.name)
        raise InputError([*judged.faults, *summarise(beside.faults)], beside.notices)
    spec = judged.spec
    opened = open_files(spec, contents, named_columns(spec))
    found = judge_data(opened, spec, missing_columns(opened, spec))
    if found.faults or found.readout is None:
        raise InputError(summarise(found.faults), found.notices)
    return Study(
        spec=spec,
        path=path,
        data=build_dataset(found.readout, spec),
        audit=make_audit(found.readout, found.opened, spec),
        notices=found.notices,
        input_hash=_hash(study_bytes, contents),
        content_hash=_hash(spec.said, contents),
    )


def _hash(study_file: bytes, contents: dict[str, bytes]) -> str:
    return hashlib.sha256(b"".join([study_file, *contents.values()])).hexdigest()


def _beside(judged: JudgedSpec, contents: dict[str, bytes], file: str) -> JudgedData:
    """What can be told of the data where the study file is at fault, and what is not yet."""
    named, spec = columns_part(judged), cells_part(judged)
    if named is None or named.data.file not in contents:
        unread = Notice(file, "data", "the data are read and checked once what is said of them here is right")
        return JudgedData(notices=(unread,) if named is None else ())
    try:
        opened = open_files(named, contents, named_columns(named))
    except InputError as error:
        return JudgedData(faults=list(error.faults))
    absent = missing_columns(opened, named)
    if spec is None:
        unchecked = Notice(file, "data", "no cell is checked before what is said of the data is right")
        return JudgedData(absent, (unchecked,))
    unjudged = tuple(unjudged_tables(judged, spec, file))
    found = judge_data(opened, spec, absent, unjudged, has_all_outcomes(judged, spec))
    # What is read of these columns is not told before the table that names them is sound.
    hidden = {*_own_names(named)} - {*_own_names(spec)}
    return replace(found, notices=tuple(notice for notice in found.notices if notice.column not in hidden))


def _own_names(spec: StudySpec) -> tuple[str, ...]:
    """Columns that a study file names, as they are called in their files."""
    return bare_names(named_columns(spec), spec)


def _load(
    spec: StudySpec, path: Path, study_bytes: bytes, data_root: str | Path | None
) -> tuple[dict[str, bytes], list[Fault]]:
    """Bytes of every data file, by the name the study file gives it, and the faults of those that are not there."""
    folder = path.parent if data_root is None else as_path(data_root, "data_root must be the path of a folder")
    named: list[tuple[KeyPath, tuple[str, ...]]] = []
    # A key at fault cannot be read.
    with suppress(AttributeError):
        named.append((("data", "file"), (spec.data.file,)))
        named += [(("data", "join", i, "file"), joined.files) for i, joined in enumerate(spec.data.join)]
        listed = [(("data",), spec.data), *((("data", "join", i), joined) for i, joined in enumerate(spec.data.join))]
        named += [((*key, "dictionary"), (table.dictionary,)) for key, table in listed if table.dictionary is not None]
    contents: dict[str, bytes] = {}
    faults = []
    for key, files in named:
        for file in files:
            try:
                contents[file] = (folder / file).read_bytes()
            except OSError:
                line = line_of(key, key_lines(study_bytes.decode("utf-8-sig")))
                found = f"none that can be read at '{folder / file}'"
                action = "correct the name; it is relative to the folder of the study file"
                if data_root is not None:
                    action = f"correct the name, or the data root, '{folder}', which it is relative to"
                faults.append(Fault(path.name, line, dotted(key), f"a data {key[-1]}", found, action))
    return contents, faults
