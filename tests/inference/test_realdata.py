"""The main job on real public data: what a statistician should see there, and what must not be claimed."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.inference.plan import NothingToFitError, make_plan
from cochange.inference.run import run_study

STUDIES = Path(__file__).resolve().parents[1] / "realdata"


@pytest.fixture
def read(realdata):
    """Read one of the study files against the shared data."""

    def read_one(name: str) -> Study:
        return read_study(STUDIES / f"{name}.toml", realdata)

    return read_one


def test_the_arms_of_opt_do_not_differ_in_crp(read):
    """The trial's paper: treatment changed no biomarker (Michalowicz et al. 2009, PMC2922720)."""
    study = read("opt_crp")
    results = run_study(study, models=["marker_change"], priors=["reference"])
    assert results.verdict.status == "report"
    (contrast,) = results.estimates_of(estimand="arm_ratio")
    assert contrast.group == "T versus C"
    assert contrast.lower < 1 < contrast.upper
    assert contrast.p_direction < 0.9
    # Welch's test on the complete pairs gives the same contrast within its standard error.
    pairs = study.data["log_marker"].sel(marker="CRP").diff("visit").squeeze("visit").dropna("participant")
    change = {arm: pairs.values[pairs["arm"].values == arm] for arm in ("C", "T")}
    assert stats.ttest_ind(change["T"], change["C"], equal_var=False).pvalue == pytest.approx(0.60, abs=0.01)
    difference = change["T"].mean() - change["C"].mean()
    error = np.hypot(*(stats.sem(values) for values in change.values()))
    assert np.log(contrast.median) == pytest.approx(difference, abs=error)


def test_opt_il6_teaches_little_and_says_so(read):
    study = read("opt_il6_floors")
    results = run_study(study, models=["marker_change"], priors=["reference"])
    assert results.verdict.status == "caution"
    assert any(reason.startswith("93% of the IL-6 values at baseline") for reason in results.verdict.reasons)
    assert any(reason.startswith("96% of the IL-6 values at 29-32 weeks") for reason in results.verdict.reasons)
    assert (
        "741 of 796 values at baseline, 607 of 635 values at 29-32 weeks"
        in results.selections["marker_change"].notes[0]
    )
    overall = results.estimates_of(estimand="geometric_mean_ratio")[0]
    assert overall.upper / overall.lower > 3
    assert overall.learned < 0.4
    (diagnostics,) = results.diagnostics
    assert diagnostics.divergences == 0


def test_undeclared_floors_call_for_caution(read):
    notices = [notice for notice in read("opt_il6").notices if notice.caution]
    assert len(notices) == 2
    assert all("4.9" in notice.message and "6.9" in notice.message for notice in notices)


def test_one_visit_allows_no_model_of_change(read):
    with pytest.raises(NothingToFitError) as error:
        make_plan(read("nhanes_crp_phq9"))
    for model in ("marker_change", "symptom_change", "parallel_change"):
        assert f"{model}: needs two visits, the study has one" in str(error.value)


def test_without_a_marker_the_change_of_the_score_is_answered_and_the_rest_is_refused(read):
    study = read("antidepressant")
    results = run_study(study, priors=["diffuse"])
    refused = dict(results.not_fitted)
    assert "the study file has no table [time]" in refused.pop("growth")
    assert set(refused) == {"joint_change", "marker_change", "parallel_change"}
    assert all(reason == "needs a marker, the study declares none" for reason in refused.values())
    assert "its prognostic slope cannot be estimated" in results.selections["symptom_change"].notes[0]
    assert not results.estimates_of(estimand="prognostic_slope")
    # Analysis of covariance of the change at the last visit, by least squares on those who reached it.
    pairs = study.data.sel(visit=[study.baseline, study.follow_up])
    data = pairs.dropna("participant", subset=["symptom"], how="any")
    baseline, last = (data["symptom"].sel(visit=visit).values for visit in (study.baseline, study.follow_up))
    drug = (data["arm"].values == "DRUG").astype(float)
    design = np.column_stack([np.ones(len(drug)), drug, baseline])
    expected = np.linalg.lstsq(design, last - baseline)[0][1]
    ancova = next(row for row in results.estimates_of(estimand="arm_difference") if row.form == "ancova")
    # The diffuse prior's own pull is under a thousandth of a standard error; the rest is Monte Carlo error.
    assert ancova.mean == pytest.approx(expected, abs=4 * ancova.mcse_mean + 0.01 * ancova.sd)
