"""If the missing are different: estimates under the stated scenarios for those who left, and tipping surfaces."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from cochange.inference.estimates import Decision, Estimate, decide
from cochange.inference.missing.analysis import UnderScenario
from cochange.inference.missing.from_models import leaving_by
from cochange.inference.missing.responding import SHARES
from cochange.inference.missing.strategies import AS_STATED, AT_RANDOM, Rule, scenarios
from cochange.inference.results import Results
from cochange.models.parts.contract import load_model
from cochange.models.parts.design import OVERALL
from cochange.reports.as_stated import IF_IT_HOLDS, who_left
from cochange.reports.block import Block, Column, Heading, Paragraph, Part, Points, Rows, Section, Table
from cochange.reports.labels import (
    ESTIMATES_TITLE,
    IF_MISSING_TITLE,
    is_compared,
    is_whole,
    listed,
    prior_name,
    quantity_of,
    title_of,
    visit_name,
)
from cochange.reports.leaving import OWN_REFERENCE, by_rule, samples_of, shifted_by, since_when
from cochange.reports.needs import failed, missing
from cochange.reports.numbers import centre, interval, interval_name, probability
from cochange.reports.plots.surface import surface_plot
from cochange.reports.sensitivity import side_in_words


def render(results: Results) -> Block:
    """Who left, what each scenario takes their values to be, the estimates, whether conclusions stay, the surfaces."""
    rows, surfaces = results.under_scenarios, results.surfaces
    model = rows[0].estimate.model if rows else surfaces[0].model
    settled = not failed(results, model)
    parts: list[Part] = [Paragraph(f"{model}, under {prior_name(results.main_prior)}. {_reading(results)}")]
    if warning := failed(results, model):
        parts.append(Paragraph(warning, warning=True))
    if rows:
        parts += [_rules(results, model), Paragraph(ESTIMATORS), *_apart(results)]
        if settled:
            parts.append(Points(tuple(_answers(results))))
        parts.append(_table(results, settled))
    if surfaces:
        parts += [Heading("How different they would have to be"), Paragraph(_shifts(results))]
        parts += [surface_plot(surface, results.study) for surface in surfaces]
    return Block(tuple(parts))


ESTIMATORS = (
    "Standardised expectation: what a scenario changes in the expectation of missing values, averaged over those "
    "included and added to the model's own answer; its interval is that of the quantity if the scenario is true. "
    "Bayesian imputation: missing values drawn again and again, each completed data set analysed and the analyses "
    "pooled by Rubin's rules; its interval is about as wide as under missing at random, for values borrowed from the "
    "reference arm count as no more than they would have been worth if lost at random (information-anchored). Neither "
    "is wrong; say ahead which is meant."
)


# Shares of those seen, which differ from those of a model's distribution.
AS_SEEN = (
    "Shares with a response and in remission count whoever was seen as they were, and whoever left by the probability "
    f"that the scenario gives; those of the section {ESTIMATES_TITLE} follow from the distribution that a model gives "
    "everyone's scores, so that the two differ under missing at random too."
)
# Why what is said of one arm moves with the values of another.
ADJUSTED = (
    "The rows of an arm can differ a little between scenarios that change none of its own values, such as the "
    "control's where others borrow from it: its means are adjusted for covariates by effects that the arms share, and "
    "each scenario has random numbers of its own."
)


def _apart(results: Results) -> list[Part]:
    """Why rows differ that a reader takes to be the same."""
    rows = [row.estimate for row in _at_follow_up(results)]
    apart = [AS_SEEN] * any(row.estimand in SHARES for row in rows)
    apart += [ADJUSTED] * (
        results.study.spec.arms is not None and len({row.scenario for row in results.under_scenarios}) > 1
    )
    return [Paragraph(text) for text in apart]


def _shifts(results: Results) -> str:
    return (
        f"A shift is added to every value missing {since_when(results.study)}, beside what missing at random has. The "
        "probability of the conclusion follows from the same draws, by standardised expectation."
    )


def _reading(results: Results) -> str:
    study = results.study
    effect = IF_IT_HOLDS if is_compared(study) else "No contrast or change here is an effect of a treatment."
    means = "nothing of them was observed from some visit on"
    if study.spec.missing_data.event_visit is not None:
        means += ", or something is missing from their intercurrent event on"
    return (
        f"{who_left(results)} left: {means}. What they would have shown cannot be known from those who stayed; here "
        f"are the answers if it was what each scenario says. {effect}"
    )


def _rules(results: Results, model: str) -> Table:
    """What each scenario takes missing values to be, and of how many."""
    leaving = leaving_by(load_model(model), results.study)
    lines, records = [], []
    for scenario in scenarios(results.study):
        numbers = by_rule(scenario, leaving, results.study)
        told = [
            (_whom(rule), rule.strategy, shifted_by(rule) or "none", number)
            for rule, number in zip(scenario.rules, numbers, strict=False)
        ]
        if scenario.name == AS_STATED:
            told.append(("everyone else who left", AT_RANDOM, "none", numbers[-1]))
        for whom, strategy, shift, number in told:
            lines.append((scenario.name, whom, strategy, shift, *map(str, number.values())))
            records.append(
                {"scenario": scenario.name, "whom": whom, "taken_as": strategy, "shifted_by": shift, **number}
            )
    caption = (
        f"What each scenario takes the values to be that are missing {since_when(results.study)}, and how many it "
        f"concerns of those who left, among the participants {model} uses."
    )
    if leaving.has_reference:
        caption += f" {OWN_REFERENCE}"
    texts = ("Scenario", "Whom", "Taken as", "Shifted by")
    samples = (Column(name, number=True) for name in samples_of(leaving))
    return Table(
        "missing_scenarios",
        caption,
        (*map(Column, texts), *samples),
        (Rows("", tuple(lines)),),
        pd.DataFrame(records),
    )


def _whom(rule: Rule) -> str:
    whom = [" or ".join(f"arm {arm}" for arm in rule.arms)] * bool(rule.arms)
    whom += ["left for " + " or ".join(f"'{reason}'" for reason in rule.reasons)] * bool(rule.reasons)
    return listed(whom) or "everyone who left"


def _at_follow_up(results: Results) -> list[UnderScenario]:
    return [row for row in results.under_scenarios if row.estimate.visit == results.study.follow_up]


def _answers(results: Results) -> list[str]:
    """One sentence on each contrast, or change of one arm: whether its direction is the same under every scenario."""
    own = [row for row in _at_follow_up(results) if is_whole(row.estimate) and row.estimate.null is not None]
    said = []
    for quantity in dict.fromkeys((row.estimate.estimand, row.estimate.group) for row in own):
        rows = [row for row in own if (row.estimate.estimand, row.estimate.group) == quantity]
        under: dict[str, list[str]] = {}
        for scenario in dict.fromkeys(row.scenario for row in rows):
            words = {row.estimator: _direction(row) for row in rows if row.scenario == scenario}
            said_alike = len(words) > 1 and len(set(words.values())) == 1
            by = {"both estimators": next(iter(words.values()))} if said_alike else words
            for estimator, word in by.items():
                under.setdefault(word, []).append(f"'{scenario}' by {estimator}")
        name = quantity_of(rows[0].estimate, results.study)
        if len(under) == 1:
            said.append(f"{name}: {next(iter(under))} under every scenario.")
        else:
            told = "; ".join(f"{word} under {listed(names)}" for word, names in under.items())
            said.append(f"{name}: what is said depends on the scenario. {told[0].upper()}{told[1:]}.")
    return said


def _direction(row: UnderScenario) -> str:
    word = side_in_words(decide(row.estimate, True))
    return "its direction is unclear" if word == "unclear" else f"it lies {word}"


def _table(results: Results, settled: bool) -> Table:
    groups: dict[str, list[tuple[str, ...]]] = {}
    asked = any(row.estimate.smallest_important is not None for row in _at_follow_up(results))
    for row in _at_follow_up(results):
        item = row.estimate
        chance = "" if item.null is None else f"{probability(item.p_direction)} {item.side} {item.null:g}"
        whom = "" if item.group == OVERALL else f", {item.group}"
        title = f"{title_of(item.estimand, results.study, model=item.model)}{whom} [{item.unit}]"
        groups.setdefault(title, []).append(
            (
                row.scenario, row.estimator, str(row.left), centre(item, results.estimates),
                interval(item, results.estimates), chance, side_in_words(decide(item, settled)),
                *([_beyond(item)] if asked else []),
            )
        )  # fmt: skip
    first, after = results.under_scenarios[0].estimate, visit_name(results.study.follow_up, results.study)
    columns = (
        Column("Scenario"), Column("Estimator"), Column("Left", True), Column("Median", True),
        Column(interval_name(first), True), Column("Probability of its side", True), Column("Direction"),
        *([Column("Probability beyond the smallest important difference")] if asked else []),
    )  # fmt: skip
    return Table(
        "if_missing_differ",
        f"Estimates at {after} under each scenario; every visit in the file.",
        columns,
        tuple(Rows(title, tuple(lines)) for title, lines in groups.items()),
        frame_of_scenarios(results.under_scenarios, settled),
    )


def _beyond(item: Estimate) -> str:
    """The probability beyond the smallest important difference on either side; empty where none was stated."""
    if item.below is None or item.above is None:
        return ""
    return f"{probability(item.below)} on the low side, {probability(item.above)} on the high side"


def frame_of_scenarios(rows: Sequence[UnderScenario], settled: bool) -> pd.DataFrame:
    """Every field of the rows and their estimates, one row each."""
    records = []
    for row in rows:
        item: Decision = decide(row.estimate, settled)
        first = {"scenario": row.scenario, "estimator": row.estimator, "left": row.left}
        records.append({**first, **asdict(row.estimate), "direction": item.direction, "settled": item.settled})
    return pd.DataFrame(records)


SECTION = Section(IF_MISSING_TITLE, (missing,), render)
