"""Codes and labels: what stands in the cells of a field with choices, and what is read of it."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from cochange.data.dictionary.entries import Dictionary
from cochange.data.faults import Fault, InputError, Notice
from cochange.data.names import listing
from cochange.data.reading.table import TextTable
from cochange.data.specification.files import DataTable


@dataclass(frozen=True)
class Told:
    """What the texts of a column are.

    Attributes
    ----------
    codes : frozenset of str
        Texts that are codes.
    labels : frozenset of str
        Texts that are labels.
    either : tuple of str
        Texts that are a code and the label of another code, where no other text tells which of the two is meant; they
        are among the codes.
    """

    codes: frozenset[str]
    labels: frozenset[str]
    either: tuple[str, ...] = ()


def tell(texts: AbstractSet[str], choices: dict[str, str]) -> Told:
    """Tell codes from labels: by column where all of its texts are one of the two, else by text.

    Parameters
    ----------
    texts : set of str
        Different texts of a column, without blanks and missing codes.
    choices : dict of str to str
        Label of each code.

    Returns
    -------
    Told

    Examples
    --------
    >>> sorted(tell({"0", "1"}, {"0": "Female", "1": "Male"}).codes)
    ['0', '1']
    """
    codes, labels = frozenset(choices), frozenset(choices.values())
    if texts <= codes:
        either = sorted(text for text in texts if text in labels and choices[text] != text) if texts <= labels else []
        return Told(frozenset(texts), frozenset(), tuple(either))
    if texts <= labels:
        return Told(frozenset(), frozenset(texts))
    return Told(frozenset(texts & codes), frozenset((texts - codes) & labels))


def with_labels_and_codes(
    table: TextTable, data: DataTable, dictionary: Dictionary, numeric: tuple[str, ...]
) -> TextTable:
    """Read labels where the study file asks for them, and codes where numbers are wanted.

    Parameters
    ----------
    table : TextTable
        The data file, its columns named as in the dictionary.
    data : DataTable
        The columns whose `labels` are read, and the missing codes, which stay.
    dictionary : Dictionary
        Its dictionary.
    numeric : tuple of str
        Declared columns that are read as numbers.

    Returns
    -------
    TextTable
        Texts that are neither code nor label stay as they are.

    Raises
    ------
    InputError
        When labels are wanted of a column that has no choices, or one label for two codes.
    """
    _refuse_labels(table, data, dictionary)
    cells, notices, turned = table.cells.copy(), list(table.notices), []
    for column in dict.fromkeys((*data.labels, *numeric)):
        choices = dictionary.choices_of(column)
        if not choices or column not in cells:
            continue
        told = tell(set(cells[column].unique()) - {"", *data.missing}, choices)
        if told.either:
            message = f"{listing(told.either)}: each is a code of {dictionary.file} and the label of another code; "
            notices.append(Notice(table.file, column, f"{message}they were taken for codes"))
        if column in data.labels:
            new = {code: choices[code] for code in told.codes}
        else:
            codes = {label: code for code, label in choices.items() if list(choices.values()).count(label) == 1}
            new = {label: codes[label] for label in told.labels if label in codes}
            turned += [column] if new else []
        cells[column] = [new.get(text, text) for text in cells[column]]
    facts = dict(table.facts)
    if data.labels:
        facts["labels"] = f"read for {listing(data.labels)}, by {dictionary.file}"
    if turned:
        facts["codes"] = f"read for the labels of {listing(turned)}, by {dictionary.file}"
    return replace(table, cells=cells, facts=facts, notices=tuple(notices))


def _refuse_labels(table: TextTable, data: DataTable, dictionary: Dictionary) -> None:
    if not set(data.labels) <= set(table.cells.columns):
        return  # A fault of its own, found with all other absent columns.
    faults = []
    with_choices = [name for name, entry in dictionary.entries.items() if entry.choices and name in table.cells]
    for column in data.labels:
        labels = list(dictionary.choices_of(column).values())
        if not labels:
            required = f"a column for which {dictionary.file} has choices"
            action = f"take it out of {data.heading} labels; columns with choices: {listing(with_choices) or 'none'}"
            faults.append(Fault(table.file, table.header_row, column, required, "none", action))
        elif len(set(labels)) < len(labels):
            repeated = sorted({label for label in labels if labels.count(label) > 1})
            action = f"take the column out of {data.heading} labels, and its codes are read"
            required = "a label of its own for each code"
            faults.append(Fault(dictionary.file, None, column, required, f"{listing(repeated)} again", action))
    if faults:
        raise InputError(faults)
