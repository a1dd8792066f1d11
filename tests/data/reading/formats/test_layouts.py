"""Headers, footers, sheets, fixed columns, labels and decimal marks."""

import io
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest

from cochange.data.draft import draft_study_file
from cochange.data.faults import Fault, InputError

CSV = Path("trial.csv")
HEAD = ["id", "il6", "madrs", "clinic"]


def only_fault(reader: Any, path: Path, content: bytes, **keys: object) -> Fault:
    with pytest.raises(InputError) as caught:
        reader(path, content, **keys)
    (fault,) = caught.value.faults
    return fault


def test_a_file_without_header_has_columns_by_position_or_by_name(reader: Any) -> None:
    content = b"1;2.5\n2;3.5\n"
    assert list(reader(CSV, content, header=False, delimiter=";").cells.columns) == ["1", "2"]
    named = reader(CSV, content, header=False, delimiter=";", column_names=["id", "il6"])
    assert named.cells["il6"].tolist() == ["2.5", "3.5"]
    assert named.header_row is None
    assert named.cells.index.tolist() == [1, 2]


def test_white_space_and_fixed_widths_set_columns_apart(reader: Any) -> None:
    names = ["id", "il6", "madrs"]
    content = b" 1   2.5  .\n10  13.5  7\n"
    spaced = reader(CSV, content, header=False, delimiter="whitespace", column_names=names)
    assert spaced.cells.to_numpy().tolist() == [["1", "2.5", "."], ["10", "13.5", "7"]]
    fixed = reader(CSV, content, header=False, column_widths=[2, 6, 3], column_names=names)
    assert fixed.cells.to_numpy().tolist() == spaced.cells.to_numpy().tolist()


def test_a_header_further_down_and_a_footer_are_declared(reader: Any) -> None:
    content = b"Export of 31 May\n\nid,il6\n1,2\n2,3\nTotal,5\n"
    table = reader(CSV, content, header_row=3, footer_rows=1)
    assert table.cells["id"].tolist() == ["1", "2"]
    assert table.facts["footer"] == "left out as declared (row 6)"
    fault = only_fault(reader, CSV, content, header_row=2)
    assert fault.found == "a blank row, a comment or the end of the file"


def test_a_title_over_the_table_is_one_fault_that_names_the_row_of_the_header(reader: Any) -> None:
    content = b"# SYNTHETIC DATA\nid,il6,madrs,clinic\n1,2,3,A\n2,3,4,B\n3,4,5,C\n"
    fault = only_fault(reader, CSV, content)
    assert (fault.row, fault.found) == (1, "none of the declared columns; row 2 names them all")
    assert fault.action == "write header_row = 2 under [data]"
    assert reader(CSV, content, header_row=2).cells["id"].tolist() == ["1", "2", "3"]


def test_a_header_among_the_rows_is_one_fault(reader: Any) -> None:
    content = b"id,il6,madrs,clinic\n1,2,3,A\nid,il6,madrs,clinic\n2,3,4,B\n"
    fault = only_fault(reader, CSV, content)
    assert (fault.row, fault.found) == (3, "the header of row 1 again")


@pytest.mark.parametrize(
    ("name", "content", "found", "action"),
    [
        ("a.xlsx", b"id;il6\n1;2\n", "a text file", "(.csv or .txt)"),
        ("a.xls", b"id\til6\r\n1\t2\r\n", "a text file", "(.csv or .txt)"),
        ("a.xls", b"\r\n<html><table></table></html>", "a page of HTML or XML", "save it as .xlsx"),
    ],
)
def test_a_text_file_with_the_suffix_of_a_workbook_is_called_one(
    reader: Any, name: str, content: bytes, found: str, action: str
) -> None:
    fault = only_fault(reader, Path(name), content)
    assert fault.found == found
    assert action in fault.action


def test_rows_that_are_hidden_in_a_workbook_are_read_and_noticed(reader: Any, workbook: Any) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook({"Notes & co": [["x"]], "Data": BOOK})))
    book["Data"].row_dimensions[1].hidden = book["Data"].row_dimensions[3].hidden = True
    buffer = io.BytesIO()
    book.save(buffer)
    table = reader(Path("book.xlsx"), buffer.getvalue(), sheet="Data")
    assert table.cells["id"].tolist() == ["1", "2"]
    (notice,) = (notice for notice in table.notices if "hidden" in notice.message)
    assert notice.message.endswith("read like the others: 1 row (3) of 'Data'")


