"""Lists of samples and concentrations, a row a well, as ELISA readers write them."""

import re
from dataclasses import dataclass

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.plates.kinds import TYPES_KNOWN, kind_of_name, kind_of_type
from cochange.data.reading.plates.rows import cell, filled, is_note, place_of, plates
from cochange.data.reading.plates.sheet import Kind, Line, Parsed
from cochange.data.reading.plates.titles import named_over
from cochange.data.reading.plates.wording import analyte_of, is_concentration, is_mean, is_reading

_SAMPLE = re.compile(r"samples?(?: ?(?:name|id|no\.?))?|description|name|well name", re.IGNORECASE)
_WELL = re.compile(r"wells?(?: ?(?:id|position))?|location|position", re.IGNORECASE)
_TYPE = re.compile(r"(?:sample |well )?type", re.IGNORECASE)
_ANALYTE = re.compile(r"analytes?|assay|target", re.IGNORECASE)
_PLATE = re.compile(r"plate(?: ?(?:id|name|no\.?))?", re.IGNORECASE)
_DILUTION = re.compile(r"dil(?:ution)?\.?(?: ?factor)?", re.IGNORECASE)


@dataclass(frozen=True)
class _List:
    """A header with the rows under it; places are counted from zero."""

    header: Record
    body: list[Record]
    concentrations: list[int]
    title: str


def has_samples(cells: list[str]) -> bool:
    """Say whether a row may be the header of a list: a column of samples, and one of concentrations or readings."""
    others = [text for text in cells if is_concentration(text) or is_reading(text)]
    return place_of(cells, _SAMPLE) is not None and any(not _SAMPLE.fullmatch(text) for text in others)


def has_concentrations(cells: list[str]) -> bool:
    """Say whether a row is the header of a list with concentrations."""
    return has_samples(cells) and any(is_concentration(text) for text in cells)


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
    columns: dict[str, None] = {}
    for block in _lists(file, records, parsed.faults):
        columns.update(dict.fromkeys(block.header[1][place] for place in block.concentrations))
        last = block.header[0]
        for record in block.body:
            if not _is_remark(block, record, last):
                parsed.lines.extend(_lines(file, block, record, of_row[record[0]], parsed.faults))
                last = record[0]
    parsed.facts["concentrations"] = listing(columns)
    if any(is_mean(name) for name in columns):
        parsed.facts["means"] = f"{listing(filter(is_mean, columns))}: single wells are not given"
    return parsed


def _lists(file: str, records: list[Record], faults: list[Fault]) -> list[_List]:
    headers = [index for index, (_, cells) in enumerate(records) if has_samples(cells)]
    found = []
    for before, index, after in zip([-1, *headers], headers, [*headers[1:], len(records)], strict=False):
        row, cells = records[index]
        places = [place for place, text in enumerate(cells) if is_concentration(text) and not _SAMPLE.fullmatch(text)]
        single = [place for place in places if not is_mean(cells[place])]
        chosen = single or places
        if not chosen:
            required, action = "a column of concentrations", "export the concentrations beside the readings"
            faults.append(Fault(file, row, None, required, f"only {listing(filter(None, cells))}", action))
            continue
        if len({analyte_of(cells[place]) for place in chosen}) < len(chosen):
            required = "one column of concentrations, or one for each analyte with its name"
            action = "leave the others out, or name the analytes in the header"
            faults.append(Fault(file, row, None, required, listing(cells[place] for place in chosen), action))
            continue
        title = named_over(records[before + 1 : index])
        found.append(_List(records[index], records[index + 1 : after], chosen, title))
    return found


def _is_remark(block: _List, record: Record, last: int) -> bool:
    """A row with a single cell that explains something, or that stands apart from the rows of the list."""
    row, cells = record
    places = filled(cells)
    if any(cell(cells, place) for place in block.concentrations) or cell(cells, place_of(block.header[1], _WELL)):
        return False
    return is_note(cells) or (len(places) <= 2 and row > last + 1)


def _lines(file: str, block: _List, record: Record, plate: str, faults: list[Fault]) -> list[Line]:
    row, cells = record
    header = block.header[1]
    sample, well, analyte, own_plate, dilution = (
        cell(cells, place_of(header, names)) for names in (_SAMPLE, _WELL, _ANALYTE, _PLATE, _DILUTION)
    )
    kind = _kind(file, row, header, cells, sample, faults)
    return [
        Line(
            row,
            place + 1,
            own_plate or plate,
            analyte or analyte_of(header[place]) or block.title,
            well,
            sample,
            kind,
            dilution,
            cell(cells, place),
            block.header[0],
        )
        for place in block.concentrations
    ]


def _kind(file: str, row: int, header: list[str], cells: list[str], sample: str, faults: list[Fault]) -> Kind:
    place = place_of(header, _TYPE)
    text = cell(cells, place)
    kind = kind_of_type(text) if text else kind_of_name(sample)
    if kind is None:
        required = f"a type of well: Unknown, Standard, Control, Blank, or {TYPES_KNOWN},"
        faults.append(Fault(file, row, header[place or 0], required, f"'{text}'", "correct the type"))
    return kind or "sample"
