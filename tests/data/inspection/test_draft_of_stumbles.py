"""Drafts from files with a row twice, decimal commas in one column, marks of limits and reasons for leaving."""

import tomllib
from pathlib import Path

import pytest

from cochange.data.draft import draft_study_file

N = 20


def _drafted(folder: Path, **columns: list[str]) -> tuple[dict, str]:
    table = {"id": [str(i + 1) for i in range(N)], **columns}
    lines = [";".join(table), *(";".join(row) for row in zip(*table.values(), strict=True))]
    return _of(folder, lines)


def _of(folder: Path, lines: list[str]) -> tuple[dict, str]:
    (folder / "trial.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    text = draft_study_file(folder / "trial.csv", force=True).path.read_text(encoding="utf-8")
    return tomllib.loads(text), text


def _numbers(mark: str) -> list[str]:
    return [f"1{mark}{10 + i}" for i in range(N)]


@pytest.mark.parametrize("same", [True, False])
def test_a_row_given_twice_leaves_a_wide_file_wide(tmp_path: Path, same: bool) -> None:
    header = "id;age;il6_0;il6_12;madrs_0;madrs_12"
    rows = [f"{i + 1};{30 + i};1.{10 + i};1.{30 + i};{20 + i};{10 + i}" for i in range(N)]
    draft, text = _of(tmp_path, [header, *rows, rows[4] if same else "5;34;1.9;1.8;22;11"])
    assert (draft["data"]["layout"], draft["data"]["visits"]) == ("wide", ["0", "12"])
    assert "of 20 values of id 1 is repeated: rows to put right" in text
    assert draft["marker"][0]["columns"] == ["il6_0", "il6_12"]


def test_a_long_file_stays_long_where_few_came_again(tmp_path: Path) -> None:
    lines = ["id;week;il6;madrs", *(f"{i + 1};0;1.{10 + i};{20 + i}" for i in range(N)), "5;12;1.8;11"]
    assert _of(tmp_path, lines)[0]["data"]["layout"] == "long"


def test_decimal_commas_of_one_column_are_proposed(tmp_path: Path) -> None:
    draft, _ = _drafted(tmp_path, il6_0=_numbers("."), il6_12=_numbers("."), bmi=_numbers(","))
    assert (draft["data"]["decimal"], draft["data"]["decimal_columns"]) == (".", {"bmi": ","})
    draft, _ = _drafted(tmp_path, il6_0=_numbers("."), il6_12=_numbers(","), age=_numbers("."))
    assert (draft["data"]["decimal"], draft["data"]["decimal_columns"]) == (".", {"il6_12": ","})


def test_marks_of_limits_are_known_with_either_decimal_mark(tmp_path: Path) -> None:
    first, second = _numbers("."), _numbers(",")
    first[3] = second[4] = second[5] = "<0,3"
    _, text = _drafted(tmp_path, il6_0=first, il6_12=second, age=_numbers("."))
    assert "il6_0: 1 cell with a mark of the lower limit, such as '<0,3'" in text
    assert "il6_0: 1 cell has another decimal mark than the others, such as '<0,3'" in text
    assert "il6_12: 2 cells with a mark of the lower limit, such as '<0,3'" in text
    assert "il6_12: 2 cells have another" not in text


@pytest.mark.parametrize("name", ["reason", "dropout_reason", "reason for leaving"])
def test_a_column_of_reasons_is_proposed(tmp_path: Path, name: str) -> None:
    reasons = ["moved" if i in (3, 7) else "" for i in range(N)]
    draft, text = _drafted(tmp_path, il6_0=_numbers("."), il6_12=_numbers("."), **{name: reasons})
    assert draft["missing_data"]["reason"] == name
    assert draft["missing_data"]["compare"].startswith("FILL IN")
    # Nothing stands below it.
    assert "below" not in draft["missing_data"]["compare"]
    assert "'reasons', of 'moved'" in " ".join(text.replace("#", "").split())


def _table(*under: str) -> list[str]:
    rows = [f"P{i + 1:02d};{30 + i};1.{10 + i};1.{30 + i};{20 + i};{10 + i}" for i in range(N)]
    return ["id;age;il6_0;il6_12;madrs_0;madrs_12", *rows, *under]


@pytest.mark.parametrize("blank", [False, True])
def test_a_row_of_means_is_no_participant(tmp_path: Path, blank: bool) -> None:
    means = "Mean;;1.2;1.4;30.1;20.2" if blank else "Mean;40.1;1.2;1.4;30.1;20.2"
    draft, text = _of(tmp_path, _table(means))
    assert draft["data"]["footer_rows"] == 1
    assert "footer_rows = 1  # guessed: the last row is written unlike the others, beginning with 'Mean'" in text
    assert "from 20 rows and 6 columns" in text
    assert "20 different values in 20 rows" in text
    assert draft["covariates"]["numeric"] == ["age"]


def test_several_rows_under_a_table_are_left_out_by_one_key(tmp_path: Path) -> None:
    draft, text = _of(
        tmp_path, _table("Mean;40.1;1.2;1.4;30.1;20.2", "SD;5.1;0.2;0.4;3.1;2.2", "Made on Monday 3;;;;;")
    )
    assert draft["data"]["footer_rows"] == 3
    assert "the last rows are written unlike the others, beginning with 'Mean', 'SD', 'Made on Monday 3'" in text


@pytest.mark.parametrize("remark_first", [False, True])
def test_a_german_footer_is_left_out_with_its_remark(tmp_path: Path, remark_first: bool) -> None:
    rows = ["Mittelwert;40.1;1.2;1.4;30.1;20.2", "Anmerkung: Serum;;;;;"]
    draft, _ = _of(tmp_path, _table(*(reversed(rows) if remark_first else rows)))
    assert draft["data"]["footer_rows"] == 2
    assert draft["covariates"]["numeric"] == ["age"]


def test_a_table_without_a_footer_gets_no_such_key(tmp_path: Path) -> None:
    assert "footer_rows" not in _of(tmp_path, _table())[1]
    assert "footer_rows" not in _of(tmp_path, _table("P21;41;1.2;1.4;30;20"))[1]


def test_texts_in_place_of_a_score_may_be_missing_codes(tmp_path: Path) -> None:
    scores = [str(10 + i) for i in range(N)]
    scores[3] = scores[8] = "ND"
    _, text = _drafted(tmp_path, il6_0=_numbers("."), il6_12=_numbers("."), madrs_0=scores, madrs_12=["12"] * N)
    assert "Where a number or a level should stand: 'ND' in 2 cells (madrs_0)" in text


def test_bare_words_are_told_apart_from_limits_with_a_number(tmp_path: Path) -> None:
    readings = _numbers(",")
    readings[2:6] = ["<0,7", "n.d.", "ND", "n.d."]
    draft, text = _drafted(tmp_path, il6_0=readings, il6_12=_numbers(","), madrs_0=["20"] * N, madrs_12=["12"] * N)
    joined = " ".join(text.replace("#", "").split())
    assert "il6_0: 1 cell with a mark of the lower limit, such as '<0,7'" in joined
    assert "il6_0: 3 cells with 'n.d.', 'ND', not done or not detected: see missing under [data]" in joined
    assert "'n.d.' in 2 cells (il6_0), not done or not detected: yours to say" in joined
    assert draft["data"]["missing"].startswith("FILL IN")
