"""Tables of the samples on plate sheets: one for each analyte, and for each further well of a sample."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import PurePath

import pandas as pd

from cochange.data.faults import Fault, InputError, Notice
from cochange.data.names import listing
from cochange.data.reading.formats.decoding import decode
from cochange.data.reading.formats.delimited import DELIMITER_NAMES, DELIMITERS, split_at_marks
from cochange.data.reading.formats.workbook import refuse_absent_sheet, sheets_of
from cochange.data.reading.places import count_rows
from cochange.data.reading.plates.analytes import shared_wells, without_region
from cochange.data.reading.plates.read_plate import read_plate_book, read_plate_sheet
from cochange.data.reading.plates.sample_names import split_sample_names
from cochange.data.reading.plates.sheet import PlateSheet
from cochange.data.reading.plates.titles import named_by_sheet
from cochange.data.reading.table import TextTable, facts_told_once
from cochange.data.specification.file_formats import format_of
from cochange.data.specification.files import DataTable, JoinTable

PARTICIPANT, VISIT, USED = "{participant}", "{visit}", "{used}"
MADE = (PARTICIPANT, VISIT, USED)
UNNAMED = "concentration"
_SHEET = re.compile(r", sheet '.*'$")
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_UNDILUTED = ("", "1", "1.0", "1,0")


def read_plate_tables(
    joined: JoinTable,
    every: list[DataTable],
    contents: Mapping[str, bytes],
    visits: tuple[str, ...],
    wanted: tuple[str, ...],
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
    wanted : tuple of str
        Declared columns, without the visit they may be called after.

    Returns
    -------
    list of tuple
        For each analyte, and each number of a well of a sample, a table and how it is read, those with a declared
        column first. Its column is called after the analyte ("IL-6", or "IL-6 1" and "IL-6 2" where samples have
        several wells; "concentration" where neither the sheet nor its name tells one); beside the first of them stands
        the plate ("IL-6 plate"). Samples to be ignored are marked to be left out; all of their wells stand in the
        first of the tables of an analyte.

    Raises
    ------
    InputError
        When a sheet is not understood, two sheets give the same well, or a sample's name does not fit the pattern.
    """
    pattern = joined.sample_names or ""
    sheets = [sheet for data in every for sheet in _sheets(data, contents[data.file])]
    if all((sheet.wells["kind"] != "sample").all() for sheet in sheets):
        action = "check the types and names of the wells, or name another file"
        raise InputError([Fault(sheets[0].file, None, "sample", "a well with a sample", "none", action)])
    named = [_named(sheet) for sheet in sheets]
    if faults := _shared(named):
        raise InputError(faults)
    wells = pd.concat(named, ignore_index=True)
    file = sheets[0].file if len(sheets) == 1 else f"{sheets[0].file} and {len(sheets) - 1} more"
    known = visits if VISIT in pattern else ()
    hidden = every[0].pseudonyms
    wells = split_sample_names(wells, pattern, visits=known, ignore_samples=joined.ignore_samples, hidden=hidden)
    keys = {"participant": PARTICIPANT, "visit": VISIT if VISIT in pattern else None, "rows": {USED: ("yes",)}}
    data = every[0].model_copy(update=keys)
    samples = wells[wells["kind"] == "sample"]
    tables = sorted(_tables(file, samples), key=lambda table: not table.cells.columns.isin(wanted).any())
    notices = (*_diluted(file, wells), *_on_several_plates(file, samples[~samples["ignored"]], wanted))
    tables[0] = replace(tables[0], facts=facts_told_once(sheets), notices=notices)
    return [(table, data) for table in tables]


