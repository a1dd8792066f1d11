"""Real public data read through the study files in tests/realdata."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cochange.data.inspection.counts import counts
from cochange.data.read import read_study

STUDIES = Path(__file__).parents[1] / "realdata"


def test_opt_crp_has_the_published_counts(realdata: Path) -> None:
    study = read_study(STUDIES / "opt_crp.toml", realdata)
    table = counts(study)
    assert study.data.sizes["participant"] == 823
    assert table.loc[("CRP", "baseline"), "observed"] == 796
    assert table.loc[("CRP", "29-32 weeks"), "observed"] == 635
    assert table.loc[("CRP", "baseline"), "complete_pairs"] == 620
    assert study.data["arm"].attrs["levels"] == ["C", "T"]
    assert pd.Series(study.data["arm"].to_numpy()).value_counts().to_dict() == {"T": 413, "C": 410}
    assert float(study.data["marker_value"].min()) == 0.048
    assert float(study.data["marker_value"].max()) == 85.2
    assert study.notices == ()


def test_opt_il6_warns_of_both_substituted_limits_at_both_visits(realdata: Path) -> None:
    study = read_study(STUDIES / "opt_il6.toml", realdata)
    baseline, follow_up = study.notices
    assert (baseline.column, follow_up.column) == ("O61", "O65")
    assert "4.9 in 593 of 796 readings (74%) and 6.9 in 148 of 796 readings (19%)" in baseline.message
    assert "4.9 in 370 of 635 readings (58%) and 6.9 in 237 of 635 readings (37%)" in follow_up.message
    assert "floors = [4.9, 6.9]" in baseline.message


def test_opt_il6_with_floors_is_censored_at_both_limits(realdata: Path) -> None:
    study = read_study(STUDIES / "opt_il6_floors.toml", realdata)
    assert study.notices == ()
    table = counts(study)
    assert table.loc["IL-6", "below"].tolist() == [741, 607]
    below = study.data["lower_limit"].where(study.data["marker_status"] == "below")
    assert set(np.unique(below)[:2]) == {4.9, 6.9}


def test_nhanes_is_one_visit_of_5042_pairs(realdata: Path) -> None:
    study = read_study(STUDIES / "nhanes_crp_phq9.toml", realdata)
    assert dict(study.data.sizes) == {"participant": 5455, "visit": 1, "marker": 1}
    both = np.isfinite(study.data["log_marker"].squeeze()) & np.isfinite(study.data["symptom"].squeeze())
    assert int(both.sum()) == 5042
    assert not study.has_two_visits


def test_the_antidepressant_trial_has_172_patients_and_its_dropouts(realdata: Path) -> None:
    study = read_study(STUDIES / "antidepressant.toml", realdata)
    assert dict(study.data.sizes) == {"participant": 172, "visit": 5, "marker": 0}
    assert np.isnan(study.data["symptom"]).sum("participant").to_numpy().tolist() == [0, 0, 14, 23, 43]
    assert study.data["arm"].attrs["levels"] == ["PLACEBO", "DRUG"]
    last = study.data.sel(visit="7")
    missing = last["arm"].to_numpy()[np.isnan(last["symptom"].to_numpy())]
    assert pd.Series(missing).value_counts().to_dict() == {"PLACEBO": 23, "DRUG": 20}
    change = (last["symptom"] - study.data["symptom"].sel(visit="baseline")).to_numpy()
    raw = pd.read_csv(realdata / "rbmi_antidepressant" / "antidepressant_data.csv")
    assert np.nansum(change) == raw.loc[raw["VISIT"] == 7, "CHANGE"].sum()


@pytest.mark.parametrize("name", ["opt_crp", "opt_il6", "opt_il6_floors", "nhanes_crp_phq9", "antidepressant"])
def test_every_row_of_the_file_is_in_the_audit(realdata: Path, name: str) -> None:
    study = read_study(STUDIES / f"{name}.toml", realdata)
    rows = set(study.audit.records["row"].dropna())
    assert rows == set(range(2, int(study.audit.facts["rows"]) + 2))
