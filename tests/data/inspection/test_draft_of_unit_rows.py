"""Drafts from files with units under their header: the row is told, and the columns are seen without it."""

import re
import tomllib
from pathlib import Path

import pytest

from cochange.data.draft import draft_study_file
from cochange.data.faults import InputError
from cochange.data.read import read_study

N = 20
HEADER = "id;Geschlecht;Alter;BMI;Arm;il6_0;il6_12;madrs_0;madrs_12"
UNITS = ("Code;m/w;Jahre;kg/m²;-;pg/ml;pg/ml;0-60;0-60", ";;Jahre;kg/m²;;pg/ml;pg/ml;0-60;0-60")
ROWS = [
    f"{i + 1:03d};{'mw'[i % 2]};{30 + i};2{i % 10},5;{'KT'[i % 2]};1,{10 + i};1,{30 + i};{20 + i};{10 + i}"
    for i in range(N)
]


def _of(folder: Path, *lines: str) -> str:
    (folder / "trial.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return draft_study_file(folder / "trial.csv", force=True).path.read_text(encoding="utf-8")


@pytest.mark.parametrize("units", UNITS)
def test_columns_are_seen_without_a_row_of_units(tmp_path: Path, units: str) -> None:
    text = _of(tmp_path, HEADER, units, *ROWS)
    draft = tomllib.loads(text)
    assert draft["covariates"] == {"numeric": ["Alter", "BMI"], "categorical": ["Geschlecht"]}
    assert "from 20 rows and 9 columns" in text
    assert "Where a number or a level should stand" not in text
    said = " ".join(text.replace("#", "").split())
    assert "Row 2 looks like a row of units ('Jahre', 'kg/m²', 'pg/ml', '0-60'), and is not counted as data" in said


def test_the_row_stays_a_fault_until_the_lines_of_the_draft_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    text = _of(tmp_path, HEADER, UNITS[0], *ROWS)
    assert "header_row" not in tomllib.loads(text)["data"]
    text = re.sub(r"^missing = .*$", "missing = []", text, flags=re.MULTILINE)
    for faulty in (True, False):
        if not faulty:
            text = text.replace("# header_row", "header_row").replace("# column_names", "column_names")
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError) as caught:
            read_study(path)
        told = [fault for fault in caught.value.faults if "row of units" in fault.found]
        assert len(told) == faulty
    data = tomllib.loads(text)["data"]
    assert (data["header_row"], data["column_names"]) == (2, HEADER.split(";"))


def test_columns_without_a_name_are_left_for_the_user_to_name(tmp_path: Path) -> None:
    text = _of(tmp_path, f"{HEADER};", f"{UNITS[0]};", *(f"{row};x" for row in ROWS))
    assert "write header_row = 2 with column_names, a list of the names of all 10 columns" in " ".join(
        text.replace("#", "").split()
    )


def test_a_table_without_units_says_nothing_of_them(tmp_path: Path) -> None:
    assert "units (" not in _of(tmp_path, HEADER, *ROWS)
    assert "looks like a row of units" not in _of(tmp_path, HEADER, ROWS[0].replace("1,10", "pg/ml"), *ROWS[1:])
