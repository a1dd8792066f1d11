"""The usual statistics beside what they come to where nobody's true score has changed."""

import math
from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from cochange.inference.no_change import NaiveStatistic
from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL
from cochange.reports.block import Block, Paragraph, Part, Rows, Section, Table, columns_of
from cochange.reports.labels import in_a_sentence, quantity_of, scale_of
from cochange.reports.needs import failed, no_change
from cochange.reports.numbers import fixed, probability, share, significant, told_apart
from cochange.reports.plots.benchmark import benchmark_plot

TITLES = {
    "marker_change": "Mean change of log {marker}{pooled}",
    "symptom_change": "Mean change of {scale}{pooled}",
    "marker_on_baseline": "Change of log {marker} on its own baseline{within}",
    "score_on_baseline": "Change of {scale} on its own baseline{within}",
    "prognostic_slope": "Change of {scale} on baseline {marker}{within}",
    "prognostic_slope_ancova": "Change of {scale} on baseline {marker}{within}, given baseline {scale}",
    "change_correlation": "Correlation of the changes of {marker} and {scale}{within}",
    "parallel_slope": "Change of {scale} on change of {marker}{within}, given both baselines",
}
# The estimand of the joint model that each statistic is usually taken for.
ANSWERED_BY = {
    "marker_change": "geometric_mean_ratio",
    "symptom_change": "symptom_change",
    "prognostic_slope": "prognostic_slope",
    "prognostic_slope_ancova": "prognostic_slope",
    "change_correlation": "change_correlation",
    "parallel_slope": "parallel_slope",
}


def _title_of(row: NaiveStatistic, results: Results) -> str:
    """What a statistic is called."""
    pooled, within_arms = (" in all arms", " within arms") if results.study.spec.arms is not None else ("", "")
    return TITLES[row.statistic].format(
        marker=row.marker, scale=scale_of(results.study), pooled=pooled, within=within_arms
    )


def render(results: Results) -> Block:
    """For each marker one sentence and one figure, then one table."""
    rows = results.no_change
    parts: list[Part] = [
        Paragraph(
            f"{_data_sets(rows)} data sets of the same size, with the same gaps, limits and inclusion, were drawn from "
            "the fitted joint model with every true score the same at both visits: only errors of measurement differ. "
            "What the usual analyses find in them comes from those errors alone."
        )
    ]
    if results.study.spec.arms is not None:
        parts.append(
            Paragraph(
                "Slopes and the correlation are within arms, with indicators of the arms among the predictors: in all "
                "arms pooled, arms that differ on both outcomes make the changes go together without any other "
                "association between them."
            )
        )
    parts += [Paragraph(text, warning=True) for model in _models(rows) if (text := failed(results, model))]
    for marker in dict.fromkeys(row.marker for row in rows):
        own = tuple(row for row in rows if row.marker == marker)
        if not any(failed(results, row.model) for row in own):
            told = [sentence(row, results) for row in own if row.statistic == TOLD]
            parts.append(Paragraph(" ".join([*told, beyond(own, results), *unclear(own, results)])))
        parts.append(
            benchmark_plot(own, [f"{_title_of(row, results)}{_unit_in_brackets(row)}" for row in own], results)
        )
    parts.append(_table(rows, results))
    if results.study.spec.study.design == "single arm" and len(results.study.spec.data.visits) == 2:
        parts.append(
            Paragraph(
                "With one arm and two visits, a state that marker and score share at a visit cannot be told from a "
                "real parallel change: both make the two changes go together."
            )
        )
    return Block(tuple(parts))


# The statistic the sentence speaks of; the figure and the table have the others.
TOLD = "change_correlation"


def sentence(row: NaiveStatistic, results: Results) -> str:
    """What a statistic would be without any true change, and where the observed one lies."""
    title = _title_of(row, results)
    unit = f" {row.unit}" if row.unit.startswith("points") else ""
    lies = "lies within" if _is_within(row) else "lies beyond"
    low, middle, high, seen = _printed(row)
    return (
        f"With no true change at all, the usual analysis would find a {in_a_sentence(title)} of {middle}{unit} "
        f"(median; central 95% {low} to {high}) and call it different from zero in {share(row.called_different)} of "
        f"such studies; the observed {seen} {lies} what errors of measurement alone give."
    )


