"""The summary where the study file states a primary model or a primary estimand, and where it states neither."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from cochange.data.faults import Notice
from cochange.inference.estimates import decide
from cochange.inference.results import Results
from cochange.inference.verdict import Status
from cochange.models.parts.contract import load_model
from cochange.reports import sentences
from cochange.reports.block import Heading, Paragraph, Points
from cochange.reports.checklists import on_decisions, on_models, on_study
from cochange.reports.checklists.places import ESTIMATES
from cochange.reports.cover import cover_of
from cochange.reports.labels import JOINT
from cochange.reports.markdown import markdown_report
from cochange.reports.sections import estimates, explore, methods, study, summary

Stated = Callable[..., Results]


@pytest.fixture(scope="module")
def several(results: Results) -> Results:
    """The results with the rows of both regressions of the score once more, as the joint model's."""
    rows = tuple(
        replace(row, model=JOINT, form=None)
        for row in results.estimates
        if row.model != "marker_change" and row.form in (None, "ancova")
    )
    both = results.estimates + rows
    draws = {
        (JOINT, prior): {
            name: values.sel(form="ancova", drop=True) if "form" in values.dims else values
            for model in ("parallel_change", "symptom_change")
            for name, values in results.draws[model, prior].items()
        }
        for prior in ("reference", "sceptical")
    }
    return replace(
        results,
        models=(load_model(JOINT), *results.models),
        estimates=both,
        decisions=tuple(decide(row, True) for row in both),
        fits={**results.fits, **{(JOINT, prior): fit for (_, prior), fit in results.fits.items()}},
        draws={**results.draws, **draws},
        priors={**results.priors, JOINT: {}},
        selections={**results.selections, JOINT: results.selections["marker_change"]},
    )


@pytest.fixture(scope="module")
def stated(several: Results, with_analysis) -> Stated:
    def state(results: Results = several, **keys: object) -> Results:
        return replace(results, study=with_analysis(results.study, keys))

    return state


def told(results: Results) -> Mapping[str, list[str]]:
    """Paragraphs and points of the summary by their heading."""
    found: dict[str, list[str]] = {"": []}
    for part in summary.SECTION.block(results).parts:
        if isinstance(part, Heading):
            found[part.text] = []
        elif isinstance(part, Paragraph):
            found[list(found)[-1]].append(part.text)
        elif isinstance(part, Points):
            found[list(found)[-1]] += part.items
    return found


def given(results: Results) -> set[tuple[str, str]]:
    return {(item.estimate.model, item.estimate.estimand) for item in summary.main_decisions(results)}


def test_the_primary_model_answers_alone_where_it_answers(several: Results, stated: Stated) -> None:
    found = stated(primary_model=JOINT)
    assert given(found) == {pair for pair in given(several) if pair[0] in (JOINT, "marker_change")} < given(several)
    (said,) = [text for text in told(found)[""] if "primary model" in text]
    left = "the answers of parallel_change and symptom_change are not repeated: they stand in the section Estimates."
    assert said == (
        f"The study file states joint_change as the primary model. Where it answers, {left} What it does not estimate "
        "is answered by marker_change."
    )
    assert "It comes first where several models answer the same" not in " ".join(told(found)[""])
    assert estimates.SECTION.title == "Estimates"
    for section, name in ((summary, "summary"), (explore, "explore")):
        (table,) = [table for table in section.SECTION.block(found).tables if table.name == name]
        assert f"Where the primary model, joint_change, answers, {left}" in table.caption
        assert set(table.frame["model"]) == {JOINT, "marker_change"}
    assert left in markdown_report(cover_of(found), {"Summary": summary.SECTION.block(found)})


def test_the_other_models_answer_what_the_primary_one_does_not(several: Results, stated: Stated) -> None:
    kept = given(stated(primary_model="symptom_change"))
    # A model of the score leaves the marker's change open, and the fourth question to both that answer it.
    assert ("marker_change", "geometric_mean_ratio") in kept
    assert {pair for pair in given(several) if pair[1] in ("parallel_slope", "change_correlation")} <= kept
    assert not {(JOINT, "symptom_change"), (JOINT, "prognostic_slope"), (JOINT, "response_probability")} & kept


