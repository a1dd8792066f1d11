"""Read the tables of a study's data files: the main one, and those joined to it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from cochange.data.dictionary.apply import with_dictionary
from cochange.data.dictionary.entries import Dictionary
from cochange.data.dictionary.parse import parse_dictionary
from cochange.data.faults import Fault, InputError, Notice
from cochange.data.names import listing
from cochange.data.reading.formats.read_table import read_table
from cochange.data.reading.plate_tables import read_plate_tables
from cochange.data.reading.table import TextTable, facts_told_once
from cochange.data.reading.variables import bare_names, numeric_columns
from cochange.data.spec import StudySpec
from cochange.data.specification.files import DataTable, JoinTable


@dataclass(frozen=True)
class Opened:
    """A table as read, how, and with which dictionary.

    Attributes
    ----------
    table : TextTable
        The cells.
    data : DataTable
        How the file is read.
    joined : JoinTable or None
        What joins it; None for the main file.
    dictionary : Dictionary or None
        Its data dictionary.
    further : bool
        Whether it is a further table of the same file, as of another analyte.
    """

    table: TextTable
    data: DataTable
    joined: JoinTable | None = None
    dictionary: Dictionary | None = None
    further: bool = False

    def number_columns(self, spec: StudySpec) -> list[str]:
        """Columns that are read as numbers, as the file calls them; that of the identifiers is none."""
        names = bare_names(numeric_columns(spec), spec)
        return [name for name in names if name in self.table.cells and name != self.data.participant]


def open_files(spec: StudySpec, contents: Mapping[str, bytes], wanted: tuple[str, ...]) -> list[Opened]:
    """Read every file of a study.

    Parameters
    ----------
    spec : StudySpec
        The study file.
    contents : mapping of str to bytes
        The files, by the names the study file gives them.
    wanted : tuple of str
        Declared columns.

    Returns
    -------
    list of Opened
        The main file first.

    Raises
    ------
    InputError
        With the faults of every file that cannot be read.
    """
    faults: list[Fault] = []
    opened: list[Opened] = []
    for joined in (None, *spec.data.join):
        try:
            opened += _open(joined, spec, contents, wanted)
        except InputError as error:
            faults += error.faults
    if faults:
        raise InputError(faults)
    return opened


def _open(
    joined: JoinTable | None, spec: StudySpec, contents: Mapping[str, bytes], wanted: tuple[str, ...]
) -> list[Opened]:
    if joined is None:
        every, own = [spec.data], wanted
    else:
        every = [spec.data.for_joined(joined, file) for file in joined.files]
        own = (*_own_columns(joined), *bare_names(wanted, spec))
        if joined.sample_names is not None:
            visits = tuple(joined.visits or spec.data.visits)
            tables = read_plate_tables(joined, every, contents, visits, own)
            return [Opened(table, data, joined, further=i > 0) for i, (table, data) in enumerate(tables)]
    table, data = _stacked([_read(each, spec, contents, own) for each in every]), every[0]
    if data.dictionary is None:
        return [Opened(table, data, joined)]
    dictionary = parse_dictionary(Path(data.dictionary).name, contents[data.dictionary], data.encoding, own)
    table, data = with_dictionary(table, data, dictionary, own, bare_names(numeric_columns(spec), spec))
    return [Opened(table, data, joined, dictionary)]


def _read(data: DataTable, spec: StudySpec, contents: Mapping[str, bytes], wanted: tuple[str, ...]) -> TextTable:
    table = read_table(Path(data.file), contents[data.file], data, wanted)
    # Two sheets of one workbook are told apart by their names.
    if data.sheet is not None and [name for own in spec.data.tables for name in own.files].count(data.file) > 1:
        return replace(table, file=f"{table.file} [{data.sheet}]")
    return table


def _own_columns(joined: JoinTable) -> tuple[str, ...]:
    return tuple(column for column in (joined.participant, joined.visit, *joined.rows) if column is not None)


def _stacked(tables: list[TextTable]) -> TextTable:
    """Tables with the same columns as one."""
    first, *others = tables
    if not others:
        return first
    faults = []
    for other in others:
        differing = sorted(set(first.cells.columns) ^ set(other.cells.columns))
        if differing:
            action = "list files that are read alike in one [[data.join]], and others in one of their own"
            required = f"the same columns as in {first.file}"
            faults.append(Fault(other.file, other.header_row, None, required, f"others ({listing(differing)})", action))
    if faults:
        raise InputError(faults)
    notices: tuple[Notice, ...] = tuple(notice for table in tables for notice in table.notices)
    missing = {
        column: frozenset().union(*(table.user_missing.get(column, frozenset()) for table in tables))
        for column in first.cells.columns
    }
    return TextTable(
        f"{first.file} and {len(others)} more",
        pd.concat([table.cells for table in tables], ignore_index=True),
        first.header_row,
        facts_told_once(tables),
        notices,
        first.misread,
        {column: texts for column, texts in missing.items() if texts},
        pd.concat([table.places for table in tables], ignore_index=True),
    )
