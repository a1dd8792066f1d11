"""What is said of models of many visits, for planted results of every kind."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from cochange.inference.estimates import Decision, decide
from cochange.inference.plan import OF_MANY_VISITS
from cochange.inference.results import Results
from cochange.models.parts.contract import load_model
from cochange.reports.labels import title_of
from cochange.reports.sections import growth, visits
from cochange.reports.sentences import answer

Numbers = Callable[[str], list[tuple[float, float]]]
Claims = tuple[str, str, str]
ARMS = "South versus North"
# What is said of a fall, of a rise, and of neither; the rest is named by its title.
CLAIMS: Mapping[str, Claims] = {
    "marker_rate": (
        "On the fitted course the geometric mean of IL-6 fell",
        "On the fitted course the geometric mean of IL-6 rose",
        "Whether the geometric mean of IL-6 fell or rose on the fitted course is unclear",
    ),
    "score_rate": (
        "On the fitted course the mean MADRS score fell",
        "On the fitted course the mean MADRS score rose",
        "Whether the mean MADRS score fell or rose on the fitted course is unclear",
    ),
    "slope_correlation": (
        "Between persons, the slopes of IL-6 and MADRS were negatively correlated",
        "Between persons, the slopes of IL-6 and MADRS were positively correlated",
        "Whether the slopes of IL-6 and MADRS were correlated between persons is unclear",
    ),
    "within_correlation": (
        "Within persons, MADRS was lower at visits where IL-6 was higher than the person's own course",
        "Within persons, MADRS was higher at visits where IL-6 was higher than the person's own course",
        "Whether IL-6 and MADRS of a visit went together within persons is unclear",
    ),
    "within_slope": (
        "Within persons, MADRS lay under the person's own course where IL-6 lay above it",
        "Within persons, MADRS lay above the person's own course where IL-6 lay above it",
        "Whether MADRS deviated with IL-6 from the person's own course is unclear",
    ),
    "change_correlation_given_baseline": (
        "Given the baselines, IL-6 and MADRS deviated in opposite directions",
        "Given the baselines, IL-6 and MADRS deviated in the same direction",
        "Whether, given the baselines, IL-6 and MADRS deviated together is unclear",
    ),
    "geometric_mean_ratio": (
        "The geometric mean of IL-6 fell",
        "The geometric mean of IL-6 rose",
        "Whether the geometric mean of IL-6 fell or rose is unclear",
    ),
    "symptom_change": (
        "The mean MADRS score fell",
        "The mean MADRS score rose",
        "Whether the mean MADRS score fell or rose is unclear",
    ),
    "arm_difference": (
        "Mean MADRS fell more, or rose less, in arm South than in arm North",
        "Mean MADRS rose more, or fell less, in arm South than in arm North",
        "Whether the mean change of MADRS differed between arms South and North is unclear",
    ),
    "arm_ratio": (
        "The geometric mean ratio of IL-6 was lower in arm South than in arm North",
        "The geometric mean ratio of IL-6 was higher in arm South than in arm North",
        "Whether the geometric mean ratio of IL-6 differed between arms South and North is unclear",
    ),
    "baseline_correlation": (
        "Before treatment, higher IL-6 went with lower MADRS",
        "Before treatment, higher IL-6 went with higher MADRS",
        "Whether IL-6 and MADRS went together before treatment is unclear",
    ),
    "baseline_slope": (
        "Before treatment, MADRS was lower where IL-6 was higher",
        "Before treatment, MADRS was higher where IL-6 was higher",
        "Whether MADRS differed with IL-6 before treatment is unclear",
    ),
    "prognostic_slope": (
        "A higher baseline IL-6 went with a change of MADRS further towards lower scores",
        "A higher baseline IL-6 went with a change of MADRS further towards higher scores",
        "Whether baseline IL-6 went with the change of MADRS is unclear",
    ),
    "change_correlation": (
        "The changes of IL-6 and MADRS were negatively correlated",
        "The changes of IL-6 and MADRS were positively correlated",
        "Whether the changes of IL-6 and MADRS were correlated is unclear",
    ),
}
QUANTITIES = [(model, name) for model in sorted(OF_MANY_VISITS) for name in load_model(model).estimands]
SCENARIOS = {"positive": 0.3, "negative": -0.3, "null": 0.02, "not converged": 0.3}
VISIT = "12 weeks"


@pytest.fixture(scope="module")
def base(results: Results, fabricate: Callable[..., Results], two_arms: Any) -> Mapping[str, Results]:
    """One arm and randomised ones; who is used by the models of many visits is made up."""
    found = {"one arm": results, "arms": fabricate(two_arms)}
    used = dict.fromkeys(OF_MANY_VISITS, found["one arm"].selections["marker_change"])
    return {name: replace(one, selections={**one.selections, **used}) for name, one in found.items()}


def planted(base: Mapping[str, Results], model: str, name: str, scenario: str, mcse: float = 0.0004) -> Results:
    """Results with the quantity alone, far from the value of no change or on it."""
    contrast = name.startswith("arm_")
    found, estimand = base["arms" if contrast else "one arm"], load_model(model).estimands[name]
    scale = 10.0 if estimand.unit.startswith("points") else 1.0
    centre = (0.5 if estimand.null is None else estimand.null) + scale * SCENARIOS[scenario]
    unclear, half = scenario == "null", 0.2137 * scale
    row = replace(
        found.estimates[0], model=model, prior="reference", estimand=name, form=None, marker=None,
        visit=VISIT if model == "repeated_measures" else None, group=ARMS if contrast else "overall",
        unit=estimand.unit, null=estimand.null, question=estimand.question, meaning=estimand.meaning, mean=centre,
        median=centre, lower=centre - half, upper=centre + half, sd=half / 2, mcse_mean=mcse,
        side=None if estimand.null is None else ("below" if scenario == "negative" else "above"),
        p_direction=None if estimand.null is None else (0.55 if unclear else 0.9993), learned=0.9,
        smallest_important=None, below=None, inside=None, above=None,
    )  # fmt: skip
    return replace(found, estimates=(row,), decisions=(decide(row, scenario != "not converged"),))


def claims_of(name: str, results: Results) -> Claims:
    title = title_of(name, results.study)
    return CLAIMS.get(
        name, (f"{title} lies below 0", f"{title} lies above 0", f"{title}: on which side of 0 it lies is unclear")
    )


@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize(("model", "name"), QUANTITIES)
def test_direction_and_words(
    base: Mapping[str, Results], forbidden: re.Pattern[str], model: str, name: str, scenario: str
) -> None:
    found = planted(base, model, name, scenario)
    row, text, claims = found.estimates[0], answer(found.decisions[0], found), claims_of(name, found)
    assert not forbidden.search(text)
    assert "{" not in text
    said = [claim for claim in claims if claim in text]
    if scenario == "not converged":
        assert text.startswith(f"Do not report: the fit of {model} under the reference prior failed its diagnostics")
        assert said == []
        assert not re.search(r"probability|median|interval", text)
        return
    if row.null is None:
        assert said == []
        assert "it lies" not in text
        return
    (expected,) = (claims[place] for place, kind in enumerate(("negative", "positive", "null")) if kind == scenario)
    assert text.startswith(expected)
    assert said == [expected]
    assert (f", at {VISIT}." in text.partition(expected)[2][:20]) == (row.visit is not None)
    side, chance = "below" if scenario == "negative" else "above", "0.55" if scenario == "null" else ">0.999"
    assert f"it lies {side} {row.null:g} with probability {chance}, given the model and the reference prior" in text


@pytest.mark.parametrize("mcse", [0.00004, 0.0012, 0.0201, 0.31])
@pytest.mark.parametrize(("model", "name"), QUANTITIES)
def test_no_digit_is_printed_that_monte_carlo_error_shakes(
    base: Mapping[str, Results], numbers_in: Numbers, model: str, name: str, mcse: float
) -> None:
    for scenario in SCENARIOS.keys() - {"not converged"}:
        found = planted(base, model, name, scenario, mcse)
        row = found.estimates[0]
        figures = answer(found.decisions[0], found).partition("median ")[2].replace("95% equal-tailed", "")
        shown = numbers_in(figures)[:3]
        for (value, half), own in zip(shown, (row.median, row.lower, row.upper), strict=True):
            assert abs(value - own) <= half * (1 + 1e-9)
        (half,) = {half for _, half in shown}
        on_null = any(abs(round(limit / (20 * half)) * 20 * half - (row.null or 0.0)) < half / 10
                      for limit in (row.lower, row.upper))  # fmt: skip
        assert half >= mcse or half == 0.5 or (on_null and 10 * half >= mcse)


def associations(base: Mapping[str, Results], between: str, within: str) -> list[Decision]:
    """The decisions that the section on courses speaks of."""
    scenarios = {"slope_correlation": between, "within_correlation": within}
    names = (*scenarios, *growth.MIXED)
    return [planted(base, "growth", name, scenarios.get(name, "positive")).decisions[0] for name in names]


@pytest.mark.parametrize("within", ["positive", "negative", "null"])
@pytest.mark.parametrize("between", ["positive", "negative", "null"])
def test_associations_between_and_within_persons_are_told_apart(
    base: Mapping[str, Results], forbidden: re.Pattern[str], numbers_in: Numbers, between: str, within: str
) -> None:
    decisions = associations(base, between, within)
    said = growth.said(decisions, base["one arm"])
    ways = {"positive": "{} are positively correlated:", "negative": "{} are negatively correlated:",
            "null": "it is unclear whether {} are correlated:"}  # fmt: skip
    assert said[0].startswith(f"Between persons, {ways[between].format('slopes of marker and score')}")
    assert said[1].startswith(f"Within persons, {ways[within].format('deviations of marker and score at a visit')}")
    assert said[2].startswith("The correlation of observed changes, given the design, is")
    assert "without any slopes it would be" in said[2]
    for text, item, scenario in zip(said, decisions, (between, within), strict=False):
        side = "below" if scenario == "negative" else "above"
        assert f"{side} 0 with probability {'0.55' if scenario == 'null' else '>0.999'}." in text
        for (value, half), own in zip(numbers_in(text), (item.estimate.median, item.estimate.lower,
                                                         item.estimate.upper), strict=False):  # fmt: skip
            assert abs(value - own) <= half * (1 + 1e-9)
    assert not forbidden.search(" ".join(said))


def test_changes_are_effects_in_no_design_and_contrasts_where_arms_were_randomised(
    base: Mapping[str, Results], forbidden: re.Pattern[str]
) -> None:
    one, arms = (visits._reading(found) for found in base.values())
    assert one == "There is one arm: changes from visit to visit are changes, not effects of a treatment."
    assert "their contrasts at a visit are effects of assignment to the arm" in arms
    assert "Changes within an arm are changes, not effects." in arms
    for text in (one, arms):
        allowed = re.sub(r"not effects( of a treatment)?|effects of assignment", "", text)
        assert not forbidden.search(allowed)


@pytest.mark.parametrize("scenario", ["positive", "negative", "null"])
@pytest.mark.parametrize("name", load_model("repeated_measures").estimands)
def test_the_table_by_visit_says_the_side_the_sentence_says(
    base: Mapping[str, Results], name: str, scenario: str
) -> None:
    found = planted(base, "repeated_measures", name, scenario)
    table = visits._table("any", "Any", found.decisions, found)
    ((visit, median, _, chance, side),) = table.groups[0].rows
    null = f"{found.estimates[0].null:g}"
    assert visit == VISIT
    assert side == {"positive": f"above {null}", "negative": f"below {null}", "null": "unclear"}[scenario]
    assert chance.endswith(f"{'below' if scenario == 'negative' else 'above'} {null}")
    assert f"median {median}" in answer(found.decisions[0], found)


def test_a_fit_that_failed_is_not_spoken_of(base: Mapping[str, Results], results: Results) -> None:
    model = "repeated_measures"
    judged = replace(results.diagnostics[0], model=model, prior="reference", status="do not report")
    item = planted(base, model, "symptom_change", "not converged")
    parts = visits.SECTION.block(replace(item, diagnostics=(judged,), models=(load_model(model),))).parts
    warnings = [part.text for part in parts if getattr(part, "warning", False)]
    assert warnings == [f"Do not report: the fit of {model} under the reference prior failed its diagnostics."]
    (row,) = parts[-1].groups[0].rows
    assert row[-1] == "not to be reported"
