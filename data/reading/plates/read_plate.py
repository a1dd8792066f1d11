"""Read a plate sheet: find out by its content which program wrote it."""

from cochange.data.faults import Fault, InputError
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.plates.bioplex import is_bioplex_header, parse_bioplex
from cochange.data.reading.plates.grid_plates import parse_grids
from cochange.data.reading.plates.grids import find_grids
from cochange.data.reading.plates.lists import has_concentrations, has_samples, parse_lists
from cochange.data.reading.plates.rows import row_list
from cochange.data.reading.plates.sheet import Parsed, PlateSheet, as_sheet
from cochange.data.reading.plates.xponent import data_type, parse_xponent

UNDERSTOOD = (
    "a plate sheet: blocks of Bio-Plex Manager (a header with Type and Obs Conc), a text export of xPONENT "
    "('DataType:', 'Result'), grids of wells (a layout and concentrations, with letters and numbers), or a list with a "
    "column Sample and one of concentrations,"
)


def read_plate_sheet(file: str, records: list[Record], sheet: str = "") -> PlateSheet:
    """Read the concentrations of every well.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    records : list of tuple
        Number and stripped cells of every row of the sheet that is not blank, in order.
    sheet : str, optional
        Name of the sheet of a workbook.

    Returns
    -------
    PlateSheet

    Raises
    ------
    InputError
        When no layout, or more than one, is recognised, or a block cannot be read as it stands.
    """
    parsed = _parse(file, records, sheet)
    silent = {row for row, _ in records} - {line.row for line in parsed.lines}
    if silent:
        parsed.facts["rows without wells"] = row_list(silent)
    return as_sheet(file, sheet, parsed)


def _parse(file: str, records: list[Record], sheet: str) -> Parsed:
    types = [row for row, cells in records if data_type(cells) is not None]
    if types:
        return parse_xponent(file, records)
    blocks = [row for row, cells in records if is_bioplex_header(cells)]
    grids = [layer.row for layer in find_grids(file, records)[0]]
    lists = [row for row, cells in records if has_concentrations(cells) and row not in blocks]
    found = {name: rows[0] for name, rows in (("blocks", blocks), ("grids", grids), ("a list", lists)) if rows}
    if len(found) > 1:
        places = ", ".join(f"{name} from row {row}" for name, row in found.items())
        action = "keep one of them on the sheet"
        raise InputError([Fault(file, None, None, "a plate sheet of a single layout", places, action)])
    if blocks:
        return parse_bioplex(file, records, sheet)
    if grids:
        return parse_grids(file, records)
    if lists or any(has_samples(cells) for _, cells in records):
        return parse_lists(file, records)
    action = "export the sheet again, or name another one"
    raise InputError([Fault(file, None, None, UNDERSTOOD, "none of them", action)])
