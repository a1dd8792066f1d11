"""Dates of the visits: read in the declared form, in order, within their windows."""

from datetime import date, timedelta
from typing import Any

import pytest

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


WINDOWS = {
    "a window for each of the 1 visits after the first": [[70, 98], [1, 2]],
    "the least number of days first": [[98, 70]],
}


@pytest.mark.parametrize("required", WINDOWS)
def test_windows_that_do_not_fit_are_faults(dated: Any, required: str) -> None:
    dated.spec["dates"]["windows"] = WINDOWS[required]
    assert required in [fault.required for fault in dated.faults()]