def beyond(rows: Sequence[NaiveStatistic], results: Results) -> str:
    """Which statistics of a marker lie beyond what errors alone give."""
    found = [row for row in rows if not _is_within(row)]
    if not found:
        return f"None of the {len(rows)} statistics lies beyond it."
    said = []
    for row in found:
        low, _, high, seen = _printed(row)
        said.append(f"{_title_of(row, results)} ({seen}; without change {low} to {high})")
    return (
        f"Of the {len(rows)} statistics, {len(found)} {'lies' if len(found) == 1 else 'lie'} beyond: {'; '.join(said)}."
    )


def unclear(rows: Sequence[NaiveStatistic], results: Results) -> tuple[str, ...]:
    """Why a statistic that lies beyond does not contradict the model's answer that is unclear; none without a pair."""
    asked = {(row.model, row.marker, ANSWERED_BY.get(row.statistic)) for row in rows if not _is_within(row)}
    found = [
        quantity_of(item.estimate, results.study)
        for item in results.decisions
        if item.direction == "unclear"
        and item.estimate.prior == results.main_prior
        and item.estimate.group == OVERALL
        and (item.estimate.model, item.estimate.marker or rows[0].marker, item.estimate.estimand) in asked
    ]
    if not found:
        return ()
    return (
        f"That {rows[0].model} leaves the direction unclear of {'; '.join(found)} is no contradiction to a statistic "
        "that lies beyond: beyond means that errors of measurement alone hardly give the usual statistic of the "
        "observed values of those who have all of them; the answer is of everyone the model uses, a slope that of true "
        "scores, given the model and the prior.",
    )


def _is_within(row: NaiveStatistic) -> bool:
    return row.lower <= row.observed <= row.upper


def _models(rows: Sequence[NaiveStatistic]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row.model for row in rows))


def _data_sets(rows: Sequence[NaiveStatistic]) -> str:
    """How many data sets without change the statistics are of, from the fewest to the most."""
    fewest, most = (f"{extreme(row.data_sets for row in rows):,}" for extreme in (min, max))
    return fewest if fewest == most else f"{fewest} to {most}"


def _error(rows: Sequence[NaiveStatistic]) -> str:
    """The largest Monte Carlo standard error of a share: of one half, where data sets are fewest."""
    return f"{significant(50 / math.sqrt(min(row.data_sets for row in rows)), 2)} percentage points"


def _unit_in_brackets(row: NaiveStatistic) -> str:
    """The unit after a title; empty for a correlation."""
    return "" if row.unit == "correlation" else f" [{row.unit}]"


def _printed(row: NaiveStatistic) -> tuple[str, str, str, str]:
    """Lower limit, median and upper limit without change, and the observed value, to the decimals of `told_apart`."""
    decimals = told_apart(row.observed, row.lower, row.upper)
    low, middle, high, seen = (fixed(value, decimals) for value in (row.lower, row.median, row.upper, row.observed))
    return low, middle, high, seen


def _table(rows: tuple[NaiveStatistic, ...], results: Results) -> Table:
    groups: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        low, middle, high, seen = _printed(row)
        printed = (
            _title_of(row, results), f"{row.analysis}{_unit_in_brackets(row)}", str(row.n), seen, middle,
            f"{low} to {high}", probability(row.as_far), share(row.called_different),
        )  # fmt: skip
        groups.setdefault(row.marker, []).append(printed)
    labels = (
        "Statistic", "As usually analysed", "n", "Observed", "Without change", "Central 95%",
        "Share at least as far", "Called different from 0",
    )  # fmt: skip
    columns = columns_of(labels, texts=2)
    several = len(groups) > 1
    printed_groups = tuple(Rows(name if several else "", tuple(lines)) for name, lines in groups.items())
    caption = (
        "The usual statistics, of participants with all values at both visits (censored ones at their limit), beside "
        "those of data sets without change: their median, their central 95%, the share of them at least as far from "
        "that median as the observed value, and the share in which the usual test at 5% finds a difference from zero. "
        f"Of {_data_sets(rows)} data sets a share has a Monte Carlo standard error of {_error(rows)} at the most. "
        "As far is on either side alike: where the distribution without change is skewed, a value beyond one limit of "
        "the central 95% can have a share above 5%, and one within them a share below."
    )
    frame = pd.DataFrame([asdict(row) for row in rows]).replace({np.nan: None})
    return Table("no_change", caption, columns, printed_groups, frame)


SECTION = Section("No-change benchmark", (no_change,), render)
