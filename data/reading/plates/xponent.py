"""Text exports of Luminex xPONENT: a preamble, then a block for each type of data."""

import re
from dataclasses import dataclass
from itertools import pairwise

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.plates.kinds import kind_of_name
from cochange.data.reading.plates.rows import cell, filled, plates
from cochange.data.reading.plates.sheet import Line, Parsed

_TYPE = re.compile(r"DataType *:?(.*)", re.IGNORECASE)
_LOCATION = re.compile(r"(?:(?:\d+ *\( *)?(\d+) *, *)?([A-P]\d{1,2}) *\)?")
_NO_ANALYTE = ("total events", "notes", "")
_WANTED = ("result", "avg result")


@dataclass(frozen=True)
class _Block:
    """A block with its type of data; places are counted from zero."""

    type: str
    row: int
    header: Record | None
    body: list[Record]


def data_type(cells: list[str]) -> str | None:
    """Return the type of data that a row announces in lower case, None for any other row."""
    if not cells or (match := _TYPE.fullmatch(cells[0])) is None:
        return None
    return (match[1].strip() or cell(cells, 1)).lower()


def parse_xponent(file: str, records: list[Record]) -> Parsed:
    """Read the concentrations: the block "Result", or "Avg Result" where there is no other.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    records : list of tuple
        The sheet; it may hold several runs, each with its preamble.

    Returns
    -------
    Parsed
    """
    parsed = Parsed(facts={"layout": "text export of xPONENT"})
    of_row, read = plates(records), []
    for run in _runs(records):
        blocks = _blocks(run)
        wanted = next((kind for kind in _WANTED if any(block.type == kind for block in blocks)), None)
        if wanted is None:
            required = "a block of the data type 'Result' (the concentrations)"
            action = "export again with the analysis switched on: fluorescence alone is no concentration"
            found = listing(block.type for block in blocks)
            parsed.faults.append(Fault(file, blocks[0].row, None, required, found, action))
            continue
        dilutions = _dilutions(blocks)
        for block in blocks:
            if block.type == wanted:
                read.append(f"'{wanted.title()}' (row {block.row})")
                parsed.lines.extend(_lines(file, block, of_row[block.row], dilutions, parsed.faults))
    parsed.facts["blocks read"] = ", ".join(read)
    if any("Avg" in block for block in read):
        parsed.facts["means"] = "'Avg Result' holds means of the wells of a sample; single wells are not given"
    return parsed


def _runs(records: list[Record]) -> list[list[Record]]:
    """The sheet cut before each row "Program", with which a run begins."""
    starts = [index for index, (_, cells) in enumerate(records) if cell(cells, 0).lower() == "program"]
    edges = [0, *(start for start in starts if start), len(records)]
    runs = [records[start:end] for start, end in pairwise(edges)]
    return [run for run in runs if any(data_type(cells) is not None for _, cells in run)]


def _blocks(run: list[Record]) -> list[_Block]:
    starts = [index for index, (_, cells) in enumerate(run) if data_type(cells) is not None]
    return [
        _Block(
            data_type(run[start][1]) or "",
            run[start][0],
            run[start + 1] if start + 1 < end else None,
            run[start + 2 : end],
        )
        for start, end in pairwise([*starts, len(run)])
    ]


def _column(header: list[str], name: str) -> int | None:
    return next((place for place, text in enumerate(header) if text.lower() == name), None)


def _dilutions(blocks: list[_Block]) -> dict[str, str]:
    """Dilution by location, as written."""
    found: dict[str, str] = {}
    for block in blocks:
        if block.type == "dilution factor" and block.header is not None:
            location, factor = (_column(block.header[1], name) for name in ("location", "dilution factor"))
            found.update({cell(cells, location): cell(cells, factor) for _, cells in block.body})
    return found


def _lines(file: str, block: _Block, plate: str, dilutions: dict[str, str], faults: list[Fault]) -> list[Line]:
    header = block.header[1] if block.header else []
    location, sample = _column(header, "location"), _column(header, "sample")
    analytes = [
        place
        for place, text in enumerate(header)
        if text.lower() not in _NO_ANALYTE and place not in (location, sample)
    ]
    if sample is None or not analytes or (location is None and block.type == "result"):
        required = "a header with Location, Sample and the analytes under the data type"
        faults.append(Fault(file, block.row + 1, None, required, listing(header) or "none", "export the file again"))
        return []
    rows = _wells(file, block, header, location, faults)
    several = len({where[1] for _, where in rows if where}) > 1
    return [
        Line(
            row,
            place + 1,
            _numbered(plate, where[1]) if several and where else plate,
            header[place],
            where[2] if where else "",
            cell(cells, sample),
            kind_of_name(cell(cells, sample)),
            dilutions.get(cell(cells, location), ""),
            cell(cells, place),
            block.row,
        )
        for (row, cells), where in rows
        for place in analytes
    ]


def _wells(
    file: str, block: _Block, header: list[str], location: int | None, faults: list[Fault]
) -> list[tuple[Record, re.Match[str] | None]]:
    """The rows of a block that hold a well, each with its location; a row with a single cell is a remark."""
    rows = []
    for row, cells in block.body:
        where = _LOCATION.fullmatch(cell(cells, location))
        if location is not None and where is None and len(filled(cells)) > 1:
            found, action = f"'{cell(cells, location)}'", "correct the location, such as 1(1,A1)"
            faults.append(Fault(file, row, "Location", "the location of a well", found, action))
        elif where is not None or len(filled(cells)) > 1:
            rows.append(((row, cells), where))
            faults.extend(_beyond(file, row, cells, header))
    return rows


def _numbered(plate: str, number: str | None) -> str:
    """Name of a plate of a batch that ran over several."""
    return f"{plate}, plate {number}" if plate else f"plate {number}"


def _beyond(file: str, row: int, cells: list[str], header: list[str]) -> list[Fault]:
    return [
        Fault(
            file,
            row,
            str(place + 1),
            "the name of an analyte over each concentration",
            f"a blank over '{text}'",
            "correct the header of the block, or quote cells that hold the delimiter",
        )
        for place, text in enumerate(cells)
        if text and not cell(header, place)
    ]
