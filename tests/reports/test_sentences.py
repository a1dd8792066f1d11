import re
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from cochange.inference.estimates import Decision
from cochange.inference.results import Results
from cochange.reports import left_out
from cochange.reports.block import Paragraph, Points
from cochange.reports.labels import title_of, with_model
from cochange.reports.numbers import MINUS, centre, interval, prior_sd_tells, probability
from cochange.reports.sections import estimates, summary
from cochange.reports.sensitivity import moved_by
from cochange.reports.sentences import answer, learning

LOW = {"mean": -2.0, "median": -2.0, "sd": 0.5, "lower": -3.0, "upper": -1.0, "side": "below", "p_direction": 0.9999}
HIGH = {"mean": 2.0, "median": 2.0, "sd": 0.5, "lower": 1.02, "upper": 3.0, "side": "above", "p_direction": 0.9999}
NONE = {"mean": 0.1, "median": 0.1, "sd": 0.5, "lower": -0.9, "upper": 1.1, "side": "above", "p_direction": 0.58}


def main_row(results: Results, estimand: str) -> Decision:
    (found,) = [item for item in summary.main_decisions(results) if item.estimate.estimand == estimand]
    return found


def said(results: Results, estimand: str) -> str:
    return answer(main_row(results, estimand), results)


@pytest.mark.parametrize(
    ("estimand", "low", "high", "none"),
    [
        (
            "geometric_mean_ratio",
            "The geometric mean of IL-6 fell.",
            "The geometric mean of IL-6 rose.",
            "fell or rose is",
        ),
        ("symptom_change", "The mean MADRS score fell.", "The mean MADRS score rose.", "fell or rose is unclear"),
        ("prognostic_slope", "towards lower scores", "towards higher scores", "Whether baseline IL-6 went with"),
        ("parallel_slope", "towards lower scores", "towards higher scores", "Whether, given both baselines,"),
        (
            "change_correlation",
            "were negatively correlated",
            "were positively correlated",
            "were correlated is unclear",
        ),
    ],
)
def test_direction_words(plant, results: Results, estimand: str, low: str, high: str, none: str) -> None:
    assert low in said(plant(results, estimand, **LOW), estimand)
    assert high in said(plant(results, estimand, **HIGH), estimand)
    assert none in said(plant(results, estimand, **NONE), estimand)


def test_a_probability_is_one_given_model_and_prior(plant, results: Results) -> None:
    text = said(plant(results, "symptom_change", **NONE), "symptom_change")
    assert "it lies above 0 with probability 0.58, given the model and the reference prior" in text


def test_every_sentence_has_the_numbers_of_the_table(results: Results) -> None:
    block = summary.SECTION.block(results)
    (table,) = block.tables
    notes = {*left_out.notes(results), *left_out.many(results)}
    said = [item for part in block.parts if isinstance(part, Points) for item in part.items]
    assert notes <= set(said)
    items = [item for item in said if item not in notes]
    decisions = summary.main_decisions(results)
    assert len(decisions) == len(items) == len(table.groups[0].rows) == len(table.frame)
    for decision, sentence, cells in zip(decisions, items, table.groups[0].rows, strict=True):
        row = decision.estimate
        assert {centre(row, results.estimates), interval(row, results.estimates)} <= set(cells)
        assert f"median {centre(row, results.estimates)}" in sentence
        assert interval(row, results.estimates) in sentence
        if row.p_direction is not None:
            assert f"lies {row.side} {row.null:g} with probability {probability(row.p_direction)}" in sentence


def test_a_prior_that_decides_is_named(plant, results: Results) -> None:
    both = plant(plant(results, "symptom_change", **LOW), "symptom_change", "sceptical", **NONE)
    assert "Its direction depends on the prior: below 0 under reference; unclear under sceptical." in said(
        both, "symptom_change"
    )
    agreed = plant(plant(results, "prognostic_slope", **LOW), "prognostic_slope", "sceptical", **LOW)
    assert "Direction is judged the same under each." in said(agreed, "prognostic_slope")


