"""Declared columns against the data dictionary: unknown codes, numbers out of bounds, columns it does not list."""

import re

import pandas as pd

from cochange.data.dictionary.codes import tell
from cochange.data.dictionary.entries import UNBOUNDED, Dictionary
from cochange.data.faults import Fault, Notice
from cochange.data.names import listing, suggestion
from cochange.data.reading.cells import together
from cochange.data.reading.open_files import Opened
from cochange.data.reading.places import first_place
from cochange.data.reading.readings import parse_reading
from cochange.data.reading.readout import Readout
from cochange.data.reading.same_text import faults_by_text
from cochange.data.reading.variables import bare_names, declared_columns, numeric_columns, variables
from cochange.data.spec import StudySpec

_ADDED_BY_EXPORT = re.compile(r"redcap_.*|.*_complete")


def dictionary_faults(readout: Readout, own: Opened, spec: StudySpec) -> list[Fault]:
    """Find cells of declared columns that are none of their choices, and columns that mix codes and labels.

    Parameters
    ----------
    readout : Readout
        The cells.
    own : Opened
        A data file; without a dictionary it has no such fault.
    spec : StudySpec
        The study file.

    Returns
    -------
    list of Fault
    """
    faults: list[Fault] = []
    if own.dictionary is None:
        return faults
    for column, cells in _columns(readout, own, spec).items():
        choices = own.dictionary.choices_of(column)
        if not choices:
            continue
        told = tell(set(cells["text"]), choices)
        shown = ", ".join(f"{code} is '{label}'" for code, label in list(choices.items())[:4])
        required = f"a choice of {own.dictionary.file} ({shown}{', ...' if len(choices) > 4 else ''})"
        faults += faults_by_text(cells[~cells["text"].isin(told.codes | told.labels)], required, own.data)
        if told.codes and told.labels:
            place = first_place(cells[cells["text"].isin(told.labels)])
            found = f"codes ({listing(sorted(told.codes), 4)}) and labels ({listing(sorted(told.labels), 4)})"
            action = f'write labels = ["{column}"] under {own.data.heading}, and all are read as labels'
            faults.append(Fault(*place, "either codes or labels in the column", found, action))
    return faults


def dictionary_notices(readout: Readout, own: Opened, spec: StudySpec) -> list[Notice]:
    """Say where declared columns and dictionary do not fit, and which codes were read although there are labels.

    Parameters
    ----------
    readout : Readout
        The cells.
    own : Opened
        A data file; without a dictionary there is nothing to say.
    spec : StudySpec
        The study file.

    Returns
    -------
    list of Notice
    """
    if own.dictionary is None:
        return []
    notices, numeric = _unknown_columns(own, own.dictionary, spec), bare_names(numeric_columns(spec), spec)
    for column, cells in _columns(readout, own, spec).items():
        notices += _out_of_bounds(column, cells, own.dictionary)
        if column not in numeric:
            notices += _codes_with_labels(column, cells, own, own.dictionary)
    return notices


def _columns(readout: Readout, own: Opened, spec: StudySpec) -> dict[str, pd.DataFrame]:
    """The used cells of each declared column that hold something; items count, not the total made from them."""
    columns = [column for one in variables(spec) for part in one.columns for column in part]
    every = together(readout.used.values(), ["file", "row", "column", "text", "mark", "role"])
    here = every["column"].isin(columns) & every["file"].isin(own.table.places["file"].unique())
    given = every[here & (every["text"] != "") & ~every["text"].isin(own.data.missing)]
    found = given.drop_duplicates(["file", "row", "column"]).groupby("column", sort=False)
    return {_own_name(str(column), own, spec): cells for column, cells in found}


def _own_name(column: str, own: Opened, spec: StudySpec) -> str:
    """Name of a column in its file, without the visit that tells columns apart in a wide layout."""
    if column in own.table.cells.columns:
        return column
    bare = (column.removesuffix(f" at {visit}") for visit in spec.data.visits)
    return next((name for name in bare if name != column), column)


def _unknown_columns(own: Opened, dictionary: Dictionary, spec: StudySpec) -> list[Notice]:
    named = bare_names(declared_columns(spec), spec)
    unknown = [
        column
        for column in own.table.cells.columns
        if column in named and column not in dictionary.entries and not _ADDED_BY_EXPORT.fullmatch(column)
    ]
    message = f"{dictionary.file} has no such field, so that nothing is known of its codes, bounds and decimal mark. "
    return [
        Notice(own.table.file, column, f"{message}{suggestion(column, dictionary.entries)}".rstrip())
        for column in unknown
    ]


def _out_of_bounds(column: str, cells: pd.DataFrame, dictionary: Dictionary) -> list[Notice]:
    entry = dictionary.entries.get(column)
    if entry is None or entry.bounds == UNBOUNDED:
        return []
    least, greatest = entry.bounds
    read = [parse_reading(text, mark).number for text, mark in zip(cells["text"], cells["mark"], strict=True)]
    numbers = pd.Series(read, index=cells.index, dtype=float)
    wrong = cells[(numbers < least) | (numbers > greatest)]
    if wrong.empty:
        return []
    limits = [f"at least {least:g}"] if least > UNBOUNDED[0] else []
    limits += [f"at most {greatest:g}"] if greatest < UNBOUNDED[1] else []
    file, row, _ = first_place(wrong)
    message = f"{len(wrong)} of {len(cells)} numbers outside the bounds of {dictionary.file} ({' and '.join(limits)}), "
    message += f"such as '{wrong['text'].iloc[0]}' in row {row}; they are read as written"
    return [Notice(file, column, message)]


def _codes_with_labels(column: str, cells: pd.DataFrame, own: Opened, dictionary: Dictionary) -> list[Notice]:
    choices = dictionary.choices_of(column)
    codes = tell(set(cells["text"]), choices).codes
    shown = ", ".join(f"{code} is '{choices[code]}'" for code in sorted(codes)[:4] if choices[code] != code)
    if not shown:
        return []
    message = f"the codes were read, not their labels ({shown}); for the labels write "
    message += f'labels = ["{column}"] under {own.data.heading}'
    return [Notice(own.table.file, column, message)]