def test_without_the_keys_every_model_answers(several: Results) -> None:
    assert len({pair for pair in given(several) if pair[1] == "symptom_change"}) == 2
    assert not {"Primary estimand", summary.READING_TITLE} & set(told(several))
    assert "primary" not in str(summary.SECTION.block(several).tables[0].caption)


@pytest.mark.parametrize(
    ("keys", "answered", "said"),
    [
        ({"primary_model": JOINT}, {JOINT}, "The answer is that of the primary model, joint_change."),
        ({}, {JOINT, "parallel_change"}, "The answers are those of joint_change and parallel_change."),
        (
            {"primary_model": "symptom_change"},
            {JOINT, "parallel_change"},
            "The primary model, symptom_change, does not estimate it; the answers are those of joint_change and parall",
        ),
    ],
)
def test_the_primary_estimand_heads_the_summary(stated: Stated, keys, answered: set[str], said: str) -> None:
    found = stated(primary_estimand="parallel_slope", **keys)
    texts = told(found)
    # The verdict, the answer to the primary estimand, and only then the rules of reading.
    assert list(texts)[:3] == ["", "Primary estimand", summary.READING_TITLE]
    assert not any("A direction is named" in text or "primary model" in text for text in texts[""])
    rules = " ".join(texts[summary.READING_TITLE])
    assert "The answers of this summary hold under the reference prior" in rules
    assert ("as the primary model" in rules) == bool(keys)
    first, *answers = texts["Primary estimand"]
    named = "Change of MADRS per halving of IL-6 (parallel_slope)"
    assert first.startswith(f"Stated as the primary estimand in the study file: {named}. {said}")
    assert sum("points per halving" in text for text in answers) == len(answered)
    rest = texts["Q4. Do the changes go together?"]
    assert not any("median" in text and "points per halving" in text for text in rest)
    # The slope and the correlation have opposite signs, wherever the slope stands.
    assert any(text.startswith("Signs: ") for text in rest)
    (table,) = [table for table in summary.SECTION.block(found).tables if table.name == "summary"]
    assert [group.label for group in table.groups] == ["Primary estimand", "Other answers"]
    assert set(table.frame["model"].head(len(answered))) == answered
    assert set(table.frame["estimand"].head(len(answered))) == {"parallel_slope"}


def test_an_estimand_is_primary_whatever_else_of_its_question_the_primary_model_answers(stated: Stated) -> None:
    found = stated(primary_model="parallel_change", primary_estimand="prognostic_slope")
    assert {pair for pair in given(found) if pair[1] == "prognostic_slope"} == {
        (JOINT, "prognostic_slope"), ("symptom_change", "prognostic_slope")
    }  # fmt: skip
    assert told(found)["Q3. Does the baseline marker foretell the change of symptoms?"] == [
        "Answered under the heading Primary estimand."
    ]


def test_what_is_said_of_the_study_is_said_once(stated: Stated) -> None:
    texts = told(stated(primary_estimand="symptom_change"))
    assert sum(text.startswith("No arms are compared") for part in texts.values() for text in part) == 1


def test_what_is_primary_and_not_there_is_told(results: Results, stated: Stated) -> None:
    found = stated(results, primary_model="growth", primary_estimand="slope_correlation")
    refused = replace(found, not_fitted={"growth": "needs three visits or more"})
    for run, reason in ((found, "was not asked for"), (refused, "needs three visits or more")):
        said = (
            f"The study file states growth as the primary model, which was not fitted: it {reason}. The models that "
            "were fitted answer in its place."
        )
        assert said in told(run)[summary.READING_TITLE]
    assert given(found) == given(results)
    assert told(found)["Primary estimand"] == [
        "Stated as the primary estimand in the study file: Correlation of the slopes of IL-6 and MADRS between persons "
        "(slope_correlation). It is not answered: no model that was fitted has it."
    ]
    lacking = stated(results, primary_estimand="arm_difference")
    assert told(lacking)["Primary estimand"][0].endswith("symptom_change cannot estimate it from this study.")
    elsewhere = replace(stated(primary_model=JOINT), main_prior="sceptical")
    fits = {place: fit for place, fit in elsewhere.fits.items() if place != (JOINT, "sceptical")}
    (said,) = [text for text in told(replace(elsewhere, fits=fits))[""] if "as the primary model" in text]
    assert "which has no fit under the sceptical prior" in said


