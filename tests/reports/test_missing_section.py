"""The section on what follows if the missing are different, from planted rows and surfaces."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.simulate import example_path
from cochange.data.specification.tables import IntercurrentEvent, MissingDataTable
from cochange.inference.estimates import Estimate
from cochange.inference.missing.analysis import EXPECTATION, IMPUTATION, UnderScenario
from cochange.inference.missing.standardising import bootstrap_weights, standardise
from cochange.inference.missing.surface import Axis, Statement, Surface
from cochange.inference.results import Results
from cochange.reports.block import Block, Figure, Points, Table
from cochange.reports.checklists.items import CHECKLISTS
from cochange.reports.numbers import MINUS, centre, interval
from cochange.reports.plots.surface import surface_plot, tipping_words
from cochange.reports.sections.checklists import answers
from cochange.reports.sections.missing import ADJUSTED, AS_SEEN, SECTION

Planted = Callable[..., Results]


def surface(**changes: Any) -> Surface:
    """A surface over a grid of three by two, which tips at 4.25 points."""
    one = Surface(
        model="repeated_measures", prior="reference", group="T versus C", visit="12 weeks",
        statements=(Statement(estimand="arm_difference", unit="points", side="below", limit=-3.0, important=True),),
        bound=0.95, x=Axis(outcome="score", arm="T", left=9, shifts=(0.0, 5.0, 10.0)),
        y=Axis(outcome="score", arm="C", left=7, shifts=(0.0, 5.0)),
        probability=((0.99, 0.93, 0.7), (0.999, 0.98, 0.9)), contour=(4.25, 7.0), at_random=0.99, tip=4.25, tip_y=-3.5,
    )  # fmt: skip
    return replace(one, **changes)


@pytest.fixture(scope="module")
def plant(results: Results, two_arms: Any, fabricate: Any) -> Planted:
    """Results with rows of a contrast and a change under two scenarios, whose medians are given."""
    fabricated = {True: fabricate(two_arms, ("reference",)), False: results}

    def make(
        directions: dict[str, float] | None = None, surfaces: tuple[Surface, ...] = (), arms: bool = True
    ) -> Results:
        base = fabricated[arms]
        table = MissingDataTable(compare=("missing at random", "jump to reference") if arms else ("missing at random",))
        spec = base.study.spec.model_copy(update={"missing_data": table})
        study = replace(base.study, spec=spec)
        rows = []
        for scenario, p in directions.items():
            for estimator in (EXPECTATION, IMPUTATION):
                own: Estimate = replace(
                    base.estimates[0], model="repeated_measures", prior="reference", form=None, marker=None,
                    estimand="arm_difference" if arms else "symptom_change", visit=base.study.follow_up,
                    group="South versus North" if arms else "overall", unit="points", null=0.0, median=-2.5,
                    p_direction=p, side="below",
                )  # fmt: skip
                rows.append(UnderScenario(scenario=scenario, estimator=estimator, left=16, estimate=own))
        return replace(base, study=study, under_scenarios=tuple(rows), surfaces=surfaces, main_prior="reference")

    return make


def said(block: Block) -> str:
    return " ".join(part.text for part in block.parts if part.kind == "paragraph")


def test_nothing_is_shown_where_nothing_is_stated(results: Results) -> None:
    (paragraph,) = SECTION.block(results).parts
    assert paragraph.text.startswith("Not shown: the study file does not say what values are taken to be")


def test_the_table_prints_the_rows(plant: Planted) -> None:
    results = plant({"missing at random": 0.99, "jump to reference": 0.98})
    tables = {part.name: part for part in SECTION.block(results).parts if isinstance(part, Table)}
    assert set(tables) == {"missing_scenarios", "if_missing_differ"}
    lines = [line for group in tables["if_missing_differ"].groups for line in group.rows]
    for row in results.under_scenarios:
        printed = (
            row.scenario,
            row.estimator,
            "16",
            centre(row.estimate, results.estimates),
            interval(row.estimate, results.estimates),
        )
        assert printed in [line[:5] for line in lines]
    frame = tables["if_missing_differ"].frame
    assert frame[["scenario", "estimator", "left"]].to_numpy().tolist() == [
        [row.scenario, row.estimator, 16] for row in results.under_scenarios
    ]
    assert frame["median"].tolist() == [row.estimate.median for row in results.under_scenarios]


def test_rules_are_told_with_their_shifts(plant: Planted) -> None:
    results = plant({"as stated": 0.99})
    events = (
        IntercurrentEvent(
            event="no effect", strategy="treatment policy", missing_as="jump to reference", arms=("South",),
            reasons=("no effect",), delta_score=2.5,
        ),
        IntercurrentEvent(
            event="moved", strategy="hypothetical", missing_as="missing at random", delta_score=-1.0, delta_marker=1.5
        ),
    )  # fmt: skip
    study = results.study
    estimand = study.spec.estimand.model_copy(update={"intercurrent_events": events})
    spec = study.spec.model_copy(update={"estimand": estimand})
    # Of those who left, the first of South did for lack of effect.
    seen = pd.read_csv(example_path().parent / "exercise_trial.csv", comment="#", na_values=["NA", "."])
    left = seen[seen[["il6_12", "madrs_12"]].isna().all(axis="columns")]
    first = left.loc[left["clinic"] == "South", seen.columns[0]].iloc[0]
    reason = np.where(study.data["participant"].to_numpy() == first, "no effect", "")
    data = study.data.assign(reason=("participant", reason))
    block = SECTION.block(replace(results, study=replace(study, spec=spec, data=data)))
    (table,) = [part for part in block.parts if isinstance(part, Table) and part.name == "missing_scenarios"]
    arms = [column.label for column in table.columns[5:]]
    by_arm = {arm: (left["clinic"] == arm.removeprefix("arm ")).sum() for arm in arms}
    rest = [str(number - (arm == "arm South")) for arm, number in by_arm.items()]
    only = ["1" if arm == "arm South" else "0" for arm in arms]
    assert table.groups[0].rows[:3] == (
        ("as stated", "arm South and left for 'no effect'", "jump to reference", "+2.5 points", "1", *only),
        ("as stated", "everyone who left", "missing at random", f"{MINUS}1 points, marker times 1.5",
         str(len(left) - 1), *rest),
        ("as stated", "everyone else who left", "missing at random", "none", "0", *("0" for _ in arms)),
    )  # fmt: skip
    everyone = tuple(str(number) for number in (len(left), *by_arm.values()))
    assert [line[4:] for line in table.groups[0].rows[3:]] == [everyone] * 2
    assert table.frame["arm South"].tolist()[:2] == [1, by_arm["arm South"] - 1]


def test_the_chance_beyond_the_smallest_important_difference_stands_in_the_table(plant: Planted) -> None:
    def lines(results: Results) -> tuple[list[str], list[tuple[str, ...]]]:
        (table,) = (part for part in SECTION.block(results).parts if getattr(part, "name", "") == "if_missing_differ")
        return [column.label for column in table.columns], [line for group in table.groups for line in group.rows]

    results = plant({"as stated": 0.99})
    without, rest = results.under_scenarios
    without = replace(
        without, estimate=replace(without.estimate, smallest_important=None, below=None, inside=None, above=None)
    )
    asked = replace(rest.estimate, smallest_important=2.0, below=0.61, inside=0.37, above=0.02)
    labels, rows = lines(replace(results, under_scenarios=(without, replace(rest, estimate=asked))))
    assert labels[-1] == "Probability beyond the smallest important difference"
    assert [line[-1] for line in rows] == ["", "0.61 on the low side, 0.020 on the high side"]
    labels, rows = lines(replace(results, under_scenarios=(without,)))
    assert labels[-1] == "Direction"
    assert {len(line) for line in rows} == {len(labels)}


def test_one_sentence_says_whether_the_scenario_matters(plant: Planted) -> None:
    def sentence(directions: dict[str, float]) -> str:
        (points,) = (part for part in SECTION.block(plant(directions)).parts if isinstance(part, Points))
        (one,) = points.items
        return one

    same = sentence({"missing at random": 0.99, "jump to reference": 0.98})
    assert same.endswith("(at 12 weeks, South versus North): it lies below 0 under every scenario.")
    apart = sentence({"missing at random": 0.99, "jump to reference": 0.9})
    assert apart.endswith(
        "what is said depends on the scenario. It lies below 0 under 'missing at random' by both estimators; its "
        "direction is unclear under 'jump to reference' by both estimators."
    )


def test_estimators_that_disagree_are_told_apart(plant: Planted) -> None:
    results = plant({"missing at random": 0.99, "jump to reference": 0.99})
    *rest, last = results.under_scenarios
    unclear = replace(last, estimate=replace(last.estimate, p_direction=0.9))

    def sentence(*rows: UnderScenario) -> str:
        (points,) = (
            part for part in SECTION.block(replace(results, under_scenarios=rows)).parts if isinstance(part, Points)
        )
        return points.items[0]

    assert sentence(*rest, unclear).endswith(
        "It lies below 0 under 'missing at random' by both estimators and 'jump to reference' by standardised "
        "expectation; its direction is unclear under 'jump to reference' by Bayesian imputation."
    )
    # One estimator is not both.
    assert "under 'missing at random' by standardised expectation; its" in sentence(rest[0], unclear)


def test_why_rows_differ_that_look_the_same(plant: Planted) -> None:
    both = {"missing at random": 0.99, "jump to reference": 0.98}
    several = plant(both)
    share = replace(several.under_scenarios[0].estimate, estimand="response_probability", null=None, p_direction=None)
    with_shares = replace(
        several, under_scenarios=(*several.under_scenarios, replace(several.under_scenarios[0], estimate=share))
    )
    for results, shares, arms in (
        (several, False, True),
        (with_shares, True, True),
        (plant({"missing at random": 0.99}), False, False),
        (plant(both, arms=False), False, False),
    ):
        text = said(SECTION.block(results))
        assert (AS_SEEN in text, ADJUSTED in text) == (shares, arms)
    assert "those of the section Estimates follow from the distribution" in AS_SEEN


def test_the_control_moves_with_the_others_where_means_are_adjusted() -> None:
    """What is added to those who left one arm moves the mean of the other by the covariates alone."""
    rng = np.random.default_rng(3)
    arm = np.repeat(["C", "T"], 20)
    left = (arm == "T") & (np.arange(40) % 4 == 0)
    for covariates, moves in ((rng.normal(size=(40, 1)), True), (np.empty((40, 0)), False)):
        outcomes: Any = SimpleNamespace(
            arm=arm, arms=("C", "T"), covariates=covariates - covariates.mean(axis=0), participant=np.arange(40)
        )
        weights = bootstrap_weights(outcomes, 5, np.random.default_rng(1))
        of_control = standardise(weights, outcomes, left)[:, 0].sum(axis=1)
        assert (np.abs(of_control) > 1e-6).all() == moves


def test_changes_in_one_arm_are_never_effects(plant: Planted) -> None:
    text = said(SECTION.block(plant({"missing at random": 0.99}, arms=False)))
    assert "No contrast or change here is an effect of a treatment." in text
    assert "significan" not in text
    randomised = said(SECTION.block(plant({"missing at random": 0.99})))
    assert "an effect of assignment to the arm only if the scenario holds" in randomised


def test_dated_events_are_told(plant: Planted) -> None:
    results = plant({"missing at random": 0.99}, (surface(),))
    dated = results.study.spec.missing_data.model_copy(update={"event_visit": "stop"})
    spec = results.study.spec.model_copy(update={"missing_data": dated})
    block = SECTION.block(replace(results, study=replace(results.study, spec=spec)))
    assert "or something is missing from their intercurrent event on" in said(block)
    assert "missing after a participant's intercurrent event or, where none is dated, after" in said(block)
    (caption,) = [part.caption for part in block.parts if isinstance(part, Table) and part.name == "missing_scenarios"]
    assert "intercurrent event" in caption
    assert "intercurrent event" not in said(SECTION.block(results))


def test_the_tipping_sentence_is_that_of_the_surface(plant: Planted, results: Results) -> None:
    study = results.study
    words = tipping_words(surface(), study)
    assert words == (
        "At 12 weeks, T versus C: the conclusion that the difference between arms in the change of MADRS lies below "
        f"{MINUS}3 points (the smallest important difference), with probability 0.990 where what is missing is so at "
        "random, stands until MADRS of the 9 who left T is 4.25 points higher than missing at random has it, with "
        "MADRS of the 7 who left C as missing at random has it."
    )
    undrawn = tipping_words(surface(at_random=0.9, tip=-2.0), study)
    assert "is not drawn: its probability is 0.90 where what is missing is so at random, and 0.95 is needed." in undrawn
    assert "2.00 points lower than missing at random has it" in undrawn
    assert "which is beyond the range asked for" in undrawn
    nobody = surface(tip=np.nan, contour=(np.nan, np.nan), x=Axis(outcome="score", arm="T", left=0, shifts=(0.0, 5.0)))
    assert tipping_words(nobody, study).endswith("is drawn whatever MADRS of those who left T is: nobody left there.")
    factor = surface(x=Axis(outcome="marker", arm="T", left=9, shifts=(0.5, 1.0, 2.0)), tip=1.4, y=None)
    assert "stands until IL-6 of the 9 who left T is 1.40 times what missing at random has." in tipping_words(
        factor, study
    )


def test_a_shift_that_leads_off_the_scale_is_said_to(plant: Planted, results: Results) -> None:
    def words(tip: float, expected: float | None) -> str:
        own = Axis(outcome="score", arm="T", left=9, shifts=(-5.0, 0.0, 5.0), expected=expected)
        return tipping_words(surface(x=own, tip=tip, at_random=0.9, tip_y=np.nan), results.study)

    low = words(-17.1, 11.0)
    assert (
        "17.1 points lower than missing at random has it (their mean would then be "
        f"{MINUS}6.1, which lies outside the scale: it begins at 0, and no scores can be that low), with MADRS of the "
        "7 who left C as missing at random has it, which is beyond the range asked for."
    ) in low
    assert "be 61.0, which lies outside the scale: it ends at 60, and no scores can be that high)" in words(50.0, 11.0)
    for inside in (words(-11.0, 11.0), words(49.0, 11.0), words(-17.1, None)):
        assert "outside the scale" not in inside


def test_a_line_is_explained_where_it_is_drawn(plant: Planted, results: Results) -> None:
    def caption(*probability: tuple[float, ...], **changes: Any) -> str:
        return surface_plot(surface(probability=probability, **changes), results.study).caption

    bound = "the bound of 0.95 at which it is drawn"
    assert f"missing at random; line: {bound}; dot: missing" in caption((0.99, 0.93, 0.7), (0.999, 0.98, 0.9))
    assert f"missing at random, nowhere above {bound}; dot:" in caption((0.9, 0.8, 0.7), (0.94, 0.9, 0.9))
    assert f"missing at random, nowhere below {bound}; dot:" in caption((0.99, 0.98, 0.97), (0.99, 0.99, 0.99))
    assert f"missing at random; dashed: {bound}." in caption((0.9, 0.8, 0.7), y=None)


CONTRASTS = (
    Statement(estimand="arm_difference", unit="points", side="below", limit=-3.0, important=True),
    Statement(estimand="arm_ratio", unit="ratio", side="below", limit=1.0, important=False),
)
MARKER = Axis(outcome="marker", arm="T", left=9, shifts=(0.5, 2.0))


def test_of_score_and_marker_together_each_shift_that_tips_is_told(plant: Planted, results: Results) -> None:
    words = tipping_words(surface(y=MARKER, statements=CONTRASTS, tip_y=2.5), results.study)
    assert words.endswith(
        "stands until MADRS of the 9 who left T is 4.25 points higher than missing at random has it, with IL-6 of the "
        "9 who left T as missing at random has it; or until IL-6 of the 9 who left T is 2.50 times what missing at "
        "random has, with MADRS of the 9 who left T as missing at random has it, which is beyond the range asked for."
    )
    assert "the ratio of the arms' ratios of IL-6 lies below 1" in words
    undrawn = surface(y=MARKER, statements=CONTRASTS, tip=np.nan, tip_y=0.8, at_random=0.9)
    words = tipping_words(undrawn, results.study)
    assert "0.95 is needed. It would be once IL-6 of the 9 who left T is 0.80" in words
    assert "or once" not in words


def test_every_surface_has_a_figure_with_its_sentence(plant: Planted) -> None:
    alone = surface(
        y=None, probability=((0.99, 0.93, 0.7),), contour=(4.25,), group="overall",
        x=Axis(outcome="score", arm="overall", left=9, shifts=(0.0, 5.0, 10.0)),
    )  # fmt: skip
    both = surface(
        group="overall", x=Axis(outcome="score", arm="overall", left=9, shifts=(0.0, 5.0, 10.0)),
        y=Axis(outcome="marker", arm="overall", left=9, shifts=(0.5, 2.0)),
        statements=(
            Statement(estimand="symptom_change", unit="points", side="below", limit=0.0, important=False),
            Statement(estimand="geometric_mean_ratio", unit="ratio", side="below", limit=1.0, important=False),
        ),
    )  # fmt: skip
    active = surface(y=MARKER, statements=CONTRASTS)
    control = replace(active, x=replace(active.x, arm="C"), y=replace(MARKER, arm="C"))
    results = plant({}, (surface(), alone, both, active, control))
    figures = [part for part in SECTION.block(results).parts if isinstance(part, Figure)]
    assert len({figure.name for figure in figures}) == 5
    for figure, one in zip(figures, results.surfaces, strict=True):
        assert figure.alt == tipping_words(one, results.study)
        assert figure.caption.startswith(figure.alt)
        assert figure.picture.svg.startswith(b"<")
    assert "the mean change of MADRS lies below 0 points and the geometric mean ratio of IL-6 lies below 1" in (
        figures[2].alt
    )
    assert surface_plot(surface(), results.study).picture.svg == figures[0].picture.svg


def answer(results: Results, asked: str) -> Any:
    return {f"{one.name}: {item.asks}": found for one in CHECKLISTS for item, found in answers(one, results)}[asked]


def test_the_checklist_is_answered_from_it(plant: Planted, results: Results) -> None:
    asked = "ICH E9(R1): Sensitivity to that assumption"
    assert answer(results, asked).status == "missing"
    assert "[missing_data]" in answer(results, asked).text
    only = plant({"missing at random": 0.99})
    assert answer(only, asked).status == "missing"
    found = answer(plant({"missing at random": 0.99, "jump to reference": 0.98}, (surface(),)), asked)
    assert (found.status, found.text) == (
        "answered", "Scenarios for those who left: jump to reference; 1 tipping surface.",
    )  # fmt: skip
    # A tipping surface says nothing of how often the rule would be right.
    assert answer(only, "FDA: Operating characteristics by simulation").status == "missing"


def test_a_strategy_whose_missing_values_are_dealt_with_is_followed(plant: Planted) -> None:
    results = plant({"as stated": 0.99})
    asked = "ICH E9(R1): Analysis follows the strategies"
    event = IntercurrentEvent(event="left", strategy="composite variable", missing_as="non-response")
    estimand = results.study.spec.estimand.model_copy(update={"intercurrent_events": (event,)})
    spec = results.study.spec.model_copy(update={"estimand": estimand})
    with_event = replace(results, study=replace(results.study, spec=spec))
    found = answer(with_event, asked)
    assert found.status == "answered"
    assert found.text.startswith("left: what is missing after it as non-response.")
    assert answer(replace(with_event, under_scenarios=()), asked).status == "missing"
