"""The rows of a study under its scenarios: they agree with the model, with each other and with what is stated."""

from typing import Any

import numpy as np
import pytest

from cochange.data.faults import InputError
from cochange.inference.missing.analysis import EXPECTATION, IMPUTATION, under_scenarios
from cochange.inference.missing.stated import if_missing_differ
from cochange.inference.missing.strategies import AS_STATED, everyone

STATED = """
[missing_data]
reason = "why"
compare = ["missing at random", "jump to reference"]
delta_score = [-4, 12]
delta_marker = [0.5, 4]
points = 5
[[estimand.intercurrent_events]]
event = "no effect"
strategy = "treatment policy"
missing_as = "jump to reference"
arms = ["T"]
reasons = ["lack of effect"]
[[estimand.intercurrent_events]]
event = "moved"
strategy = "hypothetical"
missing_as = "missing at random"
reasons = ["moved away"]
delta_score = 2.0
delta_marker = 1.5
"""


def test_missing_at_random_is_what_the_model_says(make_trial: Any) -> None:
    trial = make_trial()
    rows = under_scenarios(trial.fit, trial.model, trial.study, [everyone("missing at random")])
    own = trial.model.derive(trial.fit.posterior, trial.study)
    found = {(row.estimate.estimand, row.estimate.visit, row.estimate.group): row.estimate for row in rows
             if row.estimator == EXPECTATION}  # fmt: skip
    for name in ("symptom_change", "arm_difference", "arm_ratio", "geometric_mean_ratio"):
        for group in own[name]["group"].values:
            for visit in ("w2", "w6"):
                if group != "overall":
                    draws = own[name].sel(group=group, visit=visit)
                    assert found[name, visit, group].median == pytest.approx(float(draws.median()))
                    assert found[name, visit, group].sd == pytest.approx(float(draws.std(ddof=1)))


def test_a_study_gets_what_its_file_states(make_trial: Any) -> None:
    trial = make_trial(extra=STATED)
    rows, surfaces = if_missing_differ(
        [trial.model], {(trial.model.name, "reference"): trial.fit}, "reference", trial.study
    )
    names = list(dict.fromkeys(row.scenario for row in rows))
    assert names == [AS_STATED, "missing at random", "jump to reference"]
    by_place = {
        (row.scenario, row.estimator, row.estimate.estimand, row.estimate.visit, row.estimate.group): row
        for row in rows
    }
    assert len(by_place) == len(rows)
    last = trial.study.data["symptom"].sel(visit="w6").isnull()
    arms = trial.study.data["arm"]
    for arm in ("T", "C"):
        row = by_place[AS_STATED, EXPECTATION, "symptom_change", "w6", f"arm {arm}"]
        assert row.left == int((last & (arms == arm)).sum())
    contrast = by_place[AS_STATED, IMPUTATION, "arm_difference", "w6", "T versus C"]
    assert contrast.left == int(last.sum())
    assert {row.estimate.estimand for row in rows if row.estimator == IMPUTATION} == {"arm_difference", "arm_ratio"}
    assert {row.estimate.estimand for row in rows if row.estimator == EXPECTATION} >= {
        "response_probability", "response_difference", "symptom_change", "geometric_mean_ratio",
    }  # fmt: skip
    assert [(surface.statements[0].estimand, len(surface.probability)) for surface in surfaces] == [
        ("arm_difference", 5), ("arm_ratio", 5), ("arm_difference", 5),
    ]  # fmt: skip
    both = surfaces[2]
    assert [one.estimand for one in both.statements] == ["arm_difference", "arm_ratio"]
    assert (both.x.arm, both.y.arm) == ("T", "T")
    assert surfaces[0].x.shifts == (-4.0, 0.0, 4.0, 8.0, 12.0)
    assert surfaces[1].x.shifts == pytest.approx(np.geomspace(0.5, 4, 5))
    again = if_missing_differ([trial.model], {(trial.model.name, "reference"): trial.fit}, "reference", trial.study)
    assert repr(again) == repr((rows, surfaces))


def test_each_arm_is_shifted_where_the_file_asks_for_it(make_trial: Any) -> None:
    trial = make_trial(extra=STATED.replace("points = 5", 'points = 5\ndelta_arms = "each"'))
    fits = {(trial.model.name, "reference"): trial.fit}
    _, surfaces = if_missing_differ([trial.model], fits, "reference", trial.study)
    assert [one.x.arm for one in surfaces if len(one.statements) == 2] == ["T", "C"]


def test_nothing_is_made_where_nothing_is_stated(make_trial: Any) -> None:
    trial = make_trial()
    fits = {(trial.model.name, "reference"): trial.fit}
    assert if_missing_differ([trial.model], fits, "reference", trial.study) == ((), ())
    stated = make_trial(extra=STATED)
    assert if_missing_differ([], {}, "reference", stated.study) == ((), ())


def test_one_arm_has_changes_of_everyone(make_trial: Any) -> None:
    trial = make_trial(has=("marker", "symptom"))
    rows = under_scenarios(trial.fit, trial.model, trial.study, [everyone("missing at random")])
    assert {row.estimate.group for row in rows} == {"overall"}
    imputed = {row.estimate.estimand for row in rows if row.estimator == IMPUTATION}
    assert imputed == {"symptom_change", "geometric_mean_ratio"}
    with pytest.raises(InputError, match="a reference arm"):
        under_scenarios(trial.fit, trial.model, trial.study, [everyone("copy reference")])


def test_the_joint_model_of_two_visits_gives_them_too(make_trial: Any) -> None:
    trial = make_trial(has=("marker", "symptom", "covariates"), model="joint_change")
    rows = under_scenarios(
        trial.fit, trial.model, trial.study, [everyone("missing at random"), everyone("non-response")]
    )
    own = trial.model.derive(trial.fit.posterior, trial.study)["symptom_change"].sel(group="overall")
    (change,) = (
        row.estimate
        for row in rows
        if (row.scenario, row.estimator, row.estimate.estimand) == ("missing at random", EXPECTATION, "symptom_change")
    )
    assert change.median == pytest.approx(float(own.median()))
    shares = {row.scenario: row.estimate.mean for row in rows if row.estimate.estimand == "response_probability"}
    assert shares["non-response"] < shares["missing at random"]
    assert {row.estimate.visit for row in rows} == {"w6"}


def test_the_joint_model_with_arms_jumps_to_the_reference_arm(make_trial: Any) -> None:
    trial = make_trial(has=("marker", "symptom", "arms"), model="joint_change", n=48)
    rows = under_scenarios(
        trial.fit, trial.model, trial.study, [everyone("missing at random"), everyone("jump to reference")]
    )
    found = {
        row.scenario: row.estimate
        for row in rows
        if (row.estimator, row.estimate.estimand) == (EXPECTATION, "arm_difference")
    }
    stayed = 1 - trial.study.data["symptom"].sel(visit="w6").isnull()[trial.study.data["arm"] == "T"].mean()
    at_random = trial.model.derive(trial.fit.posterior, trial.study)["arm_difference"].sel(group="T versus C")
    assert found["missing at random"].mean == pytest.approx(float(at_random.mean()))
    # Of each draw the share that stayed is left, by the Bayesian bootstrap: its mean within four standard errors.
    error = float(np.sqrt((at_random**2).mean() * stayed * (1 - stayed) / 25 / at_random.size))
    expected = float(stayed) * found["missing at random"].mean
    assert found["jump to reference"].mean == pytest.approx(expected, abs=4 * error)
