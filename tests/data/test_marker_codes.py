"""Comment codes of the laboratory beside the readings."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.inspection.counts import counts
from cochange.data.read import read_study

CODES = {
    "codes": ["remark", "remark_12"],
    "measured_codes": ["0"],
    "below_codes": ["1"],
    "above_codes": ["2"],
    "missing_codes": ["H"],
}
NAN = float("nan")
BOTH = {"lower_limit": 0.11, "upper_limit": 100}


@pytest.fixture
def coded(wide: Any) -> Any:
    wide.spec["marker"][0] |= CODES
    wide.table["remark"], wide.table["remark_12"] = "0", ""
    return wide


@pytest.mark.parametrize(
    ("text", "code", "keys", "status", "value", "decision"),
    [
        ("0.11", "1", {}, "below", 0.11, "code '1': censored below the limit 0.11"),
        ("0.08", "1", BOTH, "below", 0.11, "below the limit 0.11: censored, as code '1' says"),
        ("0.11", "1", BOTH, "below", 0.11, "code '1': censored below the limit 0.11"),
        ("", "1", BOTH, "below", 0.11, "code '1': censored below the limit 0.11"),
        ("NA", "1", BOTH, "below", 0.11, "code '1': censored below the limit 0.11"),
        ("0", "1", BOTH, "below", 0.11, "code '1': censored below the limit 0.11"),
        ("<0.11", "1", {}, "below", 0.11, "below the limit 0.11: censored, as code '1' says"),
        ("300", "2", {}, "above", 300, "code '2': censored above the limit 300"),
        ("", "2", BOTH, "above", 100, "code '2': censored above the limit 100"),
        ("1.5", "H", BOTH, "missing", NAN, "code 'H': missing"),
        ("<LOD", "H", {}, "missing", NAN, "code 'H': missing"),
        ("1.5", "0", BOTH, "observed", 1.5, "read"),
        ("1.5", "", BOTH, "observed", 1.5, "read"),
        ("1.5", "NA", BOTH, "observed", 1.5, "read"),
        ("", "0", BOTH, "missing", NAN, "blank: missing"),
    ],
)
def test_a_code_beside_a_reading(
    coded: Any, text: str, code: str, keys: dict[str, float], status: str, value: float, decision: str
) -> None:
    coded.spec["marker"][0] |= keys
    coded.table.loc[3, ["il6_0", "remark"]] = [text, code]
    study = coded.read()
    cell = study.data.isel(participant=3, visit=0, marker=0)
    assert str(cell["marker_status"].item()) == status
    np.testing.assert_array_equal(cell["marker_value"].item(), value)
    records = study.audit.records.query("participant == '004'").set_index("column")
    assert records.loc["il6_0", "decision"] == decision
    assert records.loc["remark", "text"] == code


REQUIRED = "a reading of IL-6 that agrees with its code and limits"


@pytest.mark.parametrize(
    ("text", "code", "found"),
    [
        ("0.5", "1", "'0.5': code '1' says that it lies below the limit 0.11, but the reading does not"),
        ("50", "2", "'50': code '2' says that it lies above the limit 100, but the reading does not"),
        ("0.05", "0", "'0.05': code '0' says that it was measured, but the reading lies below the limit 0.11"),
        (">100", "1", "'>100': code '1' says that it lies below the limit 0.11, but the reading lies above the limit"),
    ],
)
def test_a_code_that_contradicts_its_reading(coded: Any, text: str, code: str, found: str) -> None:
    coded.spec["marker"][0] |= BOTH
    coded.table.loc[3, ["il6_0", "remark"]] = [text, code]
    fault = coded.only_fault()
    assert (fault.file, fault.row, fault.column, fault.required) == ("trial.csv", 5, "il6_0", REQUIRED)
    assert fault.found.startswith(found)
    assert fault.action == "ask the laboratory which of them is right, and correct the cell, the code or the limit"


def test_unknown_codes_contradictions_and_missing_limits_are_reported_together(coded: Any) -> None:
    coded.spec["marker"][0]["upper_limit"] = 100
    coded.table.loc[[2, 4], "remark"] = "9"
    coded.table.loc[3, ["il6_0", "remark"]] = ["50", "2"]
    coded.table.loc[6, ["il6_0", "remark"]] = ["", "1"]
    unknown, without, contradiction = sorted(coded.faults(), key=lambda fault: (fault.column != "remark", -fault.row))
    assert (unknown.row, unknown.column, unknown.found) == (4, "remark", "'9' in 2 rows (4, 6)")
    assert unknown.required == "a code of IL-6 that the study file explains"
    assert "measured_codes, below_codes" in unknown.action
    assert (without.row, without.column) == (8, "il6_0")
    assert (without.required, without.found) == (
        "the lower limit of IL-6 in the study file",
        "a blank beside the code '1' without it",
    )
    assert (contradiction.row, contradiction.column, contradiction.required) == (5, "il6_0", REQUIRED)


def test_codes_of_single_wells(coded: Any) -> None:
    coded.spec["marker"][0] |= {
        "columns": [["il6_0", "il6_0b"], "il6_12"],
        "codes": [["remark", "remark_b"], "remark_12"],
    }
    coded.table["il6_0b"] = coded.table["il6_0"].astype(float).mul(1.1).map("{:.3f}".format)
    coded.table["remark_b"] = "0"
    coded.table.loc[3, ["il6_0b", "remark_b"]] = ["77", "H"]
    cell = coded.read().data.isel(participant=3, visit=0, marker=0)
    assert cell["marker_value"].item() == float(coded.table.loc[3, "il6_0"])
    assert int(cell["wells"]) == 1


@pytest.mark.parametrize(
    ("text", "status", "value", "decision"),
    [
        ("BLQ", "below", 0.11, "code 'BLQ': censored below the limit 0.11"),
        ("too high", "above", 100, "code 'too high': censored above the limit 100"),
        ("QNS", "missing", NAN, "code 'QNS': missing"),
    ],
)
def test_a_code_in_place_of_a_reading(wide: Any, text: str, status: str, value: float, decision: str) -> None:
    wide.spec["marker"][0] |= {"below_codes": ["BLQ"], "above_codes": ["too high"], "missing_codes": ["QNS"], **BOTH}
    wide.table.loc[3, "il6_0"] = text
    study = wide.read()
    cell = study.data.isel(participant=3, visit=0, marker=0)
    assert str(cell["marker_status"].item()) == status
    np.testing.assert_array_equal(cell["marker_value"].item(), value)
    records = study.audit.records.query("participant == '004' and column == 'il6_0'")
    assert records["decision"].tolist() == [decision]


def test_a_code_in_place_of_a_reading_needs_a_limit(wide: Any) -> None:
    wide.spec["marker"][0]["below_codes"] = ["BLQ"]
    wide.table.loc[3, "il6_0"] = "BLQ"
    fault = wide.only_fault()
    assert (fault.row, fault.required, fault.found) == (
        5,
        "the lower limit of IL-6 in the study file",
        "'BLQ' without it",
    )


def test_codes_in_a_long_file(long: Any) -> None:
    long.spec["marker"][0] |= {"codes": ["remark"], "below_codes": ["BLQ"], "lower_limit": 0.16}
    long.table["remark"] = ""
    long.table.loc[5, ["il6", "remark"]] = ["", "BLQ"]
    cell = long.read().data.isel(participant=2, visit=1, marker=0)
    assert (str(cell["marker_status"].item()), cell["marker_value"].item()) == ("below", 0.16)


@pytest.mark.parametrize(
    ("keys", "key", "required"),
    [
        ({"codes": ["a", "b"]}, "marker[1].codes", "the meaning of the codes"),
        ({"below_codes": ["1", "BLQ"]}, "marker[1].below_codes", "the key 'codes' with the column in which '1' stands"),
        ({"measured_codes": ["ok"]}, "marker[1].measured_codes", "the key 'codes'"),
        ({"codes": ["a"], "below_codes": ["1"]}, "marker[1].codes", "a list of 2 columns"),
        ({"codes": [["a", "b"], "c"], "below_codes": ["1"]}, "marker[1].codes", "a column for all wells of a sample"),
        ({"codes": ["il6_0", "c"], "below_codes": ["1"]}, "marker[1].codes", "a column other than"),
        ({"codes": ["a", "b"], "below_codes": ["1"], "above_codes": ["1"]}, "marker[1]", "one meaning for each code"),
    ],
)
def test_codes_that_cannot_be_used(wide: Any, keys: dict[str, Any], key: str, required: str) -> None:
    wide.spec["marker"][0] |= keys
    wide.table = wide.table.assign(a="", b="", c="")
    fault = wide.only_fault()
    assert (fault.file, fault.column) == ("study.toml", key)
    assert required in fault.required


def test_nhanes_marks_75_readings_below_the_limit(realdata: Path, tmp_path: Path) -> None:
    survey = pd.read_sas(realdata / "nhanes" / "HSCRP_J.XPT")
    # Transport files hold zero as a number of 1e-79.
    survey["LBDHRPLC"] = survey["LBDHRPLC"].round()
    survey.astype({"SEQN": int, "LBDHRPLC": "Int64"}).to_csv(tmp_path / "crp.csv", index=False)
    study_file = tmp_path / "study.toml"
    text = (
        '[study]\ntitle = "CRP"\ndesign = "cross-sectional"\ntreatment = "none"\n'
        '[data]\nfile = "crp.csv"\nlayout = "wide"\nparticipant = "SEQN"\nvisits = ["survey"]\n'
        '[[marker]]\nname = "CRP"\nunit = "mg/L"\nscale = "raw"\ncolumns = ["LBXHSCRP"]\n'
        'codes = ["LBDHRPLC"]\nmeasured_codes = ["0"]\nbelow_codes = ["1"]\n'
    )
    study_file.write_text(text, "utf-8")
    study = read_study(study_file)
    assert counts(study).loc[("CRP", "survey"), ["observed", "below", "missing"]].tolist() == [7175, 75, 1116]
    below = study.data["marker_value"].where(study.data["marker_status"] == "below")
    assert set(np.unique(below.to_numpy()[np.isfinite(below)])) == {0.11}
    (notice,) = study.notices
    assert "a code says 'below the limit' beside 0.11 in 75 cells" in notice.message
    study_file.write_text(f"{text}lower_limit = 0.15\n", "utf-8")
    study = read_study(study_file)
    assert counts(study).loc[("CRP", "survey"), "below"] == 75
    below = study.data["marker_value"].where(study.data["marker_status"] == "below")
    assert set(np.unique(below.to_numpy()[np.isfinite(below)])) == {0.15}
    (notice,) = study.notices
    assert "0.11 in 75 of 7250 readings: 1/sqrt(2) of the limit 0.15" in notice.message