BOOK = [
    ["Export of 31 May", None, None, None],
    HEAD,
    [1, 2.5, 24, "Malmö"],
    [2, "<0.11", 7, "Åre"],
]


def test_the_header_of_a_sheet_is_found_and_said(reader: Any, workbook: Any) -> None:
    table = reader(Path("book.xlsx"), workbook({"Data": BOOK}))
    assert table.cells.to_numpy().tolist() == [["1", "2.5", "24", "Malmö"], ["2", "<0.11", "7", "Åre"]]
    assert table.cells.index.tolist() == [3, 4]
    (notice,) = table.notices
    assert "row 2 of the sheet 'Data' was taken for the header" in notice.message


def test_the_only_sheet_with_every_declared_column_is_taken(reader: Any, workbook: Any) -> None:
    sheets = {"Read me": [["who"], ["me"]], "Data": BOOK[1:]}
    table = reader(Path("book.xlsx"), workbook(sheets))
    assert table.facts["sheet"] == "'Data' (found)"
    assert "of 2 sheets, 'Data' was taken" in table.notices[0].message
    fault = only_fault(reader, Path("book.xlsx"), workbook({"One": BOOK[1:], "Two": BOOK[1:]}))
    assert fault.found == "'One', 'Two', of which 'One', 'Two' has all declared columns"
    assert reader(Path("book.xlsx"), workbook({"One": BOOK[1:], "Two": BOOK[1:]}), sheet="Two").cells.shape == (2, 4)
    absent = only_fault(reader, Path("book.xlsx"), workbook(sheets), sheet="Dta")
    assert absent.required == "the sheet 'Dta'"


def test_what_a_sheet_holds_becomes_text_as_shown(reader: Any, workbook: Any) -> None:
    day = pd.Timestamp("2024-05-31")
    rows = [HEAD, ["007", 0.1, 1e-7, day], [8, 3.0, True, day + pd.Timedelta(hours=9)]]
    cells = reader(Path("book.xlsx"), workbook({"Data": rows})).cells.to_numpy().tolist()
    assert cells[0] == ["007", "0.1", "1e-07", "2024-05-31"]
    assert cells[1] == ["8", "3", "true", "2024-05-31 09:00:00"]


def test_user_missing_codes_and_labels_of_spss(reader: Any, tmp_path: Path) -> None:
    path = tmp_path / "trial.sav"
    frame = pd.DataFrame({"id": ["1", "2", "3"], "il6": [1.5, -9.0, 99.0], "madrs": [1.0, 2.0, 1.0], "clinic": "A"})
    pyreadstat.write_sav(
        frame,
        str(path),
        missing_ranges={"il6": [{"lo": -10, "hi": -1}, 99]},
        variable_value_labels={"madrs": {1: "low", 2: "high"}},
    )
    table = reader(path)
    assert table.cells["il6"].tolist() == ["1.5", "-9", "99"]
    assert table.user_missing == {"il6": frozenset({"-9", "99"})}
    assert "1 is 'low', 2 is 'high'" in table.notices[0].message
    labelled = reader(path, labels=["madrs"])
    assert labelled.cells["madrs"].tolist() == ["low", "high", "low"]
    assert not labelled.notices
    assert only_fault(reader, path, path.read_bytes(), labels=["il6"]).required == "a column with value labels"


def test_a_code_that_the_file_declares_missing_is_missing_in_the_study(wide: Any) -> None:
    table = wide.table.assign(madrs_12=pd.to_numeric(wide.table["madrs_12"]), il6_0=pd.to_numeric(wide.table["il6_0"]))
    table.loc[4, "madrs_12"] = 77
    table.loc[5, "il6_0"] = -8
    path = wide.folder / "trial.sav"
    pyreadstat.write_sav(table, str(path), missing_ranges={"madrs_12": [77], "il6_0": [{"lo": -9, "hi": -8}]})
    wide.spec["data"] |= {"file": "trial.sav"}
    study = wide.read()
    assert np.isnan(study.data["symptom"].sel(visit="12 weeks").to_numpy()[4])
    assert study.data["marker_status"].to_numpy()[5, 0, 0] == "missing"
    records = study.audit.records
    by_file = records[records["decision"] == "missing by the file's own code"]
    assert by_file[["row", "column", "text"]].to_numpy().tolist() == [[6, "il6_0", "-8"], [5, "madrs_12", "77"]]


