"""Whom each rule concerns, what is refused and why."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from cochange.data.faults import InputError
from cochange.data.specification.tables import IntercurrentEvent, MissingDataTable
from cochange.data.study import Study
from cochange.inference.missing.strategies import AS_STATED, Rule, Scenario, assign, everyone, scenarios


@pytest.fixture
def study(example_study: Study) -> Study:
    """The example with reasons for leaving of 24 participants."""
    reasons = np.array(["no effect", "", "moved away", "moved away"])[np.arange(24) % 4]
    data = xr.Dataset({"reason": ("participant", reasons)}, coords={"participant": [f"P{i:03}" for i in range(24)]})
    return replace(example_study, data=data)


def test_the_first_rule_that_concerns_a_participant_holds(outcomes: Any, study: Study) -> None:
    own = outcomes()
    reasons = study.data["reason"].values
    scenario = Scenario(
        "mixed",
        (
            Rule("jump to reference", arms=("T",), reasons=("no effect", "moved away")),
            Rule("copy reference", arms=("T",)),
            Rule(score=3.0, reasons=("moved away",)),
        ),
    )
    found = assign(scenario, own, study)
    for who in range(24):
        expected = -1
        if own.left[who] and own.arm[who] == "T":
            expected = 0 if reasons[who] else 1
        elif own.left[who] and reasons[who] == "moved away":
            expected = 2
        assert found[who] == expected
    assert set(found) == {-1, 0, 1, 2}


def test_events_that_say_what_is_missing_make_the_rules_stated(study: Study) -> None:
    events = (
        IntercurrentEvent(
            event="no effect", strategy="treatment policy", missing_as="jump to reference", arms=("T",),
            reasons=("no effect",), delta_score=2.5,
        ),
        IntercurrentEvent(event="started a drug", strategy="treatment policy"),
        IntercurrentEvent(event="moved", strategy="hypothetical", missing_as="missing at random", delta_marker=1.5),
    )  # fmt: skip
    estimand = study.spec.estimand.model_copy(update={"intercurrent_events": events})
    table = MissingDataTable(compare=("copy reference", "copy reference"))
    spec = study.spec.model_copy(update={"estimand": estimand, "missing_data": table})
    own, compared = scenarios(replace(study, spec=spec))
    jump, shifted = own.rules
    assert own.name == AS_STATED
    assert jump == Rule("jump to reference", score=2.5, arms=("T",), reasons=("no effect",))
    # A factor for the marker is so many log units.
    assert shifted.marker == pytest.approx(0.405465, abs=1e-6)
    assert shifted == Rule("missing at random", marker=shifted.marker)
    assert compared == Scenario("copy reference", (Rule("copy reference"),))


def test_nobody_who_stayed_is_dealt_with(outcomes: Any, study: Study) -> None:
    own = outcomes()
    found = assign(everyone("jump to reference"), own, study)
    np.testing.assert_array_equal(found >= 0, own.last_seen < 3)
    np.testing.assert_array_equal(own.left, own.last_seen < 3)


@pytest.mark.parametrize("strategy", ["jump to reference", "copy reference", "copy increments in reference"])
def test_one_arm_has_no_reference_arm(strategy: Any, outcomes: Any, one_arm: Any, study: Study) -> None:
    with pytest.raises(InputError, match=rf"'{strategy}'.*a reference arm.*a study of one arm"):
        assign(everyone(strategy), outcomes(arms=one_arm), study)
    assign(everyone("missing at random"), outcomes(arms=one_arm), study)


def test_unknown_arms_and_reasons_are_refused(outcomes: Any, study: Study) -> None:
    own = outcomes()
    with pytest.raises(InputError, match=r"arms.*one of C, T.*'X'"):
        assign(Scenario("", (Rule(arms=("X",)),)), own, study)
    with pytest.raises(InputError, match=r"reasons.*one of moved away, no effect.*'bored'"):
        assign(Scenario("", (Rule(reasons=("bored",)),)), own, study)
    without = replace(study, data=study.data.drop_vars("reason"))
    with pytest.raises(InputError, match=r"a column of reasons.*\[missing_data\]"):
        assign(Scenario("", (Rule(reasons=("no effect",)),)), own, without)


@pytest.mark.parametrize(
    ("given", "error", "told"),
    [
        (
            {"strategy": "copy_reference"},
            ValueError,
            "strategy must be one of 'missing at random', 'jump to reference'",
        ),
        ({"strategy": "copy increments to reference"}, ValueError, "got 'copy increments to reference'"),
        ({"score": "4"}, TypeError, "score must be a number; got '4'"),
        ({"marker": math.nan}, ValueError, "marker must be finite; got nan"),
        ({"arms": "T"}, TypeError, r"arms must be several names, such as \('A', 'B'\), or \('A',\) for one; got 'T'"),
    ],
)
def test_what_is_no_rule_is_refused(given: dict[str, Any], error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        Rule(**given)


def test_a_scenario_of_one_rule_takes_it_in_a_tuple() -> None:
    with pytest.raises(TypeError, match=r"rules must be several, such as \(Rule\(score=2.0\),\) for one"):
        Scenario("worse", Rule(score=4.0))