def test_checklists_answer_from_what_is_stated(several: Results, stated: Stated) -> None:
    found = stated(primary_model="symptom_change", primary_estimand="parallel_slope")
    named = "Change of MADRS per halving of IL-6 (parallel_slope)"
    assert f"Primary estimand: {named}." in on_models.goals(found).text
    assert f"The study file states one as primary: {named}." in on_study.multiplicity(found).text
    assert on_models.missing_data(found).text.startswith("The primary model is symptom_change. ")
    assert on_models.kept_apart(found).text.startswith("Main: symptom_change, the primary model. ")
    assert ESTIMATES.target(found) == "table-estimates_symptom_change"
    assert ESTIMATES.target(several) == "table-estimates_joint_change"
    for answer in (on_models.goals, on_study.multiplicity, on_models.missing_data, on_models.kept_apart):
        assert "primary" not in answer(several).text
    rows = dict(study.SECTION.block(found).tables[0].groups[0].rows)
    assert (rows["Primary estimand"], rows["Primary model"]) == (named, "symptom_change")
    assert "Primary model" not in dict(study.SECTION.block(several).tables[0].groups[0].rows)


def test_a_criterion_of_success_is_one_of_the_primary_estimand(fabricate, two_arms, stated: Stated) -> None:
    of_arms = fabricate(two_arms, priors=("reference",))
    rows = tuple(
        replace(row, smallest_important=2.0) if row.estimand == "arm_difference" else row for row in of_arms.estimates
    )
    of_arms = replace(of_arms, estimates=rows)
    assert on_decisions.criterion(of_arms).status == "answered"
    assert on_decisions.criterion(stated(of_arms, primary_estimand="arm_difference")).status == "answered"
    of_ratio = on_decisions.criterion(stated(of_arms, primary_estimand="arm_ratio"))
    assert of_ratio.status == "missing"
    assert "[estimand.smallest_important.arm_ratio]" in of_ratio.text


def test_the_methods_paragraph_states_what_is_primary(results: Results, several: Results, stated: Stated) -> None:
    def said(found: Results) -> list[str]:
        text = " ".join(part.text for part in methods.SECTION.block(found).parts if isinstance(part, Paragraph))
        return [f"The primary {rest.split('. ')[0].removesuffix('.')}" for rest in text.split("The primary ")[1:]]

    slope = "The primary estimand was the change of MADRS per halving of IL-6 (parallel_slope)"
    rest = "the other models are supplementary"
    both = stated(primary_model=JOINT, primary_estimand="parallel_slope")
    assert said(both) == [f"{slope}, estimated by joint_change, the primary model; {rest}"]
    assert said(stated(primary_model=JOINT)) == [f"The primary model was joint_change; {rest}"]
    assert said(stated(primary_estimand="parallel_slope")) == [
        f"{slope}, estimated by joint_change and parallel_change"
    ]
    assert said(stated(primary_model="symptom_change", primary_estimand="parallel_slope")) == [
        f"{slope}, estimated by joint_change and parallel_change",
        "The primary model was symptom_change, which does not estimate it",
    ]
    assert said(stated(results, primary_model="growth", primary_estimand="slope_correlation")) == [
        "The primary estimand was the correlation of the slopes of IL-6 and MADRS between persons (slope_correlation), "
        "which is not estimated: no model that was fitted has it",
        "The primary model was growth, which was not fitted: it was not asked for",
    ]
    assert said(several) == []


