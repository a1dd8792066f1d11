"""Every item of every checklist has one answer, found from what the report holds; links lead to places that exist."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from cochange.data.specification.tables import IntercurrentEvent
from cochange.inference.doubled import Doubling
from cochange.inference.missing.leaving import leaving_of
from cochange.inference.results import Results
from cochange.reports.block import Link
from cochange.reports.checklists.answer import STATUSES, Answer
from cochange.reports.checklists.items import CHECKLISTS
from cochange.reports.numbers import MINUS
from cochange.reports.sections import checklists, predictive, priors
from cochange.reports.sections.checklists import answers

SETS = ("reference", "sceptical", "literature", "diffuse")
# What stands in the list of checklists, item by item.
NUMBERS = {"BARG": 31, "ROBUST": 7, "WAMBS": 10, "SAMPL": 10, "ICH E9(R1)": 12, "FDA": 6}
SMALLEST = """[estimand.smallest_important.symptom_change]
value = 3
reason = "chosen for this example within the published range of 1.6 to 6 MADRS points"
"""
TWICE = Doubling(
    model="symptom_change", prior="reference", estimand="symptom_change", form="ancova", marker=None, group="overall",
    draws=600, draws_doubled=1200, mean=-9.0, mean_doubled=-9.01, sd=0.8, relative_change=-0.0011, mean_shift=-0.0125,
    lower_shift=0.031, upper_shift=-0.044, mcse=0.02, r_hat=1.0,
)  # fmt: skip


def found(results: Results) -> dict[str, Answer]:
    """Every answer by checklist and what is asked for."""
    return {f"{one.name}: {item.asks}": answer for one in CHECKLISTS for item, answer in answers(one, results)}


def with_events(results: Results, *events: tuple[str, str]) -> Results:
    named = tuple(IntercurrentEvent(event=event, strategy=strategy) for event, strategy in events)
    estimand = results.study.spec.estimand.model_copy(update={"intercurrent_events": named})
    spec = results.study.spec.model_copy(update={"estimand": estimand})
    return replace(results, study=replace(results.study, spec=spec))


@pytest.fixture(scope="module")
def complete(fabricate, study) -> Results:
    """Everything that a study of this design can be given."""
    results = with_events(
        fabricate(study, SETS),
        ("started an antidepressant", "treatment policy"),
        ("dropped out of the study", "treatment policy"),
        ("infection at the draw", "treatment policy"),
    )
    manifest = {**results.manifest, "command": "cochange run study.toml --out DIR"}
    return replace(results, doubled=(TWICE,), manifest=manifest)


@pytest.fixture(scope="module")
def planted(complete, results, fabricate, variant, two_arms, no_marker) -> dict[str, Results]:
    return {
        "complete": complete,
        "one prior": fabricate(complete.study, ("reference",)),
        "HDI": fabricate(variant({'ci_kind = "eti" ': 'ci_kind = "hdi" '})),
        "no smallest difference": fabricate(variant({SMALLEST: ""})),
        "single arm": results,
        "randomised": fabricate(two_arms, SETS),
        "no marker": fabricate(no_marker),
        "nothing fitted": replace(
            results, fits={}, models=(), estimates=(), decisions=(), diagnostics=(), priors={}, not_fitted={"x": "is x"}
        ),
    }


def test_the_checklists_are_whole() -> None:
    assert {one.name: len(one.items) for one in CHECKLISTS} == NUMBERS
    for one in CHECKLISTS:
        assert len({(item.number, item.asks) for item in one.items}) == len(one.items)


def test_every_item_has_exactly_one_answer(planted) -> None:
    for name, results in planted.items():
        block = checklists.SECTION.block(results)
        rows = [row for table in block.tables for group in table.groups for row in group.rows]
        assert len(rows) == sum(NUMBERS.values()), name
        for _, _, status, text, place in rows:
            assert status in STATUSES
            assert text
            assert (status == "answered") == isinstance(place, Link), (name, text)
        counts = {status: sum(row[2] == status for row in rows) for status in STATUSES}
        for status, number in counts.items():
            assert f"{number} {status}" in block.parts[0].text


def test_what_is_missing_stands_first_and_says_what_to_do(planted) -> None:
    for results in planted.values():
        block = checklists.SECTION.block(results)
        listed = block.parts[2].items
        missing = [answer.text for answer in found(results).values() if answer.status == "missing"]
        assert missing
        assert all(any(text in item for item in listed) for text in missing)
        assert len(listed) == len(set(missing))


def test_a_complete_study_lacks_only_what_no_run_of_one_study_holds(complete) -> None:
    missing = {asks for asks, answer in found(complete).items() if answer.status == "missing"}
    assert missing == {"ICH E9(R1): Sensitivity to that assumption", "FDA: Operating characteristics by simulation"}


def test_sensitivity_is_answered_only_by_sets_that_were_fitted(planted, complete) -> None:
    asked = "BARG: Estimates under broad, informed and default priors"
    assert found(complete)[asked].text == "Broad: diffuse; informed: literature; default: reference."
    one = found(planted["one prior"])
    assert one[asked].status == "missing"
    assert (
        "that is informed or broad: cochange run STUDY.toml --out DIR --prior reference --prior lit" in one[asked].text
    )
    others = (
        "ROBUST: Sensitivity to the prior",
        "WAMBS: Sensitivity analysis",
        "WAMBS: Comparison with non-informative priors",
        "FDA: Prior-data conflict, and alternatives",
    )
    for other in others:
        assert one[other].status == "missing"
        assert found(complete)[other].status == "answered"
    assert found(planted["single arm"])["ROBUST: Sensitivity to the prior"].status == "answered"


def test_a_set_whose_fits_failed_is_no_sensitivity(complete) -> None:
    failed = tuple(
        replace(item, status="do not report") if item.prior == "diffuse" else item for item in complete.diagnostics
    )
    answer = found(replace(complete, diagnostics=failed))["WAMBS: Comparison with non-informative priors"]
    assert answer.status == "missing"


def test_an_own_set_is_informed(complete) -> None:
    def named(prior: str) -> str:
        return "pooled" if prior == "literature" else prior

    own = replace(
        complete,
        priors={model: {named(name): sets[name] for name in sets} for model, sets in complete.priors.items()},
        fits={(model, named(name)): fit for (model, name), fit in complete.fits.items()},
    )
    answer = found(own)["BARG: Estimates under broad, informed and default priors"]
    assert answer.text == "Broad: diffuse; informed: 'pooled'; default: reference."


def test_a_decision_that_depends_on_the_prior_is_named(complete) -> None:
    asked = "BARG: Decisions under them"
    changed = tuple(
        replace(item, direction="unclear" if item.estimate.prior == "diffuse" else "decrease")
        if item.estimate.estimand == "symptom_change"
        else replace(item, direction="decrease", importance="not asked")
        for item in complete.decisions
    )
    said = found(replace(complete, decisions=changed))[asked].text
    assert "They differ for Mean change of MADRS (ANCOVA) (symptom_change)." in said
    alike = tuple(replace(item, direction="decrease", importance="undecided") for item in complete.decisions)
    assert "Every decision is the same under each." in found(replace(complete, decisions=alike))[asked].text


def test_limits_of_hdi_need_ten_thousand_effective_draws(planted) -> None:
    asked = "BARG: Effective sample sizes; 10,000 where HDI limits are quoted"
    assert found(planted["single arm"])[asked].status == "answered"
    hdi = planted["HDI"]
    least = min(min(row.ess_bulk, row.ess_tail) for row in hdi.estimates)
    assert least < 10_000
    (draws,) = re.findall(r"--draws (\d+)", found(hdi)[asked].text)
    assert 600 * 10_000 / least <= int(draws) <= 1.3 * 600 * 10_000 / least + 500
    plenty = tuple(replace(row, ess_bulk=1e4, ess_tail=1e4) for row in hdi.estimates)
    assert found(replace(hdi, estimates=plenty))[asked].status == "answered"


def test_the_smallest_important_difference_is_the_study_files(planted) -> None:
    for asked in ("BARG: Region of practical equivalence, with its reason", "SAMPL: Smallest important difference"):
        given = found(planted["single arm"])[asked]
        assert given.text.startswith("symptom_change: 3 (chosen for this example")
        assert "None is stated for geometric_mean_ratio" in given.text
        without = found(planted["no smallest difference"])[asked]
        assert without.status == "missing"
        assert "[estimand.smallest_important." in without.text


def test_a_criterion_of_success_is_asked_of_randomised_studies_alone(planted, with_analysis) -> None:
    asked = "FDA: Success criterion stated ahead"
    assert found(planted["single arm"])[asked].status == "not applicable"
    randomised = planted["randomised"]
    assert "[estimand.smallest_important.arm_" in found(randomised)[asked].text
    stated = tuple(
        replace(row, smallest_important=2.0) if row.estimand == "arm_difference" else row
        for row in randomised.estimates
    )
    own = replace(randomised, estimates=stated)
    assert found(own)[asked].text == (
        "arm_difference beyond 2, as the study file states, with a probability of 0.95 (ci_prob under [analysis], 0.95 "
        "where the study file writes none)."
    )
    written = replace(own, study=with_analysis(own.study, {"ci_prob": 0.9}))
    assert found(written)[asked].text.endswith("of 0.9 (ci_prob under [analysis], as the study file states).")


def test_events_that_are_not_named_are_asked_for(planted, complete) -> None:
    none = found(with_events(complete))
    for asked in ("Intercurrent events, each with a strategy", "Antidepressants begun or changed", "Drop-out",
                  "Infections or anti-inflammatory drugs at the draw", "Analysis follows the strategies"):  # fmt: skip
        assert none[f"ICH E9(R1): {asked}"].status == "missing"
        assert "[estimand] intercurrent_events" in none[f"ICH E9(R1): {asked}"].text
        assert found(complete)[f"ICH E9(R1): {asked}"].status == "answered"
    # Leaving the treatment is not leaving the study.
    assert found(planted["single arm"])["ICH E9(R1): Drop-out"].status == "missing"
    assert found(planted["no marker"])["ICH E9(R1): Infections or anti-inflammatory drugs at the draw"].status == (
        "not applicable"
    )


def test_reasons_for_leaving_are_drop_out(complete) -> None:
    def with_leaving(**stated: Any) -> Answer:
        events = (
            IntercurrentEvent(event="started a drug", strategy="treatment policy"),
            IntercurrentEvent(event="side effects", strategy="composite variable", **stated),
        )
        estimand = complete.study.spec.estimand.model_copy(update={"intercurrent_events": events})
        spec = complete.study.spec.model_copy(update={"estimand": estimand})
        return found(replace(complete, study=replace(complete.study, spec=spec)))["ICH E9(R1): Drop-out"]

    assert with_leaving().status == "missing"
    left = int(leaving_of(complete.study).left.sum())
    assert left > 0
    for stated, said in (
        (
            {"reasons": ("adverse event",)},
            f". The {left} who left are taken as missing at random.",
        ),
        ({"missing_as": "non-response"}, f": {left} of the {left} who left, taken as non-response."),
    ):
        answer = with_leaving(**stated)
        assert (answer.status, answer.text) == ("answered", f"side effects (composite variable){said}")


def test_a_strategy_the_models_do_not_follow_is_named(complete) -> None:
    other = found(with_events(complete, ("started an antidepressant", "hypothetical")))
    answer = other["ICH E9(R1): Analysis follows the strategies"]
    assert answer.status == "missing"
    assert "another strategy than the one stated for: started an antidepressant." in answer.text


def test_twice_the_draws_are_answered_with_their_numbers(complete, results) -> None:
    asked = "WAMBS: Estimates hold when iterations are doubled"
    assert "cochange run STUDY.toml --out DIR --double" in found(results)[asked].text
    assert found(complete)[asked].text == (
        "symptom_change under the reference prior, 1200 draws a chain in place of 600: 1 of 1 means changed by less "
        "than 5.0% of themselves; by at most 1.2% of a posterior standard deviation, and ends of intervals by at most "
        "4.4% of one. Every mean moved by less than 5.0% of itself or, near zero, of its standard deviation. Not "
        "sampled again: marker_change and parallel_change."
    )
    moved = replace(TWICE, mean_doubled=-9.3, mean_shift=-0.375, relative_change=-0.06)
    for mcse, words in ((0.16, "within"), (0.14, "beyond")):
        said = found(replace(complete, doubled=(replace(moved, mcse=mcse),)))[asked].text
        assert f"deviation moved Mean change of MADRS (ANCOVA) ({words} two Monte Carlo standard errors)." in said


def test_own_priors_without_a_source_are_not_justified(fabricate, study, complete, with_analysis) -> None:
    own = {"mine": {"base": "reference", "parallel_change": {"parallel": {"mean": 0.0, "sd": 1.0}}}}

    def justified(sets: dict) -> Answer:
        changed = with_analysis(study, {"prior_sets": sets})
        return found(fabricate(changed, ("reference", "mine")))["ROBUST: Prior justified"]

    assert "parallel_change.parallel of 'mine'" in justified(own).text
    of_own = fabricate(with_analysis(study, {"prior_sets": own}), ("reference", "mine"))
    assert "parallel: no source is given ('mine')" in str(priors.render(of_own))
    own["mine"]["parallel_change"]["parallel"]["source"] = "elicited from two clinicians"
    assert justified(own).status == "answered"
    assert found(complete)["ROBUST: Prior justified"].status == "answered"


def test_estimates_that_another_prior_moves_are_named(plant, complete) -> None:
    asked = "FDA: Prior-data conflict, and alternatives"
    wide = {"prior_lower": -900.0, "prior_upper": 900.0, "median": -4.0}
    first = plant(complete, "parallel_slope", median=-3.0, sd=0.8, prior_lower=-9.0, prior_upper=9.0)
    for prior in SETS[1:]:
        first = plant(first, "parallel_slope", prior, median=-3.3)
    said = found(plant(first, "parallel_slope", "diffuse", **wide))[asked]
    assert said.status == "answered"
    assert "Change of MADRS per halving of IL-6" in said.text
    assert f"(parallel_change): {MINUS}1.2 under diffuse, whose implied prior is wider than that of" in said.text
    narrow = {"prior_lower": -1.0, "prior_upper": 1.0, "median": -1.0}
    said = found(plant(plant(first, "parallel_slope", "diffuse", **wide), "parallel_slope", "sceptical", **narrow))
    assert "(parallel_change): 2.5 under sceptical, whose implied prior is narrower than that of" in said[asked].text
    assert "Change of MADRS per halving of IL-6" not in found(first)[asked].text


def test_the_worth_of_a_prior_is_that_of_conjugate_normals(plant, results) -> None:
    # 50 observations of SD 5 and a prior worth 10 of them: variances 25/60 after, 25/10 before.
    used = len(results.selections["parallel_change"].used)
    prior_sd, sd = (25 / 10) ** 0.5, (25 / (10 + used)) ** 0.5
    planted = plant(results, "parallel_slope", prior_sd=prior_sd, sd=sd)
    said = found(planted)["FDA: Worth of the prior in participants"].text
    assert f"(parallel_change): 10.0 beside {used}" in said
    for sd in (0.99, 1.0, 1.01):
        outweighed = found(plant(results, "parallel_slope", prior_sd=1.0, sd=sd))
        assert f"more than the {used} of the study" in outweighed["FDA: Worth of the prior in participants"].text


def test_a_fit_that_failed_gives_no_worth_of_its_prior(fabricate, study) -> None:
    asked = "FDA: Worth of the prior in participants"
    warning = "Do not report: the fit of symptom_change under the reference prior failed its diagnostics."
    answer = found(fabricate(study, ("reference",), "symptom_change"))[asked]
    assert answer.status == "answered"
    assert answer.text.endswith(f". {warning}")
    assert "(parallel_change): " in answer.text
    assert "(symptom_change)" not in answer.text
    alone = fabricate(study, ("reference",), "symptom_change")
    own = tuple(item for item in alone.decisions if item.estimate.model == "symptom_change")
    answer = found(replace(alone, decisions=own))[asked]
    assert answer.status == "missing"
    assert answer.text.startswith(f"{warning} No other estimate in points is there")


def test_replications_of_a_fit_that_failed_have_no_numbers(fabricate, study, monkeypatch) -> None:
    from cochange.reports.checklists import on_models
    from cochange.reports.replicates import Check

    poor = (Check("change of MADRS", "skewness", 1.0, -0.5, 0.0, 0.5, 0.001),)
    monkeypatch.setattr(on_models, "checks", lambda fit: poor)
    spoilt = fabricate(study, ("reference",), "symptom_change")
    for asked in ("BARG: Posterior predictive check", "WAMBS: The posterior makes substantive sense"):
        text = found(spoilt)[asked].text
        assert "the fit of symptom_change under the reference prior failed its diagnostics." in text
        assert "parallel_change does not reproduce" in text
        assert "symptom_change does not reproduce" not in text
    warnings = [part.text for part in predictive.SECTION.block(spoilt).parts if getattr(part, "warning", False)]
    assert warnings == ["Do not report: the fit of symptom_change under the reference prior failed its diagnostics."]


def test_what_a_model_does_not_reproduce_has_to_be_spoken_of(complete, monkeypatch) -> None:
    from cochange.reports.checklists import on_models
    from cochange.reports.replicates import Check

    poor = (Check("change of MADRS", "skewness", 1.0, -0.5, 0.0, 0.5, 0.001),)
    monkeypatch.setattr(on_models, "checks", lambda fit: poor)
    answer = found(complete)["WAMBS: The posterior makes substantive sense"]
    assert answer.status == "missing"
    assert "parallel_change does not reproduce, with a share under" in answer.text


def test_extreme_values_need_a_word(complete, monkeypatch, with_analysis) -> None:
    from cochange.reports.checklists import on_study

    asked = "SAMPL: Outliers"
    assert found(complete)[asked].status == "not applicable"
    monkeypatch.setattr(on_study, "extreme_values", lambda study: (1, 2))
    assert "2 measured values lie far out and stay in" in found(complete)[asked].text
    monkeypatch.setattr(on_study, "extreme_values", lambda study: (1,))
    assert "1 measured value lies far out and stays in" in found(complete)[asked].text
    assert found(complete)[asked].status == "missing"
    robust = replace(complete, study=with_analysis(complete.study, {"likelihood": "student_t"}))
    assert found(robust)[asked].status == "answered"


class Anchors(HTMLParser):
    """Identifiers of a page, and targets of its links with their words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.identifiers: set[str] = set()
        self.links: list[tuple[str, str]] = []
        self.inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if "id" in given:
            self.identifiers.add(str(given["id"]))
        self.inside = str(given["href"]) if tag == "a" else ""

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.links.append((self.inside, data))
        self.inside = ""


@pytest.mark.parametrize("name", ["complete", "randomised", "no marker"])
def test_links_lead_to_places_of_the_page(name: str, planted, make_report) -> None:
    made = make_report(planted[name])
    page = Anchors(made.page)
    assert {target for target, _ in page.links} <= {f"#{identifier}" for identifier in page.identifiers}
    rows = [row for table in made.blocks["Reporting checklists"].tables for row in table.groups[0].rows]
    wanted = [str(row[-1]) for row in rows if row[2] == "answered"]
    linked = [words for _, words in page.links]
    assert len(wanted) > 30
    for words in set(wanted):
        assert linked.count(words) == wanted.count(words), words
