"""What the summary says where nothing was randomised, and of the models beside the joint one."""

from dataclasses import replace

import pytest

from cochange.inference.results import Results
from cochange.models.parts.contract import load_model
from cochange.reports.block import Paragraph, Points
from cochange.reports.sections import summary

CHANGES = (
    "No arms are compared: nothing tells what the changes would have been otherwise, and they are not put down to the "
    "treatment."
)
CONTRASTS = (
    "Arms were not randomised: a difference between them can come from whatever else sets them apart, and is not put "
    "down to the treatment."
)


def paragraphs(results: Results) -> list[str]:
    return [part.text for part in summary.SECTION.block(results).parts if isinstance(part, Paragraph)]


def designed(results: Results, design: str) -> Results:
    spec = results.study.spec
    own = spec.model_copy(update={"study": spec.study.model_copy(update={"design": design})})
    return replace(results, study=replace(results.study, spec=own))


def test_changes_of_one_arm_are_not_put_down_to_the_treatment(results: Results) -> None:
    said = paragraphs(results)
    assert said.count(CHANGES) == 1
    assert CONTRASTS not in said


def test_contrasts_of_arms_that_were_not_randomised_say_so(fabricate, two_arms) -> None:
    randomised = fabricate(two_arms, priors=("reference",))
    assert not {CHANGES, CONTRASTS} & set(paragraphs(randomised))
    said = paragraphs(designed(randomised, "observational"))
    assert said.count(CONTRASTS) == 1
    assert CHANGES not in said


@pytest.mark.parametrize(
    ("others", "told"),
    [
        (
            ("marker_change",),
            "; the other is the usual analysis, on observed scores alone, of the participants who have",
        ),
        (
            ("marker_change", "symptom_change"),
            "; the others are the usual analyses, on observed scores alone, of the participants who have the values",
        ),
        (("growth",), "the same. growth uses everyone with any outcome too, at every visit. All but joint_change are"),
        (
            ("growth", "repeated_measures", "marker_change"),
            "growth and repeated_measures use everyone with any outcome too, at every visit; any other is of the "
            "participants who have the values it needs. All but joint_change are of observed scores alone.",
        ),
    ],
)
def test_models_beside_the_joint_one_are_told_by_whom_they_use(results: Results, others, told: str) -> None:
    models = tuple(map(load_model, ("joint_change", *others)))
    assert told in summary.joint_and_others(replace(results, models=models))


def test_how_wide_an_implied_prior_is_is_said_once_where_it_is_the_same(plant, results: Results) -> None:
    implied = "that sceptical implies for it is"
    once = (
        "Wherever sceptical is said to move the size of an answer, the prior that it implies for it is narrower than "
        "that of reference."
    )

    def moved(estimand: str, half: float, given: Results = results) -> Results:
        first = plant(given, estimand, median=-3.0, sd=0.8, prior_lower=-9.0, prior_upper=9.0)
        return plant(first, estimand, "sceptical", median=-2.0, sd=0.8, prior_lower=-half, prior_upper=half)

    def answers(given: Results) -> str:
        return " ".join(
            text for part in summary.SECTION.block(given).parts if isinstance(part, Points) for text in part.items
        )

    one = moved("parallel_slope", 1.0)
    assert answers(one).count(f"{implied} narrower than") == 1
    assert once not in paragraphs(one)
    both = moved("prognostic_slope", 1.0, one)
    assert answers(both).count("The prior moves its size: under sceptical") == 2
    assert implied not in answers(both)
    assert paragraphs(both).count(once) == 1
    unlike = moved("prognostic_slope", 90.0, one)
    assert answers(unlike).count(f"{implied} narrower than") == answers(unlike).count(f"{implied} wider than") == 1
    assert not any("Wherever sceptical" in text for text in paragraphs(unlike))
