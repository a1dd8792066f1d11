"""Where many participants are left out of an analysis, the summary says how many are in it, and why not the others."""

from dataclasses import replace

import pytest

from cochange.inference.results import Results
from cochange.reports.block import Points
from cochange.reports.checklists.on_models import departures
from cochange.reports.left_out import many, notes
from cochange.reports.sections import summary


def with_left_out(results: Results, model: str, number: int) -> Results:
    """The results of a model that leaves out so many, the first two for another reason than the rest."""
    everyone = [*results.selections[model].used, *results.selections[model].left_out]
    reasons = {who: "no IL-6 at baseline" if place < 2 else "no MADRS" for place, who in enumerate(everyone[:number])}
    chosen = replace(results.selections[model], used=everyone[number:], left_out=reasons)
    return replace(results, selections={**results.selections, model: chosen})


@pytest.mark.parametrize(("number", "told"), [(23, False), (24, True)])
def test_over_a_fifth_left_out_is_told_with_reasons_and_numbers(results: Results, number: int, told: bool) -> None:
    """The example has 116 participants, of whom a fifth is 23.2."""
    found = with_left_out(results, "marker_change", number)
    said = [text for text in many(found) if text.startswith("marker_change")]
    sentence = (
        "marker_change analyses 92 of the 116 participants included and leaves out 24 (20.7%), each counted under the "
        "first reason that applies (no IL-6 at baseline: 2; no MADRS: 22). Its answers are those of the 92."
    )
    assert said == [sentence] * told


def test_the_summary_says_it_after_the_verdict_whatever_that_is(results: Results) -> None:
    assert not results.selections["marker_change"].left_out or len(results.selections["marker_change"].left_out) < 24
    found = with_left_out(results, "marker_change", 40)
    points = [part.items for part in summary.SECTION.block(found).parts if isinstance(part, Points)]
    assert tuple(many(found)) in points
    assert found.verdict == results.verdict


def test_a_model_that_was_not_fitted_is_not_told_of(results: Results) -> None:
    found = with_left_out(results, "marker_change", 40)
    not_fitted = replace(found, not_fitted={"marker_change": "needs more"})
    assert not [text for text in many(not_fitted) if text.startswith("marker_change")]


def test_what_is_asked_of_those_who_left_and_not_answered_is_said(results: Results) -> None:
    spec = results.study.spec
    asked = spec.missing_data.model_copy(update={"compare": ("jump to reference",)})
    study = replace(results.study, spec=spec.model_copy(update={"missing_data": asked}))
    unanswered = replace(results, study=study)
    said = "what is asked by [missing_data] compare will not be answered: it takes repeated_measures or joint_change"
    assert any(said in note for note in notes(unanswered))
    assert not any(said in note for note in notes(results))
    answer = departures(unanswered)
    assert answer.status == "missing"
    assert said[1:] in answer.text
