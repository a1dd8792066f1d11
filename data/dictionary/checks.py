"""Declared columns against the data dictionary: unknown codes, numbers out of bounds, columns it does not list."""

import re

import pandas as pd

from cochange.data.dictionary.codes import tell
from cochange.data.dictionary.entries import UNBOUNDED, Dictionary
from cochange.data.faults import Fault, Notice
from cochange.data.names import listing, suggestion
from cochange.data.reading.readings import parse_reading
from cochange.data.reading.readout import Readout
from cochange.data.reading.same_text import faults_by_text
from cochange.data.reading.variables import declared_columns, numeric_columns, variables
from cochange.data.spec import StudySpec

_ADDED_BY_EXPORT = re.compile(r"redcap_.*|.*_complete")


def dictionary_faults(readout: Readout, spec: StudySpec, dictionary: Dictionary) -> list[Fault]:
    """Find cells of declared columns that are none of their choices, and columns that mix codes and labels.

    Parameters
    ----------
    readout : Readout
        The cells.
    spec : StudySpec
        The study file.
    dictionary : Dictionary
        The dictionary of the data file.

    Returns
    -------
    list of Fault
    """
    faults = []
    for column, cells in _columns(readout, spec).items():
        choices = dictionary.choices_of(column)
        if not choices:
            continue
        told = tell(set(cells["text"]), choices)
        shown = ", ".join(f"{code} is '{label}'" for code, label in list(choices.items())[:4])
        required = f"a choice of {dictionary.file} ({shown}{', ...' if len(choices) > 4 else ''})"
        unknown = cells[~cells["text"].isin(told.codes | told.labels)]
        faults += faults_by_text(unknown, readout.file, required, spec.data.missing)
        if told.codes and told.labels:
            row = int(cells.loc[cells["text"].isin(told.labels), "row"].iloc[0])
            found = f"codes ({listing(sorted(told.codes), 4)}) and labels ({listing(sorted(told.labels), 4)})"
            action = f'write labels = ["{column}"] under [data], and all are read as labels'
            faults.append(Fault(readout.file, row, column, "either codes or labels in the column", found, action))
    return faults


def dictionary_notices(readout: Readout, spec: StudySpec, dictionary: Dictionary) -> list[Notice]:
    """Say where declared columns and dictionary do not fit, and which codes were read although there are labels.

    Parameters
    ----------
    readout : Readout
        The cells.
    spec : StudySpec
        The study file.
    dictionary : Dictionary
        The dictionary of the data file.

    Returns
    -------
    list of Notice
    """
    notices, numeric = _unknown_columns(readout.file, spec, dictionary), numeric_columns(spec)
    for column, cells in _columns(readout, spec).items():
        notices += _out_of_bounds(column, cells, readout.file, spec, dictionary)
        if column not in numeric:
            notices += _codes_with_labels(column, cells, readout.file, dictionary)
    return notices


def _columns(readout: Readout, spec: StudySpec) -> dict[str, pd.DataFrame]:
    """The used cells of each declared column that hold something; items count, not the total made from them."""
    columns = [column for one in variables(spec) for part in one.columns for column in part]
    every = pd.concat([cells[["row", "column", "text"]] for cells in readout.used.values()])
    given = every[every["column"].isin(columns) & (every["text"] != "") & ~every["text"].isin(spec.data.missing)]
    found = given.drop_duplicates(["row", "column"]).groupby("column", sort=False)
    return {str(column): cells for column, cells in found}


def _unknown_columns(file: str, spec: StudySpec, dictionary: Dictionary) -> list[Notice]:
    unknown = [
        column
        for column in declared_columns(spec)
        if column not in dictionary.entries and not _ADDED_BY_EXPORT.fullmatch(column)
    ]
    message = f"{dictionary.file} has no such field, so that nothing is known of its codes, bounds and decimal mark. "
    return [Notice(file, column, f"{message}{suggestion(column, dictionary.entries)}".rstrip()) for column in unknown]


def _out_of_bounds(
    column: str, cells: pd.DataFrame, file: str, spec: StudySpec, dictionary: Dictionary
) -> list[Notice]:
    entry = dictionary.entries.get(column)
    if entry is None or entry.bounds == UNBOUNDED:
        return []
    least, greatest = entry.bounds
    mark = spec.data.decimal_of(column)
    numbers = cells["text"].map({text: parse_reading(text, mark).number for text in cells["text"].unique()})
    wrong = cells[(numbers < least) | (numbers > greatest)]
    if wrong.empty:
        return []
    limits = [f"at least {least:g}"] if least > UNBOUNDED[0] else []
    limits += [f"at most {greatest:g}"] if greatest < UNBOUNDED[1] else []
    row, text = int(wrong["row"].iloc[0]), wrong["text"].iloc[0]
    message = f"{len(wrong)} of {len(cells)} numbers outside the bounds of {dictionary.file} ({' and '.join(limits)}), "
    message += f"such as '{text}' in row {row}; they are read as written"
    return [Notice(file, column, message)]


def _codes_with_labels(column: str, cells: pd.DataFrame, file: str, dictionary: Dictionary) -> list[Notice]:
    choices = dictionary.choices_of(column)
    codes = tell(set(cells["text"]), choices).codes
    shown = ", ".join(f"{code} is '{choices[code]}'" for code in sorted(codes)[:4] if choices[code] != code)
    if not shown:
        return []
    message = (
        f'the codes were read, not their labels ({shown}); for the labels write labels = ["{column}"] under [data]'
    )
    return [Notice(file, column, message)]
