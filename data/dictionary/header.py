"""A header of field labels, as REDCap writes on request, back to the names of the fields."""

from collections import defaultdict
from dataclasses import replace

from cochange.data.dictionary.entries import FORM_STATUS, SYSTEM_COLUMNS, Dictionary, plain
from cochange.data.faults import Fault, InputError, Notice
from cochange.data.names import listing
from cochange.data.reading.table import TextTable


def with_names(table: TextTable, dictionary: Dictionary, wanted: tuple[str, ...]) -> TextTable:
    """Give columns the names of the dictionary where the header holds its labels.

    Parameters
    ----------
    table : TextTable
        The data file.
    dictionary : Dictionary
        Its dictionary.
    wanted : tuple of str
        Declared columns.

    Returns
    -------
    TextTable
        The same table where the header holds any name that is no label. A label that several fields share, none of
        them declared, stays. Which form a status belongs to is told by the column before it.

    Raises
    ------
    InputError
        When a declared column cannot be told from another one by its label.
    """
    header = [plain(str(name)) for name in table.cells.columns]
    labelled = _by_label(dictionary)
    names = {*dictionary.entries, *SYSTEM_COLUMNS.values()}
    is_label = [label in labelled or label == FORM_STATUS for label in header]
    if not any(known and label not in names for known, label in zip(is_label, header, strict=True)):
        return table
    if any(label in names and not known for known, label in zip(is_label, header, strict=True)):
        return table
    faults = [
        fault
        for label in dict.fromkeys(header)
        for fault in _not_told_apart(label, labelled[label], header.count(label), table, dictionary, wanted)
    ]
    if faults:
        raise InputError(faults)
    found: list[str] = []
    form = ""
    for written, label in zip(table.cells.columns, header, strict=True):
        own = labelled[label]
        name = f"{form}_complete" if label == FORM_STATUS else own[0] if len(own) == 1 else str(written)
        form = dictionary.entries[name].form if name in dictionary.entries else form
        found.append(name if name in names else str(written))
    examples = [(new, old) for new, old in zip(found, table.cells.columns, strict=True) if new != old]
    message = f"the header holds labels: {len(examples)} of {len(found)} columns were given the names of "
    message += f"{dictionary.file}, such as '{examples[0][0]}' for '{examples[0][1]}'"
    kept = [name for name in found if name not in names]
    facts = {**table.facts, "column names": f"{len(examples)} from the labels in the header, by {dictionary.file}"}
    if kept:
        facts["column names"] += f"; as in the header: {listing(kept)}"
    cells = table.cells.set_axis(found, axis=1)
    return replace(table, cells=cells, facts=facts, notices=(*table.notices, Notice(table.file, None, message)))


def _by_label(dictionary: Dictionary) -> defaultdict[str, list[str]]:
    """Names of the columns that have each label, statuses of forms left out."""
    labelled: defaultdict[str, list[str]] = defaultdict(list)
    for label, name in SYSTEM_COLUMNS.items():
        labelled[label].append(name)
    for name, entry in dictionary.entries.items():
        if entry.label != FORM_STATUS:
            labelled[entry.label].append(name)
    return labelled


def _not_told_apart(
    label: str, names: list[str], columns: int, table: TextTable, dictionary: Dictionary, wanted: tuple[str, ...]
) -> list[Fault]:
    if len(names) < 2 and columns < 2:
        return []
    required = f"a label of its own in the header and in {dictionary.file}"
    found = f"'{label}' in {columns} column{'s' if columns > 1 else ''} for {listing(names)}"
    action = "export the data with names in the header (raw), or name all columns with column_names"
    return [Fault(table.file, table.header_row, name, required, found, action) for name in names if name in wanted]
