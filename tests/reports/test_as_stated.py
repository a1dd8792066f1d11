"""What the summary says of the scenario the study file states of those who left, from planted rows."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from cochange.inference.missing.analysis import EXPECTATION, IMPUTATION, UnderScenario
from cochange.inference.missing.strategies import AS_STATED
from cochange.inference.results import Results
from cochange.reports.block import Paragraph, Points
from cochange.reports.numbers import MINUS, centre, interval
from cochange.reports.sections import summary

LEFT = {"arm North": 5, "arm South": 9, "South versus North": 14, "overall": 14}


@pytest.fixture(scope="module")
def plant(results: Results, two_arms: object, fabricate: Callable[..., Results]) -> Callable[..., Results]:
    """Results with rows of a change, and with arms of a contrast, under 'as stated' and under missing at random."""
    bases = {True: fabricate(two_arms, ("reference",)), False: results}

    def make(arms: bool, scenario: str = AS_STATED) -> Results:
        base = bases[arms]
        groups = {"arm North": "symptom_change", "arm South": "symptom_change", "South versus North": "arm_difference"}
        own = replace(
            base.estimates[0], model="symptom_change", prior="reference", form=None, marker=None, unit="points",
            visit=base.study.follow_up, null=0.0, lower=-5.5, upper=1.5, p_direction=0.9, side="below",
        )  # fmt: skip
        rows = [
            UnderScenario(
                scenario=named, estimator=estimator, left=LEFT[group],
                estimate=replace(own, estimand=estimand, group=group, median=median - 40 * (named != scenario)),
            )
            for named in (scenario, "missing at random")
            for group, estimand in (groups if arms else {"overall": "symptom_change"}).items()
            for estimator, median in ((EXPECTATION, -2.25), (IMPUTATION, -2.75))
        ]  # fmt: skip
        return replace(base, under_scenarios=tuple(rows), main_prior="reference")

    return make


def said(results: Results) -> dict[str, str]:
    """What stands in the summary after the answers, by the heading it stands under."""
    parts, under, found = summary.SECTION.block(results).parts, "", {}
    for before, part in zip((None, *parts), parts, strict=False):
        under = part.text if part.kind == "heading" else under
        if isinstance(part, Paragraph) and "left; the answers above" in part.text:
            assert isinstance(before, Points)
            found[under] = part.text
    return found


def test_the_contrast_as_stated_follows_its_answer(plant: Callable[..., Results]) -> None:
    results = plant(arms=True)
    first, second = (
        f"median {centre(row.estimate, results.estimates)} points, 95% equal-tailed interval "
        f"{interval(row.estimate, results.estimates)}"
        for row in results.under_scenarios
        if row.scenario == AS_STATED and row.estimate.estimand == "arm_difference"
    )
    ((heading, text),) = said(results).items()
    assert heading == "Q1. Did marker and symptoms change?"
    assert text == (
        "5 of arm North and 9 of arm South left; the answers above take what is missing to be missing at random. With "
        "what the study file states of them instead ('as stated' in the section If the missing are different), "
        "symptom_change gives: Difference between arms in the change of MADRS (at 12 weeks, South versus North): "
        f"{first}, by standardised expectation and {second}, by Bayesian imputation. A contrast is an effect of "
        "assignment to the arm only if the scenario holds. Associations (Q3 and Q4) are answered under missing at "
        "random alone."
    )
    assert f"{MINUS}2." in first


def test_a_change_of_one_arm_as_stated_is_no_effect(plant: Callable[..., Results], forbidden: object) -> None:
    (text,) = said(plant(arms=False)).values()
    assert text.startswith("14 participants left; the answers above")
    assert "Mean change of MADRS (at 12 weeks): median" in text
    assert "This compares no randomised arms." in text
    assert not forbidden.search(text)


def test_shares_of_responders_are_told_by_their_contrast(plant: Callable[..., Results]) -> None:
    results = plant(arms=True)
    rows = tuple(
        replace(row, estimate=replace(row.estimate, estimand="response_difference", unit="share"))
        if row.estimate.estimand == "arm_difference" else row
        for row in results.under_scenarios
    )  # fmt: skip
    ((heading, text),) = said(replace(results, under_scenarios=rows)).items()
    assert heading == "Response and remission"
    assert "Difference between arms in the share with a response on MADRS (at 12 weeks, South versus North): " in text
    assert "Associations" not in text


def test_who_left_and_what_a_contrast_means_is_said_once(plant: Callable[..., Results]) -> None:
    results = plant(arms=True)
    others = tuple(
        replace(row, estimate=replace(row.estimate, estimand=estimand, unit=unit))
        for estimand, unit in (("arm_ratio", "ratio"), ("response_difference", "share"))
        for row in results.under_scenarios
        if row.estimate.estimand == "arm_difference"
    )
    analysis = results.study.spec.analysis.model_copy(update={"primary_estimand": "arm_difference"})
    study = replace(results.study, spec=results.study.spec.model_copy(update={"analysis": analysis}))
    for named in (AS_STATED, "jump to reference"):
        rows = tuple(
            replace(row, scenario=named) if row.scenario == AS_STATED else row
            for row in (*results.under_scenarios, *others)
        )
        block = summary.SECTION.block(replace(results, study=study, under_scenarios=rows))
        text = " ".join(part.text for part in block.parts if isinstance(part, Paragraph))
        assert text.count("left; the answers above") == 1
        if named == AS_STATED:
            assert text.count("A contrast is an effect of assignment") == 1
            assert text.count("symptom_change gives: ") == 3
            assert text.count("are answered under missing at random alone.") == 1
            assert "With what the study file states of those who left, symptom_change gives: Difference" in text
        else:
            for given, times in (("gives them", 1), ("gives these too", 2)):
                sentence = f"The section If the missing are different {given} under 'jump to reference'."
                assert text.count(sentence) == times


def test_scenarios_that_are_compared_are_named(plant: Callable[..., Results]) -> None:
    (text,) = said(plant(arms=True, scenario="jump to reference")).values()
    assert text == (
        "5 of arm North and 9 of arm South left; the answers above take what is missing to be missing at random. The "
        "section If the missing are different gives them under 'jump to reference'."
    )


def test_nothing_is_said_where_the_file_states_none(plant: Callable[..., Results], results: Results) -> None:
    assert said(plant(arms=True, scenario="missing at random")) == {}
    assert said(results) == {}


def test_a_failed_fit_gives_no_numbers(
    plant: Callable[..., Results], two_arms: object, fabricate: Callable[..., Results]
) -> None:
    spoilt = fabricate(two_arms, ("reference",), "symptom_change")
    rows = plant(arms=True).under_scenarios
    changed = replace(spoilt, under_scenarios=rows, main_prior="reference")
    text = " ".join(part.text for part in summary.SECTION.block(changed).parts if isinstance(part, Paragraph))
    assert "What the study file states of them instead is not shown. Do not report: the fit of symptom_change" in text
    assert "by Bayesian imputation" not in text
