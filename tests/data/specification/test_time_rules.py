"""The table [time] of the study file: every rule, and the days of the visits in the data."""

from typing import Any

import numpy as np
import pytest

BROKEN = {
    "the times of the visits": {"unit": "weeks"},
    "a time for each of the 2 visits": {"unit": "weeks", "visits": [0, 6, 12]},
    "an increasing order of times": {"unit": "weeks", "visits": [12, 0]},
    "a piecewise course with knots": {"unit": "weeks", "visits": [0, 12], "knots": [6]},
    "the key 'knots' with a piecewise course": {"unit": "weeks", "visits": [0, 12], "course": "piecewise"},
    "knots after 'baseline' and before '12 weeks' (0 to 12)": {
        "unit": "weeks", "visits": [0, 12], "course": "piecewise", "knots": [12],
    },
}  # fmt: skip


@pytest.mark.parametrize("required", BROKEN)
def test_every_rule_is_told(wide: Any, required: str) -> None:
    wide.spec["time"] = BROKEN[required]
    assert wide.only_fault().required == required


def test_a_unit_is_never_guessed(wide: Any) -> None:
    wide.spec["time"] = {"visits": [0, 12]}
    assert wide.only_fault().column == "time.unit"


def test_times_are_read(wide: Any) -> None:
    wide.spec["time"] = {"unit": "weeks", "visits": [0, 12], "course": "piecewise", "knots": [4]}
    time = wide.read().spec.time
    assert (time.visits, time.course, time.knots) == ((0, 12), "piecewise", (4,))


def test_days_count_from_the_baseline_visit_of_each_participant(wide: Any) -> None:
    first = [f"2024-01-{5 + i % 20:02}" for i in range(len(wide.table))]
    wide.table["visit_1"], wide.table["visit_2"] = first, [text.replace("-01-", "-03-") for text in first]
    wide.table.loc[3, "visit_2"] = ""
    wide.spec["dates"] = {"columns": ["visit_1", "visit_2"]}
    day = wide.read().data["day"].to_numpy()
    assert (day[:, 0] == 0).all()
    assert np.isnan(day[3, 1])
    # January has 31 days and February of 2024 has 29.
    assert set(np.delete(day[:, 1], 3)) == {60.0}
    wide.table["visit_1"], wide.table["visit_2"] = "1.5", "12"
    wide.spec["dates"]["format"] = "weeks"
    np.testing.assert_allclose(wide.read().data["day"], np.tile([10.5, 84], (len(wide.table), 1)))
