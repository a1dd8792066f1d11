"""Rows under a table that look like a footer: told once, with the key that leaves them out; never skipped."""

import pandas as pd
import pytest


def _under(study, *rows: dict[str, str]) -> None:
    filled = [dict.fromkeys(study.table.columns, "") | row for row in rows]
    study.table = pd.concat([study.table, pd.DataFrame(filled)], ignore_index=True)


MEANS = {"age": "41.5", "il6_0": "1.62", "il6_12": "1.41", "madrs_0": "21.4", "madrs_12": "12.6"}
FOOTERS = {
    "means that could be read": [{"id": "Mean", **MEANS}],
    "several rows": [{"id": "Mean", **MEANS}, {"id": "SD", **MEANS}, {"id": "N = 24", "age": "24"}],
    "a label in another column": [{"sex": "Total", **MEANS}],
    "a remark": [{"id": "IL-6 measured in one batch in May"}],
    "numbers with their spread": [{"id": "M", "il6_0": "1.6 (0.9)", "madrs_0": "21 (4)", "age": "41"}],
}


@pytest.mark.parametrize("rows", FOOTERS.values(), ids=FOOTERS)
@pytest.mark.parametrize("layout", ["wide", "long"])
def test_a_footer_is_one_fault_that_names_its_rows_and_its_key(request, layout: str, rows) -> None:
    study = request.getfixturevalue(layout)
    columns = {"il6_0": "il6", "madrs_0": "madrs"} if layout == "long" else {}
    own = [{columns.get(key, key): text for key, text in row.items()} for row in rows]
    n = len(study.table)
    _under(study, *({key: text for key, text in row.items() if key in study.table} for row in own))
    fault = study.only_fault()
    assert (fault.file, fault.row) == ("trial.csv", n + 2)
    assert fault.found.startswith(f"{len(rows)} row")
    assert "like a footer under the table" in fault.found
    assert f"footer_rows = {len(rows)} under [data]" in fault.action
    study.spec["data"]["footer_rows"] = len(rows)
    assert study.read().data.sizes["participant"] == 24


OTHER_LANGUAGES = (
    "Mittelwert",
    "MW",
    "Mittelwert ± SD",
    "Durchschnitt",
    "Standardabweichung",
    "Summe",
    "Gesamt",
    "Anmerkung:",
    "Quelle:",
    "Ø",
    "Moyenne",
    "Écart-type",
    "Media",
    "Desviación típica",
    "Medelvärde",
)


@pytest.mark.parametrize("identifier", OTHER_LANGUAGES)
def test_a_footer_is_known_in_other_languages(wide, identifier: str) -> None:
    _under(wide, {"id": identifier, "arm": "C", "intensity": "light", "clinic": "North", "sex": "male", **MEANS})
    fault = wide.only_fault()
    assert (fault.row, fault.required) == (26, "a participant in each row")
    assert "footer_rows = 1 under [data]" in fault.action


REMARK = {"id": "Anmerkung: IL-6 in einem Lauf"}


@pytest.mark.parametrize(
    "rows",
    [
        [REMARK, {"id": "Mittelwert", **MEANS}],
        [{"id": "Mittelwert", **MEANS}, REMARK],
        [{"id": "Mittelwert", **MEANS}, {"id": "Stand: Mai"}],
        [{"id": "Mittelwert", **MEANS}, {"sex": "gedruckt"}],
    ],
)
def test_every_row_from_the_first_of_a_footer_on_belongs_to_it(wide, rows: list[dict[str, str]]) -> None:
    _under(wide, *rows)
    fault = wide.only_fault()
    assert (fault.row, fault.found[:6]) == (26, "2 rows")
    assert "footer_rows = 2 under [data]" in fault.action


def test_a_participant_under_a_row_of_words_ends_no_footer(wide) -> None:
    _under(wide, {"id": "Mean", **MEANS}, wide.table.iloc[-1].to_dict() | {"id": "025"})
    assert "like a footer" not in " ".join(fault.found for fault in wide.faults())


@pytest.mark.parametrize(("identifier", "named"), [("Referenz", True), ("025", False), ("P25", False)])
def test_words_without_an_arm_may_be_a_footer(wide, identifier: str, named: bool) -> None:
    _under(wide, wide.table.iloc[-1].to_dict() | {"id": identifier, "arm": ""})
    fault = wide.only_fault()
    assert (fault.row, fault.required) == (26, "an arm")
    assert ("footer_rows under [data]" in fault.action) == named


def test_what_is_declared_already_is_counted(wide) -> None:
    _under(wide, {"id": "Mean", **MEANS}, {"id": "", "sex": "Printed on Monday"})
    wide.spec["data"]["footer_rows"] = 1
    assert "footer_rows = 2 under [data]" in wide.only_fault().action


def test_other_faults_are_told_beside_a_footer(wide) -> None:
    _under(wide, {"id": "Mean", **MEANS})
    wide.table.loc[1, "madrs_12"] = "7l"
    assert [fault.row for fault in wide.faults()] == [3, 26]


def test_a_footer_shows_no_text_where_identifiers_may_not_be_shown(wide) -> None:
    _under(wide, {"id": "Mean", **MEANS})
    wide.spec["data"]["pseudonyms"] = True
    assert "Mean" not in str(wide.only_fault())


@pytest.mark.parametrize("identifier", ["24b", "P25", "025", "Anna"])
def test_a_participant_in_the_last_row_is_none(wide, identifier: str) -> None:
    _under(wide, wide.table.iloc[-1].to_dict() | {"id": identifier})
    assert wide.read().data.sizes["participant"] == 25


def test_initials_like_the_word_of_a_footer_are_none(wide) -> None:
    letters = "ABCDEFGHIJKLMPQRSTUVWXYZ"
    wide.table["id"] = [f"{letter}D" for letter in letters]
    _under(wide, wide.table.iloc[-1].to_dict() | {"id": "SD"})
    wide.table = wide.table[~wide.table["id"].duplicated(keep="last")].reset_index(drop=True)
    assert wide.read().data.sizes["participant"] == len(set(wide.table["id"]))