def test_every_prior_set_has_its_numbers(plant, results: Results) -> None:
    other = {"mean": -1.5, "median": -1.5, "sd": 0.35, "lower": -2.1, "upper": -0.7, "side": "below"}
    agreed = plant(plant(results, "symptom_change", **LOW), "symptom_change", "sceptical", **other, p_direction=0.9999)
    text = said(agreed, "symptom_change")
    assert f"median {MINUS}2.0 points, 95% equal-tailed interval {MINUS}3.0 to {MINUS}1.0" in text
    assert f"Under the other prior sets: sceptical {MINUS}1.5 ({MINUS}2.1 to {MINUS}0.7)." in text
    assert "same holds" not in text


def test_importance_that_differs_is_not_called_the_same(plant, results: Results) -> None:
    much, little = {"below": 0.99, "inside": 0.01, "above": 0.0}, {"below": 0.01, "inside": 0.99, "above": 0.0}
    first = plant(results, "symptom_change", **LOW, **much)
    text = said(plant(first, "symptom_change", "sceptical", **LOW, **little), "symptom_change")
    assert "Direction is judged the same under each." in text
    assert "Its importance depends on the prior: important under reference; unimportant under sceptical." in text
    same = said(plant(first, "symptom_change", "sceptical", **LOW, **much), "symptom_change")
    assert "Direction and importance are judged the same under each." in same


def test_a_prior_the_data_contradict_is_named(plant, results: Results) -> None:
    inside = {"prior_lower": -9.0, "prior_upper": 9.0, "prior_sd": 4.0}
    meets = {"prior_lower": -1.0, "prior_upper": 9.0, "prior_sd": 4.0}
    apart = {"prior_lower": -0.9, "prior_upper": 9.0, "prior_sd": 4.0}
    agreeing = plant(plant(results, "symptom_change", **LOW, **meets), "symptom_change", "sceptical", **LOW, **inside)
    assert "disagree" not in said(agreeing, "symptom_change")
    text = said(plant(agreeing, "symptom_change", "sceptical", **apart), "symptom_change")
    assert f"Prior and data disagree under sceptical ({MINUS}0.9 to 9.0): the posterior interval lies wholly" in text
    above = plant(agreeing, "symptom_change", **HIGH, prior_lower=-5.0, prior_upper=1.0, prior_sd=1.5)
    assert f"disagree under reference ({MINUS}5.0 to 1.0)" in said(above, "symptom_change")


@pytest.mark.parametrize(
    ("half", "words"),
    [(8.0, "about as wide as"), (10.0, "about as wide as"), (90.0, "wider than"), (0.9, "narrower than")],
)
def test_how_far_another_prior_moves_an_estimate_is_said_however_wide_it_is(plant, results: Results, half, words):
    first = plant(results, "symptom_change", **LOW, prior_lower=-9.0, prior_upper=9.0)
    implied = {"prior_lower": -half, "prior_upper": half}
    sd = LOW["sd"]
    for sds, sign in ((0.6, "higher"), (-0.6, "lower")):
        moved = LOW | {"median": LOW["median"] + sds * sd}
        text = said(plant(first, "symptom_change", "sceptical", **moved, **implied), "symptom_change")
        assert (
            f"The prior moves its size: under sceptical it lies {0.6 * sd:.1f} points {sign} than under reference "
            f"(0.60 of its posterior SDs under reference). The prior that sceptical implies for it is {words} that of "
            "reference."
        ) in text
    little = LOW | {"median": LOW["median"] + 0.4 * sd}
    still = plant(first, "symptom_change", "sceptical", **little, **implied)
    assert "moves its size" not in said(still, "symptom_change")


def test_a_ratio_moves_by_a_factor(results: Results) -> None:
    # The logarithm of a lognormal ratio: mean log 0.8, SD 0.1.
    mean, sd = 0.8 * np.exp(0.005), 0.8 * np.exp(0.005) * np.sqrt(np.expm1(0.01))
    row = replace(results.estimates[0], unit="ratio", median=0.8, mean=mean, sd=sd)
    assert moved_by(row, replace(row, median=0.8 * np.exp(0.07))) == pytest.approx(0.7)


def test_the_sd_of_a_prior_with_heavy_tails_is_not_given(results: Results) -> None:
    normal = replace(
        results.estimates[0], unit="points", ci_prob=0.95, prior_lower=-1.96, prior_upper=1.96, prior_sd=1.0
    )
    assert prior_sd_tells(normal)
    assert not prior_sd_tells(replace(normal, unit="ratio"))
    # A t distribution with 4 degrees of freedom has an SD that its draws find; a Cauchy distribution has none.
    for df, told in ((4, True), (1, False)):
        draws = stats.t.rvs(df, size=1000, random_state=2)
        lower, upper = np.quantile(draws, (0.025, 0.975))
        row = replace(normal, prior_lower=lower, prior_upper=upper, prior_sd=draws.std())
        assert prior_sd_tells(row) == told
    hardly = learning(replace(row, learned=0.01), [row])
    assert "prior interval is" in hardly
    assert "SD" not in hardly


