"""From a study file to a checked study."""

import hashlib
from pathlib import Path
from typing import Literal

from cochange.data.audit import make_audit
from cochange.data.checking.left_out_values import values_in_left_out_rows
from cochange.data.checks import find_faults, find_notices
from cochange.data.dictionary.apply import with_dictionary
from cochange.data.dictionary.checks import dictionary_faults, dictionary_notices
from cochange.data.dictionary.parse import parse_dictionary
from cochange.data.faults import Fault, InputError, summarise
from cochange.data.reading.cells import missing_columns
from cochange.data.reading.dataset import build_dataset
from cochange.data.reading.formats.read_table import read_table
from cochange.data.reading.pseudonyms import with_pseudonyms
from cochange.data.reading.readout import read_out
from cochange.data.reading.variables import declared_columns
from cochange.data.spec import read_spec
from cochange.data.specification.toml_lines import key_lines, line_of
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
    root = Path(data_root if data_root is not None else path.parent)
    data_path = root / spec.data.file
    content = _load(data_path, path, study_bytes, "file")
    wanted = declared_columns(spec)
    table = read_table(data_path, content, spec.data, wanted)
    listed, dictionary = b"", None
    if spec.data.dictionary is not None:
        listed = _load(root / spec.data.dictionary, path, study_bytes, "dictionary")
        dictionary = parse_dictionary(Path(spec.data.dictionary).name, listed, spec.data.encoding, wanted)
        table, spec = with_dictionary(table, spec, dictionary)
    absent = missing_columns(table, wanted)
    if absent:
        raise InputError(absent)
    table = with_pseudonyms(table, spec.data)
    readout = read_out(table, spec)
    if not readout.participants:
        raise InputError(summarise(list(readout.faults)))
    found = [*readout.faults, *values_in_left_out_rows(readout, table, spec), *find_faults(readout, spec)]
    if dictionary is not None:
        found += dictionary_faults(readout, spec, dictionary)
    faults = summarise(found)
    if faults:
        raise InputError(faults)
    notices = find_notices(readout, table, spec)
    if dictionary is not None:
        notices = (*notices, *dictionary_notices(readout, spec, dictionary))
    return Study(
        spec=spec,
        path=path,
        data=build_dataset(readout, spec),
        audit=make_audit(readout, table, spec),
        notices=notices,
        input_hash=hashlib.sha256(study_bytes + content + listed).hexdigest(),
    )


def _load(data_path: Path, study_path: Path, study_bytes: bytes, key: Literal["file", "dictionary"]) -> bytes:
    try:
        return data_path.read_bytes()
    except OSError:
        line = line_of(("data", key), key_lines(study_bytes.decode("utf-8-sig")))
        found = f"none that can be read at '{data_path}'"
        action = "correct the name; it is relative to the folder of the study file"
        fault = Fault(study_path.name, line, f"data.{key}", f"a data {key}", found, action)
        raise InputError([fault]) from None
