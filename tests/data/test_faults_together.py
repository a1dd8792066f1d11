"""Faults that do not hang on one another are reported in one run."""

import pytest


def _keys(faults) -> set[str | None]:
    return {fault.column for fault in faults}


def test_wrong_values_unknown_keys_blanks_broken_rules_and_absent_files_together(wide) -> None:
    wide.spec["study"]["title"] = "FILL IN: a title"
    wide.spec["data"] |= {"file": "trail.csv", "decmal": ","}
    wide.spec["marker"][0] |= {"lower_limit": [0.1, 0.2, 0.3], "scale": "raw scale"}
    wide.spec["symptom"]["range"] = [0, 63]
    wide.spec["analysis"] = {"follow_up": "12 week"}
    assert _keys(wide.faults()) == {
        "study.title",
        "data.decmal",
        "data.file",
        "marker[1].lower_limit",
        "marker[1].scale",
        "symptom.range",
        "analysis.follow_up",
    }


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("study", {"design": "randomized"}),
        ("arms", {"colum": "arm", "column": None}),
        ("symptom", {"scale": "Own", "range": [0, 60], "directon": "higher is worse"}),
        ("data", {"layout": "broad"}),
        ("data", {"visits": "baseline"}),
    ],
)
def test_a_key_at_fault_breaks_no_rule(wide, table: str, changes: dict) -> None:
    wide.spec[table] = {key: value for key, value in (wide.spec[table] | changes).items() if value is not None}
    faults = wide.faults()
    named = {f"{table}.{key}" for key in changes}
    assert _keys(faults) <= named, "\n".join(map(str, faults))


def test_an_absent_column_hides_no_fault_of_the_others(wide) -> None:
    wide.spec["marker"][0]["columns"] = ["il6_0", "il6_twelve"]
    wide.spec["covariates"]["numeric"] = ["agee"]
    wide.table.loc[0, "il6_0"] = "1.2.3"
    wide.table.loc[1, "madrs_12"] = "99"
    wide.table.loc[2, "arm"] = ""
    wide.table.loc[3, "phq9"] = "5"
    faults = wide.faults()
    assert [(fault.row, fault.column) for fault in faults] == [
        (1, "il6_twelve"),
        (1, "agee"),
        (2, "il6_0"),
        (3, "madrs_12"),
        (4, "arm"),
        (5, "phq9"),
    ]


@pytest.mark.parametrize("column", ["il6_0", "madrs_12", "arm", "intensity", "clinic", "age", "sex", "phq9"])
def test_an_absent_column_makes_no_other_fault(wide, column: str) -> None:
    wide.table = wide.table.rename(columns={column: "other"})
    assert wide.only_fault().column == column


@pytest.mark.parametrize("column", ["il6", "madrs", "arm", "intensity", "clinic", "age", "sex", "phq9", "week", "id"])
def test_an_absent_column_of_a_long_file_makes_no_other_fault(long, column: str) -> None:
    long.table = long.table.rename(columns={column: "other"})
    assert long.only_fault().column == column


def test_an_absent_column_of_first_scores_makes_no_other_fault(long) -> None:
    long.table = long.table[long.table["week"] == "12"].reset_index(drop=True)
    long.spec["symptom"] |= {"columns": ["madrs"], "baseline_column": "madrs_start"}
    long.spec["inclusion"] = {"score": "PHQ-9", "column": "phq9", "above": 9}
    del long.spec["marker"]
    assert long.only_fault().column == "madrs_start"