def test_an_own_prior_set_is_named_in_quotes(results: Results) -> None:
    def renamed(item: Decision) -> Decision:
        own = item.estimate.prior == "sceptical"
        return replace(item, estimate=replace(item.estimate, prior="mine")) if own else item

    mine = replace(results, decisions=tuple(map(renamed, results.decisions)))
    assert "Under the other prior sets: 'mine' " in said(mine, "symptom_change")
    (own,) = [item for item in mine.decisions if item.estimate.prior == "mine" and _is_slope(item)]
    assert "given the model and the prior set 'mine'" in answer(own, mine)
    failed = replace(mine, decisions=tuple(replace(item, settled=False) for item in mine.decisions))
    texts = [getattr(part, "text", "") for part in estimates.SECTION.block(failed).parts]
    assert "Not to be reported under: reference, 'mine'. These fits failed their diagnostics." in texts


def _is_slope(item: Decision) -> bool:
    return item.estimate.estimand == "parallel_slope" and item.estimate.group == "overall"


def test_a_failed_fit_says_nothing(plant, results: Results) -> None:
    failed = plant(results, "symptom_change", settled=False, **LOW)
    text = said(failed, "symptom_change")
    assert text.startswith("Do not report: the fit of symptom_change under the reference prior failed its diagnostics")
    assert not re.search(r"\b(fell|rose|probability)\b", text)
    assert text.endswith("so nothing is said of this quantity: Mean change of MADRS (ANCOVA).")
    other = plant(results, "symptom_change", "sceptical", settled=False)
    assert "Nothing is to be reported under sceptical." in said(other, "symptom_change")


def test_the_summary_has_no_number_of_a_fit_that_failed(plant, results: Results, lines_of) -> None:
    planted = {**LOW, "lower": -3.17, "upper": -1.23, "p_direction": 0.5347}
    for settled in (True, False):
        block = summary.SECTION.block(plant(results, "symptom_change", settled=settled, **planted))
        rows = lines_of(block, "summary")
        (line,) = [row for (_, name), row in rows.items() if name.startswith("Mean change of MADRS")]
        cells = [text for label, text in line.items() if label not in ("Quantity", "Unit")]
        texts = [item for part in block.parts if isinstance(part, Points) for item in part.items]
        assert (cells == ["not to be reported"] * 4) != settled
        assert any(f"{MINUS}3.2 to {MINUS}1.2" in text for text in texts) == settled
    others = [row for (_, name), row in rows.items() if name.startswith("Geometric mean ratio")]
    assert all("not to be reported" not in row.values() for row in others)
    assert others


def test_a_fit_that_calls_for_caution_says_so(results: Results) -> None:
    careful = replace(
        results,
        diagnostics=tuple(
            replace(item, status="caution", reasons=("few draws",)) if item.model == "symptom_change" else item
            for item in results.diagnostics
        ),
    )
    assert said(careful, "symptom_change").startswith(
        "This is said with caution, since this fit's diagnostics call for it. The "
    )
    assert "with caution" not in said(careful, "geometric_mean_ratio")


@pytest.mark.parametrize(
    ("masses", "text"),
    [
        (
            {"below": 0.9993, "inside": 0.0007, "above": 0.0},
            "It is larger than the smallest important difference of 3 points",
        ),
        (
            {"below": 0.01, "inside": 0.98, "above": 0.01},
            "It is smaller than the smallest important difference of 3 points",
        ),
        (
            {"below": 0.4, "inside": 0.5, "above": 0.1},
            "Whether it reaches the smallest important difference of 3 points is",
        ),
    ],
)
def test_importance(plant, results: Results, masses: dict[str, float], text: str) -> None:
    sentence = said(plant(results, "symptom_change", **masses), "symptom_change")
    assert text in sentence
    assert f"within it with {probability(masses['inside'])}" in sentence


