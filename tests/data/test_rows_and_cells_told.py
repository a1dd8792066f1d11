"""What faults and facts say of blank rows, repeated rows, formulas, dates and marks."""

import datetime
import io

import openpyxl
import pytest

from cochange.data.faults import InputError
from cochange.data.read import read_study


def test_identical_rows_are_told_to_be_identical(long) -> None:
    long.table.loc[3] = long.table.loc[2]
    repeated = [fault for fault in long.faults() if "single row" in fault.required]
    assert [fault.action for fault in repeated] == ["they are identical in every column: delete all but one"]


def test_rows_of_one_participant_and_visit_are_told_by_what_differs(long) -> None:
    long.table.loc[3] = long.table.loc[2]
    long.table.loc[3, ["il6", "madrs"]] = ["1.5", "12"]
    long.table.loc[2, ["il6", "madrs"]] = ["1.4", "11"]
    repeated = [fault for fault in long.faults() if "single row" in fault.required]
    (action,) = (fault.action for fault in repeated)
    assert "they differ in il6 ('1.4', '1.5'), madrs ('11', '12'): keep the right row" in action


def test_values_of_columns_that_are_not_declared_are_not_shown(long) -> None:
    long.table["name"] = "Ann Bergman"
    long.table.loc[3] = long.table.loc[2]
    long.table.loc[3, "name"] = "Anna Bergman"
    (action,) = (fault.action for fault in long.faults() if "single row" in fault.required)
    assert action == "they differ in no declared column, but in 'name': delete all but the right one"


def test_blank_rows_are_counted_in_the_audit(wide) -> None:
    path = wide.write()
    lines = (wide.folder / "trial.csv").read_text().splitlines()
    lines[5:5] = ["", "," * 10]
    lines.append("," * 10)
    (wide.folder / "trial.csv").write_text("\n".join([*lines, "", ""]))
    facts = read_study(path).audit.facts
    assert facts["blank rows"] == "3 left out (the first is row 6, the last row 28)"
    assert "blank rows" not in wide.read().audit.facts


def test_blank_rows_of_a_sheet_are_counted(wide) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(wide.table.columns))
    for number, row in enumerate(wide.table.itertuples(index=False)):
        sheet.append(list(row))
        if number == 3:
            sheet.append([])
    _save(wide, book)
    assert wide.read().audit.facts["blank rows"] == "1 left out (row 6)"


@pytest.mark.parametrize(
    ("column", "value", "found", "action"),
    [
        ("il6_0", "=B2*2", "the formula without a result '=B2*2'", "let the spreadsheet program calculate it"),
        ("madrs_0", "=B2*2", "the formula without a result '=B2*2'", "let the spreadsheet program calculate it"),
        ("il6_0", "#DIV/0!", "the error of a formula '#DIV/0!'", "correct the formula"),
        ("il6_0", "date", "the date '2024-05-31'", "format the cell as a number"),
        ("age", "date", "the date '2024-05-31'", "format the cell as a number"),
    ],
)
def test_formulas_and_dates_of_a_sheet_are_named(wide, column: str, value: str, found: str, action: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(wide.table.columns))
    for row in wide.table.itertuples(index=False):
        sheet.append(list(row))
    place = list(wide.table.columns).index(column) + 1
    sheet.cell(4, place).value = datetime.date(2024, 5, 31) if value == "date" else value
    _save(wide, book)
    with pytest.raises(InputError) as caught:
        wide.read()
    (fault,) = caught.value.faults
    assert (fault.row, fault.column, fault.found) == (4, column, found)
    assert action in fault.action


def test_marks_are_told_with_the_lines_for_both_meanings(wide) -> None:
    wide.table.loc[2, "il6_0"] = "n.d."
    wide.table.loc[3, "il6_0"] = "BLQ"
    first, second = wide.faults()
    assert "if it stands for a reading below the limit, write lower_limit = the laboratory's limit" in first.action
    assert 'missing = ["NA", "n.d."] under [data]' in first.action
    assert 'write below_codes = ["BLQ"] and lower_limit = that limit under [[marker]]' in second.action
    assert 'missing = ["NA", "BLQ"] under [data]' in second.action
    wide.spec["marker"][0] |= {"lower_limit": 0.1, "below_codes": ["ND"]}
    assert 'write below_codes = ["ND", "BLQ"] under [[marker]]' in wide.only_fault().action
    wide.spec["marker"][0]["below_codes"] += ["BLQ"]
    assert wide.read().data["marker_status"].to_numpy()[3, 0, 0] == "below"


def _save(wide, book: openpyxl.Workbook) -> None:
    buffer = io.BytesIO()
    book.save(buffer)
    wide.spec["data"]["file"] = "trial.xlsx"
    (wide.folder / "trial.xlsx").write_bytes(buffer.getvalue())


def test_blank_rows_of_one_of_several_files_are_counted(wide, toml) -> None:
    lab = wide.table[["id", "il6_0", "il6_12"]]
    wide.table = wide.table.drop(columns=["il6_0", "il6_12"])
    wide.spec["data.join"] = [{"file": ["lab1.csv", "lab2.csv"], "participant": "id"}]
    text = lab[:12].to_csv(index=False).replace("\n005", "\n,,\n005")
    (wide.folder / "lab1.csv").write_text(text)
    lab[12:].to_csv(wide.folder / "lab2.csv", index=False)
    facts = wide.read().audit.facts
    assert "blank rows (lab1.csv) 1 left out (row 6)" in facts["joined lab1.csv and 1 more"]
