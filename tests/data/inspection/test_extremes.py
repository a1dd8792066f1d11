"""Values that lie far out, and those that do not."""

import numpy as np
import pytest

from cochange.data.inspection.extremes import FAR, extreme_values, robust_distances


def test_a_slip_of_the_decimal_point_is_listed_with_its_place(wide) -> None:
    wide.table["il6_0"] = [f"{1 + i / 24:.2f}" for i in range(24)]
    wide.table.loc[4, "il6_0"] = "152"
    wide.table["madrs_12"] = [f"{10 + i % 5}" for i in range(24)]
    wide.table.loc[7, "madrs_12"] = "58"
    first, second = extreme_values(wide.read())
    assert (first.outcome, first.visit, first.text, first.row, first.participant) == (
        "MADRS",
        "12 weeks",
        "58",
        9,
        "008",
    )
    assert (second.outcome, second.visit, second.text, second.row, second.participant) == (
        "IL-6",
        "baseline",
        "152",
        6,
        "005",
    )
    logs = np.log([float(text) for text in wide.table["il6_0"]])
    middle = np.median(logs)
    over = 1.4826 * np.median(logs[logs > middle] - middle)
    assert second.distance == pytest.approx((np.log(152) - middle) / over)


def test_rows_are_those_of_a_long_file(long) -> None:
    long.table["madrs"] = [f"{10 + i % 5}" for i in range(48)]
    long.table.loc[31, "madrs"] = "58"
    (found,) = extreme_values(long.read())
    assert (found.row, found.participant, found.visit) == (33, "016", "12")


def test_a_baseline_column_gives_the_row_it_was_read_from(long) -> None:
    baseline = {who: f"{10 + i % 5}" for i, who in enumerate(long.table["id"].unique())}
    long.table["madrs_start"] = long.table["id"].map(baseline | {"003": "58"})
    long.table = long.table[long.table["week"] == "12"].reset_index(drop=True)
    long.spec["symptom"] |= {"columns": ["madrs"], "baseline_column": "madrs_start"}
    long.spec["inclusion"] = {"score": "PHQ-9", "column": "phq9", "above": 9}
    del long.spec["marker"]
    assert [(found.row, found.participant, found.visit) for found in extreme_values(long.read())] == [(4, "003", "0")]


def test_a_total_of_items_is_listed_as_one_score(wide) -> None:
    for visit in ("0", "12"):
        for item in range(10):
            wide.table[f"m{item}_{visit}"] = [f"{(i + item) % 3}" for i in range(24)]
    wide.table["m0_12"] = [f"{i % 4}" for i in range(24)]
    wide.table.loc[5, [f"m{item}_12" for item in range(10)]] = "6"
    wide.table["il6_0"] = wide.table["il6_12"] = [f"{1 + (i * 7 % 24) / 24:.2f}" for i in range(24)]
    wide.spec["symptom"]["columns"] = [[f"m{item}_{visit}" for item in range(10)] for visit in ("0", "12")]
    del wide.spec["marker"]
    (found,) = extreme_values(wide.read())
    assert (found.text, found.row, found.participant, found.visit) == ("60", 7, "006", "12 weeks")


def test_what_is_beyond_a_limit_is_not_listed(wide) -> None:
    wide.table["il6_0"] = [f"{1 + i / 24:.2f}" for i in range(24)]
    wide.table.loc[4, "il6_0"] = "<0.001"
    wide.table["madrs_0"] = [f"{20 + i % 5}" for i in range(24)]
    wide.table["madrs_12"] = [f"{10 + i % 7}" for i in range(24)]
    wide.table["il6_12"] = [f"{1 + (i * 7 % 24) / 24:.2f}" for i in range(24)]
    assert extreme_values(wide.read()) == ()


@pytest.mark.parametrize(
    "values",
    [np.arange(9.0), np.full(20, 3.0), np.array([np.nan] * 30), np.array([])],
    ids=["too few", "all equal", "all missing", "none"],
)
def test_what_cannot_be_judged_is_not(values: np.ndarray) -> None:
    assert np.isnan(robust_distances(values)).all()


def test_the_long_tail_of_a_skewed_score_is_measured_by_its_own_spread() -> None:
    values = np.array([0.0] * 30 + [1.0] * 15 + [2, 4, 6, 8, 10, 30])
    assert robust_distances(values)[-2:] == pytest.approx([10 / 1.4826, 30 / 1.4826])
    skewed, normal = np.random.default_rng(1).lognormal(size=5000), np.random.default_rng(2).normal(size=5000)
    whole = np.abs(skewed - np.median(skewed)) / (1.4826 * np.median(np.abs(skewed - np.median(skewed))))
    assert np.mean(np.abs(robust_distances(skewed)) > FAR) < 0.7 * np.mean(whole > FAR)
    assert np.mean(np.abs(robust_distances(normal)) > FAR) < 0.001
