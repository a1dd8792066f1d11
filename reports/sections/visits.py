"""Changes, contrasts of arms and correlations from visit to visit."""

from collections.abc import Sequence

from cochange.inference.estimates import Decision
from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL
from cochange.reports.block import Block, Column, Heading, Paragraph, Part, Section, Table, grouped
from cochange.reports.labels import REPEATED, is_compared, is_contrast, prior_name, title_of, with_visit_name
from cochange.reports.needs import failed, visits
from cochange.reports.numbers import centre, interval, interval_name, side_of
from cochange.reports.plots.courses import course_plot
from cochange.reports.rows import frame_of
from cochange.reports.sensitivity import side_in_words

CHANGES = ("symptom_change", "geometric_mean_ratio")
CONTRASTS = ("arm_difference", "arm_ratio")
CORRELATIONS = ("change_correlation", "change_correlation_given_baseline")


def render(results: Results) -> Block:
    """Under the main prior: a figure of each outcome's mean changes, then contrasts and correlations by visit."""
    decisions = results.decisions_of(REPEATED, results.main_prior)
    parts: list[Part] = [Paragraph(f"{REPEATED}, under {prior_name(results.main_prior)}. {_reading(results)}")]
    if warning := failed(results, REPEATED):
        parts.append(Paragraph(warning, warning=True))
    for name in CHANGES:
        rows = [item.estimate for item in decisions if item.estimate.estimand == name]
        arms = [row for row in rows if row.group != OVERALL]
        if rows:
            parts.append(course_plot(arms or rows, results))
    for heading, name, names in (
        ("Contrasts of arms by visit", "contrasts_by_visit", CONTRASTS),
        ("Mean changes by visit", "changes_by_visit", CHANGES),
        ("Correlations of the changes by visit", "correlations_by_visit", CORRELATIONS),
    ):
        if own := [item for item in decisions if item.estimate.estimand in names]:
            parts += [Heading(heading), _table(name, heading, own, results)]
    return Block(tuple(parts))


def _reading(results: Results) -> str:
    """What contrasts and changes may be called."""
    if is_compared(results.study):
        return (
            "Arms were randomised: their contrasts at a visit are effects of assignment to the arm, as far as what is "
            "missing is missing at random. Changes within an arm are changes, not effects."
        )
    if results.study.spec.arms is not None:
        return "Arms were not randomised: their contrasts are differences, given what is adjusted for, not effects."
    return "There is one arm: changes from visit to visit are changes, not effects of a treatment."


def _table(name: str, heading: str, decisions: Sequence[Decision], results: Results) -> Table:
    groups: dict[str, list[tuple[str, ...]]] = {}
    for item in decisions:
        row = with_visit_name(item.estimate, results.study)
        whom = "" if row.group == OVERALL else f", {row.group}"
        printed = (
            str(row.visit),
            centre(row, results.estimates),
            interval(row, results.estimates),
            side_of(row),
            side_in_words(item),
        )
        title = f"{title_of(row.estimand, results.study, model=row.model)}{whom} [{row.unit}]"
        groups.setdefault(title, []).append(printed)
    columns = (
        Column("Visit"), Column("Median", True), Column(interval_name(decisions[0].estimate), True),
        Column("Probability of its side", True), Column("Direction"),
    )  # fmt: skip
    adjusted = " given the baselines and covariates" if any(is_contrast(item.estimate) for item in decisions) else ""
    return Table(
        name,
        f"{heading} ({REPEATED}){adjusted}.",
        columns,
        grouped(groups),
        frame_of(decisions),
    )


SECTION = Section("From visit to visit", (visits,), render)
