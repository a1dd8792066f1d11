"""Limits of one sample may not cross; those in columns are named under a key of their own."""

import tomllib

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


@pytest.mark.parametrize("value", ["il6_lod", ["il6_lod", "il6_lod"]])
def test_a_column_in_place_of_a_limit_is_named_under_another_key(wide, value: object) -> None:
    wide.spec["marker"][0]["lower_limit"] = value
    fault = wide.only_fault()
    assert (fault.column, fault.found) == ("marker[1].lower_limit", repr(value))
    assert fault.action == (
        "a column that holds the limit of each sample is named under lower_limit_columns: in a wide layout one for "
        "each visit, where the same may be named for several"
    )


def test_a_limit_in_quotes_is_no_column(wide) -> None:
    wide.spec["marker"][0]["upper_limit"] = "0,5"
    assert wide.only_fault().action == "write 0.5, without quotes"
    wide.spec["marker"][0]["upper_limit"] = ["0.5", "0.6"]
    assert wide.only_fault().action == "correct the value"


def test_one_column_of_limits_is_named_for_every_visit(wide) -> None:
    wide.table["il6_lod"] = "0.25"
    wide.table.loc[:1, "il6_0"] = wide.table.loc[2, "il6_12"] = "<LOD"
    wide.spec["marker"][0]["lower_limit_columns"] = ["il6_lod"]
    fault = wide.only_fault()
    assert (fault.required, fault.found) == ("a list of 2 columns (one column a visit, in the order of 'visits')", "1")
    said = "name one column for each visit; the same may be named for several, as in "
    assert fault.action.startswith(said)
    wide.spec["marker"][0] |= tomllib.loads(fault.action.removeprefix(said))
    below = wide.read().data.isel(marker=0).marker_status.to_numpy()[:3] == "below"
    assert below.tolist() == [[True, False], [True, False], [False, True]]


@pytest.mark.parametrize(
    ("key", "columns"), [("codes", ["il6_code"]), ("upper_limit_columns", ["uloq_a", "uloq_b", "uloq_c"])]
)
def test_other_lists_of_columns_are_to_be_listed_again(wide, key: str, columns: list[str]) -> None:
    wide.spec["marker"][0] |= {key: columns, "missing_codes": ["x"]}
    wide.table = wide.table.assign(**dict.fromkeys(columns, ""))
    assert wide.only_fault().action == "list the columns again"
