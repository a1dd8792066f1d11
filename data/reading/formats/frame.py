"""A data frame of another program as a table of texts."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from cochange.data.faults import Fault, InputError
from cochange.data.reading.formats.values import text_of
from cochange.data.reading.table import TextTable


def table_of(
    file: str,
    frame: pd.DataFrame,
    wanted: tuple[str, ...],
    facts: dict[str, str],
    user_missing: Mapping[str, frozenset[str]] | None = None,
) -> TextTable:
    """Write every value of a data frame as a text; rows are numbered from one.

    Parameters
    ----------
    file : str
        Name of the file.
    frame : pandas.DataFrame
        Its content.
    wanted : tuple of str
        Declared columns, of which there may be only one each.
    facts : dict of str to str
        How the file was read.
    user_missing : mapping, optional
        By column, the texts that the file itself declares missing.

    Raises
    ------
    InputError
        When there is no row, or a declared column is there twice.
    """
    names = [str(name) for name in frame.columns]
    faults = [
        Fault(file, None, name, "a single column of this name", f"{names.count(name)}", "rename the others")
        for name in wanted
        if names.count(name) > 1
    ]
    if not len(frame):
        faults.append(Fault(file, None, None, "a row of data", "none", "check the file"))
    if faults:
        raise InputError(faults)
    columns = [[text_of(value) for value in _values(frame.iloc[:, place])] for place in range(len(names))]
    index = pd.RangeIndex(1, len(frame) + 1, name="row")
    cells = pd.DataFrame(dict(enumerate(columns)), index=index, dtype="object").set_axis(names, axis=1)
    return TextTable(file, cells, None, facts, user_missing=dict(user_missing or {}))


def _values(column: pd.Series) -> Iterable[object]:
    """The values, in the precision they are stored in: `tolist` makes all numbers double."""
    return column.to_numpy() if column.dtype in (np.float16, np.float32) else column.tolist()
