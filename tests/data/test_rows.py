"""Rows that the study file leaves out, such as the repeated instruments of a longitudinal REDCap export."""

from typing import Any

import numpy as np
import pandas as pd

ASIDE = "redcap_repeat_instrument"


def with_repeats(long: Any) -> None:
    """Every participant has a row of a repeated instrument before the others, which holds nothing else."""
    names = list(long.table.columns)
    repeats = pd.DataFrame({"id": long.table["id"].unique()}).reindex(columns=names, fill_value="")
    repeats[long.spec["data"]["visit"]] = long.spec["data"]["visits"][0]
    long.table = pd.concat([repeats.assign(**{ASIDE: "side effects"}), long.table.assign(**{ASIDE: ""})])


def test_rows_of_repeated_instruments_are_left_out_with_a_line_each(long: Any) -> None:
    expected = long.read()
    with_repeats(long)
    assert any("single row for each participant and visit" in fault.required for fault in long.faults())
    long.spec["data"]["rows"] = {ASIDE: [""]}
    study = long.read()
    for name in ("marker_value", "symptom"):
        np.testing.assert_array_equal(study.data[name], expected.data[name])
    records = study.audit.records
    left_out = records[records["decision"] == "row left out as declared"]
    assert set(left_out["row"]) == set(range(2, 2 + expected.data.sizes["participant"]))
    assert set(left_out["status"]) == {"ignored"}
    before = expected.audit.records
    for name in ("IL-6", "MADRS"):
        used = records[(records["variable"] == name) & (records["status"] != "ignored")]
        assert len(used) == (before["variable"] == name).sum()


def test_a_column_of_left_out_rows_has_to_be_there(long: Any) -> None:
    long.spec["data"]["rows"] = {"absent": [""]}
    (fault,) = long.faults()
    assert (fault.column, fault.found) == ("absent", "none")


def test_a_row_left_out_needs_no_identifier(long: Any) -> None:
    expected = long.read()
    long.table = long.table.assign(kind="visit")
    totals = pd.DataFrame([{**dict.fromkeys(long.table.columns, ""), "kind": "sum", "il6": "99"}])
    long.table = pd.concat([long.table, totals])
    assert "like a footer" in long.only_fault().found
    long.spec["data"]["rows"] = {"kind": ["visit"]}
    study = long.read()
    np.testing.assert_array_equal(study.data["marker_value"], expected.data["marker_value"])
    records = study.audit.records
    own = records[records["row"] == len(long.table) + 1]
    assert set(own["decision"]) == {"row left out as declared"}
    assert set(own["participant"]) == {""}
