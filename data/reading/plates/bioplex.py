"""Report tables of Bio-Plex Manager: a block for each analyte, or one table with the analytes over its columns."""

import re
from dataclasses import dataclass

from cochange.data.faults import Fault
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.plates.kinds import TYPES_KNOWN, kind_of_type
from cochange.data.reading.plates.rows import cell, filled, is_well, place_of, plates, row_list
from cochange.data.reading.plates.sheet import Kind, Line, Parsed, wells_in
from cochange.data.reading.plates.titles import named_by_sheet, named_over, named_over_columns

_TYPE = re.compile(r"(?:sample )?type", re.IGNORECASE)
_WELL = re.compile(r"wells?|location", re.IGNORECASE)
_SAMPLE = re.compile(r"description|sample(?: ?(?:name|id))?", re.IGNORECASE)
_ANALYTE = re.compile(r"analytes?", re.IGNORECASE)
_DILUTION = re.compile(r"dilution(?: ?factor)?", re.IGNORECASE)
_OUTLIER = re.compile(r"outlier", re.IGNORECASE)
_OBSERVED = re.compile(r"obs(?:erved)?\.? *conc(?:\.|entration)?(?![a-z]).*", re.IGNORECASE)


@dataclass(frozen=True)
class _Block:
    """A header and the rows under it; places are counted from zero."""

    file: str
    start: int
    header: Record
    body: list[Record]
    analytes: dict[int, str]

    def place(self, names: re.Pattern[str]) -> int | None:
        return place_of(self.header[1], names)


def is_bioplex_header(cells: list[str]) -> bool:
    """Say whether a row has a type of well and an observed concentration."""
    return place_of(cells, _TYPE) is not None and place_of(cells, _OBSERVED) is not None


def parse_bioplex(file: str, records: list[Record], sheet: str) -> Parsed:
    """Read every block of the sheet.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    records : list of tuple
        The sheet.
    sheet : str
        Name of the sheet, which is that of the analyte where nothing over a block names it.

    Returns
    -------
    Parsed
    """
    parsed = Parsed(facts={"layout": "blocks of Bio-Plex Manager (concentrations: Obs Conc)"})
    of_row = plates(records)
    means: list[int] = []
    flagged: list[int] = []
    for block in _blocks(file, records, sheet, parsed.faults):
        lines = [line for record in block.body for line in _lines(block, record, of_row[record[0]], parsed.faults)]
        single = _without_means(lines)
        means += [line.row for line in lines if line not in single]
        wells = {line.row for line in lines}
        flagged += [row for row, cells in block.body if row in wells and _is_outlier(block, cells)]
        parsed.lines.extend(single)
    others = [row for row, cells in records if _is_other_header(cells)]
    if others:
        parsed.facts["blocks not read"] = f"without Obs Conc (rows {row_list(others)})"
    if means:
        parsed.facts["means"] = f"left out, since their wells stand singly (rows {row_list(means)})"
    if flagged:
        parsed.facts["outliers"] = f"marked by the laboratory in rows {row_list(flagged)}; concentrations as written"
    return parsed


def _blocks(file: str, records: list[Record], sheet: str, faults: list[Fault]) -> list[_Block]:
    headers = [index for index, (_, cells) in enumerate(records) if is_bioplex_header(cells)]
    befores = [-1, *headers[:-1]]
    starts = [_start(records, before, index) for before, index in zip(befores, headers, strict=True)]
    edges = [*starts, *(index for index, (_, cells) in enumerate(records) if _is_other_header(cells)), len(records)]
    blocks = []
    for before, index, start in zip(befores, headers, starts, strict=True):
        end = min(edge for edge in edges if edge > index)
        analytes = _analytes(file, records, before, index, sheet)
        if isinstance(analytes, Fault):
            faults.append(analytes)
        else:
            blocks.append(_Block(file, records[start][0], records[index], records[index + 1 : end], analytes))
    return blocks


def _analytes(file: str, records: list[Record], before: int, index: int, sheet: str) -> dict[int, str] | Fault:
    row, cells = records[index]
    observed = [place for place, text in enumerate(cells) if _OBSERVED.fullmatch(text)]
    if len(observed) > 1:
        return named_over_columns(file, records[index], records[index - 1] if index else None, observed)
    name = named_over(records[before + 1 : index]) or named_by_sheet(sheet)
    if not name and place_of(cells, _ANALYTE) is None:
        action = "write the name of the analyte in a row of its own over the header"
        return Fault(file, row, None, "the name of the analyte over its block", "none", action)
    return {observed[0]: name}


def _start(records: list[Record], before: int, index: int) -> int:
    """Index of the row over the header that belongs to it: names over columns, or a title; else the header's own."""
    over = index - 1
    if over <= before:
        return index
    places = filled(records[over][1])
    several = sum(_OBSERVED.fullmatch(text) is not None for text in records[index][1]) > 1
    return over if several or len(places) == 1 else index


def _is_other_header(cells: list[str]) -> bool:
    """A header of readings or counts, whose rows belong to no block of concentrations."""
    return not is_bioplex_header(cells) and place_of(cells, _TYPE) is not None and place_of(cells, _WELL) is not None


def _is_outlier(block: _Block, cells: list[str]) -> bool:
    return cell(cells, block.place(_OUTLIER)).lower() not in ("", "0", "no", "false")


def _lines(block: _Block, record: Record, plate: str, faults: list[Fault]) -> list[Line]:
    row, cells = record
    kind = kind_of_type(cell(cells, block.place(_TYPE)))
    well = cell(cells, block.place(_WELL))
    given = [place for place in block.analytes if cell(cells, place)]
    if kind is None:
        if (given or is_well(well)) and len(filled(cells)) > 1:
            column = block.header[1][block.place(_TYPE) or 0]
            found = f"'{cell(cells, block.place(_TYPE))}'"
            faults.append(Fault(block.file, row, column, f"a type of well: {TYPES_KNOWN},", found, "correct the type"))
        return []
    analyte, sample = cell(cells, block.place(_ANALYTE)), _sample(block, cells, kind)
    dilution = cell(cells, block.place(_DILUTION))
    return [
        Line(row, place + 1, plate, analyte or name, well, sample, kind, dilution, cell(cells, place), block.start)
        for place, name in block.analytes.items()
    ]


def _sample(block: _Block, cells: list[str], kind: Kind) -> str:
    """The description; the type where there is no such column, and for wells that hold no sample and have none."""
    name, code = cell(cells, block.place(_SAMPLE)), cell(cells, block.place(_TYPE))
    return code if block.place(_SAMPLE) is None or (kind != "sample" and not name) else name


def _without_means(lines: list[Line]) -> list[Line]:
    """The lines without those that give the mean of wells of which each stands in a line of its own."""
    single = {(line.analyte, line.plate, line.well) for line in lines}
    return [
        line
        for line in lines
        if len(wells_in(line.well)) < 2
        or not all((line.analyte, line.plate, well) in single for well in wells_in(line.well))
    ]
