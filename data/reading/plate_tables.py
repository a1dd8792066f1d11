"""Tables of the samples on plate sheets: one for each analyte, and for each further well of a sample."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePath

import pandas as pd

from cochange.data.faults import Fault, InputError, Notice
from cochange.data.names import advice, listing
from cochange.data.reading.formats.decoding import decode
from cochange.data.reading.formats.delimited import DELIMITERS, split_at_marks
from cochange.data.reading.formats.workbook import sheets_of
from cochange.data.reading.plates.analytes import without_region
from cochange.data.reading.plates.read_plate import read_plate_book, read_plate_sheet
from cochange.data.reading.plates.sample_names import split_sample_names
from cochange.data.reading.plates.sheet import PlateSheet
from cochange.data.reading.table import TextTable
from cochange.data.specification.file_formats import format_of
from cochange.data.specification.files import DataTable, JoinTable

PARTICIPANT, VISIT, USED = "{participant}", "{visit}", "{used}"
UNNAMED = "concentration"
_UNDILUTED = ("", "1", "1.0", "1,0")


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
        For each analyte, and each number of a well of a sample, a table and how it is read. Its column is called after
        the analyte ("IL-6", or "IL-6 1" and "IL-6 2" where samples have several wells; "concentration" where the sheet
        names none); beside the first of them stands the plate ("IL-6 plate"). Samples to be ignored are marked to be
        left out.

    Raises
    ------
    InputError
        When a sheet is not understood, or a sample's name does not fit the pattern.
    """
    pattern = joined.sample_names or ""
    sheets = [sheet for data in every for sheet in _sheets(data, contents[data.file])]
    wells = pd.concat([_named(sheet).assign(file=sheet.file) for sheet in sheets], ignore_index=True)
    file = sheets[0].file if len(sheets) == 1 else f"{sheets[0].file} and {len(sheets) - 1} more"
    known = visits if VISIT in pattern else ()
    wells = split_sample_names(file, wells, pattern, visits=known, ignore_samples=joined.ignore_samples)
    facts = {f"{name} ({sheet.file})": text for sheet in sheets for name, text in sheet.facts.items()}
    if len(sheets) == 1:
        facts = dict(sheets[0].facts)
    keys = {"participant": PARTICIPANT, "visit": VISIT if VISIT in pattern else None, "rows": {USED: ("yes",)}}
    data = every[0].model_copy(update=keys)
    tables = list(_tables(file, wells[wells["kind"] == "sample"]))
    first = tables[0]
    tables[0] = TextTable(file, first.cells, None, facts, tuple(_diluted(file, wells)), origin=first.origin)
    return [(table, data) for table in tables]


def _sheets(data: DataTable, content: bytes) -> list[PlateSheet]:
    file = PurePath(data.file).name
    if format_of(data.file) == "workbook":
        sheets = sheets_of(file, content)
        if data.sheet is None:
            return read_plate_book(file, sheets)
        if data.sheet not in sheets:
            action = advice(data.sheet, list(sheets), f"the workbook holds {listing(sheets)}")
            raise InputError([Fault(file, None, None, f"the sheet '{data.sheet}'", "none of this name", action)])
        return [read_plate_sheet(f"{file} [{data.sheet}]", sheets[data.sheet], data.sheet)]
    text = decode(file, content, data.encoding).text
    delimiter: str = data.delimiter or max(DELIMITERS, key=lambda mark: text.count(mark))
    records = [(row, cells) for row, cells in split_at_marks(file, text, delimiter) if any(cells)]
    return [read_plate_sheet(file, records)]


def _named(sheet: PlateSheet) -> pd.DataFrame:
    """The wells with analytes called as short as tells them apart: without the region of their beads."""
    short = Counter(without_region(name) for name in sheet.analytes)
    names = {name: without_region(name) if short[without_region(name)] == 1 else name for name in sheet.analytes}
    return sheet.wells.assign(analyte=[names[name] or UNNAMED for name in sheet.wells["analyte"]])


def _tables(file: str, samples: pd.DataFrame) -> Iterator[TextTable]:
    own = samples["participant"].mask(samples["ignored"], samples["sample"])
    samples = samples.assign(participant=own).reset_index(drop=True)
    number = samples.groupby(["analyte", "participant", "visit"], sort=False).cumcount() + 1
    for analyte in samples["analyte"].unique().tolist():
        of_analyte = samples[samples["analyte"] == analyte]
        wells = int(number[of_analyte.index].max())
        for well in range(1, wells + 1):
            rows = of_analyte[number[of_analyte.index] == well]
            columns = {
                PARTICIPANT: rows["participant"],
                VISIT: rows["visit"],
                USED: rows["ignored"].map({True: "no", False: "yes"}),
                analyte if wells == 1 else f"{analyte} {well}": rows["text"],
            }
            if well == 1:
                columns[f"{analyte} plate"] = rows["plate"]
            cells = pd.DataFrame({name: texts.astype(object) for name, texts in columns.items()})
            yield TextTable(file, cells, None, {}, origin=rows[["file", "row"]])


def _diluted(file: str, wells: pd.DataFrame) -> Iterator[Notice]:
    """Concentrations are read as the sheet gives them, whether or not its program has multiplied them."""
    dilutions = [text for text in wells["dilution"].unique() if text not in _UNDILUTED]
    if dilutions:
        message = f"the sheet has dilutions ({listing(dilutions, 5)}) and concentrations are read as written: find out "
        yield Notice(file, None, f"{message}whether the program has multiplied them already", caution=True)
