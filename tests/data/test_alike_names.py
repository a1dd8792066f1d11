"""Spellings of one identifier or one level are told, and never merged."""

import pytest

from cochange.data.faults import InputError
from cochange.data.read import read_study
from cochange.data.reading.spellings import plain, plain_identifier


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("P7", "p07", True),
        ("P7", "P\u200b7", True),
        ("P-07", "p7", True),
        ("1-11", "11-1", False),
        ("S1-01", "S101", False),
        ("10", "1", False),
    ],
)
def test_what_identifiers_may_differ_by(one: str, other: str, alike: bool) -> None:
    assert (plain_identifier(one) == plain_identifier(other)) is alike


@pytest.mark.parametrize(("one", "other", "alike"), [("F", "f ", True), ("+", "-", False), ("A-B", "AB", False)])
def test_what_levels_may_differ_by(one: str, other: str, alike: bool) -> None:
    assert (plain(one) == plain(other)) is alike


def test_two_spellings_of_an_identifier_are_noticed_with_their_rows(long) -> None:
    long.table.loc[[2, 3], "id"] = ["P7", " p07 "]
    study = long.read()
    (notice,) = study.notices
    assert notice.column == "id"
    assert "'P7' in 1 row (4) and 'p07' in 1 row (5)" in notice.message
    assert {"P7", "p07"} <= set(study.data["participant"].values)


def test_what_cannot_be_seen_in_a_level_or_an_identifier_is_shown_by_its_number(wide) -> None:
    wide.table.loc[[3, 5], "arm"] = "T\u200b"
    assert "and 'T\\u200B' in 2 rows (5, 7)" in str(wide.only_fault())
    wide.table.loc[[3, 5], "arm"] = "T"
    wide.table.loc[4, "id"] = f"{wide.table.loc[3, 'id']}\u200b"
    (notice,) = wide.read().notices
    assert f"'{wide.table.loc[3, 'id']}\\u200B' in 1 row (6)" in str(notice)


@pytest.mark.parametrize(("text", "shown"), [("na", "'na' in 1 row (5)"), ("?", "'?' in 1 row (5)")])
def test_an_identifier_that_stands_for_none_is_noticed(wide, text: str, shown: str) -> None:
    wide.table.loc[3, "id"] = text
    (notice,) = wide.read().notices
    assert notice.column == "id"
    assert notice.message.startswith(f"{shown} taken for the identifier of a participant.")


@pytest.mark.parametrize("text", ["2024-05-01", "03-aug", "3. Mai"])
def test_an_identifier_that_a_spreadsheet_turned_into_a_date_is_noticed(wide, text: str) -> None:
    wide.table.loc[3, "id"] = text
    (notice,) = wide.read().notices
    assert notice.message.startswith(f"'{text}' in 1 row (5): a date among identifiers of another form.")
    wide.spec["data"]["pseudonyms"] = True
    (notice,) = wide.read().notices
    assert notice.message.startswith("one spelling in 1 row (5): a date")
    wide.table["id"] = [f"2024-05-{day:02d}" for day in range(1, 25)]
    assert not any("another form" in notice.message for notice in wide.read().notices)


@pytest.mark.parametrize("column", ["arm", "clinic", "sex"])
def test_a_level_that_stands_for_a_missing_value_is_noticed(wide, column: str) -> None:
    wide.spec["data"]["missing"] = ["NA"]
    wide.table.loc[[3, 5], column] = "na"
    (notice,) = wide.read().notices
    assert notice.column == column
    assert notice.message.startswith("'na' in 2 rows (5, 7) is taken for a level of its own.")
    instead = "drop the covariate" if column == "sex" else "take the participant out of the file"
    assert instead in notice.message
    wide.table.loc[[3, 5], column] = "none"
    assert wide.read().notices == ()


def test_pseudonyms_hide_the_spellings(long) -> None:
    long.table.loc[[2, 3], "id"] = ["P7", "p07"]
    long.spec["data"]["pseudonyms"] = True
    (notice,) = long.read().notices
    assert "one spelling in 1 row (4) and one spelling in 1 row (5)" in notice.message
    assert "p07" not in notice.message.lower()


def test_a_spelling_in_a_joined_file_that_is_left_out_is_noticed(wide) -> None:
    wide.table.loc[0, "id"] = "P7"
    lab = wide.table[["id", "il6_0", "il6_12"]].copy()
    lab.loc[0, "id"] = "p07"
    wide.table = wide.table.drop(columns=["il6_0", "il6_12"])
    lab.to_csv(wide.folder / "lab.csv", index=False)
    text = wide.write().read_text() + '[[data.join]]\nfile = "lab.csv"\nparticipant = "id"\n'
    path = wide.folder / "study.toml"
    path.write_text(text)
    with pytest.raises(InputError, match="'p07' may be 'P7'"):
        read_study(path)
    path.write_text(text + 'unmatched = "leave out"\n')
    messages = [notice.message for notice in read_study(path).notices]
    assert any("'P7' in 1 row (2) of trial.csv and 'p07' in 1 row (2) of lab.csv" in message for message in messages)


@pytest.mark.parametrize(("column", "text", "beside"), [("sex", "Female ", "female"), ("clinic", "north", "North")])
def test_two_spellings_of_a_level_are_a_fault(wide, column: str, text: str, beside: str) -> None:
    wide.table.loc[[3, 5], column] = text
    fault = wide.only_fault()
    assert fault.column == column
    assert f"'{text.strip()}' in 2 rows (5, 7)" in fault.found
    assert f"'{beside}' in" in fault.found
    assert "write them alike in the data" in fault.action


def test_two_spellings_of_a_reason_are_noticed(wide) -> None:
    wide.table["why"] = ""
    wide.table.loc[[1, 2], "why"] = ["Moved", "moved"]
    wide.table.loc[[1, 2], ["il6_12", "madrs_12"]] = ""
    wide.spec["missing_data"] = {"reason": "why", "compare": ["missing at random"]}
    messages = [notice.message for notice in wide.read().notices]
    assert any("'Moved' in 1 row (3) and 'moved' in 1 row (4)" in message for message in messages)


def test_a_letter_that_begins_another_level_is_noticed(wide) -> None:
    wide.table.loc[[3, 5], "sex"] = "f"
    (notice,) = [each for each in wide.read().notices if each.column == "sex"]
    assert "'f' in 2 rows (5, 7) and 'female' in" in notice.message
    assert "If the one is short for the other" in notice.message


def test_a_number_among_words_is_noticed(wide) -> None:
    wide.table.loc[4, "sex"] = "999"
    (notice,) = [each for each in wide.read().notices if each.column == "sex"]
    assert notice.message.startswith("'999' in 1 row (6) among words: taken for a level of its own")


@pytest.mark.parametrize("levels", [("1", "2"), ("1", "12"), ("I", "II"), ("A", "B"), ("a", "ab")])
def test_usual_levels_are_not_noticed(wide, levels: tuple[str, str]) -> None:
    wide.table["sex"] = [levels[row % 2] for row in range(len(wide.table))]
    assert [each for each in wide.read().notices if each.column == "sex"] == []