def test_columns_may_have_a_decimal_mark_of_their_own(wide: Any) -> None:
    expected = wide.read().data
    for column in ("il6_0", "il6_12"):
        wide.table[column] = wide.table[column].astype(str).str.replace(".", ",")
    assert wide.faults()
    wide.spec["data"]["decimal_columns"] = {"il6_0": ",", "il6_12": ","}
    study = wide.read()
    np.testing.assert_array_equal(study.data["marker_value"], expected["marker_value"])
    assert study.audit.facts["decimal"] == "point (il6_0: comma, il6_12: comma)"


@pytest.mark.parametrize("own", ["limits", "readings"])
def test_limits_may_have_another_decimal_mark_than_their_readings(wide: Any, own: str) -> None:
    wide.table = wide.table.assign(lod_0="0.25", lod_12="0.25")
    wide.spec["marker"][0]["lower_limit_columns"] = ["lod_0", "lod_12"]
    expected = wide.read().data["lower_limit"]
    assert set(np.unique(expected)) == {0.25}
    columns = ["lod_0", "lod_12"] if own == "limits" else ["il6_0", "il6_12"]
    for column in columns:
        wide.table[column] = wide.table[column].astype(str).str.replace(".", ",")
    wide.spec["data"]["decimal_columns"] = dict.fromkeys(columns, ",")
    np.testing.assert_array_equal(wide.read().data["lower_limit"], expected)


@pytest.mark.parametrize(
    ("keys", "required"),
    [
        ({"file": "trial.xlsx", "delimiter": ";"}, "a text file, which alone has the key 'delimiter',"),
        ({"sheet": "Data"}, "a workbook, which alone has the key 'sheet',"),
        ({"labels": ["arm"]}, "the key 'dictionary' for labels of a text file"),
        ({"file": "trial.sav", "dictionary": "d.csv"}, "a text file, which alone has the key 'dictionary',"),
        (
            {"file": "t.xlsx", "labels": ["arm"]},
            "a text file or a file of a statistics program, which alone has the key 'labels',",
        ),
        ({"header": False}, "the key 'delimiter' for a text file without header"),
        ({"header": False, "header_row": 2, "delimiter": ","}, "a file with a header"),
    ],
)
def test_a_key_of_another_format_is_a_fault(wide: Any, keys: dict[str, object], required: str) -> None:
    wide.spec["data"] |= keys
    assert required in [fault.required for fault in wide.faults()]


def test_a_workbook_is_drafted_from_the_sheet_named(wide: Any, tmp_path: Path) -> None:
    path = tmp_path / "trial.xlsx"
    with pd.ExcelWriter(path) as writer:
        pd.DataFrame([["Notes"]]).to_excel(writer, sheet_name="Info", header=False, index=False)
        wide.table.to_excel(writer, sheet_name="Data", index=False, startrow=2)
    with pytest.raises(InputError, match="--sheet"):
        draft_study_file(path)
    drafted = tomllib.loads(draft_study_file(path, sheet="Data").path.read_text("utf-8"))
    assert (drafted["data"]["sheet"], drafted["data"]["header_row"]) == ("Data", 3)
    assert drafted["marker"][0]["columns"] == ["il6_0", "il6_12"]


def test_a_limit_that_the_file_declares_missing_is_no_limit(wide: Any) -> None:
    table = wide.table.assign(il6_0=pd.to_numeric(wide.table["il6_0"]), lod_0=0.01, lod_12=0.01)
    table.loc[4, "lod_0"] = 99
    path = wide.folder / "trial.sav"
    pyreadstat.write_sav(table, str(path), missing_ranges={"lod_0": [99]})
    wide.spec["data"] |= {"file": "trial.sav"}
    wide.spec["marker"][0]["lower_limit_columns"] = ["lod_0", "lod_12"]
    status = wide.read().data["marker_status"].to_numpy()[:, 0, 0]
    assert status[4] == "observed"
