from dataclasses import replace
from typing import Any

import pytest

from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.models.parts.contract import load_model
from cochange.models.parts.prior_sets import families, prior_sets
from cochange.reports import needs
from cochange.reports.block import Paragraph
from cochange.reports.entering import not_entering
from cochange.reports.sections import models
from cochange.reports.sentences import observed


@pytest.fixture
def counting(results: Results) -> Results:
    """The same results of a study whose file asks for Student-t residuals and a beta-binomial score."""
    spec = results.study.spec
    assert spec.symptom is not None
    symptom = spec.symptom.model_copy(update={"distribution": "beta_binomial"})
    analysis = spec.analysis.model_copy(update={"likelihood": "student_t"})
    changed = spec.model_copy(update={"symptom": symptom, "analysis": analysis})
    return replace(results, study=replace(results.study, spec=changed))


def test_the_models_section_names_the_model_whose_score_is_counted(results: Results, counting: Results) -> None:
    def first(of: Results) -> str:
        return next(part.text for part in models.SECTION.block(of).parts if isinstance(part, Paragraph))

    assert first(results) == "Residuals are normal in this run."
    assert first(counting) == (
        "Residuals are Student-t in this run. The follow-up score of symptom_change has none: it is beta-binomial."
    )


def test_a_share_of_responders_says_what_it_assumes(results: Results, counting: Results) -> None:
    row = next(row for row in results.estimates if row.estimand == "response_probability")
    assert observed(row, results).endswith("the model's share assumes normal residuals.")
    assert observed(row, counting).endswith("the model's share assumes a beta-binomial score.")
    # The likelihood of the file holds for the other models.
    assert observed(replace(row, model="parallel_change"), counting).endswith("share assumes Student-t residuals.")
    # Nothing is known of the residuals of a model of one's own.
    own = {**results.selections, "own": results.selections["symptom_change"]}
    said = observed(replace(row, model="own"), replace(results, selections=own))
    assert said.startswith("A response was seen in ")
    assert "assumes" not in said


def test_each_prior_says_whether_it_enters(results: Results, counting: Results) -> None:
    study, counted = results.study, counting.study
    for name in ("intercept", "prognostic", "sigma", "nu"):
        assert not_entering("symptom_change", name, counted) == "the score is counted"
    for name in ("log_odds_intercept", "log_odds_group_sd", "precision"):
        assert not_entering("symptom_change", name, study) == "the score is not counted"
        assert not_entering("symptom_change", name, counted) == ""
    # What the study lacks enters on neither scale, and the other models stay as they are.
    assert not_entering("symptom_change", "log_odds_arm", counted) == "no arms"
    assert not_entering("symptom_change", "arm", study) == "no arms"
    assert not_entering("parallel_change", "intercept", counted) == ""
    assert not_entering("parallel_change", "nu", counted) == ""


def test_what_is_said_to_enter_is_what_the_graph_holds(results: Results, counting: Results) -> None:
    model = load_model("symptom_change")
    for study in (results.study, counting.study):
        sets = prior_sets(model.name, model.shipped, study)
        graph = model.build(study, sets["reference"])
        for parameter, family in families(sets["reference"]).items():
            held = set(family.hyperparameters(parameter)) <= {variable.name for variable in graph.data_vars}
            assert held == (not not_entering(model.name, parameter, study)), parameter


@pytest.mark.parametrize("measurement", ["on", "off"])
def test_what_is_said_to_enter_is_what_the_joint_model_has(
    example_study: Study, with_analysis: Any, measurement: str
) -> None:
    study, model = with_analysis(example_study, {"measurement": measurement}), load_model("joint_change")
    assert model.parameters is not None
    entering = {item.prior for item in model.parameters(study).items}
    shipped = families(prior_sets(model.name, model.shipped, study)["reference"])
    assert "screening_slope" in entering
    assert {name for name in shipped if not not_entering(model.name, name, study)} == entering & shipped.keys()


def test_forms_are_not_compared_where_there_is_one(results: Results, counting: Results) -> None:
    ancova = tuple(row for row in counting.estimates if row.form != "change score")
    alone = replace(counting, estimates=ancova)
    assert needs.forms(results) == ""
    assert needs.forms(alone) == "symptom_change has its ANCOVA form alone, since the follow-up score is counted"


def test_results_count_one_as_one(results: Results) -> None:
    fits = dict(list(results.fits.items())[:1])
    alone = replace(results, models=results.models[:1], fits=fits, estimates=results.estimates[:2])
    assert ": 1 model, 1 fit, 2 estimates; verdict: " in repr(alone)
