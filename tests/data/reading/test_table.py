from pathlib import Path

import pytest

from cochange.data.faults import Fault, InputError
from cochange.data.reading.formats.delimited import DELIMITER_NAMES
from cochange.data.reading.formats.read_table import read_table
from cochange.data.reading.table import TextTable
from cochange.data.specification.files import DataTable

WANTED = ("id", "il6")


def table(content: str | bytes, **keys: object) -> TextTable:
    data = DataTable.model_validate(
        {"file": "trial.csv", "layout": "wide", "participant": "id", "visits": ["baseline"], **keys}
    )
    raw = content.encode() if isinstance(content, str) else content
    return read_table(Path("trial.csv"), raw, data, WANTED)


def fault(content: str | bytes, **keys: object) -> Fault:
    with pytest.raises(InputError) as caught:
        table(content, **keys)
    (only,) = caught.value.faults
    return only


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_from_the_header(delimiter: str) -> None:
    read = table(f"id{delimiter}il6\n007{delimiter}1.5\n")
    assert read.facts["delimiter"] == f"{DELIMITER_NAMES[delimiter]} (found from the header)"
    assert read.cells.loc[2, "il6"] == "1.5"


def test_declared_columns_decide_between_delimiters() -> None:
    read = table("id;il6;a,b,c,d\n1;1,5;0,0,0,0\n")
    assert read.facts["delimiter"] == "semicolon (found from the header)"


def test_cells_are_stripped_texts_and_keep_leading_zeros() -> None:
    read = table('id,il6\n" 007 ",\u00a01.50 \n')
    assert list(read.cells.loc[2]) == ["007", "1.50"]


def test_rows_are_numbered_as_in_a_spreadsheet() -> None:
    read = table('# label\nid,il6\n\n1,"a\nb"\n2,3\n', comment="#")
    assert read.header_row == 2
    assert list(read.cells.index) == [4, 5]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_any_line_end_and_a_byte_order_mark(newline: str) -> None:
    read = table("\ufeff" + newline.join(["id,il6", "1,2", "3,4", ""]))
    assert list(read.cells["id"]) == ["1", "3"]


def test_latin_1_is_read_when_declared_and_advised_when_not() -> None:
    content = "id,il6\n1,2\nSp\xe4th,3\n".encode("latin-1")
    assert table(content, encoding="latin-1").cells["id"].iloc[1] == "Späth"
    found = fault(content)
    assert (found.row, found.found) == (3, "the byte 0xe4 (byte 14 of the file)")
    assert "latin-1" in found.action
    assert "cp1252" in found.action


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252"])
def test_utf_8_declared_as_something_else_is_noted(encoding: str) -> None:
    read = table("id,il6\n1,2\nNr Späth,3\n", encoding=encoding)
    assert read.cells["id"].iloc[1] == "Nr SpÃ¤th"
    assert read.misread
    assert "'SpÃ¤th' would be 'Späth'" in read.notices[0].message
    assert not table("id,il6\nSpäth,2\n".encode("latin-1"), encoding=encoding).misread
    assert not table("id,il6\n1,2\n", encoding=encoding).misread
    assert not table("id,il6\nSpäth,2\n").misread


def test_a_misread_word_is_quoted_from_the_header_and_declared_columns_alone() -> None:
    read = table("name,id,il6\nSpäth,1,2\nBäck,2,3\n", encoding="latin-1")
    assert read.misread
    assert "Sp" not in read.notices[0].message
    assert "no declared column has an example" in read.notices[0].message
    assert "'voilÃ\u00a0!' would be 'voilà!'" in table("id,il6\nsee voilà!,2\n", encoding="latin-1").notices[0].message
    assert "'kÃ¶n' would be 'kön'" in table("kön,id,il6\nä,1,2\n", encoding="latin-1").notices[0].message
    identified = "id,il6\nSpäth,2\nBäck,3\n"
    assert "Späth" in table(identified, encoding="latin-1").notices[0].message
    hidden = table(identified, encoding="latin-1", pseudonyms=True).notices[0].message
    assert "Sp" not in hidden


@pytest.mark.parametrize(
    ("delimiter", "other", "found", "written"),
    [(",", ";", "2 semicolons", ";"), (";", ",", "2 commas", ","), (",", "\t", "2 tabs", "\\t")],
)
def test_a_wrong_delimiter_is_one_fault(delimiter: str, other: str, found: str, written: str) -> None:
    rows = f"id{other}il6{other}age\n" + f"1{other}2,5{other}40\n" * 40
    only = fault(rows, delimiter=delimiter)
    assert only.row == 1
    assert only.found.startswith("one cell, 'id")
    assert only.found.endswith(f"that holds {found}")
    assert only.action == f'write delimiter = "{written}" under [data]'


def test_many_ragged_rows_are_summarised() -> None:
    with pytest.raises(InputError) as caught:
        table("id,il6\n" + "1\n" * 40)
    assert len(caught.value.faults) == 11


@pytest.mark.parametrize(
    ("content", "keys", "row", "said"),
    [
        ("", {}, 1, "a header with the names of the columns is required; found an empty file"),
        ("id,il6\n", {}, 2, "a row of data is required; found none after the header"),
        ("id,il6\n1,2\n3\n", {}, 3, "a row of 2 cells, like the header, is required; found 1 cell"),
        ("id,il6,il6\n1,2,3\n", {}, 1, "a single column of this name is required; found 2 columns"),
        ("id,il6\n1,2\n", {"encoding": "utf-9"}, None, "found 'utf-9'"),
        (b"\xef\xbb\xbfid,il6\n1,2\n", {"encoding": "cp1252"}, 1, 'write encoding = "utf-8" under [data]'),
        (b"PK\x03\x04rest", {}, None, "found an Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", {}, None, "found an Excel workbook"),
        ('id,il6\n1,"' + "x" * 140_000, {}, 2, "a quotation mark at the end of each cell that begins"),
    ],
)
def test_each_fault_of_a_file(content: str | bytes, keys: dict[str, str], row: int | None, said: str) -> None:
    found = fault(content, **keys)
    assert (found.file, found.row) == ("trial.csv", row)
    assert said in str(found)


@pytest.mark.parametrize(
    "rows",
    [
        ['1,2.5,"fine', "2,3.5,ill", "3,4.5,well"],
        ['1,2.5,"fine', '2,3.5,"ill"', "3,4.5,well"],
        ['1,2.5,"', "2,3.5,ill"],
    ],
)
def test_an_open_quotation_mark_takes_no_rows_away(rows: list[str]) -> None:
    found = fault("\n".join(["id,il6,note", '0,1.5,"two\nlines"', *rows]) + "\n")
    assert (found.row, found.column) == (3, None)
    assert found.required == "a quotation mark at the end of each cell that begins with one"
    assert "write a mark that belongs to the text of a cell twice" in found.action


def test_closed_and_stray_quotation_marks_are_read() -> None:
    read = table('id,il6,note\n1,2.5,"two\nlines, ""so"""\n2,3.5,6.5"\n')
    assert read.cells["note"].tolist() == ['two\nlines, "so"', '6.5"']
    assert read.cells.index.tolist() == [2, 3]
    assert table('id,il6,note\n1,2.5,"so" called\n').cells["note"].tolist() == ["so called"]
