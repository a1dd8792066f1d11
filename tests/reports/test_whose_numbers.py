"""A number is said with what it is of: whom a model uses, which draws, which correlation, which unit."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from cochange.data.study import Study
from cochange.inference.loo import FormComparison
from cochange.inference.results import Results
from cochange.models.parts.selection import Selection
from cochange.reports import left_out
from cochange.reports.block import Heading
from cochange.reports.checklists import on_computation, on_models, on_study
from cochange.reports.correlations import apart
from cochange.reports.labels import quantity_of, title_of
from cochange.reports.needs import arms
from cochange.reports.numbers import span
from cochange.reports.plots import flow as flow_figure
from cochange.reports.plots import prior_sets
from cochange.reports.plots.canvas import WIDTH
from cochange.reports.plots.replications import axis_label, replicate_plot
from cochange.reports.replicates import checks
from cochange.reports.sections import comparison, flow, limits, methods, priors, summary
from cochange.reports.sentences import answer


def test_selection_by_a_limit_is_told_apart_from_missing_at_random(results: Results) -> None:
    counts = {name: left_out.beyond_limit(name, results) for name in ("parallel_change", "symptom_change")}
    assert min(counts.values()) > 0
    said = " ".join(part.text for part in methods.SECTION.block(results).parts if part.kind == "paragraph")
    told = " and ".join(f"{number} by {name}" for name, number in counts.items())
    assert f"beyond its limit of detection ({told}) are not among these" in said
    everyone = replace(
        results, selections=dict.fromkeys(results.selections, Selection(results.study.data["participant"].values))
    )
    assert left_out.selected(list(counts), everyone) == ""


def test_the_verdict_says_how_many_are_left_out(results: Results) -> None:
    first = summary.SECTION.block(results).parts[0].text
    for name, chosen in results.selections.items():
        assert f"{len(chosen.left_out)} of {results.study.data.sizes['participant']} by {name}" in first


def test_what_is_said_of_two_visits_alike_is_said_once(results: Results, two_arms: Study, fabricate) -> None:
    (said,) = (
        line for line in left_out.notes(results) if line.startswith("parallel_change") and "are left out" in line
    )
    assert said.count("lie beyond a limit of detection.") == 2
    assert said.count("These participants are left out here") == 1
    assert said.endswith("measurable values only, and its correlation is that of the participants left.")
    (regressed,) = (
        line for line in left_out.notes(results) if line.startswith("symptom_change") and "left out" in line
    )
    assert regressed.endswith("measurable values only, and its means and shares are those of the participants left.")
    of_arms = left_out.notes(fabricate(two_arms, priors=("reference",)))
    ends = "shares and comparisons of arms are those of the participants left, among whom arms are as randomised."
    assert any(line.endswith(ends) for line in of_arms)
    assert not any(left_out.OF_THOSE_LEFT in line for line in of_arms)


def test_a_correlation_of_changes_is_named_by_its_model(study: Study) -> None:
    by_model = {name: title_of("change_correlation", study, model=name) for name in ("parallel_change", "joint_change")}
    assert by_model["parallel_change"] == "Raw correlation of the changes of IL-6 and MADRS"
    assert by_model["joint_change"] == "Correlation of the changes of IL-6 and MADRS given the design"
    assert title_of("change_correlation", study, model="repeated_measures").endswith("within arms")
    assert title_of("change_correlation", study) == "Correlation of the changes of IL-6 and MADRS"


def test_several_correlations_are_set_against_each_other(results: Results) -> None:
    assert apart(results) == ""
    usual = SimpleNamespace(statistic="change_correlation", n=81)
    said = apart(replace(results, no_change=(usual,)))
    used = len(results.selections["parallel_change"].used)
    assert f"that of parallel_change is raw, of measured values alone ({used} participants)" in said
    assert "with censored values at their limit (81 participants)" in said
    assert "They need not agree: they are of different participants; they treat values beyond a limit differ" in said
    measured = results.study.data.assign(marker_status=results.study.data["marker_status"].where(False, "observed"))
    within = replace(
        results,
        study=replace(results.study, data=measured),
        no_change=(SimpleNamespace(statistic=usual.statistic, n=used),),
    )
    assert "need not agree" not in apart(within)


def test_a_raw_correlation_says_that_arms_are_pooled(results: Results, two_arms: Study, fabricate) -> None:
    of_arms = fabricate(two_arms, priors=("reference",))

    def told(run: Results) -> tuple[str, str, str]:
        (item,) = (
            decision
            for decision in summary.main_decisions(run)
            if (decision.estimate.estimand, decision.estimate.model) == ("change_correlation", "parallel_change")
        )
        cannot = str(limits.SECTION.block(run).parts)
        return quantity_of(item.estimate, run.study), answer(item, run), cannot

    named, said, cannot = told(of_arms)
    assert named.endswith("(all arms pooled)")
    assert said.startswith("All arms are pooled, so that what sets arms apart is part of the correlation. ")
    assert "It is of all arms pooled: arms that differ on both outcomes" in cannot
    assert not any("pooled" in text for text in told(results))
    usual = SimpleNamespace(statistic="change_correlation", n=81)
    assert "that of the no-change benchmark is within arms, with censored values" in apart(
        replace(of_arms, no_change=(usual,))
    )
    said = apart(replace(of_arms, no_change=(usual,)))
    assert "values alone, all arms pooled (" in said
    assert "; some are given more of the design than others; they treat values beyond a limit differently." in said


def test_effective_draws_are_said_to_be_of_the_estimands(results: Results) -> None:
    assert on_computation.enough(results).text.endswith("effective draws or more, bulk and tail.")
    thinning = on_computation.autocorrelation(results).text
    assert thinning.startswith("Bulk effective draws of the estimands are ")
    assert "None is thinned away, but for the panel of report.html" in thinning


def test_a_check_that_finds_nothing_proves_no_fit(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_models, "_poor", lambda _: [])
    assert "shows no misfit and proves no fit" in on_models.makes_sense(results).text


def test_those_without_a_follow_up_are_counted_where_drop_out_is_asked(results: Results) -> None:
    number = on_study.unseen(results)
    assert number > 1
    bare = results.study.spec.estimand.model_copy(update={"intercurrent_events": ()})
    spec = results.study.spec.model_copy(update={"estimand": bare})
    answer = on_study.drop_out(replace(results, study=replace(results.study, spec=spec)))
    assert answer.text.startswith(f"{number} participants lack an outcome at the follow-up visit. If they left, add")


def test_arms_compared_on_one_outcome_are_not_denied(fabricate, two_arms: Study) -> None:
    said = arms(fabricate(two_arms, priors=("reference",)))
    assert said.startswith("marker and score of the arms are compared together by joint_change, which was not fitted")
    assert "one outcome at a time, from marker_change and symptom_change, stand under Estimates" in said


def test_priors_name_the_unit_of_a_category_and_the_command_in_plain_words(results: Results) -> None:
    block = priors.SECTION.block(results)
    assert not any("`" in part.text for part in block.parts if part.kind == "paragraph")
    (table,) = (item for item in block.tables if item.name == "priors_symptom_change")
    assert table.caption.endswith("the level of a category has the same unit without it.")


def test_shares_that_print_alike_are_printed_once() -> None:
    assert span(0.9561, 0.9558) == "95.6%"
    assert span(0.937, 0.957) == "93.7% to 95.7%"


def test_one_form_alone_has_no_weight(results: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "pareto_plot", lambda *_: Heading("a figure"))
    alone = FormComparison(
        model="joint_change", form="normal", elpd=-1090.1, se=25.0, p=29.6, difference=float("nan"),
        difference_se=float("nan"), weight=1.0, participants=116, k_most=0.5, k_high=0, refitted=0, r_hat=1.0,
        ess=2410.0, divergences=0,
    )  # fmt: skip
    found = replace(results, comparison=(alone,), forms={("joint_change", "normal"): object()})
    (table,) = comparison.SECTION.block(found).tables
    (cells,) = table.groups[0].rows
    assert cells[[column.label for column in table.columns].index("Stacking weight")] == "none"


def test_the_visits_stand_under_the_file(results: Results) -> None:
    (figure,) = flow.SECTION.block(results).figures
    rows, _ = figure.plan.given
    assert rows[1][0].middle == pytest.approx(rows[0][0].middle)
    assert rows[0][0].middle == WIDTH / 2
    assert rows[1][0].left > flow_figure.CHANNEL


def test_replications_say_what_is_on_the_axis_and_what_is_not_drawn(results: Results) -> None:
    assert axis_label("log marker, values at both visits, baseline", results.study) == "natural log of IL-6 in pg/mL"
    assert axis_label("change of log marker, in SDs", results.study) == "SDs"
    assert axis_label("change of score", results.study) == "points"
    fit = results.fits["marker_change", "reference"]
    (first, *_) = (check.outcome for check in checks(fit))
    drawn = tuple(check for check in checks(fit) if check.outcome != first)
    assert f"Not drawn, with fewer than 10 values: {first}" in replicate_plot(fit, results, drawn).caption


def test_the_probability_of_a_side_has_one_name_in_print() -> None:
    assert prior_sets.TEXTS[0] == "P(side)"


def test_limits_name_quantities_by_their_titles(results: Results) -> None:
    bare = results.study.spec.estimand.model_copy(update={"smallest_important": {}})
    study = replace(results.study, spec=results.study.spec.model_copy(update={"estimand": bare}))
    (said,) = (
        item
        for part in limits.SECTION.block(replace(results, study=study)).parts
        for item in part.items
        if item.startswith("No smallest important difference")
    )
    assert "Geometric mean ratio of IL-6; " in said
    assert not [row.estimand for row in results.estimates if row.estimand in said]
