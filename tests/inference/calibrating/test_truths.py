"""Truths that are given: the estimand has its value, everything else is as it was drawn."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from cochange.data.study import Study
from cochange.inference.calibrating.chain import elements
from cochange.inference.calibrating.design import DesignError, reference_design
from cochange.inference.calibrating.generate import make_generator
from cochange.inference.calibrating.truths import TruthError, element_named, given_truth
from cochange.models.parts.contract import load_model
from cochange.models.parts.prior_sets import families

MODEL = load_model("joint_change")


@pytest.fixture(scope="module")
def design() -> Study:
    return reference_design("joint_change")


@pytest.fixture(scope="module")
def drawn(design: Study) -> xr.Dataset:
    assert MODEL.parameters is not None
    priors = families(MODEL.shipped["reference"])
    return MODEL.parameters(design).drawn(priors, 1, np.random.default_rng(5))


def estimands(truth: xr.Dataset, study: Study) -> dict[str, float]:
    found = MODEL.derive(truth, study)
    return {label: float(one.item()) for name, draws in found.items() for label, one in elements(name, draws)}


@pytest.mark.parametrize(
    ("name", "value", "moved"),
    [
        ("parallel_slope", 2.0, "parallel"),
        ("prognostic_slope", -1.5, "prognostic"),
        ("symptom_change", -5.0, "score_change"),
        ("geometric_mean_ratio", 0.8, "marker_change"),
    ],
)
def test_an_estimand_is_reached_by_moving_one_parameter(
    design: Study, drawn: xr.Dataset, name: str, value: float, moved: str
) -> None:
    truth = given_truth(MODEL, design, {name: value}, drawn).of(drawn)
    assert estimands(truth, design)[name] == pytest.approx(value)
    assert {str(one) for one in drawn.data_vars if not truth[one].equals(drawn[one])} == {moved}


def test_parameters_and_estimands_are_given_together(design: Study, drawn: xr.Dataset) -> None:
    values = {"marker_reliability": 0.7, "symptom_change": -4.0, "parallel_slope": 0.0, "score_reliability": 0.9}
    given = given_truth(MODEL, design, values, drawn)
    other = drawn.assign(parallel=drawn["parallel"] + 3, score_change=drawn["score_change"] - 1)
    for truth in (given.of(drawn), given.of(other)):
        found = estimands(truth, design)
        assert {name: found[name] for name in values} == pytest.approx(values, abs=1e-12)


def test_what_cannot_be_given_is_said(design: Study, drawn: xr.Dataset) -> None:
    with pytest.raises(TruthError, match="no parameter of joint_change moves change_correlation one for one"):
        given_truth(MODEL, design, {"change_correlation": 0.3}, drawn)
    with pytest.raises(TruthError, match=r"there is no 'paralel_slope'; did you mean 'parallel_slope'"):
        given_truth(MODEL, design, {"paralel_slope": 0.3}, drawn)
    with pytest.raises(TruthError, match="geometric_mean_ratio is a ratio and must be above 0; got -1"):
        given_truth(MODEL, design, {"geometric_mean_ratio": -1.0}, drawn)
    with pytest.raises(TruthError, match="exclude each other: parallel_slope, parallel"):
        given_truth(MODEL, design, {"parallel_slope": 1.0, "parallel": 2.0}, drawn)


def test_an_element_is_named_by_its_label_or_is_that_of_the_whole_sample() -> None:
    known = ["slope[ancova]", "slope[change score]", "change[ancova, overall]", "change[ancova, light]", "ratio"]
    assert element_named("ratio", known) == "ratio"
    assert element_named("change", known) == "change[ancova, overall]"
    assert element_named("slope[ancova]", known) == "slope[ancova]"
    with pytest.raises(TruthError, match=r"slope has several elements; name one of slope\[ancova\], slope\[change"):
        element_named("slope", known)


def test_a_name_that_is_not_is_answered_in_a_few_words() -> None:
    known = [f"arm_difference[{form}, {arm}]" for form in ("ancova", "change score") for arm in ("a", "b", "c")]
    with pytest.raises(TruthError) as raised:
        element_named("arm", known, ["intercept"])
    assert str(raised.value) == "there is no 'arm'; did you mean 'arm_difference'? Others are 'intercept'"
    with pytest.raises(TruthError) as raised:
        element_named("arm_difference[ancov, a]", known, ["intercept"])
    assert "did you mean 'arm_difference[ancova, a]'? Others are 'arm_difference[ancova, b]'" in str(raised.value)


def test_a_name_that_is_near_none_is_answered_with_every_name() -> None:
    parameters = [f"parameter_{number}" for number in range(20)]
    with pytest.raises(TruthError) as raised:
        element_named("effect", ["slope[ancova]", "slope[change score]"], parameters)
    assert str(raised.value) == f"there is no 'effect'; choose one of 'slope', {', '.join(map(repr, parameters))}"


def test_outcomes_that_the_graph_draws_follow_the_given_truth(design: Study) -> None:
    """`parallel_change`: the raw change of the score is drawn given that of the marker, with the correlation given."""
    model = load_model("parallel_change")
    priors = model.shipped["reference"]
    generator = make_generator(model, design, priors, model.build(design, priors))
    truth, _ = generator.parameters(1)
    given = given_truth(model, design, {"raw_z": 1.0}, truth)
    for seed in range(3):
        outcomes = generator.outcomes(given.of(truth), seed)
        n = len(outcomes["standard_marker_change"])
        correlation = np.corrcoef(outcomes["standard_marker_change"], outcomes["standard_symptom_change"])[0, 1]
        assert abs(np.arctanh(correlation) - 1.0) < 4 / np.sqrt(n - 3)
    again = generator.outcomes(given.of(truth), 2)
    assert all((outcomes[name] == again[name]).all() for name in outcomes)


def test_a_model_whose_data_cannot_be_drawn_anew_is_refused(design: Study) -> None:
    priors = MODEL.shipped["reference"]
    graph = MODEL.build(design, priors)
    with pytest.raises(DesignError, match="joint_change cannot take data drawn anew"):
        make_generator(replace(MODEL, with_outcomes=None), design, priors, graph)
