"""Scores given as items: totals by the stated rule, and items that cannot belong to the scale named."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

N_ITEMS = 10


def columns(visit: str, number: int = N_ITEMS) -> list[str]:
    return [f"m{item}_{visit}" for item in range(1, number + 1)]


@pytest.fixture
def items(wide: Any) -> Any:
    """The wide study with ten MADRS items a visit in place of the totals."""
    rng = np.random.default_rng(4)
    for visit in ("0", "12"):
        scores = rng.integers(0, 7, (len(wide.table), N_ITEMS))
        for position, column in enumerate(columns(visit)):
            wide.table[column] = scores[:, position]
        wide.table = wide.table.drop(columns=f"madrs_{visit}")
    wide.table = wide.table.astype(str)
    wide.spec["symptom"] = {"scale": "MADRS", "columns": [columns("0"), columns("12")]}
    return wide


def total(table: pd.DataFrame, visit: str) -> np.ndarray:
    return table[columns(visit)].astype(float).sum(axis=1).to_numpy()


def test_items_are_added_up(items: Any) -> None:
    study = items.read()
    for visit, column in (("baseline", "0"), ("12 weeks", "12")):
        np.testing.assert_array_equal(study.data["symptom"].sel(visit=visit), total(items.table, column))


def test_a_reversed_item_counts_from_the_other_end(items: Any) -> None:
    items.spec["symptom"]["items"] = {"reversed": [3, 10]}
    expected = total(items.table, "0")
    for column in ("m3_0", "m10_0"):
        value = items.table[column].astype(float).to_numpy()
        expected = expected + 6 - 2 * value
    np.testing.assert_array_equal(items.read().data["symptom"].sel(visit="baseline"), expected)


@pytest.mark.parametrize(
    ("most_missing", "absent", "status"),
    [(0, 0, "observed"), (0, 1, "missing"), (1, 1, "observed"), (1, 2, "missing"), (9, 10, "missing")],
)
def test_missing_items_follow_the_stated_rule(items: Any, most_missing: int, absent: int, status: str) -> None:
    items.spec["symptom"]["items"] = {"most_missing": most_missing}
    gone, kept = columns("12")[:absent], columns("12")[absent:]
    items.table.loc[2, gone] = "NA"
    score = items.read().data["symptom"].sel(visit="12 weeks").to_numpy()[2]
    if status == "missing":
        assert np.isnan(score)
    else:
        assert score == pytest.approx(items.table.loc[2, kept].astype(float).mean() * N_ITEMS)


def test_every_item_and_every_total_has_a_line_in_the_audit(items: Any) -> None:
    items.spec["symptom"]["items"] = {"most_missing": 1}
    items.table.loc[2, "m1_12"] = ""
    items.table.loc[3, ["m1_12", "m2_12"]] = ""
    records = items.read().audit.records
    own = records[records["variable"] == "MADRS items"]
    assert len(own) == 2 * N_ITEMS * len(items.table)
    assert (own["status"] == "missing").sum() == 3
    totals = records[(records["variable"] == "MADRS") & (records["visit"] == "12 weeks")].set_index("row")
    assert len(totals) == len(items.table)
    assert totals.loc[4, "decision"] == "mean of 9 items times 10"
    assert totals.loc[5, ["status", "decision"]].tolist() == ["missing", "no total: 2 of 10 items missing"]
    assert totals.loc[2, ["column", "decision"]].tolist() == ["m1_12 to m10_12", "sum of 10 items"]
    assert totals.loc[2, "text"] == " | ".join(items.table.loc[0, columns("12")])


def test_items_in_a_long_layout(items: Any) -> None:
    wide = items.read()
    renamed = [f"m{item}" for item in range(1, N_ITEMS + 1)]
    parts = []
    for visit, column in (("baseline", "0"), ("12 weeks", "12")):
        part = items.table.rename(columns=dict(zip(columns(column), renamed, strict=True)) | {f"il6_{column}": "il6"})
        parts.append(
            part[["id", "arm", "intensity", "clinic", "age", "sex", "phq9", "il6", *renamed]].assign(week=visit)
        )
    items.table = pd.concat(parts)
    items.spec["data"] |= {"layout": "long", "visit": "week"}
    items.spec["marker"][0]["columns"] = ["il6"]
    items.spec["symptom"]["columns"] = [renamed]
    np.testing.assert_array_equal(items.read().data["symptom"], wide.data["symptom"])


def test_an_item_outside_its_range_is_a_fault(items: Any) -> None:
    items.table.loc[5, "m4_0"] = "7"
    (fault,) = items.faults()
    assert (fault.row, fault.column) == (7, "m4_0")
    assert fault.required == "an item of MADRS from 0 to 6"


def test_nine_items_are_no_madrs(items: Any) -> None:
    items.spec["symptom"]["columns"] = [columns("0", 9), columns("12", 9)]
    (fault,) = items.faults()
    assert fault.required == "the 10 items of MADRS"
    assert "'MADRS-S', 'PHQ-9' have 9" in fault.action


OWN = {"scale": "Mood", "range": [0, 60], "direction": "higher is worse"}
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a scale of one's own without the range of an item": (OWN, "the range of an item of Mood"),
    "items that do not make up the range": (
        OWN | {"items": {"range": [0, 5]}},
        "items that make up 0 to 60",
    ),
    "a reversed item that is none": ({"items": {"reversed": [11]}}, "items from 1 to 10"),
    "no item needed": ({"items": {"most_missing": 10}}, "a number under 10, the number of items,"),
    "other items at follow-up": (
        {"columns": [columns("0"), columns("12", 9)]},
        "the same items at every visit",
    ),
    "a rule for totals": (
        {"columns": ["m1_0", "m1_12"], "items": {"most_missing": 1}},
        "items among the columns",
    ),
    "a number in the list": (
        {"columns": [[1, 2], "m1_12"]},
        "a column in quotes, or a list of the columns of one total's items,",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_items_that_do_not_fit_are_faults(items: Any, name: str) -> None:
    keys, required = FAULTS[name]
    items.spec["symptom"] |= keys
    assert required in [fault.required for fault in items.faults()]


def test_a_scale_with_reversed_items_asks_whether_they_are_turned(items: Any) -> None:
    number = 20
    rng = np.random.default_rng(6)
    for visit in ("0", "12"):
        for column in columns(visit, number):
            items.table[column] = rng.integers(0, 4, len(items.table)).astype(str)
    items.spec["symptom"] = {"scale": "CES-D", "columns": [columns("0", number), columns("12", number)]}
    (fault,) = items.faults()
    assert "reversed = [4, 8, 12, 16]" in fault.action
    items.spec["symptom"]["items"] = {"reversed": []}
    plain = items.read().data["symptom"].sel(visit="baseline").to_numpy()
    np.testing.assert_array_equal(plain, items.table[columns("0", number)].astype(float).sum(axis=1))


@pytest.mark.parametrize("again", ["6", ""])
def test_items_of_rows_left_out_are_no_part_of_a_total(items: Any, again: str) -> None:
    expected = {visit: total(items.table, visit) for visit in ("0", "12")}
    repeated = items.table.iloc[[0, 3]].copy()
    repeated[[*columns("0"), *columns("12")]] = again
    items.table = pd.concat([items.table.assign(part="once"), repeated.assign(part="again")], ignore_index=True)
    items.spec["data"]["rows"] = {"part": ["once"]}
    study = items.read()
    for visit, column in (("baseline", "0"), ("12 weeks", "12")):
        np.testing.assert_array_equal(study.data["symptom"].sel(visit=visit), expected[column])
    records = study.audit.records
    assert (records["variable"] == "MADRS").sum() == 2 * len(expected["0"])
    assert (records.loc[records["variable"] == "MADRS items", "status"] == "ignored").sum() == 2 * 2 * N_ITEMS
