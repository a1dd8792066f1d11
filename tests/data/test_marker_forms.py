"""Every form in which a laboratory writes a reading: what becomes of it, or which fault it is."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

NAN = float("nan")
LIMITS = {"lower_limit": 0.11, "upper_limit": 100}
COMMA = {"decimal": ",", "delimiter": ";"}

# Text, keys of the marker, status, value, lower and upper limit, decision.
READ: list[tuple[str, dict[str, Any], str, float, float, float, str]] = [
    ("1.2", {}, "observed", 1.2, NAN, NAN, "read"),
    ("1.2e-1", {}, "observed", 0.12, NAN, NAN, "read"),
    ("1.2E+1", LIMITS, "observed", 12, 0.11, 100, "read"),
    ("<0.11", {}, "below", 0.11, 0.11, NAN, "below the limit 0.11: censored"),
    ("< 0.11", LIMITS, "below", 0.11, 0.11, 100, "below the limit 0.11: censored"),
    ("≤0.11", {}, "below", 0.11, 0.11, NAN, "below the limit 0.11: censored"),
    ("<=0.2", LIMITS, "below", 0.2, 0.2, 100, "below the limit 0.2: censored"),
    ("<1.1e-1", {}, "below", 0.11, 0.11, NAN, "below the limit 0.11: censored"),
    ("<LOD", LIMITS, "below", 0.11, 0.11, 100, "below the limit 0.11: censored"),
    ("n.d.", LIMITS, "below", 0.11, 0.11, 100, "below the limit 0.11: censored"),
    ("ND", LIMITS, "below", 0.11, 0.11, 100, "below the limit 0.11: censored"),
    ("n.d.", LIMITS | {"missing_codes": ["n.d."]}, "missing", NAN, 0.11, 100, "code 'n.d.': missing"),
    ("<LOD", {"missing_codes": ["<LOD"]}, "missing", NAN, NAN, NAN, "code '<LOD': missing"),
    ("<0.2", {"missing_codes": ["<0.2"]}, "missing", NAN, NAN, NAN, "code '<0.2': missing"),
    (
        "OOR >",
        LIMITS | {"below_codes": ["OOR >"]},
        "below",
        0.11,
        0.11,
        100,
        "code 'OOR >': censored below the limit 0.11",
    ),
    ("OOR <", LIMITS, "below", 0.11, 0.11, 100, "below the limit 0.11: censored"),
    ("OOR<", LIMITS, "below", 0.11, 0.11, 100, "below the limit 0.11: censored"),
    ("0.05", LIMITS, "below", 0.11, 0.11, 100, "below the limit 0.11: censored"),
    (">100", {}, "above", 100, NAN, 100, "above the limit 100: censored"),
    ("≥100", {}, "above", 100, NAN, 100, "above the limit 100: censored"),
    (">= 100", {}, "above", 100, NAN, 100, "above the limit 100: censored"),
    ("OOR >", LIMITS, "above", 100, 0.11, 100, "above the limit 100: censored"),
    ("120", LIMITS, "above", 100, 0.11, 100, "above the limit 100: censored"),
    ("*1.23", {"extrapolated": "keep"}, "observed", 1.23, NAN, NAN, "extrapolated, kept as declared: read"),
    (
        "*0.05",
        {"extrapolated": "keep", **LIMITS},
        "below",
        0.11,
        0.11,
        100,
        "extrapolated, kept as declared: below the limit 0.11: censored",
    ),
    ("*1.23", {"extrapolated": "missing"}, "missing", NAN, NAN, NAN, "extrapolated: missing as declared"),
    ("1.2 pg/mL", {}, "observed", 1.2, NAN, NAN, "read"),
    ("1.2ng/L", {}, "observed", 1.2, NAN, NAN, "read"),
    ("<0.11 fg/µl", {}, "below", 0.11, 0.11, NAN, "below the limit 0.11: censored"),
    ("1.2e-1 pg/ml", {}, "observed", 0.12, NAN, NAN, "read"),
]


@pytest.mark.parametrize(("text", "keys", "status", "value", "lower", "upper", "decision"), READ)
def test_a_form_that_is_read(
    wide: Any, text: str, keys: dict[str, Any], status: str, value: float, lower: float, upper: float, decision: str
) -> None:
    wide.spec["marker"][0] |= keys
    wide.table.loc[3, "il6_0"] = text
    study = wide.read()
    cell = study.data.isel(participant=3, visit=0, marker=0)
    assert str(cell["marker_status"].item()) == status
    read = [cell["marker_value"].item(), cell["lower_limit"].item(), cell["upper_limit"].item()]
    np.testing.assert_array_equal(read, [value, lower, upper])
    record = study.audit.records.query("participant == '004' and column == 'il6_0'").iloc[0]
    assert (record["text"], record["status"], record["decision"]) == (text, status, decision)


@pytest.mark.parametrize(
    ("text", "status", "value"), [("< 0,11", "below", 0.11), ("1,2e-1", "observed", 0.12), ("*1,5", "missing", NAN)]
)
def test_forms_with_a_decimal_comma(wide: Any, text: str, status: str, value: float) -> None:
    wide.spec["data"] |= COMMA
    wide.spec["marker"][0]["extrapolated"] = "missing"
    for column in ("il6_0", "il6_12"):
        wide.table[column] = wide.table[column].str.replace(".", ",")
    wide.table.loc[3, "il6_0"] = text
    cell = wide.read().data.isel(participant=3, visit=0, marker=0)
    assert str(cell["marker_status"].item()) == status
    np.testing.assert_array_equal(cell["marker_value"].item(), value)


READING = "a reading of IL-6 (a number, '<' or '>' with a number, or blank)"
REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("*1.23", {}, READING, 'extrapolated = "keep"'),
    ("***", {}, READING, 'a value that is not available so: declare it a missing code: missing = ["NA", "***"]'),
    ("---", {}, READING, 'a well set aside as an outlier so: declare it a missing code: missing = ["NA", "---"]'),
    ("1,234.5", {}, "a reading of IL-6 without marks between thousands", "write the digits without gaps"),
    ("1 234", {}, "a reading of IL-6 without marks between thousands", "write the digits without gaps"),
    ("1,234,567", {}, "a reading of IL-6 without marks between thousands", "write the digits without gaps"),
    ("1.2 ng/mL", {}, "a reading of IL-6 in pg/mL, or without a unit,", "give it in pg/mL"),
    ("1.2 IU/mL", {}, "a reading of IL-6 in pg/mL, or without a unit,", "give it in pg/mL"),
    ("0.2 pg/mL", {"scale": "ln"}, "a logarithm of IL-6 without a unit", "correct the marker's scale"),
    ("<LOD", {}, "the lower limit of IL-6 in the study file", "write lower_limit = the laboratory's limit"),
    ("OOR >", {}, "the upper limit of IL-6 in the study file", "write upper_limit = the laboratory's limit"),
    ("haemolysed", {}, READING, "correct the value or declare it a missing code"),
]


@pytest.mark.parametrize(("text", "keys", "required", "action"), REFUSED)
def test_a_form_that_is_refused(wide: Any, text: str, keys: dict[str, Any], required: str, action: str) -> None:
    wide.spec["marker"][0] |= keys
    wide.table.loc[3, "il6_0"] = text
    fault = wide.only_fault()
    assert (fault.file, fault.row, fault.column, fault.required) == ("trial.csv", 5, "il6_0", required)
    assert f"'{text}'" in fault.found
    assert action in fault.action


def test_a_comma_that_may_stand_between_thousands(wide: Any) -> None:
    wide.table.loc[3, "il6_0"] = "1,234"
    fault = wide.only_fault()
    assert fault.found == "a comma in 1 row (5), as in '1,234', and a point in 23 others"
    assert fault.action.startswith("write every number of the column with one mark; a comma between thousands has")
    for column in ("il6_0", "il6_12"):
        wide.table[column] = "1,234"
    first, *_ = wide.faults()
    assert first.action.endswith("a comma between thousands has to be taken out")


def test_faults_of_several_forms_are_reported_together(wide: Any) -> None:
    texts = ["*1.23", "1,234.5", "1.2 ng/mL", "<LOD", "???"]
    wide.table.loc[:4, "il6_0"] = texts
    faults = wide.faults()
    assert sorted(fault.row for fault in faults) == [2, 3, 4, 5, 6]
    assert all(fault.required and fault.found and fault.action for fault in faults)


BELOW = [2, 5, 9]


def _write_marks(files: Any) -> None:
    files.table.loc[BELOW, "il6_0"] = "<LOD"


def _write_signed(files: Any) -> None:
    files.table.loc[BELOW, "il6_0"] = ["<0.16", "≤ 0.16 ng/L", "< 1.6e-1"]


def _write_under_the_limit(files: Any) -> None:
    files.table.loc[BELOW, "il6_0"] = ["0.08", "0.1", "0.15"]


def _write_zeros(files: Any) -> None:
    files.spec["marker"][0]["floors"] = [0]
    files.table.loc[BELOW, "il6_0"] = "0"


def _write_floor(files: Any) -> None:
    del files.spec["marker"][0]["lower_limit"]
    files.spec["marker"][0]["floors"] = [0.16]
    files.table.loc[BELOW, "il6_0"] = "0.16"


def _write_codes(files: Any) -> None:
    files.spec["marker"][0] |= {"codes": ["remark", "remark_12"], "below_codes": ["1"], "measured_codes": ["0"]}
    files.table["remark"], files.table["remark_12"] = "0", ""
    files.table.loc[BELOW, "remark"] = "1"
    files.table.loc[BELOW, "il6_0"] = ["", "0.16", "0.11"]


def _write_limit_columns(files: Any) -> None:
    del files.spec["marker"][0]["lower_limit"]
    files.spec["marker"][0]["lower_limit_columns"] = ["lod", "lod"]
    files.table["lod"] = "0.16"
    files.table.loc[BELOW, "il6_0"] = ["n.d.", "0.1", "<LOD"]


def _write_logarithms(files: Any) -> None:
    files.spec["marker"][0] |= {"scale": "log10", "lower_limit": float(np.log10(0.16)), "confirmed": ["scale"]}
    for column in ("il6_0", "il6_12"):
        files.table[column] = np.log10(files.table[column].astype(float)).map(repr)
    files.table.loc[BELOW, "il6_0"] = ["<LOD", "-1.2", "-0.9"]


def _write_another_unit(files: Any) -> None:
    files.spec["marker"][0] |= {"unit": "ng/dL", "convert_to": "pg/mL", "lower_limit": 0.016}
    for column in ("il6_0", "il6_12"):
        files.table[column] = (files.table[column].astype(float) / 10).map(lambda x: f"{x:.4f}")
    files.table.loc[BELOW, "il6_0"] = ["<LOD", "0.01", "<0.016 ng/dL"]


WAYS = [
    _write_signed,
    _write_under_the_limit,
    _write_zeros,
    _write_floor,
    _write_codes,
    _write_limit_columns,
    _write_logarithms,
    _write_another_unit,
]


@pytest.mark.parametrize("write", WAYS, ids=lambda write: write.__name__.removeprefix("_write_"))
def test_each_way_of_writing_a_study_gives_the_same_data(wide: Any, write: Any) -> None:
    wide.spec["marker"][0]["lower_limit"] = 0.16
    table, marker = wide.table.copy(), dict(wide.spec["marker"][0])
    _write_marks(wide)
    expected = wide.read().data.drop_vars("marker_text")
    wide.table, wide.spec["marker"][0] = table, marker
    write(wide)
    found = wide.read().data.drop_vars("marker_text")
    assert found["marker_status"].isel(visit=0, marker=0).to_numpy()[BELOW].tolist() == ["below"] * 3
    xr.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_mixed_pair_of_wells_is_said_in_the_audit(wide: Any) -> None:
    wide.spec["marker"][0] |= {"columns": [["il6_0", "il6_0b"], "il6_12"], "lower_limit": 0.16}
    wide.table["il6_0b"] = wide.table["il6_0"].astype(float).mul(1.1).map("{:.3f}".format)
    wide.table.loc[3, ["il6_0", "il6_0b"]] = ["<LOD", "0.25"]
    records: pd.DataFrame = wide.read().audit.records.query("participant == '004' and variable == 'IL-6'")
    decisions = dict(zip(records["column"], records["decision"], strict=True))
    assert decisions["il6_0"] == "below the limit 0.16: censored; sample below 0.2, the geometric mean of its wells"
    assert decisions["il6_0b"] == "read; sample below 0.2, the geometric mean of its wells"


def test_what_may_be_not_done_is_noticed_unless_it_is_declared(wide: Any) -> None:
    wide.spec["marker"][0] |= LIMITS
    wide.table.loc[[3, 5], "il6_0"] = "n.d."
    (message,) = [notice.message for notice in wide.read().notices if "not detected" in notice.message]
    assert message == (
        "IL-6: 'n.d.' in 2 rows (5, 7) is read as not detected, below the limit. If it means not done, declare it a "
        'missing code: missing = ["NA", "n.d."] under [data]'
    )
    wide.spec["marker"][0]["below_codes"] = ["n.d."]
    assert not [notice for notice in wide.read().notices if "not detected" in notice.message]
