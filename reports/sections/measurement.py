"""Reliabilities: what the prior says, and what the data add."""

from collections.abc import Sequence

from cochange.inference.estimates import Estimate
from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL
from cochange.reports.block import Block, Heading, Paragraph, Part, Points, Section, Table, columns_of, grouped
from cochange.reports.labels import MEASURED, REGRESSION, in_a_sentence, prior_name, quantity_of, rule_of, scale_of
from cochange.reports.needs import failed, measurement
from cochange.reports.numbers import (
    centre,
    decimals_of,
    fixed,
    interval,
    interval_name,
    share,
    whole_share,
    with_interval,
)
from cochange.reports.plots.reliabilities import reliability_plot
from cochange.reports.rows import frame_of
from cochange.reports.sentences import hardly_narrowed

# A median that moved by less than this many SDs of the prior is called where the prior had it.
STAYED = 0.5


def render(results: Results) -> Block:
    """Prior and posterior of each reliability, and what regression to the mean gives."""
    rows = [row for row in results.estimates if row.estimand in MEASURED]
    main = [row for row in rows if row.prior == results.main_prior]
    parts: list[Part] = [
        Paragraph(
            "Every observed value is taken as a true one plus an error. The reliability is the share of the variance "
            "of an observed baseline value that is true. One sample a visit tells of it by how alike the visits are, "
            "in which change and error are mixed, so the prior matters; duplicate wells tell of the assay's part of "
            "the error only."
        )
    ]
    warnings = [text for model in dict.fromkeys(row.model for row in rows) if (text := failed(results, model))]
    parts += [Paragraph(text, warning=True) for text in warnings]
    if main and not warnings:
        parts.append(Points(tuple(learned(row, results) for row in main)))
    parts += [reliability_plot(rows, results), _table(rows, results)]
    if warnings:
        return Block(tuple(parts))
    regression = [
        row
        for row in results.estimates
        if row.estimand == REGRESSION and row.prior == results.main_prior and row.group == OVERALL
    ]
    for row in regression:
        parts += [Heading("Regression to the mean"), Paragraph(regression_to_mean(row, results))]
    return Block(tuple(parts))


def learned(row: Estimate, results: Results) -> str:
    """How far the data moved a reliability from its prior."""
    title = quantity_of(row, results.study)
    quantity = f"the {in_a_sentence(title)}"
    among = results.estimates
    prior = f"{fixed(row.prior_median, decimals_of(row, among))} ({_prior_interval(row, among)})"
    figures = f"posterior {with_interval(row, among)}, prior {prior}"
    if not hardly_narrowed(row):
        return f"{title}: {figures}; the interval is {whole_share(row.learned)} narrower than the prior's."
    if abs(row.median - row.prior_median) < STAYED * row.prior_sd:
        return f"The data say hardly anything of {quantity}: the posterior is the prior's, or nearly so; {figures}."
    return f"The data moved {quantity} without making it any surer: {figures}."


def regression_to_mean(row: Estimate, results: Results) -> str:
    """What of the mean change is to be expected of the rule of inclusion alone."""
    spec = results.study.spec
    scale, among = scale_of(results.study), results.estimates
    chosen = rule_of(results.study) or "a high score"
    said = f"People chosen for {chosen} come back towards the mean when asked again, without any change."
    alone = f"regression to the mean alone would give {centre(row, among)} points ({interval(row, among)})"
    found = results.estimates_of(model=row.model, prior=row.prior, estimand="symptom_change")
    change = next((item for item in found if item.group == row.group and item.form is None), None)
    if change is None:
        said = f"{said} In {scale}, {alone}."
    else:
        whole = f"{centre(change, among)} points ({interval(change, among)})"
        said = f"{said} Of the mean change of {scale} of {whole}, {alone}"
        # A share says something only of a change that is surely there, and that goes the same way.
        surely = (change.lower > 0) == (change.upper > 0) and row.median * change.median > 0
        said += f"; of the medians that is {share(row.median / change.median)}." if surely else "."
    if spec.inclusion is None or spec.inclusion_on_baseline:
        return said
    return (
        f"{said} How much of the passing part of {spec.inclusion.score} is still there at baseline is hardly known, as "
        "the interval says."
    )


def _prior_interval(row: Estimate, among: Sequence[Estimate]) -> str:
    decimals = decimals_of(row, among)
    return f"{fixed(row.prior_lower, decimals)} to {fixed(row.prior_upper, decimals)}"


def _table(rows: list[Estimate], results: Results) -> Table:
    groups: dict[str, list[tuple[str, ...]]] = {}
    among = results.estimates
    for row in rows:
        printed = (
            row.prior, fixed(row.prior_median, decimals_of(row, among)), _prior_interval(row, among),
            centre(row, among), interval(row, among), whole_share(row.learned),
        )  # fmt: skip
        groups.setdefault(quantity_of(row, results.study), []).append(printed)
    name = interval_name(rows[0])
    labels = ("Prior set", "Prior median", "Central 95%", "Posterior median", name, "Narrowed")
    columns = columns_of(labels)
    decisions = [item for item in results.decisions if item.estimate in rows]
    caption = f"Reliabilities under each prior set; {prior_name(results.main_prior)} is the main one."
    printed_groups = grouped(groups)
    return Table("reliabilities", caption, columns, printed_groups, frame_of(decisions))


SECTION = Section("Measurement error", (measurement,), render)
