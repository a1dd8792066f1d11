"""Sheets as the readers hand them on: made-up exports, written as text or as a workbook and read back."""

import csv
import io
from collections.abc import Callable, Sequence

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from cochange.data.faults import Fault, InputError
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.formats.values import text_of
from cochange.data.reading.plates.read_plate import read_plate_sheet
from cochange.data.reading.plates.sheet import PlateSheet

Rows = Sequence[Sequence[str]]


def through_text(rows: Rows, delimiter: str = ",") -> list[Record]:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    buffer.seek(0)
    numbered = enumerate(csv.reader(buffer, delimiter=delimiter), start=1)
    return [(row, [cell.strip() for cell in cells]) for row, cells in numbered if any(map(str.strip, cells))]


def through_workbook(rows: Rows) -> list[Record]:
    """As spreadsheets do, numbers become numbers where they are written back unchanged."""
    book = openpyxl.Workbook()
    for row, cells in enumerate(rows, start=1):
        for column, text in enumerate(cells, start=1):
            cell = book.active.cell(row, column)
            cell.value = float(text) if is_number(text) else text
            if not is_number(text):
                cell.data_type = "s"
    buffer = io.BytesIO()
    book.save(buffer)
    buffer.seek(0)
    values = CalamineWorkbook.from_filelike(buffer).get_sheet_by_index(0).to_python(skip_empty_area=False)
    texts = [(row, [text_of(value) for value in own]) for row, own in enumerate(values, start=1)]
    return [(row, cells) for row, cells in texts if any(cells)]


def is_number(text: str) -> bool:
    try:
        return text_of(float(text)) == text
    except ValueError:
        return False


@pytest.fixture(scope="session", params=["comma", "semicolon", "workbook"])
def records(request: pytest.FixtureRequest) -> Callable[[Rows], list[Record]]:
    if request.param == "workbook":
        return through_workbook
    return lambda rows: through_text(rows, {"comma": ",", "semicolon": ";"}[request.param])


@pytest.fixture
def sheet(records: Callable[[Rows], list[Record]]) -> Callable[..., PlateSheet]:
    """Read rows, or a text with cells between bars, as the sheet of a file."""

    def read(rows: Rows | str, name: str = "") -> PlateSheet:
        return read_plate_sheet("plate", records(cells_of(rows) if isinstance(rows, str) else rows), name)

    return read


def cells_of(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").split("\n")]


@pytest.fixture
def faults(sheet: Callable[..., PlateSheet]) -> Callable[..., tuple[Fault, ...]]:
    def find(rows: Rows | str, name: str = "") -> tuple[Fault, ...]:
        with pytest.raises(InputError) as caught:
            sheet(rows, name)
        return caught.value.faults

    return find