def _sheets(data: DataTable, content: bytes) -> list[PlateSheet]:
    file = PurePath(data.file).name
    if format_of(data.file) == "workbook":
        sheets = sheets_of(file, content)
        if data.sheet is None:
            return read_plate_book(file, sheets)
        refuse_absent_sheet(file, data.sheet, sheets)
        return [read_plate_sheet(f"{file} [{data.sheet}]", sheets[data.sheet], data.sheet)]
    text = decode(file, content, data).text
    delimiter = data.delimiter or _delimiter(file, text, data)
    records = [(row, cells) for row, cells in split_at_marks(file, text, delimiter) if any(cells)]
    return [read_plate_sheet(file, records)]


def _delimiter(file: str, text: str, data: DataTable) -> str:
    """The mark that occurs most, without commas that are decimal marks."""
    counted = _DECIMAL_COMMA.sub("", text) if data.decimal == "," else text
    most = max(counted.count(mark) for mark in DELIMITERS)
    found = [mark for mark in DELIMITERS if counted.count(mark) == most]
    if most and len(found) > 1:
        names = " and ".join(f"{most} {DELIMITER_NAMES[mark]}s" for mark in found)
        action = f'write delimiter = "..." under {data.heading}'
        raise InputError([Fault(file, None, None, "a mark between cells that occurs more than others", names, action)])
    return found[0]


def _named(sheet: PlateSheet) -> pd.DataFrame:
    """The wells with their file; analytes are called without the region of their beads where that tells them apart."""
    short = Counter(without_region(name) for name in sheet.analytes)
    names = {name: without_region(name) if short[without_region(name)] == 1 else name for name in sheet.analytes}
    unnamed = named_by_sheet(sheet.sheet) or UNNAMED
    return sheet.wells.assign(file=sheet.file, analyte=[names[name] or unnamed for name in sheet.wells["analyte"]])


def _shared(named: list[pd.DataFrame]) -> list[Fault]:
    """Wells that two sheets give for one plate; nameless plates are one where a sample is in the same well of both.

    In different files, plates without a name are different plates.
    """
    wells = pd.concat(named, ignore_index=True)
    nameless = wells["plate"] == ""
    again = wells[wells["kind"] == "sample"].groupby(["analyte", "sample"])["file"].transform("nunique") > 1
    wells = wells[~nameless | again.reindex(wells.index, fill_value=False)]
    book = wells["file"].str.replace(_SHEET, "", regex=True).where(wells["plate"] == "", "")
    faults = []
    for (_, analyte), own in wells.groupby([book, "analyte"], sort=False):
        tables = [table for _, table in own.groupby("file", sort=False)]
        faults += shared_wells(str(own["file"].iloc[0]), str(analyte), tables)
    return faults


def _tables(file: str, samples: pd.DataFrame) -> Iterator[TextTable]:
    own = samples["participant"].mask(samples["ignored"], samples["sample"])
    samples = samples.assign(participant=own).reset_index(drop=True)
    number = samples.groupby(["analyte", "participant", "visit"], sort=False).cumcount() + 1
    number = number.mask(samples["ignored"], 1)
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


def _on_several_plates(file: str, samples: pd.DataFrame, wanted: tuple[str, ...]) -> Iterator[Notice]:
    """A sample has one plate, by which its wells get their limits."""
    for analyte, own in samples.groupby("analyte", sort=False):
        column = f"{analyte} plate"
        sample = [own["participant"], own["visit"]]
        first = own.groupby(sample, sort=False)["plate"].transform("first")
        others = own[own["plate"] != first]
        if column in wanted and len(others):
            message = (
                f"wells of one sample on several plates, as in {count_rows(others)}: {column} is the plate of the "
            )
            yield Notice(file, column, f"{message}first of them, also for the limits of the others", caution=True)


def _diluted(file: str, wells: pd.DataFrame) -> Iterator[Notice]:
    """Concentrations are read as the sheet gives them, whether or not its program has multiplied them."""
    dilutions = [text for text in wells["dilution"].unique() if text not in _UNDILUTED]
    if dilutions:
        message = f"the sheet has dilutions ({listing(dilutions, 5)}) and concentrations are read as written: find out "
        yield Notice(file, None, f"{message}whether the program has multiplied them already", caution=True)
