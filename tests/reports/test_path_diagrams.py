"""Path diagrams against the formulas and the priors of the models."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.models import pooled
from cochange.models.parts.contract import available, load_model
from cochange.models.parts.prior_sets import notes
from cochange.reports.path_diagrams import Diagram, diagram_of
from cochange.reports.plots.paths import path_plot
from cochange.reports.sections import models

# Each coefficient of the formula in the docstring of the joint model, and the path it stands at.
TERMS = {
    "baseline_slope": (r"y0 += .* \+ b \* \[m0\]", "IL-6 at baseline", "MADRS at baseline"),
    "marker_on_marker": (r"m1 - m0 = .* a_m \* \[m0\]", "IL-6 at baseline", "change of IL-6"),
    "marker_on_score": (r"m1 - m0 = .* a_y \* \[y0\]", "MADRS at baseline", "change of IL-6"),
    "prognostic": (r"y1 - y0 = .* c_m \* \[m0\]", "IL-6 at baseline", "change of MADRS"),
    "score_on_score": (r"y1 - y0 = .* c_y \* \[y0\]", "MADRS at baseline", "change of MADRS"),
    "parallel": (r"y1 - y0 = .* - parallel \* e3", "residual e3 of IL-6", "change of MADRS"),
}
Change = Callable[[Study, Mapping[str, object]], Study]
MEASUREMENT = {"marker_reliability", "score_reliability", "state_z"}


def drawn(model: str, study: Study | None) -> Diagram:
    diagram = diagram_of(model, study)
    assert diagram is not None, f"{model} has no paths in reports/path_diagrams.py"
    return diagram


@pytest.mark.parametrize("model", [*available(), "pooled"])
def test_paths_are_parameters_and_every_slope_has_its_path(model: str) -> None:
    priors = pooled.REFERENCE if model == "pooled" else load_model(model).shipped["reference"]
    units = {name: note.unit for name, note in notes(priors).items()}
    diagram = drawn(model, None)
    named = {path.parameter for path in diagram.paths if path.parameter}
    assert named <= set(units)
    # Slopes between outcomes; effects of the design have no path of their own, nor has the counted form of a score.
    slopes = {
        name for name, unit in units.items() if " per " in unit and not re.search("covariate|benefit|log_odds", name)
    }
    assert slopes <= named
    pairs = [frozenset((path.start, path.end)) for path in diagram.paths]
    assert len(set(pairs)) == len(pairs)
    assert set().union(*pairs) == set(diagram.variables)


@pytest.mark.parametrize("measurement", ["on", "off"])
def test_the_paths_of_the_joint_model_are_the_terms_of_its_formula(
    study: Study, with_analysis: Change, measurement: str
) -> None:
    formula = load_model("joint_change").formula
    for pattern, _, _ in TERMS.values():
        assert re.search(pattern, formula), pattern
    assert len(re.findall(r"\* (?:\[|e3)", formula.partition("observed =")[0])) == len(TERMS)
    diagram = drawn("joint_change", with_analysis(study, {"measurement": measurement}))
    names = {key: item.name.removeprefix("true ") for key, item in diagram.variables.items()}
    ends = {path.parameter: (names[path.start], names[path.end]) for path in diagram.paths}
    assert {name: ends[name] for name in TERMS} == {name: (start, end) for name, (_, start, end) in TERMS.items()}


@pytest.mark.parametrize("measurement", ["on", "off"])
def test_values_have_errors_or_not_as_the_study_file_has_it(
    study: Study, with_analysis: Change, measurement: str
) -> None:
    diagram = drawn("joint_change", with_analysis(study, {"measurement": measurement}))
    named = {path.parameter for path in diagram.paths}
    assert (named & MEASUREMENT) == (MEASUREMENT if measurement == "on" else set())
    assert ("latent" in {item.kind for item in diagram.variables.values()}) == (measurement == "on")
    caption = path_plot("joint_change", diagram, "").caption
    assert ("ellipse: what is not observed itself" in caption) == (measurement == "on")


def test_a_screening_score_is_drawn_where_there_is_one(study: Study) -> None:
    spec = study.spec
    assert spec.inclusion is not None
    without = replace(study, spec=spec.model_copy(update={"inclusion": None}))
    assert "screening" in drawn("joint_change", study).variables
    assert "screening" not in drawn("joint_change", without).variables


@pytest.mark.parametrize("measurement", ["on", "off"])
def test_a_screening_score_shares_the_error_of_the_baseline_score_where_there_is_one(
    study: Study, with_analysis: Change, measurement: str
) -> None:
    assert re.search(r"screening = .*\(y0 \+ state_s \* error of y0\)", load_model("joint_change").formula)
    diagram = drawn("joint_change", with_analysis(study, {"measurement": measurement}))
    names = {key: item.name for key, item in diagram.variables.items()}
    found = {(names[path.start], path.parameter) for path in diagram.paths if path.end == "screening"}
    true = "true " if measurement == "on" else ""
    shared = {("error of MADRS at baseline", "screening_state")} if measurement == "on" else set()
    assert found == {(f"{true}MADRS at baseline", "screening_slope")} | shared
    without = replace(study, spec=study.spec.model_copy(update={"inclusion": None}))
    assert "error y0" not in drawn("joint_change", without).variables


def test_a_counted_score_has_the_parameters_of_its_log_odds(study: Study) -> None:
    symptom = study.spec.symptom
    assert symptom is not None
    counted = symptom.model_copy(update={"distribution": "beta_binomial"})
    diagram = drawn("symptom_change", replace(study, spec=study.spec.model_copy(update={"symptom": counted})))
    assert {path.parameter for path in diagram.paths} == {"log_odds_prognostic", "log_odds_baseline_symptom"}
    assert {diagram.variables[path.end].name for path in diagram.paths} == {"MADRS at 12 weeks"}


def test_what_the_study_lacks_is_not_drawn(no_marker: Study) -> None:
    diagram = drawn("symptom_change", no_marker)
    assert [item.name for item in diagram.variables.values()] == ["MADRS at baseline", "change of MADRS"]
    assert [path.parameter for path in diagram.paths] == ["baseline_symptom"]
    assert {item.name for item in drawn("growth", no_marker).variables.values()} == {
        "level of MADRS", "slope of MADRS", "MADRS at every visit",
    }  # fmt: skip
    assert diagram_of("marker_change", no_marker) is None


def test_the_section_draws_each_model_or_says_that_it_does_not(results: Results) -> None:
    block = models.SECTION.block(results)
    assert [figure.name for figure in block.figures] == [f"paths_{model.name}" for model in results.models]
    assert "IL-6 at baseline with IL-6 at 12 weeks, retest_z" in block.figures[0].alt
    assert all(figure.picture.svg.startswith(b"<?xml") for figure in block.figures)
    assert diagram_of("a model of our own", results.study) is None


@pytest.mark.parametrize("baseline", ["covariate", "constrained"])
@pytest.mark.parametrize("covariance", ["unstructured", "ar1"])
@pytest.mark.parametrize("outcomes", ["both", "score"])
def test_the_paths_of_every_visit_are_those_of_the_study_file(
    study: Study, with_analysis: Change, baseline: str, covariance: str, outcomes: str
) -> None:
    """Slopes on baselines that are given, correlations where they are outcomes."""
    table = study.spec.analysis.over_visits.model_copy(
        update={"baseline": baseline, "covariance": covariance, "outcomes": outcomes}
    )
    diagram = drawn("repeated_measures", with_analysis(study, {"repeated_measures": table}))
    both, given = outcomes == "both", baseline == "covariate"
    assert {path.both_ways for path in diagram.paths} <= ({True, False} if given else {True})
    slopes = {"score_on_score", *(("marker_on_marker", "marker_on_score", "prognostic") if both else ())}
    assert {path.parameter for path in diagram.paths if not path.both_ways} == (slopes if given else set())
    unstructured = {"partial_share"} if both or not given else set()
    structured = {*(() if given else ("visit_z",)), *(("outcome_z",) if both else ())}
    correlations = {path.parameter for path in diagram.paths if path.both_ways}
    assert correlations == (unstructured if covariance == "unstructured" else structured)
    # Slopes on baselines are those of changes.
    later = "change of {} by a later visit" if given else "{} at a later visit"
    names = {item.name for item in diagram.variables.values()}
    assert {later.format("MADRS")} <= names
    assert (later.format("IL-6") in names) == both
