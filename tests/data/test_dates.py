"""Dates of the visits: read in the declared form, in order, within their windows."""

from datetime import date, timedelta
from typing import Any

import pytest

from cochange.data.faults import InputError

START = date(2024, 1, 5)


@pytest.fixture
def dated(wide: Any) -> Any:
    """The wide study with a first visit every day and a second one 84 days later."""
    first = [START + timedelta(days=i) for i in range(len(wide.table))]
    wide.table["visit_1"] = [str(day) for day in first]
    wide.table["visit_2"] = [str(day + timedelta(days=84)) for day in first]
    wide.spec["dates"] = {"columns": ["visit_1", "visit_2"], "windows": [[70, 98]]}
    return wide


def notices(study: Any) -> list[str]:
    return [notice.message for notice in study.notices if "were planned" in notice.message]


def test_dates_in_order_and_within_their_window_say_nothing(dated: Any) -> None:
    study = dated.read()
    assert not notices(study)
    records = study.audit.records
    own = records[records["variable"] == "date"]
    assert len(own) == 2 * len(dated.table)
    assert own["value"].iloc[0] == "2024-01-05"


def test_a_follow_up_before_the_baseline_is_a_fault(dated: Any) -> None:
    dated.table.loc[3, "visit_2"] = "2024-01-08"
    dated.table.loc[5, "visit_2"] = "2023-04-02"
    first, second = dated.faults()
    assert (first.row, first.column, first.found) == (5, "visit_2", "'2024-01-08'")
    assert first.required == "a date at '12 weeks' after that at 'baseline', 2024-01-08,"
    assert second.row == 7


def test_a_visit_outside_its_window_is_noticed(dated: Any) -> None:
    dated.table.loc[3, "visit_2"] = str(START + timedelta(days=3 + 120))
    dated.table.loc[4, "visit_2"] = str(START + timedelta(days=4 + 60))
    dated.table.loc[6, "visit_2"] = ""
    (message,) = notices(dated.read())
    assert "70 to 98 days after 'baseline' were planned; in 2 rows (5, 6) it was 60 to 120 days" in message


def test_other_forms_are_read_when_declared_and_refused_when_not(dated: Any) -> None:
    expected = dated.read().audit.records
    for column in ("visit_1", "visit_2"):
        dated.table[column] = [date.fromisoformat(text).strftime("%d/%m/%Y 09:30") for text in dated.table[column]]
    fault = dated.faults()[0]
    assert fault.required == "a date in the form %Y-%m-%d, such as 2024-05-31,"
    dated.spec["dates"]["format"] = "%d/%m/%Y"
    found = dated.read().audit.records
    assert found["value"].tolist() == expected["value"].tolist()


def test_dates_to_be_checked_share_one_notice_and_are_no_caution(dated: Any) -> None:
    (notice,) = dated.read().notices
    assert not notice.caution
    assert "the dates of the visits ('visit_1', 'visit_2') stand in audit.csv, and nowhere else" in notice.message
    first = dated.table["visit_1"].tolist()
    dated.table["born"] = dated.table["visit_1"]
    dated.spec["sites"]["column"] = "born"
    assert [(own.column, own.caution) for own in dated.read().notices] == [("born", True), (None, False)]
    data = dated.read().data.drop_vars("site")
    assert not [text for text in first if text in str(data.to_dict())]


def test_birth_dates_among_the_dates_stay_a_caution(dated: Any) -> None:
    dated.table = dated.table.rename(columns={"visit_1": "birth_date"})
    dated.spec["dates"]["columns"][0] = "birth_date"
    assert [(own.column, own.caution) for own in dated.read().notices] == [("birth_date", True), (None, False)]


# By the unit of the columns: the number of days in one.
UNITS = {"days": 1, "weeks": 7, "months": 30.4375, "years": 365.25}


def timed(dated: Any, unit: str) -> Any:
    """The same visits as times since a start 14 days before the first one, in this unit."""
    for column, day in (("visit_1", 14), ("visit_2", 14 + 84)):
        dated.table[column] = f"{day / UNITS[unit]!r}"
    dated.spec["dates"]["format"] = unit
    return dated


@pytest.mark.parametrize("unit", UNITS)
def test_times_since_a_start_are_read_in_their_unit(dated: Any, unit: str) -> None:
    study = timed(dated, unit).read()
    assert study.notices == ()
    own = study.audit.records[study.audit.records["variable"] == "date"]
    assert own["value"].astype(float).to_numpy() == pytest.approx([14] * 24 + [98] * 24, rel=1e-12)
    dated.spec["dates"]["windows"] = [[85, 98]]
    (message,) = notices(dated.read())
    assert "85 to 98 days after 'baseline' were planned; in 24 rows" in message
    assert "it was 84 to 84 days" in message


@pytest.mark.parametrize("unit", UNITS)
def test_windows_have_a_unit_of_their_own(dated: Any, unit: str) -> None:
    dated.spec["dates"] |= {"unit": unit, "windows": [[84 / UNITS[unit], 84 / UNITS[unit]]]}
    assert not notices(dated.read())
    dated.spec["dates"]["windows"] = [[85 / UNITS[unit], 86 / UNITS[unit]]]
    (message,) = notices(dated.read())
    shown = f"{round(84 / UNITS[unit], 3):g}"
    assert f"it was {shown} to {shown} {unit}" in message


