"""Whom the growth model uses, at which times, and what it says of it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from cochange.models import growth
from cochange.models.parts.growth.course import Course, course_of, times_of
from cochange.models.parts.growth.frame import make_frame
from cochange.models.parts.growth.gather import gather


def test_two_visits_and_a_study_without_times_are_refused(make_case: Any, make_table: Any, example: Any) -> None:
    assert growth.select(example).problem == "needs three visits or more, the study analyses two"
    study = make_case(make_table(), visits=2).study
    assert growth.select(study).problem == "needs three visits or more, the study analyses two"
    between = make_case(make_table(), extra='baseline = "week 2"\nfollow_up = "week 5"\n').study
    assert "the study analyses two" in growth.select(between).problem
    three = make_case(make_table(), visits=3).study
    without = replace(three, spec=three.spec.model_copy(update={"time": None}))
    assert growth.select(without).problem == "needs the times of the visits: the study file has no table [time]"


def test_everyone_with_any_reading_is_used(make_case: Any, make_table: Any) -> None:
    table = make_table(30)
    table.loc[4, [f"{name}{visit}" for name in "my" for visit in range(5)]] = ""
    table.loc[5, [f"m{visit}" for visit in range(5)]] = ""
    table.loc[6, [f"y{visit}" for visit in range(1, 5)]] = ""
    selection = growth.select(make_case(table).study)
    assert selection.left_out == {"P0004": "no value at any visit with a known time"}
    assert selection.notes == (
        "Everyone with any value is used, whatever is missing. Visit by visit there is IL-6 of 28, 28, 28, 28, 28 "
        "participants; S of 29, 28, 28, 28, 28 participants.",
    )


def test_an_outcome_of_two_visits_is_left_out_with_a_note(make_case: Any, make_table: Any) -> None:
    table = make_table(30)
    table[["m1", "m2", "m3"]] = ""
    case = make_case(table)
    selection = growth.select(case.study)
    assert "IL-6 is left out: it was measured at fewer than 3 visits" in selection.notes[0]
    assert make_frame(case.study, selection.used).outcomes == ("score",)


def test_own_times_come_before_planned_ones(make_case: Any, make_table: Any) -> None:
    table = make_table(30, jitter=4.0)
    table.loc[2, "day3"] = ""
    case = make_case(table, has=("marker", "score", "dates"))
    times = times_of(case.study)
    np.testing.assert_allclose(times[0], table.loc[0, [f"day{v}" for v in range(5)]].astype(float) / 7)
    assert times[2, 3] == 9
    assert "Each visit is taken at the participant's own time; the planned one where that is missing." in (
        growth.select(case.study).notes
    )
    alone = make_case(table, has=("marker", "score", "dates"), planned=False)
    assert np.isnan(times_of(alone.study)[2, 3])
    notes = growth.select(alone.study).notes
    assert "2 values are left out: the time of their visit is not known." in notes
    frame = make_frame(alone.study, growth.select(alone.study).used)
    assert (frame.status[2, 3] == 0).all()
    assert (frame.basis[2, 3] == 0).all()
    median = np.median(table["day4"].astype(float)) / 7
    assert course_of(alone.study).end == pytest.approx(median)


def test_dates_count_from_the_planned_time_of_the_baseline_visit(make_case: Any, make_table: Any) -> None:
    table = make_table(30)
    for visit, day in enumerate((1, 15, 37, 64, 85)):
        table[f"date{visit}"] = str(date(2024, 1, 1) + timedelta(days=day))
    columns = [f"date{visit}" for visit in range(5)]
    dates = f"baseline = 'week 2'\n[dates]\ncolumns = {columns}\n"
    case = make_case(table, extra=dates)
    np.testing.assert_allclose(times_of(case.study)[7], 2 + np.array([0, 22, 49, 70]) / 7)
    course = course_of(case.study)
    assert (course.start, course.end) == (2, 12)
    without = make_case(table, planned=False, extra=dates)
    np.testing.assert_allclose(times_of(without.study)[7], np.array([0, 22, 49, 70]) / 7)


def test_those_with_the_same_times_and_gaps_share_a_set(make_case: Any, make_table: Any, spoil: Any) -> None:
    table = make_table(30)
    table.loc[:9, "y4"] = ""
    table.loc[10, "m0"] = "<0.5"
    frame = make_frame(*_used(make_case(table)))
    observed, rows = gather(frame)
    assert (len(observed.basis), sorted(observed.count), rows.tolist()) == (1, [10, 19], [10])
    own = make_frame(*_used(make_case(make_table(30, jitter=4.0), has=("marker", "score", "dates"))))
    observed, rows = gather(own)
    assert len(observed.basis) == len(rows) == 30
    assert not len(observed.count)
    everyone = gather(frame, row_by_row=True)[1]
    assert sorted(everyone) == list(range(30))


def _used(case: Any) -> tuple[Any, np.ndarray]:
    return case.study, growth.select(case.study).used


def test_terms_of_time_run_from_nothing_to_one() -> None:
    linear = Course("linear", "weeks", 2.0, 12.0)
    np.testing.assert_allclose(linear.basis([2.0, 7.0, 12.0]), [[1, 0], [1, 0.5], [1, 1]])
    log = Course("log", "weeks", 0.0, 7.0)
    np.testing.assert_allclose(log.basis([0.0, 1.0, 3.0, 7.0])[:, 1], [0, 1 / 3, 2 / 3, 1])
    bent = Course("piecewise", "weeks", 0.0, 10.0, (4.0,))
    np.testing.assert_allclose(
        bent.basis([-1.0, 2.0, 4.0, 9.0]), [[1, -0.1, 0], [1, 0.2, 0], [1, 0.4, 0], [1, 0.4, 0.5]]
    )
    assert bent.at_end[1:].sum() == pytest.approx(1)
    assert bent.pieces == ["0 to 4 weeks", "4 to 10 weeks"]


def test_a_participant_with_too_many_limits_is_refused(
    make_case: Any, make_table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = make_table(30)
    table.loc[3, [f"m{visit}" for visit in range(5)]] = "<0.5"
    study = make_case(table).study
    assert not growth.select(study).problem
    monkeypatch.setattr("cochange.models.parts.growth.selection.MOST_CENSORED", 4)
    assert growth.select(study).problem.startswith("a participant has 5 values beyond a limit: at most 4 can be")
