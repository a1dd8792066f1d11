"""Read an export by its data dictionary: names, codes, decimal marks, identifiers."""

from dataclasses import replace

from cochange.data.dictionary.codes import with_labels_and_codes
from cochange.data.dictionary.entries import Dictionary
from cochange.data.dictionary.header import with_names
from cochange.data.faults import InputError, Notice
from cochange.data.reading.cells import missing_columns
from cochange.data.reading.table import TextTable
from cochange.data.reading.variables import declared_columns, numeric_columns
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import DecimalMark

_MARKS: dict[DecimalMark, str] = {".": "point", ",": "comma"}


def with_dictionary(table: TextTable, spec: StudySpec, dictionary: Dictionary) -> tuple[TextTable, StudySpec]:
    """Apply a data dictionary to a data file as read.

    Parameters
    ----------
    table : TextTable
        The data file.
    spec : StudySpec
        Its study file.
    dictionary : Dictionary
        Its dictionary.

    Returns
    -------
    table : TextTable
        Columns named as in the dictionary, labels read where they are wanted, codes where numbers are.
    spec : StudySpec
        With the decimal marks of the dictionary, after those the study file declares by column.

    Raises
    ------
    InputError
        When a declared column is absent, cannot be told by its label, or has no labels to be read.
    """
    wanted = declared_columns(spec)
    named = with_names(table, dictionary, wanted)
    absent = missing_columns(named, tuple(dict.fromkeys((*wanted, *spec.data.labels))))
    if absent:
        raise InputError(absent)
    coded = with_labels_and_codes(named, spec.data, dictionary, numeric_columns(spec))
    marks = {
        column: mark
        for column in wanted
        if column in dictionary.entries and (mark := dictionary.entries[column].decimal) is not None
    }
    declared = spec.data.decimal_columns
    notices = [
        Notice(table.file, column, _contradiction(declared[column], mark, dictionary))
        for column, mark in marks.items()
        if declared.get(column, mark) != mark
    ]
    by_dictionary = {column: mark for column, mark in marks.items() if column not in declared}
    facts = {**coded.facts, "dictionary": f"{dictionary.file} ({dictionary.fields} fields)"}
    if by_dictionary:
        shown = ", ".join(f"{column}: {_MARKS[mark]}" for column, mark in by_dictionary.items())
        facts["decimal by the dictionary"] = shown
    done = replace(
        coded,
        facts=facts,
        notices=(*coded.notices, *notices),
        identifiers=frozenset(name for name, entry in dictionary.entries.items() if entry.identifies),
    )
    data = spec.data.model_copy(update={"decimal_columns": {**by_dictionary, **declared}})
    return done, spec.model_copy(update={"data": data})


def _contradiction(declared: DecimalMark, mark: DecimalMark, dictionary: Dictionary) -> str:
    return (
        f"read with a decimal {_MARKS[declared]}, as declared in decimal_columns; {dictionary.file} says it has a "
        f"{_MARKS[mark]}"
    )
