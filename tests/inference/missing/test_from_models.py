"""The distribution of the outcomes against the density that each model gives what was observed."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from cochange.inference.missing import from_models
from cochange.inference.missing.from_models import outcomes_of, thinned
from cochange.models.parts.likelihood.observations import MISSING


@pytest.mark.parametrize(
    ("model", "options", "arms"),
    [
        ("repeated_measures", "", ("arms",)),
        ("repeated_measures", 'baseline = "covariate"', ("arms",)),
        ("repeated_measures", 'covariance = "ar1"\ncovariance_by_arm = true', ("arms",)),
        ("joint_change", "", ()),
        ("joint_change", "", ("arms",)),
        ("joint_change", "benefit", ("arms",)),
    ],
)
def test_what_was_observed_has_the_density_of_the_model(
    model: str, options: str, arms: tuple[str, ...], make_trial: Any
) -> None:
    benefit = options == "benefit"
    has = ("marker", "symptom", "covariates", *arms)
    trial = make_trial(has=has, options="" if benefit else options, model=model, benefit=benefit)
    some = trial.fit.posterior.isel(chain=[0], draw=slice(0, 5))
    own = outcomes_of(some, trial.model, trial.study)
    expected = trial.model.log_likelihood(some, trial.study)
    np.testing.assert_array_equal(expected["participant"], own.participant)
    for draw in range(5):
        mean = own.columns @ own.mean[draw]
        for who, arm in enumerate(own.arm):
            seen = own.status[who] != MISSING
            covariance = own.covariance[arm][draw][np.ix_(seen, seen)]
            density = stats.multivariate_normal(mean[who, seen], covariance).logpdf(own.value[who, seen])
            assert density == pytest.approx(float(expected[0, draw, who]), rel=1e-9)


@pytest.mark.parametrize(
    ("model", "options", "design"),
    [
        ("repeated_measures", "", ""),
        ("repeated_measures", 'baseline = "covariate"', ""),
        ("joint_change", "", ""),
        ("joint_change", "", "observational"),
    ],
)
def test_everyone_as_if_in_an_arm_differs_by_the_effect_of_the_arm(
    model: str, options: str, design: str, make_trial: Any
) -> None:
    trial = make_trial(options=options, model=model, design=design)
    own = outcomes_of(trial.fit.posterior, trial.model, trial.study)
    assert own.arms == ("C", "T")
    assert own.reference == "C"
    contrast = trial.model.derive(trial.fit.posterior, trial.study)["arm_difference"].sel(group="T versus C")
    apart = (own.in_arm["T"] - own.in_arm["C"]) @ own.mean
    for row in (0, 7):
        scores = apart[:, row, own.cells_of("score")]
        np.testing.assert_allclose(scores, contrast.to_numpy().reshape(len(scores), -1))
    for arm in own.arms:
        rows = own.arm == arm
        np.testing.assert_allclose(own.in_arm[arm][rows], own.columns[rows])


def test_whoever_has_nothing_at_the_last_visit_left(make_trial: Any) -> None:
    trial = make_trial()
    own = outcomes_of(trial.fit.posterior, trial.model, trial.study)
    last = trial.study.data["symptom"].sel(participant=own.participant, visit="w6").isnull().to_numpy()
    np.testing.assert_array_equal(own.left, last)
    assert 0 < own.left.sum() < len(own.left)


EVENTS = """
[missing_data]
event_visit = "stop"
[[estimand.intercurrent_events]]
event = "stopped"
strategy = "{}"
missing_as = "{}"
"""


@pytest.mark.parametrize("model", ["repeated_measures", "joint_change"])
def test_a_strategy_holds_from_the_event_on_where_its_visit_is_known(model: str, make_trial: Any) -> None:
    """Had the event not happened: what was seen from then on is missing, and the rule holds from then on."""
    trial = make_trial(model=model, extra=EVENTS.format("hypothetical", "missing at random"))
    own = outcomes_of(trial.fit.posterior, trial.model, trial.study)
    number = np.array([int(name[1:]) for name in own.participant])
    stopped = {4: 1, 7: 2 if model == "repeated_measures" else 1}
    for who, event in enumerate(own.event):
        first = stopped.get(number[who] % 9, len(own.visits))
        assert event == first
        assert (own.status[who, own.visit >= first] == MISSING).all()
        assert own.until[who] == (first - 1 if first < len(own.visits) else own.last_seen[who])
    without = make_trial(model=model)
    before = outcomes_of(without.fit.posterior, without.model, without.study)
    assert own.left.sum() == before.left.sum() + np.isin(number % 9, list(stopped)).sum()


def test_what_was_seen_after_an_event_is_used_under_treatment_policy(make_trial: Any) -> None:
    trial = make_trial(extra=EVENTS.format("treatment policy", "jump to reference"))
    own = outcomes_of(trial.fit.posterior, trial.model, trial.study)
    without = make_trial()
    before = outcomes_of(without.fit.posterior, without.model, without.study)
    np.testing.assert_array_equal(own.status, before.status)
    # Whoever stopped was seen at every visit: nothing of them is to be imputed.
    np.testing.assert_array_equal(own.left, before.left)
    assert (own.event < len(own.visits)).sum() == 8


def test_draws_are_thinned_where_they_could_not_be_held(make_trial: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    trial = make_trial()
    draws = trial.fit.posterior
    assert thinned(draws, trial.study).sizes["draw"] == draws.sizes["draw"] == 200
    assert thinned(draws, trial.study, 100).sizes["draw"] == 25
    monkeypatch.setattr(from_models, "HELD", 36 * 3 * 401)
    monkeypatch.setattr(from_models, "FEWEST", 10)
    assert thinned(draws, trial.study).sizes["draw"] == 100


def test_the_joint_model_has_two_visits_and_one_marker(make_trial: Any) -> None:
    trial = make_trial(has=("marker", "symptom"), model="joint_change")
    own = outcomes_of(trial.fit.posterior, trial.model, trial.study)
    assert (own.visits, own.kind) == (("w0", "w6"), ("marker", "score", "marker", "score"))
    assert own.visit.tolist() == [0, 0, 1, 1]
    assert not own.has_reference
    level = own.value[:, 1] + own.score_origin
    known = own.status[:, 1] != MISSING
    score = trial.study.data["symptom"].sel(participant=own.participant, visit="w0").to_numpy()
    np.testing.assert_allclose(level[known], score[known])
