"""From a study file to a checked study."""

import hashlib
from pathlib import Path

from cochange.data.audit import make_audit
from cochange.data.checks import find_faults, find_notices
from cochange.data.faults import Fault, InputError, summarise
from cochange.data.reading.after_events import without_values_after_events
from cochange.data.reading.dataset import build_dataset
from cochange.data.reading.identifiers import alike_identifiers, with_identifiers
from cochange.data.reading.joining import join_files
from cochange.data.reading.missing_columns import apart_from_their_readings, columns_without_rows, missing_columns
from cochange.data.reading.open_files import open_files
from cochange.data.reading.readout import read_out
from cochange.data.reading.variables import named_columns
from cochange.data.spec import StudySpec, read_spec
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
        With all faults that could be found together: those of the study file first, then missing columns, then all
        of the data.

    Examples
    --------
    >>> from cochange.data.simulate import example_path
    >>> study = read_study(example_path())
    >>> dict(study.data.sizes)
    {'participant': 116, 'visit': 2, 'marker': 1}
    """
    path = Path(path)
    spec = read_spec(path)
    study_bytes = path.read_bytes()
    contents = _load(spec, path, study_bytes, data_root)
    opened = open_files(spec, contents, named_columns(spec))
    absent = missing_columns(opened, spec)
    if absent:
        raise InputError(absent)
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


def _load(spec: StudySpec, path: Path, study_bytes: bytes, data_root: str | Path | None) -> dict[str, bytes]:
    """Bytes of every data file, by the name the study file gives it."""
    folder = Path(data_root if data_root is not None else path.parent)
    named: list[tuple[KeyPath, tuple[str, ...]]] = [(("data", "file"), (spec.data.file,))]
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
    if faults:
        raise InputError(faults)
    return contents