def test_decimals_of_a_time_are_not_outside_a_window_they_touch(dated: Any) -> None:
    dated.table["visit_1"], dated.table["visit_2"] = "1.0", "1.3"
    dated.spec["dates"] |= {"format": "days", "windows": [[0.3, 0.3]]}
    assert 1.3 - 1.0 != 0.3
    assert not notices(dated.read())


def test_times_that_are_none_or_out_of_order_are_faults(dated: Any) -> None:
    timed(dated, "weeks").table.loc[3, "visit_2"] = "week 14"
    dated.table.loc[5, "visit_2"] = "-1"
    dated.table.loc[6, "visit_2"] = "NA"
    dated.table.loc[7, "visit_2"] = "14,0"
    by_row = {fault.row: fault for fault in dated.faults()}
    assert by_row.keys() == {5, 7, 9}
    assert (by_row[5].required, by_row[5].found) == ("a number of weeks", "'week 14'")
    assert by_row[7].required == "a number of weeks at '12 weeks' after that at 'baseline', 2.0,"
    assert by_row[9].required == "a decimal point in every number"


BROKEN = {
    "the key 'windows', whose unit it is,": {"unit": "weeks", "windows": []},
    "the form of a date, such as %Y-%m-%d, or one of 'days', 'weeks', 'months', 'years'": {"format": "week"},
    "the least number of weeks first": {"unit": "weeks", "windows": [[14, 10]]},
}


@pytest.mark.parametrize("required", BROKEN)
def test_units_that_do_not_fit_are_faults(dated: Any, required: str) -> None:
    dated.spec["dates"] |= BROKEN[required]
    assert dated.only_fault().required == required


WINDOWS = {
    "a window for each of the 1 visits after the first": [[70, 98], [1, 2]],
    "the least number of days first": [[98, 70]],
}


@pytest.mark.parametrize("required", WINDOWS)
def test_windows_that_do_not_fit_are_faults(dated: Any, required: str) -> None:
    dated.spec["dates"]["windows"] = WINDOWS[required]
    assert required in [fault.required for fault in dated.faults()]


def test_visits_are_in_order_across_one_without_a_date(dated: Any) -> None:
    dated.table["visit_3"] = [str(START + timedelta(days=i + 168)) for i in range(len(dated.table))]
    for name in ("il6", "madrs"):
        dated.table[f"{name}_24"] = dated.table[f"{name}_12"]
    dated.spec["data"]["visits"].append("24 weeks")
    dated.spec["marker"][0]["columns"].append("il6_24")
    dated.spec["symptom"]["columns"].append("madrs_24")
    dated.spec["dates"] = {"columns": ["visit_1", "visit_2", "visit_3"]}
    dated.table.loc[3, ["visit_2", "visit_3"]] = ["", "2024-01-02"]
    fault = dated.only_fault()
    assert (fault.row, fault.column, fault.found) == (5, "visit_3", "'2024-01-02'")
    assert fault.required == "a date at '24 weeks' after that at 'baseline', 2024-01-08,"


def test_a_year_without_its_century_is_a_fault_like_any_other(dated: Any) -> None:
    dated.table.loc[3, "visit_2"] = "0024-04-01"
    fault = dated.only_fault()
    assert (fault.row, fault.found) == (5, "'0024-04-01'")


def test_faults_of_windows_come_with_those_of_dates(dated: Any) -> None:
    dated.spec["dates"]["windows"] = [[70, 98], [200, 220]]
    dated.table.loc[3, "visit_2"] = "2024-01-08"
    with pytest.raises(InputError) as caught:
        dated.read()
    assert [fault.column for fault in caught.value.faults] == ["dates.windows", "visit_2"]
    assert not [notice for notice in caught.value.notices if notice.column in ("visit_1", "visit_2")]
    assert not notices(caught.value)


def test_columns_of_a_table_at_fault_are_not_said_to_be_unread(dated: Any) -> None:
    dated.spec["dates"]["format"] = "day"
    with pytest.raises(InputError) as caught:
        dated.read()
    assert [fault.column for fault in caught.value.faults] == ["dates.format"]
    assert not [notice for notice in caught.value.notices if notice.column in ("visit_1", "visit_2")]


def test_times_outside_a_window_have_few_digits(dated: Any) -> None:
    dated.spec["dates"] |= {"unit": "weeks", "windows": [[10, 14]]}
    dated.table.loc[3, "visit_2"] = str(START + timedelta(days=3 + 275))
    (message,) = notices(dated.read())
    assert "it was 39.3 to 39.3 weeks. Models other than `growth` take visits as planned" in message
    # Not rounded into the window.
    dated.spec["dates"]["windows"] = [[10, 39.2]]
    assert "it was 39.3 to 39.3 weeks" in notices(dated.read())[0]
    dated.spec["dates"] |= {"unit": "days", "windows": [[70, 98]]}
    assert "it was 275 to 275 days" in notices(dated.read())[0]
    dated.spec["dates"] |= {"unit": "weeks", "windows": [[10, 39.285]]}
    assert "it was 39.3 to 39.3 weeks" in notices(dated.read())[0]
    dated.spec["dates"] |= {"unit": "years", "windows": [[0.2, 0.7529]]}
    assert "it was 0.753 to 0.753 years" in notices(dated.read())[0]
