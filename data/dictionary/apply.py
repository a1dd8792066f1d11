"""Read an export by its data dictionary: names, codes, decimal marks, identifiers."""

from dataclasses import replace

from cochange.data.dictionary.codes import with_labels_and_codes
from cochange.data.dictionary.entries import Dictionary
from cochange.data.dictionary.header import with_names
from cochange.data.faults import Notice
from cochange.data.reading.table import TextTable
from cochange.data.specification.files import DataTable
from cochange.data.specification.kinds import MARK_NAMES, DecimalMark


def with_dictionary(
    table: TextTable, data: DataTable, dictionary: Dictionary, wanted: tuple[str, ...], numeric: tuple[str, ...]
) -> tuple[TextTable, DataTable]:
    """Apply a data dictionary to a data file as read.

    Parameters
    ----------
    table : TextTable
        The data file.
    data : DataTable
        How it is read.
    dictionary : Dictionary
        Its dictionary.
    wanted : tuple of str
        Declared columns.
    numeric : tuple of str
        Those of them that are read as numbers.

    Returns
    -------
    table : TextTable
        Columns named as in the dictionary, labels read where they are wanted, codes where numbers are.
    data : DataTable
        With the decimal marks of the dictionary, after those the study file declares by column.

    Raises
    ------
    InputError
        When a declared column cannot be told by its label, or has no labels to be read.
    """
    named = with_names(table, dictionary, wanted)
    coded = with_labels_and_codes(named, data, dictionary, numeric)
    marks = {
        column: mark
        for column in wanted
        if column in dictionary.entries and (mark := dictionary.entries[column].decimal) is not None
    }
    declared = data.decimal_columns
    notices = [
        Notice(table.file, column, _contradiction(declared[column], mark, dictionary))
        for column, mark in marks.items()
        if declared.get(column, mark) != mark
    ]
    by_dictionary = {column: mark for column, mark in marks.items() if column not in declared}
    facts = {**coded.facts, "dictionary": f"{dictionary.file} ({dictionary.fields} fields)"}
    if by_dictionary:
        shown = ", ".join(f"{column}: {MARK_NAMES[mark]}" for column, mark in by_dictionary.items())
        facts["decimal by the dictionary"] = shown
    done = replace(
        coded,
        facts=facts,
        notices=(*coded.notices, *notices),
        identifiers=frozenset(name for name, entry in dictionary.entries.items() if entry.identifies),
    )
    return done, data.model_copy(update={"decimal_columns": {**by_dictionary, **declared}})


def _contradiction(declared: DecimalMark, mark: DecimalMark, dictionary: Dictionary) -> str:
    return (
        f"read with a decimal {MARK_NAMES[declared]}, as declared in decimal_columns; {dictionary.file} says it has a "
        f"{MARK_NAMES[mark]}"
    )
