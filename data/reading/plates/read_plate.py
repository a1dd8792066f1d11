"""Read plate sheets: find out by their content which program wrote them."""

from collections.abc import Mapping

from cochange.data.faults import Fault, InputError, summarise
from cochange.data.names import listing
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.plates.bioplex import is_bioplex_header, parse_bioplex
from cochange.data.reading.plates.grid_plates import parse_grids
from cochange.data.reading.plates.grids import find_grids
from cochange.data.reading.plates.list_columns import has_concentrations, has_samples
from cochange.data.reading.plates.lists import parse_lists
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
    layouts = _layouts(file, records)
    if len(layouts) > 1:
        places = ", ".join(f"{name} from row {row}" for name, row in layouts.items())
        action = "keep one of them on the sheet"
        raise InputError([Fault(file, None, None, "a plate sheet of a single layout", places, action)])
    if not layouts:
        action = "export the sheet again, or name another one"
        raise InputError([Fault(file, None, None, UNDERSTOOD, "none of them", action)])
    parsed = _parse(file, records, sheet, next(iter(layouts)))
    silent = {row for row, _ in records} - {line.row for line in parsed.lines}
    if silent:
        parsed.facts["rows without wells"] = row_list(silent)
    return as_sheet(file, sheet, parsed)


def read_plate_book(file: str, sheets: Mapping[str, list[Record]]) -> list[PlateSheet]:
    """Read every plate sheet of a workbook, such as one with a sheet for each analyte.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    sheets : mapping of str to list of tuple
        The rows of each sheet that are not blank.

    Returns
    -------
    list of PlateSheet
        Without the sheets in which no layout is recognised.

    Raises
    ------
    InputError
        With the faults of all sheets, or when none is a plate sheet.
    """
    faults: list[Fault] = []
    found: list[PlateSheet] = []
    for name, records in sheets.items():
        place = f"{file}, sheet '{name}'"
        if _layouts(place, records):
            try:
                found.append(read_plate_sheet(place, records, name))
            except InputError as error:
                faults += error.faults
    if not found and not faults:
        action = "export the workbook again"
        faults.append(Fault(file, None, None, UNDERSTOOD, f"none of them in {listing(sheets)}", action))
    if faults:
        raise InputError(summarise(faults))
    return found


def _layouts(file: str, records: list[Record]) -> dict[str, int]:
    """Layouts recognised on a sheet, each with the row it begins in."""
    types = [row for row, cells in records if data_type(cells) is not None]
    if types:
        return {"an export of xPONENT": types[0]}
    blocks = [row for row, cells in records if is_bioplex_header(cells)]
    grids = [layer.row for layer in find_grids(file, records)[0]]
    rows_of_lists = [row for row, cells in records if has_concentrations(cells) and row not in blocks]
    if not blocks and not grids:
        # Lists of readings alone are recognised too, so that the message can say what they lack.
        rows_of_lists = [row for row, cells in records if has_samples(cells)]
    found = {"blocks": blocks, "grids": grids, "a list": rows_of_lists}
    return {name: rows[0] for name, rows in found.items() if rows}


def _parse(file: str, records: list[Record], sheet: str, layout: str) -> Parsed:
    if layout == "blocks":
        return parse_bioplex(file, records, sheet)
    if layout == "grids":
        return parse_grids(file, records)
    return parse_lists(file, records) if layout == "a list" else parse_xponent(file, records)
