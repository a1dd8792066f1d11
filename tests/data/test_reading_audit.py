import pandas as pd

from cochange.data.audit import COLUMNS
from cochange.data.inspection.counts import counts


def test_every_cell_of_every_declared_column_has_one_record(wide) -> None:
    records = wide.read().audit.records
    assert tuple(records.columns) == COLUMNS
    assert len(records) == 24 * (2 + 2 + 6)
    assert records.groupby("column").size().eq(24).all()
    assert records.groupby("column")["row"].apply(lambda rows: rows.tolist() == list(range(2, 26))).all()
    assert set(records["file"]) == {"trial.csv"}


def test_every_cell_of_a_long_file_has_one_record(long) -> None:
    records = long.read().audit.records
    assert len(records) == 48 * (2 + 6)
    assert set(records["visit"]) == {"0", "12"}


def test_records_keep_text_value_and_decision(wide) -> None:
    wide.table.loc[0, ["il6_0", "madrs_0", "sex"]] = ["<0.5", "NA", "male"]
    records = wide.read().audit.records.query("participant == '001'").set_index("column")
    assert records.loc["il6_0", ["text", "value", "status"]].tolist() == ["<0.5", 0.5, "below"]
    assert records.loc["madrs_0", ["text", "status", "decision"]].tolist() == ["NA", "missing", "code 'NA': missing"]
    assert pd.isna(records.loc["madrs_0", "value"])
    assert records.loc["sex", ["visit", "value", "decision"]].tolist() == ["", "male", "read"]


def test_facts_of_the_file(wide) -> None:
    assert wide.read().audit.facts == {
        "file": "trial.csv",
        "encoding": "utf-8",
        "delimiter": "comma (found from the header)",
        "decimal": "point",
        "rows": "24",
        "columns": "11",
    }


def test_counts_by_outcome_and_visit(wide) -> None:
    wide.table.loc[[0, 1], "il6_12"] = ["<0.1", ""]
    wide.table.loc[2, "madrs_12"] = "NA"
    table = counts(wide.read())
    assert table.loc[("IL-6", "12 weeks")].tolist() == [24, 22, 1, 0, 1, 23]
    assert table.loc[("MADRS", "12 weeks")].tolist() == [24, 23, 0, 0, 1, 23]
    assert table.loc[("IL-6", "baseline"), "complete_pairs"] == 23


def test_pairs_are_of_the_analysed_visits(long) -> None:
    middle = long.table[long.table["week"] == "12"].assign(week="24")
    middle["il6"] = middle["il6"].to_numpy()[::-1]
    middle["madrs"] = middle["madrs"].to_numpy()[::-1]
    long.table = pd.concat([long.table, middle.iloc[:20]], ignore_index=True)
    long.spec["data"]["visits"] = ["0", "12", "24"]
    table = counts(long.read())
    assert table.loc[("MADRS", "24"), "complete_pairs"] == 20
    assert pd.isna(table.loc[("MADRS", "12"), "complete_pairs"])
    assert table.loc[("MADRS", "24"), "missing"] == 4


def test_a_repeated_baseline_score_has_a_record_in_the_row_of_an_ignored_visit_too(long) -> None:
    long.table["first"] = long.table.groupby("id")["madrs"].transform("first")
    later = long.table[long.table["week"] == "12"]
    last = later.assign(week="24", il6=later["il6"].to_numpy()[::-1], madrs=later["madrs"].to_numpy()[::-1])
    long.table = pd.concat([later, last, later.iloc[:3].assign(week="6", first="99")], ignore_index=True)
    long.spec["data"] |= {"visits": ["0", "12", "24"], "ignore_visits": ["6"]}
    long.spec["symptom"]["baseline_column"] = "first"
    long.spec["analysis"] = {"baseline": "12", "follow_up": "24"}
    records = long.read().audit.records.query("column == 'first'")
    assert records["row"].tolist() == list(range(2, 2 + 24 + 24 + 3))
    assert records["status"].tolist() == ["observed"] * 48 + ["ignored"] * 3
