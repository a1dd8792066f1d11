"""Inclusion by a screening score, and by the baseline score itself."""

import numpy as np
import pytest


@pytest.fixture
def on_baseline(wide):
    """The small study whose participants were included by their MADRS at baseline."""
    wide.spec["inclusion"] = {"score": "MADRS", "column": "madrs_0", "above": 14}
    return wide


def test_the_baseline_score_is_the_screening_score(on_baseline) -> None:
    study = on_baseline.read()
    assert study.spec.inclusion_on_baseline
    assert study.notices == ()
    assert np.array_equal(study.data["screening"], study.data["symptom"].sel(visit="baseline"))
    assert study.data["screening"].dims == ("participant",)
    assert "visit" not in study.data["screening"].coords
    assert (study.audit.records["column"] == "madrs_0").sum() == 24


@pytest.mark.parametrize("text", ["14", "2"])
def test_a_participant_not_above_the_threshold_is_one_fault(on_baseline, text: str) -> None:
    on_baseline.table.loc[4, "madrs_0"] = text
    fault = on_baseline.only_fault()
    assert (fault.row, fault.column, fault.found) == (6, "madrs_0", f"'{text}'")
    assert fault.required == "a MADRS above 14, the inclusion rule,"


def test_the_follow_up_score_is_free_to_fall_under_the_threshold(on_baseline) -> None:
    on_baseline.table.loc[4, "madrs_12"] = "1"
    assert float(on_baseline.read().data["symptom"][4, 1]) == 1


@pytest.mark.parametrize("text", ["75", "high", "15,5"])
def test_a_bad_baseline_score_is_one_fault(on_baseline, text: str) -> None:
    on_baseline.table.loc[4, "madrs_0"] = text
    assert on_baseline.only_fault().column == "madrs_0"


def test_a_fraction_is_noticed_once(on_baseline) -> None:
    on_baseline.table.loc[4, "madrs_0"] = "20.5"
    assert len(on_baseline.read().notices) == 1


def test_a_missing_score_stays_missing_and_is_noticed(on_baseline) -> None:
    on_baseline.table.loc[4, "madrs_0"] = "NA"
    study = on_baseline.read()
    (notice,) = study.notices
    assert (notice.column, notice.message[:21]) == ("madrs_0", "no score in 1 row (6)")
    assert np.flatnonzero(np.isnan(study.data["screening"])).tolist() == [4]


def test_a_missing_screening_score_stays_missing(wide) -> None:
    wide.table.loc[4, "phq9"] = ""
    study = wide.read()
    assert not study.spec.inclusion_on_baseline
    assert np.flatnonzero(np.isnan(study.data["screening"])).tolist() == [4]


def test_a_long_file_is_screened_at_the_baseline_visit(long) -> None:
    long.spec["inclusion"] = {"score": "MADRS", "column": "madrs", "above": 14}
    long.table = long.table.drop(index=4)
    study = long.read()
    assert study.spec.inclusion_on_baseline
    assert np.array_equal(study.data["screening"], study.data["symptom"].sel(visit="0"), equal_nan=True)
    assert np.flatnonzero(np.isnan(study.data["screening"])).tolist() == [2]
    long.table.loc[2, "madrs"] = "14"
    fault = long.only_fault()
    assert (fault.row, fault.column) == (4, "madrs")


def test_a_baseline_column_of_a_long_file(long) -> None:
    baseline = long.table[long.table["week"] == "0"].set_index("id")["madrs"]
    rows = long.table[long.table["week"] == "12"]
    long.table = rows.assign(base=rows["id"].map(baseline)).reset_index(drop=True)
    long.spec["symptom"]["baseline_column"] = "base"
    long.spec["inclusion"] = {"score": "MADRS", "column": "base", "above": 14}
    del long.spec["marker"]
    assert long.read().data["screening"].to_numpy().tolist() == baseline.astype(float).tolist()
    long.table.loc[0, "base"] = "10"
    assert long.only_fault().column == "base"
