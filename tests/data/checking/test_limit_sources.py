"""A limit is called by where it stands, and one that no reading has is told."""

from typing import Any

import pytest


@pytest.fixture
def limited(wide: Any) -> Any:
    """A limit of 0.3 beside every reading but one, with 0.4 in the study file."""
    wide.table["lod_0"] = wide.table["lod_12"] = "0.3"
    wide.table.loc[7, "lod_0"] = "0.9"
    wide.table.loc[:, "il6_0"] = [f"{1 + i / 10:g}" for i in range(24)]
    wide.table.loc[:, "il6_12"] = [f"{1 + i / 11:.3f}" for i in range(24)]
    wide.spec["marker"][0] |= {"lower_limit": 0.4, "lower_limit_columns": ["lod_0", "lod_12"]}
    return wide


def test_notices_name_the_column_of_the_limit(limited: Any) -> None:
    limited.table.loc[2, "il6_0"] = "<0.5"
    limited.table.loc[3, "il6_0"] = "0.2"
    messages = _messages(limited)
    assert any("'<0.5' in 1 row (4), while the limit in lod_0 is 0.3: censored" in message for message in messages)
    (beyond,) = (message for message in messages if "not as measured" in message)
    assert "numbers below the limit in lod_0, 0.3 (0.2), in 1 row (5) are read as 'below 0.3'" in beyond
    assert beyond.endswith("If they were measured, correct the limit in lod_0")


def test_a_limit_over_all_numbers_is_named_by_its_column(limited: Any) -> None:
    limited.table["lod_12"] = "300"
    assert limited.only_fault().action.startswith("correct the limit in lod_12 if it is in another unit")


def test_a_limit_that_no_reading_has_is_told(limited: Any) -> None:
    (unused,) = _unused(limited)
    assert unused.startswith(
        "IL-6: lower_limit 0.4 is the limit of no reading: all 48 have another (0.3 to 0.9), by the limit in lod_0 and "
        "the limit in lod_12."
    )


@pytest.mark.parametrize("change", [{"lod_0": ""}, {"lod_0": "0.4"}])
def test_a_limit_that_a_reading_has_is_not(limited: Any, change: dict[str, str]) -> None:
    limited.table.loc[5, list(change)] = list(change.values())
    assert _unused(limited) == []


def test_a_limit_of_one_visit_that_no_reading_has_is_told_of_the_visit(limited: Any) -> None:
    limited.spec["marker"][0]["lower_limit"] = [0.4, 0.3]
    (unused,) = _unused(limited)
    assert unused.startswith("IL-6: lower_limit at 'baseline' 0.4 is the limit of no reading: all 24 have another")


def test_limits_by_plate_stand_before_that_of_all(wide: Any) -> None:
    wide.spec["plates"] = {"columns": ["plate_0", "plate_12"]}
    wide.spec["marker"][0] |= {"lower_limit": 0.4, "lower_limit_by_plate": {"P1": 0.1}}
    wide.table["plate_0"] = wide.table["plate_12"] = "P1"
    wide.table.loc[2, "il6_0"] = "<0.05"
    messages = _messages(wide)
    (unused,) = _unused(wide)
    assert "lower_limit 0.4 is the limit of no reading: all 48 have another (0.1), by lower_limit_by_plate of" in unused
    assert any("while lower_limit_by_plate of 'P1' is 0.1: censored" in message for message in messages)


def _messages(files: Any) -> list[str]:
    return [notice.message for notice in files.read().notices]


def _unused(files: Any) -> list[str]:
    return [message for message in _messages(files) if "is the limit of no reading" in message]
