"""Whom each rule concerns, what is refused and why."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from cochange.data.faults import InputError
from cochange.data.study import Study
from cochange.inference.missing.strategies import Rule, Scenario, assign, everyone


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
