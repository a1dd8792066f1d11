"""What is said of the comparison of forms and of diagnostics, for planted results of every kind."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cochange.inference.convergence import Convergence
from cochange.inference.loo import MOST_REFITS, FormComparison
from cochange.inference.results import Results
from cochange.inference.verdict import diagnose
from cochange.reports.sections import comparison, diagnostics, summary

Numbers = Callable[[str], list[tuple[float, float]]]
JOINT = "joint_change"
BEST = FormComparison(
    model=JOINT, form="normal, measurement error", elpd=-1090.1, se=25.0, p=29.6, difference=0.0, difference_se=0.0,
    weight=0.9, participants=116, k_most=0.64, k_high=0, refitted=0, r_hat=1.002, ess=2410.0, divergences=0,
)  # fmt: skip
NEXT = replace(BEST, form="Student-t, measurement error", weight=0.1)
# Difference of the next form from the best, its standard error, and whether a form is preferred.
GAPS = {
    "clear": (-12.37, 3.061, True),
    "small": (-3.912, 0.5204, False),
    "unsure": (-9.048, 5.127, False),
    "none": (-0.00731, 1.104, False),
}
FINE = Convergence(r_hat=1.003, ess_bulk=2100.0, ess_tail=1900.0, divergences=0, bfmi=0.91, at_max_depth=0.0)
# What goes wrong, the judgement, and what is said of it.
FAULTS: dict[str, tuple[dict[str, float], str, tuple[str, ...]]] = {
    "nothing": ({}, "report", ()),
    "chains a little apart": (
        {"r_hat": 1.0234},
        "caution",
        ("R-hat 1.023 is above 1.01, the bound for caution: the chains disagree",),
    ),
    "chains apart": (
        {"r_hat": 1.6234},
        "do not report",
        ("R-hat 1.623 is above 1.05, the bound for reporting: the chains disagree",),
    ),
    "few draws": (
        {"ess_tail": 711.4},
        "caution",
        ("an effective sample size of 711 is under 1000, the bound for caution",),
    ),
    "hardly any draws": (
        {"ess_bulk": 23.4},
        "do not report",
        ("an effective sample size of 23 is under 400, the bound for reporting",),
    ),
    "a draw diverged": (
        {"divergences": 1},
        "caution",
        ("1 of 2400 draws diverged at a target acceptance of 0.9, more than 0, the bound for caution",),
    ),
    "many draws diverged": (
        {"divergences": 700},
        "do not report",
        ("700 of 2400 draws diverged at a target acceptance of 0.9, more than 2.4, the bound for reporting",),
    ),
    "slow exploration": (
        {"bfmi": 0.1234},
        "caution",
        ("the energy fraction of missing information, 0.12, is under 0.3, the bound for caution",),
    ),
    "everything": (
        {"r_hat": float("nan"), "ess_bulk": float("nan"), "divergences": 1, "bfmi": float("nan")},
        "do not report",
        ("neither R-hat nor effective sample size", "1 of 2400 draws", "no energy fraction of missing information"),
    ),
}


def texts_of(section: Any, results: Results) -> list[str]:
    parts = section.SECTION.block(results).parts
    return [text for part in parts for text in (str(getattr(part, "text", "")), *getattr(part, "items", ())) if text]


@pytest.mark.parametrize("kind", GAPS)
@pytest.mark.parametrize("first", [BEST, NEXT])
def test_the_form_that_foretells_better_is_named_and_none_where_that_is_unclear(
    forbidden: re.Pattern[str], numbers_in: Numbers, first: FormComparison, kind: str
) -> None:
    gap, error, chosen = GAPS[kind]
    second = replace(NEXT if first is BEST else BEST, difference=gap, difference_se=error)
    text = comparison.said([first, second])
    preferred = f"The form {first.form} foretells better than the next, {second.form}, by"
    level = f"The forms foretell about equally well: the best ({first.form}) is"
    assert (preferred in text) == chosen
    assert (level in text) != chosen
    assert ("This does not choose between them." in text) != chosen
    assert not forbidden.search(text)
    (shown_gap, half), (shown_error, half_error) = numbers_in(text.partition(" by " if chosen else " is ")[2])[:2]
    assert abs(shown_gap + gap) <= half
    assert abs(shown_error - error) <= half_error
    # Two significant digits: no more than a standard error of a difference is known by.
    assert 10 <= abs(shown_gap) / (2 * half) < 100 or kind == "none"
    assert 10 <= round(shown_error / (2 * half_error)) < 100


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"r_hat": 1.0456}, "R-hat 1.046"),
        ({"divergences": 7}, "7 divergent transitions"),
        ({"ess": 87.0}, "least effective sample size 87"),
    ],
)
def test_forms_whose_chains_disagree_choose_nothing(
    forbidden: re.Pattern[str], fault: dict[str, Any], said: str
) -> None:
    for rows in (
        [BEST, replace(NEXT, difference=-12.0, difference_se=3.0, **fault)],
        [replace(BEST, **fault), replace(NEXT, difference=-12.0, difference_se=3.0)],
    ):
        text = comparison.said(rows)
        assert "the forms cannot be compared." in text
        assert said in text
        assert "foretell" not in text
        assert not forbidden.search(text)


@pytest.mark.parametrize(("high", "told"), [(MOST_REFITS, False), (MOST_REFITS + 1, True)])
def test_what_to_do_is_said_where_the_approximation_fails_as_a_whole(
    forbidden: re.Pattern[str], high: int, told: bool
) -> None:
    refitted = 0 if told else high
    text = comparison.said([BEST, replace(NEXT, k_high=high, refitted=refitted)])
    assert (f"With more than {MOST_REFITS} of them in a form the approximation has failed as a whole" in text) == told
    assert ("cochange cross-validate" in text) == told
    assert not forbidden.search(text)


@pytest.mark.parametrize(("high", "refitted"), [(0, 0), (3, 3), (3, 1)])
def test_participants_who_cannot_be_left_out_by_weights_are_counted(
    forbidden: re.Pattern[str], high: int, refitted: int
) -> None:
    text = comparison.said([replace(BEST, k_high=high, refitted=refitted)])
    assert ("No Pareto shape is over its bound." in text) == (high == 0)
    assert (f"{BEST.form}: 3 of 116, " in text) == (high > 0)
    assert ("all of them left out exactly" in text) == (high == refitted > 0)
    assert ("its log predictive density is not to be trusted" in text) == (refitted < high)
    assert "One form was fitted" in text
    assert not forbidden.search(text)


@pytest.mark.parametrize("fine", [True, False])
def test_forms_of_a_fit_that_failed_are_not_compared(
    results: Results, forbidden: re.Pattern[str], monkeypatch: pytest.MonkeyPatch, fine: bool
) -> None:
    monkeypatch.setattr(comparison, "pareto_plot", lambda *_: comparison.Heading("a figure"))
    status = "report" if fine else "do not report"
    judged = replace(results.diagnostics[0], model=JOINT, prior="reference", status=status)
    rows = (BEST, replace(NEXT, difference=-12.0, difference_se=3.0))
    forms = {(JOINT, row.form): results.fits["marker_change", "reference"] for row in rows}
    found = replace(results, comparison=rows, forms=forms, diagnostics=(*results.diagnostics, judged))
    text = " ".join(texts_of(comparison, found))
    assert ("foretells better" in text) == fine
    assert ("Do not report: the fit of joint_change under the reference prior failed" in text) != fine
    assert not forbidden.search(text)


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_of_a_fit_is_named_with_its_number_and_bound(
    results: Results, forbidden: re.Pattern[str], kind: str
) -> None:
    values, status, reasons = FAULTS[kind]
    fit = results.fits["parallel_change", "sceptical"]
    judged = diagnose(fit, replace(FINE, **values))
    assert judged.status == status
    assert len(judged.reasons) == len(reasons)
    for found, reason in zip(judged.reasons, reasons, strict=True):
        assert reason in found
    others = tuple(replace(item, status="report", reasons=()) for item in results.diagnostics[:-1])
    found = replace(results, diagnostics=(*others, judged))
    texts = texts_of(diagnostics, found)
    named = [text for text in texts if text.startswith("parallel_change under the sceptical prior: ")]
    assert named == [f"parallel_change under the sceptical prior: {reason}" for reason in judged.reasons]
    assert ("No fit gave a reason for caution." in texts) == (not reasons)
    assert not forbidden.search(" ".join(texts))


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("report", "Verdict: may be reported. Every fit met its diagnostic bounds."),
        ("caution", "Verdict: may be reported with caution. Read the results with the following in mind."),
        ("do not report", "Verdict: not to be reported. At least one fit failed its diagnostics;"),
    ],
)
def test_the_verdict_stands_first_and_is_one_of_three(
    results: Results, forbidden: re.Pattern[str], status: str, said: str
) -> None:
    reasons = (
        ()
        if status == "report"
        else ("marker_change under the reference prior: R-hat 1.023 is above 1.01, the bound for caution",)
    )
    found = replace(results, verdict=replace(results.verdict, status=status, reasons=reasons))
    texts = texts_of(summary, found)
    assert texts[0].startswith(said)
    assert texts[1 : 1 + len(reasons)] == [f"{reason}." for reason in reasons]
    assert not forbidden.search(" ".join(texts[: 1 + len(reasons)]))
