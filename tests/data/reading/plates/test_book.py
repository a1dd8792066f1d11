"""Made-up workbooks with several plate sheets."""

from collections.abc import Callable

import pytest

from cochange.data.faults import InputError
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.plates.read_plate import read_plate_book

HEAD = ["Type", "Well", "Description", "Obs Conc"]
WELLS = [HEAD, ["X1", "A1", "P1", "OOR <"], ["X2", "A2", "P2", "2.5"]]
NOTES = [["a remark", "and another"], ["of the laboratory"]]

Reader = Callable[[list[list[str]]], list[Record]]


def test_a_sheet_for_each_analyte_and_others_that_are_none(records: Reader) -> None:
    book = {"Notes": records(NOTES), "IL-6 (19)": records(WELLS), "TNF (45)": records(WELLS), "Empty": []}
    sheets = read_plate_book("book.xlsx", book)
    assert [sheet.analytes for sheet in sheets] == [("IL-6 (19)",), ("TNF (45)",)]
    assert sheets[0].file == "book.xlsx, sheet 'IL-6 (19)'"


def test_faults_of_all_sheets_stand_together(records: Reader) -> None:
    spoilt = [HEAD, ["Q1", "A1", "P1", "1.5"]]
    with pytest.raises(InputError) as caught:
        read_plate_book("book.xlsx", {"IL-6": records(spoilt), "TNF": records(spoilt)})
    assert [fault.file for fault in caught.value.faults] == ["book.xlsx, sheet 'IL-6'", "book.xlsx, sheet 'TNF'"]


def test_a_book_without_plate_sheets_is_refused(records: Reader) -> None:
    with pytest.raises(InputError) as caught:
        read_plate_book("book.xlsx", {"Notes": records(NOTES)})
    assert caught.value.faults[0].found == "none of them in 'Notes'"
