"""From a study file to a checked study."""

import hashlib
from contextlib import suppress
from pathlib import Path

from cochange.data.audit import make_audit
from cochange.data.checks import find_faults, find_notices
from cochange.data.faults import Fault, InputError, summarise
from cochange.data.reading.after_events import without_values_after_events
from cochange.data.reading.dataset import build_dataset
from cochange.data.reading.identifiers import alike_identifiers, with_identifiers
from cochange.data.reading.joining import join_files
from cochange.data.reading.missing_columns import apart_from_their_readings, columns_without_rows, missing_columns
from cochange.data.reading.open_files import Opened, open_files
from cochange.data.reading.parts import complete_part, readable_part
from cochange.data.reading.readout import read_out
from cochange.data.reading.variables import declared_columns, named_columns, variables
from cochange.data.spec import StudySpec, judge_spec
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
        With all faults that could be found together: those of the study file and of files that are not there; then
        missing columns and what is wrong in the others; then all of the data.

    Examples
    --------
    >>> from cochange.data.simulate import example_path
    >>> study = read_study(example_path())
    >>> dict(study.data.sizes)
    {'participant': 116, 'visit': 2, 'marker': 1}
    """
    path = Path(path)
    spec, faults = judge_spec(path)
    study_bytes = path.read_bytes()
    contents, absent_files = _load(spec, path, study_bytes, data_root)
    if faults or absent_files:
        raise InputError([*faults, *absent_files])
    opened = open_files(spec, contents, named_columns(spec))
    absent = missing_columns(opened, spec)
    if absent:
        raise InputError(summarise([*absent, *_faults_beside(absent, opened, spec)]))
    alike = alike_identifiers(opened, spec.data.pseudonyms)
    opened = with_identifiers(opened, spec.data.pseudonyms)
    sources, faults, joined = join_files(opened, spec)
    absent = [*columns_without_rows(sources, spec), *apart_from_their_readings(sources, spec)]
    if absent:
        raise InputError(summarise([*faults, *absent]))
    readout = without_values_after_events(read_out(sources, spec), spec)
    found = summarise([*faults, *readout.faults, *find_faults(readout, opened, spec)])
    if found:
        raise InputError(found)
    return Study(
        spec=spec,
        path=path,
        data=build_dataset(readout, spec),
        audit=make_audit(readout, opened, spec),
        notices=tuple(dict.fromkeys([*alike, *joined, *find_notices(readout, opened, spec)])),
        input_hash=hashlib.sha256(b"".join([study_bytes, *contents.values()])).hexdigest(),
    )


def _faults_beside(absent: list[Fault], opened: list[Opened], spec: StudySpec) -> list[Fault]:
    """The faults of the data that do not hang on absent columns, none where these tell the rows apart."""
    names = {str(fault.column) for fault in absent}
    of_first_visit = spec.symptom.baseline_column if spec.symptom is not None else None
    if not names <= set(declared_columns(spec)) - {of_first_visit}:
        return []
    opened = with_identifiers(opened, spec.data.pseudonyms)
    try:
        sources, found, _ = join_files(opened, spec)
    except InputError as error:
        return list(error.faults)
    # Cells can be read alone, but checks of a whole variable need all of its columns.
    readable, complete = readable_part(spec, names), complete_part(spec, names)
    apart = [*columns_without_rows(sources, readable), *apart_from_their_readings(sources, readable)]
    if others := [fault for fault in apart if fault.column not in names]:
        return [*found, *others]
    for rest in (readable, complete):
        if any(variable.numeric for variable in variables(rest)):
            readout = without_values_after_events(read_out(sources, rest), rest)
            found += [*readout.faults, *(find_faults(readout, opened, rest) if rest is complete else [])]
    return list(dict.fromkeys(found))


def _load(
    spec: StudySpec, path: Path, study_bytes: bytes, data_root: str | Path | None
) -> tuple[dict[str, bytes], list[Fault]]:
    """Bytes of every data file, by the name the study file gives it, and the faults of those that are not there."""
    folder = Path(data_root if data_root is not None else path.parent)
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
                faults.append(Fault(path.name, line, dotted(key), f"a data {key[-1]}", found, action))
    return contents, faults
