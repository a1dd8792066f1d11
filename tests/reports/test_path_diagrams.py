"""Path diagrams against the formulas and the priors of the models."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cochange.inference.results import Results
from cochange.models.parts.contract import available, load_model
from cochange.models.parts.prior_sets import families
from cochange.reports.path_diagrams import diagram_of
from cochange.reports.plots.paths import path_plot
from cochange.reports.sections import models

DRAWN = ("growth", "joint_change", "marker_change", "parallel_change", "repeated_measures", "symptom_change")


def of_study(results: Results, measurement: str) -> Results:
    spec = results.study.spec
    analysis = spec.analysis.model_copy(update={"measurement": measurement})
    return replace(results, study=replace(results.study, spec=spec.model_copy(update={"analysis": analysis})))


@pytest.mark.parametrize("model", DRAWN)
def test_every_path_is_a_parameter_of_the_model(results: Results, model: str) -> None:
    diagram = diagram_of(model, results)
    assert diagram is not None
    parameters = set(families(load_model(model).shipped["reference"]))
    assert {path.parameter for path in diagram.paths} <= parameters
    pairs = [frozenset((path.start, path.end)) for path in diagram.paths]
    assert len(set(pairs)) == len(pairs)
    assert set().union(*pairs) == set(range(len(diagram.variables)))


def test_the_paths_of_the_joint_model_are_the_terms_of_its_formula(results: Results) -> None:
    """Each coefficient of the formula in the model's docstring stands at one path, from its factor to its outcome."""
    formula = load_model("joint_change").formula
    terms = {
        "baseline_slope": (r"y0 += .* \+ b \* \[m0\]", "IL-6 at baseline", "MADRS at baseline"),
        "marker_on_marker": (r"m1 - m0 = .* a_m \* \[m0\]", "IL-6 at baseline", "change of IL-6"),
        "marker_on_score": (r"m1 - m0 = .* a_y \* \[y0\]", "MADRS at baseline", "change of IL-6"),
        "prognostic": (r"y1 - y0 = .* c_m \* \[m0\]", "IL-6 at baseline", "change of MADRS"),
        "score_on_score": (r"y1 - y0 = .* c_y \* \[y0\]", "MADRS at baseline", "change of MADRS"),
        "parallel": (r"y1 - y0 = .* - parallel \* e3", "change of IL-6", "change of MADRS"),
    }
    diagram = diagram_of("joint_change", results)
    assert diagram is not None
    drawn = {
        path.parameter: (diagram.variables[path.start].name, diagram.variables[path.end].name) for path in diagram.paths
    }
    assert drawn == {name: (start, end) for name, (_, start, end) in terms.items()}
    for pattern, _, _ in terms.values():
        assert re.search(pattern, formula), pattern
    assert len(re.findall(r"\* (?:\[|e3)", formula.partition("observed =")[0])) == len(terms)


def test_values_are_observed_or_not_as_the_study_file_takes_them(results: Results) -> None:
    for measurement in ("on", "off"):
        diagram = diagram_of("joint_change", of_study(results, measurement))
        assert diagram is not None
        assert {item.observed for item in diagram.variables} == {measurement == "off"}
        caption = path_plot("joint_change", diagram, results).caption
        assert ("box: an observed value" in caption) == (measurement == "off")


def test_what_the_study_lacks_is_not_drawn(fabricate: Callable[..., Results], no_marker: Any) -> None:
    found = fabricate(no_marker, ("reference",))
    diagram = diagram_of("symptom_change", found)
    assert diagram is not None
    assert [item.name for item in diagram.variables] == ["MADRS at baseline", "change of MADRS"]
    assert [path.parameter for path in diagram.paths] == ["baseline_symptom"]
    assert diagram_of("marker_change", found) is None


def test_the_section_draws_each_model_or_says_that_it_does_not(results: Results) -> None:
    block = models.SECTION.block(results)
    assert [figure.name for figure in block.figures] == [f"paths_{model.name}" for model in results.models]
    assert "IL-6 at baseline with IL-6 at 12 weeks, retest_z" in block.figures[0].alt
    assert all(figure.picture.svg.startswith(b"<?xml") for figure in block.figures)
    assert set(DRAWN) == set(available()), "draw its paths in reports/path_diagrams.py and name it here"
    assert diagram_of("a model of our own", results) is None


@pytest.mark.parametrize("baseline", ["covariate", "constrained"])
@pytest.mark.parametrize("covariance", ["unstructured", "ar1"])
@pytest.mark.parametrize("outcomes", ["both", "score"])
def test_the_paths_of_every_visit_are_those_of_the_study_file(
    results: Results, baseline: str, covariance: str, outcomes: str
) -> None:
    """Slopes on baselines that are given, correlations where they are outcomes."""
    spec = results.study.spec
    table = spec.analysis.over_visits.model_copy(
        update={"baseline": baseline, "covariance": covariance, "outcomes": outcomes}
    )
    analysis = spec.analysis.model_copy(update={"repeated_measures": table})
    study = replace(results.study, spec=spec.model_copy(update={"analysis": analysis}))
    diagram = diagram_of("repeated_measures", replace(results, study=study))
    assert diagram is not None
    both, given = outcomes == "both", baseline == "covariate"
    assert {path.both_ways for path in diagram.paths} <= ({True, False} if given else {True})
    slopes = {"score_on_score", *(("marker_on_marker", "marker_on_score", "prognostic") if both else ())}
    assert {path.parameter for path in diagram.paths if not path.both_ways} == (slopes if given else set())
    unstructured = {"partial_share"} if both or not given else set()
    structured = {*(() if given else ("visit_z",)), *(("outcome_z",) if both else ())}
    correlations = {path.parameter for path in diagram.paths if path.both_ways}
    assert correlations == (unstructured if covariance == "unstructured" else structured)
    ends = {diagram.variables[path.end].name for path in diagram.paths}
    assert ("IL-6 at a later visit" in ends) == both