def test_importance_is_not_spoken_of_unasked(results: Results) -> None:
    assert "important" not in said(results, "parallel_slope")


def test_a_prior_the_data_did_not_move_is_called_so(plant, results: Results) -> None:
    planted = plant(results, "parallel_slope", learned=0.02, sd=0.48, prior_sd=0.5)
    by = "The data narrowed it hardly at all, its interval by 2% (under 10%): "
    assert f"{by}its posterior SD is 0.48, its prior SD 0.50." in said(planted, "parallel_slope")
    listed = [part.text for part in estimates.render(planted).parts if isinstance(part, Paragraph)]
    assert any("less than 10% narrower than the prior's, or no narrower" in text for text in listed)
    assert "hardly" not in said(plant(results, "parallel_slope", learned=0.5), "parallel_slope")
    # By the whole per cent that is printed: none is both 10% and under 10%.
    assert "its interval by 9% (under 10%)" in said(plant(results, "parallel_slope", learned=0.0949), "parallel_slope")
    assert "hardly" not in said(plant(results, "parallel_slope", learned=0.0951), "parallel_slope")
    wider = said(plant(results, "parallel_slope", learned=0.0, sd=0.52, prior_sd=0.5), "parallel_slope")
    assert "The data did not narrow its interval: its posterior SD is 0.52, its prior SD 0.50." in wider
    ratio = plant(results, "geometric_mean_ratio", learned=0.02, prior_sd=324.0, prior_lower=0.021, prior_upper=38.4)
    assert "hardly at all, its interval by 2% (under 10%): its prior interval is 0.0210 to 38.4." in said(
        ratio, "geometric_mean_ratio"
    )
    assert "SD" not in said(ratio, "geometric_mean_ratio")


def test_shares_over_several_arms_say_that_they_are_pooled(results: Results, two_arms, fabricate) -> None:
    several = fabricate(two_arms, ("reference",))
    for name in ("response_probability", "remission_probability"):
        assert said(several, name).startswith("All arms are pooled, which is no comparison of arms. Share ")
        assert said(results, name).startswith("Share ")
    (arm, *_) = [
        item for item in several.decisions
        if item.estimate.estimand == "response_probability" and item.estimate.group == "arm South"
    ]  # fmt: skip
    assert "pooled" not in answer(arm, several)


def test_an_own_model_gets_a_plain_sentence(results: Results) -> None:
    row = replace(
        main_row(results, "symptom_change").estimate, estimand="fatigue_gained", meaning="fatigue after less before",
        form=None, smallest_important=None,
    )  # fmt: skip
    text = answer(Decision(row, "decrease", "not asked", True), results)
    called = "Fatigue after less before"
    assert text.startswith(f"{called} lies below 0. {called} in 74 of 116 participants: median")
    text = answer(Decision(row, "unclear", "not asked", True), results)
    assert text.startswith(f"{called}: on which side of 0 it lies is unclear. {called} in 74")


@pytest.mark.parametrize(
    ("meaning", "title"),
    [
        ("slope one doubling above the mean", "Slope one doubling above the mean"),
        ("E[y1 - y0]", "E[y1 - y0]"),
        ("y1 less {y0}", "y1 less {y0}"),
        ("MADRS gained", "MADRS gained"),
        ("a meaning so long that nobody would want to read it as a title", "Slope above"),
        ("", "Slope above"),
    ],
)
def test_an_own_estimand_is_called_by_its_meaning_where_that_is_short(study, meaning: str, title: str) -> None:
    assert title_of("slope_above", study, meaning=meaning) == title
    assert title_of("symptom_change", study, meaning=meaning) == "Mean change of MADRS"


def test_estimands_of_two_models_with_one_title_are_told_apart(results: Results) -> None:
    row = replace(main_row(results, "symptom_change").estimate, estimand="one", meaning="the rise")
    other = replace(row, model="mine", estimand="other")
    assert with_model(row, [row, other]) == " (symptom_change)"
    assert with_model(row, [row, replace(other, meaning="the fall")]) == ""


def test_arms_are_compared_not_given_a_cause(fabricate, two_arms) -> None:
    found = fabricate(two_arms)
    texts = [
        answer(item, found) for item in summary.main_decisions(found) if item.estimate.estimand == "arm_difference"
    ]
    assert texts
    assert all(" North" in text.split(".")[0] and "effect" not in text for text in texts)
