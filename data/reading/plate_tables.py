"""Tables of the samples on plate sheets: one for each analyte, and for each further well of a sample."""

from collections.abc import Mapping

import pandas as pd

from cochange.data.faults import Notice
from cochange.data.names import listing
from cochange.data.reading.formats.delimited import split_text_file
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.formats.workbook import split_workbook
from cochange.data.reading.plates.analytes import without_region
from cochange.data.reading.plates.read_plate import read_plate_sheet
from cochange.data.reading.plates.sample_names import split_sample_names
from cochange.data.reading.plates.sheet import PlateSheet
from cochange.data.reading.table import TextTable
from cochange.data.specification.file_formats import format_of
from cochange.data.specification.files import DataTable, JoinTable

PARTICIPANT, VISIT, USED = "{participant}", "{visit}", "{used}"
UNNAMED = "concentration"
_SAMPLE = ["analyte", "participant", "visit"]


def read_plate_tables(
    joined: JoinTable, every: list[DataTable], contents: Mapping[str, bytes], visits: tuple[str, ...]
) -> list[tuple[TextTable, DataTable]]:
    """Read plate sheets into tables with a row for each sample.

    Parameters
    ----------
    joined : JoinTable
        What is said of the sheets.
    every : list of DataTable
        How each of their files is read.
    contents : mapping of str to bytes
        The files by name.
    visits : tuple of str
        Names that visits have in the names of samples.

    Returns
    -------
    list of tuple
        For each analyte and number of a well: a table with the column of the analyte ("IL-6", or "IL-6 1" and "IL-6 2"
        where samples have several wells; "concentration" where the sheet names none), beside the first of them the
        plate ("IL-6 plate"), and how it is read. Samples to be ignored stand in it, marked to be left out.

    Raises
    ------
    InputError
        When a sheet is not understood, or a sample's name does not fit the pattern.
    """
    assert joined.sample_names is not None
    sheets = [_sheet(data, contents[data.file]) for data in every]
    split = []
    for sheet in sheets:
        known = visits if VISIT in joined.sample_names else ()
        here = set(sheet.wells["sample"])
        ignored = [name for name in joined.ignore_samples if name in here or len(sheets) == 1]
        wells = split_sample_names(sheet.file, sheet.wells, joined.sample_names, visits=known, ignore_samples=ignored)
        split.append(wells.assign(file=sheet.file, analyte=[without_region(name) for name in wells["analyte"]]))
    wells = pd.concat(split, ignore_index=True)
    wells = wells[wells["kind"] == "sample"].reset_index(drop=True)
    wells["participant"] = wells["participant"].mask(wells["ignored"], wells["sample"])
    wells["replicate"] = wells.groupby(_SAMPLE, sort=False).cumcount() + 1
    return list(_tables(joined, every[0], sheets, wells))


def _sheet(data: DataTable, content: bytes) -> PlateSheet:
    file, name = data.file.rsplit("/", 1)[-1], data.sheet or ""
    records: list[Record]
    if format_of(data.file) == "workbook":
        name, records = split_workbook(file, content, data)
    else:
        records = split_text_file(file, content, data)
    return read_plate_sheet(file, records, name)


def _tables(
    joined: JoinTable, data: DataTable, sheets: list[PlateSheet], wells: pd.DataFrame
) -> "list[tuple[TextTable, DataTable]]":
    keys = {"participant": PARTICIPANT, "visit": VISIT if VISIT in (joined.sample_names or "") else None}
    data = data.model_copy(update={**keys, "rows": {USED: ("yes",)}})
    first, *others = sheets
    file = f"{first.file} and {len(others)} more" if others else first.file
    facts = {
        f"{name} ({sheet.file})" if others else name: text for sheet in sheets for name, text in sheet.facts.items()
    }
    notices = tuple(_diluted(file, wells))
    found = []
    for analyte, of_analyte in wells.groupby("analyte", sort=False):
        several = of_analyte["replicate"].max() > 1
        for number, own in of_analyte.groupby("replicate", sort=False):
            name = f"{analyte or UNNAMED}{f' {number}' if several else ''}"
            cells = {
                PARTICIPANT: own["participant"],
                VISIT: own["visit"],
                USED: own["ignored"].map({True: "no", False: "yes"}),
                name: own["text"],
            }
            if number == 1:
                cells[f"{analyte or UNNAMED} plate"] = own["plate"]
            table = pd.DataFrame({column: texts.astype(object) for column, texts in cells.items()})
            here = {} if found else facts
            found.append(
                (TextTable(file, table, None, here, () if found else notices, origin=own[["file", "row"]]), data)
            )
    return found


def _diluted(file: str, wells: pd.DataFrame) -> "list[Notice]":
    """Concentrations are read as the sheet gives them, whether or not its program has multiplied them."""
    dilutions = [text for text in wells["dilution"].unique() if text not in ("", "1", "1.0", "1,0")]
    if not dilutions:
        return []
    message = (
        f"the sheet has dilutions ({listing(dilutions, 5)}): concentrations are read as written. Find out whether "
    )
    return [Notice(file, None, f"{message}the program has multiplied them already", caution=True)]
