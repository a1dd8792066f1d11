"""Limits that may not cross are those of one sample."""

import pytest

from cochange.data.specification.judge import judge_spec


def limits_of(wide, **keys: object) -> list[str]:
    wide.spec["marker"][0] |= keys
    wide.spec["plates"] = {"columns": ["plate_0", "plate_12"]}
    wide.table["plate_0"] = wide.table["plate_12"] = "A"
    path = wide.write()
    return [fault.found for fault in judge_spec(path).faults]


@pytest.mark.parametrize(
    "keys",
    [
        {"lower_limit": [0.1, 5], "upper_limit": [4, 100]},
        {"lower_limit_by_plate": {"A": 0.1, "B": 5}, "upper_limit_by_plate": {"A": 4, "B": 100}},
        {"lower_limit": 5, "upper_limit": 100, "lower_limit_by_plate": {"A": 0.1}, "upper_limit_by_plate": {"A": 4}},
        {"floors": [5], "upper_limit": [4, 100]},
    ],
)
def test_limits_of_different_visits_and_plates_may_cross(wide, keys: dict[str, object]) -> None:
    assert limits_of(wide, **keys) == []


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({"lower_limit": [0.1, 100], "upper_limit": [4, 100]}, "100 and 100"),
        ({"lower_limit": 5, "upper_limit_by_plate": {"A": 4}}, "5 and 4"),
        ({"floors": [5], "upper_limit": [4, 5]}, "5 and 5"),
        ({"lower_limit": [0.1, 5], "ceilings": [0.05]}, "0.1 and 0.05"),
        ({"floors": [5], "ceilings": [4]}, "5 and 4"),
    ],
)
def test_limits_of_the_same_samples_may_not_cross(wide, keys: dict[str, object], found: str) -> None:
    assert limits_of(wide, **keys) == [found]
