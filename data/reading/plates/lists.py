"""Lists of samples and concentrations, a row a well, as ELISA readers write them."""

from dataclasses import dataclass

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.plates.kinds import TYPES_KNOWN, kind_of_name, kind_of_type
from cochange.data.reading.plates.list_columns import ListColumns, columns_of, has_samples
from cochange.data.reading.plates.rows import cell, filled, is_note, is_well, plates
from cochange.data.reading.plates.sheet import Kind, Line, Parsed
from cochange.data.reading.plates.titles import named_over
from cochange.data.reading.plates.wording import is_mean


@dataclass(frozen=True)
class _List:
    """A header with the rows under it."""

    columns: ListColumns
    title: str
    rows: list[Record]


def parse_lists(file: str, records: list[Record]) -> Parsed:
    """Read every list of the sheet.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    records : list of tuple
        The sheet.

    Returns
    -------
    Parsed
    """
    parsed = Parsed(facts={"layout": "list of samples"})
    of_row = plates(records)
    read: dict[str, None] = {}
    for block in _lists(file, records, parsed.faults):
        read.update(dict.fromkeys(block.columns.names[place] for place in block.columns.concentrations))
        parsed.faults.extend(_without_well(file, block))
        for record in block.rows:
            parsed.lines.extend(_lines(file, block, record, of_row[record[0]], parsed.faults))
    parsed.facts["concentrations"] = listing(read)
    if any(map(is_mean, read)):
        parsed.facts["means"] = f"{listing(filter(is_mean, read))}: single wells are not given"
    return parsed


def _lists(file: str, records: list[Record], faults: list[Fault]) -> list[_List]:
    headers = [index for index, (_, cells) in enumerate(records) if has_samples(cells)]
    found = []
    for before, index, after in zip([-1, *headers], headers, [*headers[1:], len(records)], strict=False):
        columns = columns_of(file, records[index])
        if isinstance(columns, ListColumns):
            body = _without_remarks(columns, records[index + 1 : after])
            found.append(_List(columns, named_over(records[before + 1 : index]), body))
        else:
            faults += columns
    return found


def _without_remarks(columns: ListColumns, body: list[Record]) -> list[Record]:
    """The rows without those that explain something, or that stand apart with no well and no concentration."""
    rows: list[Record] = []
    last = columns.row
    for row, cells in body:
        empty = not cell(cells, columns.well) and not any(cell(cells, place) for place in columns.concentrations)
        if empty and (is_note(cells) or (len(filled(cells)) <= 2 and row > last + 1)):
            continue
        rows.append((row, cells))
        last = row
    return rows


def _without_well(file: str, block: _List) -> list[Fault]:
    """Rows without a well in a list that gives them, such as those of a summary under it."""
    place = block.columns.well
    wells = {row: cell(cells, place) for row, cells in block.rows}
    if place is None or not any(map(is_well, wells.values())):
        return []
    required, action = "a well in each row of a list that gives wells", "give the well, or leave the row out"
    name = block.columns.names[place]
    return [
        Fault(file, row, name, required, f"'{well}'" if well else "a blank", action)
        for row, well in wells.items()
        if not is_well(well)
    ]


def _lines(file: str, block: _List, record: Record, plate: str, faults: list[Fault]) -> list[Line]:
    (row, cells), columns = record, block.columns
    sample, analyte = cell(cells, columns.sample), cell(cells, columns.analyte)
    kind = _kind(file, record, columns, sample, faults)
    return [
        Line(
            row,
            place + 1,
            cell(cells, columns.plate) or plate,
            analyte or name or block.title,
            cell(cells, columns.well),
            sample,
            kind,
            cell(cells, columns.dilution),
            cell(cells, place),
            columns.row,
        )
        for place, name in columns.concentrations.items()
    ]


def _kind(file: str, record: Record, columns: ListColumns, sample: str, faults: list[Fault]) -> Kind:
    row, cells = record
    text = cell(cells, columns.type)
    kind = kind_of_type(text) if text else kind_of_name(sample)
    if kind is None:
        required = f"a type of well: Unknown, Standard, Control, Blank, or {TYPES_KNOWN},"
        name = columns.names[columns.type or 0]
        faults.append(Fault(file, row, name, required, f"'{text}'", "correct the type"))
    return kind or "sample"
