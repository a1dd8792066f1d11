"""Reliabilities: what the prior says, and what the data add."""

from cochange.inference.estimates import Estimate
from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL
from cochange.reports.block import Block, Column, Heading, Paragraph, Part, Points, Rows, Section, Table
from cochange.reports.labels import prior_name, quantity_of, scale_of
from cochange.reports.needs import measurement
from cochange.reports.numbers import beside, centre, interval, interval_name, share
from cochange.reports.rows import frame_of
from cochange.reports.sentences import HARDLY

RELIABILITIES = ("marker_reliability", "score_reliability", "state_correlation")
REGRESSION = "regression_to_mean"


def render(results: Results) -> Block:
    """Prior and posterior of each reliability, and what regression to the mean gives."""
    rows = [row for row in results.estimates if row.estimand in RELIABILITIES]
    main = [row for row in rows if row.prior == results.main_prior]
    parts: list[Part] = [
        Paragraph(
            "Every observed value is taken as a true one plus an error. The reliability is the share of the variance "
            "of an observed baseline value that is true. One sample a visit hardly tells of it, so the prior matters; "
            "duplicate wells tell of the assay's part of the error only."
        ),
        Points(tuple(learned(row, results) for row in main)),
        _table(rows, results),
    ]
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
    quantity = quantity_of(row, results.study)
    moved = (
        f"the data say hardly anything of it: the interval is {share(row.learned)} narrower than the prior's"
        if row.learned < HARDLY
        else f"the interval is {share(row.learned)} narrower than the prior's"
    )
    prior = f"{beside(row.prior_median, row.prior_sd)} ({_prior_interval(row)})"
    return f"{quantity}: prior {prior}, posterior {centre(row)} ({interval(row)}); {moved}."


def regression_to_mean(row: Estimate, results: Results) -> str:
    """What of the mean change is to be expected of the rule of inclusion alone."""
    rule = results.study.spec.inclusion
    scale = scale_of(results.study)
    change = next(
        item
        for item in results.estimates
        if (item.model, item.prior, item.estimand, item.group) == (row.model, row.prior, "symptom_change", OVERALL)
    )
    chosen = f"{rule.score} above {rule.above:g}" if rule is not None else "the baseline score"
    part = f", {share(row.median / change.median)} of it by the medians" if change.median else ""
    return (
        f"People chosen for {chosen} score lower when asked again without any change. Of the mean change of {scale} "
        f"of {centre(change)} points ({interval(change)}), regression to the mean alone would give {centre(row)} "
        f"points ({interval(row)}){part}. How much of the screening score's passing part is still there at baseline is "
        "hardly known, and the interval says so."
    )


def _prior_interval(row: Estimate) -> str:
    return f"{beside(row.prior_lower, row.prior_sd)} to {beside(row.prior_upper, row.prior_sd)}"


def _table(rows: list[Estimate], results: Results) -> Table:
    groups: dict[str, list[tuple[str, ...]]] = {}
    for row in rows:
        printed = (
            row.prior, beside(row.prior_median, row.prior_sd), _prior_interval(row), centre(row), interval(row),
            share(row.learned),
        )  # fmt: skip
        groups.setdefault(quantity_of(row, results.study), []).append(printed)
    name = interval_name(rows[0])
    labels = ("Prior set", "Prior median", "Central 95%", "Posterior median", name, "Narrowed")
    columns = tuple(Column(label, number=position > 0) for position, label in enumerate(labels))
    decisions = [item for item in results.decisions if item.estimate in rows]
    caption = f"Reliabilities under each prior set; {prior_name(results.main_prior)} is the main one."
    printed_groups = tuple(Rows(label, tuple(lines)) for label, lines in groups.items())
    return Table("reliabilities", caption, columns, printed_groups, frame_of(decisions))


SECTION = Section("Measurement error", (measurement,), render)