def test_the_primary_estimand_says_how_much_comes_from_the_prior(several: Results, stated: Stated) -> None:
    found = stated(primary_model=JOINT, primary_estimand="parallel_slope")

    def first(shares: Mapping[str, float], run: Results = found, settled: bool = True) -> str:
        rows = [
            replace(item, estimate=replace(item.estimate, learned=shares[item.estimate.prior]),
                    settled=settled or item.estimate.prior == "reference")
            for item in run.decisions
        ]  # fmt: skip
        run = replace(run, decisions=tuple(rows))
        slopes = [item for item in summary.main_decisions(run) if item.estimate.estimand == "parallel_slope"]
        return sentences.answer(slopes[0], run)

    little = {"reference": 0.164, "sceptical": 0.03}
    hardly = "Under sceptical (3%) the data narrowed it hardly at all."
    assert f"The data narrowed its interval by 16%. {hardly}" in first(little)
    assert "hardly" not in first(little, settled=False)
    assert "hardly" not in first({"reference": 0.164, "sceptical": 0.5})
    both = first({"reference": 0.02, "sceptical": 0.03})
    assert "The data narrowed it hardly at all, its interval by 2% (under 10%)" in both
    assert hardly in both
    # Of any other estimand only where it is hardly at all.
    assert "narrowed" not in first(little, stated(primary_model=JOINT))


def test_the_verdict_says_where_no_reason_concerns_the_primary_model(several: Results, stated: Stated) -> None:
    def said(found: Results, model: str, status: Status = "caution") -> bool:
        reason = "an effective sample size of 900 is under 1000, the bound for caution"
        rows = [item for item in found.diagnostics if item.model != model]
        rows += [
            replace(item, status=status, reasons=(reason,))
            for item in several.diagnostics
            if item.model == "symptom_change"
        ]
        rows[-1] = replace(rows[-1], model=model)
        run = replace(found, diagnostics=tuple(rows), verdict=replace(found.verdict, status=status, reasons=(reason,)))
        verdict, reasons = summary.SECTION.block(run).parts[:2]
        assert isinstance(verdict, Paragraph)
        assert isinstance(reasons, Points)
        assert reasons.items == (f"{reason}.",)
        what = "No reason for caution" if status == "caution" else "None of the reasons below"
        return f" {what} concerns the primary model, joint_change." in verdict.text

    found = stated(primary_model=JOINT)
    assert said(found, "symptom_change")
    assert said(found, "symptom_change", "do not report")
    assert not said(found, JOINT)
    assert not said(several, "symptom_change")
    # A caution of the data concerns every model.
    doubtful = replace(found.study, notices=(Notice("f.csv", "il6", "4.9 in 93%", caution=True),))
    assert not said(replace(found, study=doubtful), "symptom_change")


def test_another_direction_of_the_same_quantity_is_told(several: Results, stated: Stated) -> None:
    def said(of_primary: Mapping[str, object], of_other: Mapping[str, object], **changes: object) -> list[str]:
        given = {JOINT: of_primary, "symptom_change": of_other}
        kept = [item for item in several.decisions if item.estimate.estimand != "prognostic_slope"]
        kept = [replace(item, direction="unclear") for item in kept]
        kept += [
            replace(decide(replace(item.estimate, **given[item.estimate.model]), True), **changes)
            for item in several.decisions
            if item.estimate.estimand == "prognostic_slope"
        ]
        found = replace(several, decisions=tuple(kept))
        assert not any("names" in text for text in told(found)[""])
        return [text for text in told(stated(found, primary_model=JOINT))[""] if " names " in text]

    below, above = {"side": "below", "p_direction": 0.985}, {"side": "above", "p_direction": 0.991}
    unclear = {"side": "below", "p_direction": 0.88}
    slope = "the change of MADRS per doubling of baseline IL-6 (ANCOVA)"
    assert said(unclear, below) == [
        f"symptom_change names a direction for {slope} (below 0, 0.985) where joint_change does not."
    ]
    assert said(below, unclear) == [
        f"symptom_change names no direction for {slope} (below 0, 0.88) where joint_change names one (below 0, 0.985)."
    ]
    assert said(below, above) == [
        f"symptom_change names the other direction for {slope} (above 0, 0.991) where joint_change names one (below 0, "
        "0.985)."
    ]
    assert said(below, below) == []
    assert said(unclear, below, settled=False) == []
