"""The sections of a comparison: the runs, each quantity, and what differs."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from cochange.inference.estimates import Estimate
from cochange.inference.side_by_side.comparison import Group, Row, SideBySide
from cochange.inference.side_by_side.stored import StoredRun
from cochange.models.parts.design import OVERALL, arm_label
from cochange.reports.block import Block, Column, Paragraph, Part, Points, Rows, Table, grouped
from cochange.reports.labels import (
    OF_ARMS_AND_MARKERS,
    RESPONDERS,
    VERDICTS,
    form_of,
    is_compared,
    is_contrast,
    listed,
    prior_name,
    title_of,
)
from cochange.reports.numbers import ABSENT, centre, fixed, interval, interval_name, side_of
from cochange.reports.plots.side_by_side import interval_in_short, side_by_side_plot
from cochange.reports.sensitivity import side_in_words

SHIFT_DECIMALS = 2


def runs_block(comparison: SideBySide, name: str) -> Block:
    """Which runs these are, whether they may be reported, and how they are related."""
    runs = comparison.runs
    parts: list[Part] = [
        Paragraph(
            "Each number below was stored by its run; nothing was sampled or summarised anew. Rows stand in one table "
            "where they estimate the same quantity: the same estimand in the same unit, on the same scale, of the same "
            "marker. What else they differ in is said above each table."
        )
    ]
    parts += [Paragraph(text, warning=True) for text in unreportable(runs)]
    if comparison.kinship:
        parts.append(Points(comparison.kinship))
    if not comparison.one_study:
        parts.append(
            Paragraph(
                "The runs are of different studies. Their estimates are set beside each other and are not pooled; a "
                "meta-analysis of published estimates is what cochange pool makes."
            )
        )
    parts += [Paragraph(text) for text in designs(runs)]
    return Block((*parts, _runs_table(runs, name)))


def _runs_table(runs: Sequence[StoredRun], name: str) -> Table:
    lines = [_run(run) for run in runs]
    labels = ("Run", "Study", "Design", "Participants", "Data", "Prior sets", "Verdict")
    columns = tuple(Column(label, number=label == "Participants") for label in labels)
    frame = pd.DataFrame(lines, columns=[label.lower().replace(" ", "_") for label in labels])
    frame = frame.drop(columns="data")
    frame.insert(0, "data", [data_of([run]) for run in runs])
    return Table(name, "The runs, and the verdict of each.", columns, (Rows("", tuple(lines)),), frame)


def data_of(runs: Sequence[StoredRun]) -> str:
    """What the first column of a file says of the data: synthetic, of a study, or both."""
    kinds = {run.synthetic for run in runs}
    return "synthetic in part" if len(kinds) > 1 else ("synthetic" if True in kinds else "study")


def unreportable(runs: Sequence[StoredRun]) -> list[str]:
    """Which runs must not be reported, and which fits of theirs failed."""
    said = []
    for run in runs:
        if run.verdict.status == "do not report":
            failed = dict.fromkeys(
                f"{item.estimate.model} under {prior_name(item.estimate.prior)}"
                for item in run.decisions
                if not item.settled
            )
            said.append(f"Do not report: {run.label}. Its fits of {listed(list(failed))} failed their diagnostics.")
    return said


def designs(runs: Sequence[StoredRun]) -> list[str]:
    """How changes without a comparison and contrasts of randomised arms are kept apart."""
    compared = [run.label for run in runs if is_compared(run.study)]
    alone = [run.label for run in runs if not is_compared(run.study)]
    if compared and alone:
        return [
            f"{listed(alone)}: no arms were randomised, so there are changes from before to after, which do not tell "
            f"what the treatment did. {listed(compared)}: arms were randomised; their contrasts stand in tables of "
            "their own, and are never to be set against a change without a comparison."
        ]
    return []


def _run(run: StoredRun) -> tuple[str, ...]:
    spec = run.study.spec.study
    priors = list(dict.fromkeys(item.estimate.prior for item in run.decisions))
    return (
        run.label, spec.title, spec.design, str(run.study.data.sizes["participant"]),
        "synthetic" if run.synthetic else "as given", ", ".join(priors), VERDICTS[run.verdict.status],
    )  # fmt: skip


def title_of_group(group: Group) -> str:
    """What a quantity is called, with the cut of a share of responders."""
    first, threshold = group.rows[0], group.quantity.threshold
    row = first.estimate
    title = title_of(row.estimand, first.run.study, row.marker, meaning=row.meaning)
    return f"{title}, {threshold}" if threshold else title


def group_block(group: Group, title: str, name: str, mixed: bool) -> Block:
    """A quantity: what to know before reading, the table, the figure.

    Parameters
    ----------
    group : Group
        The quantity.
    title, name : str
        What it is called, and the name of its files.
    mixed : bool
        Whether some runs of the comparison are of synthetic data and some are not: captions then say which.
    """
    parts: list[Part] = []
    if not_to_report := [row for row in group.rows if not row.decision.settled]:
        whose = list(dict.fromkeys(row.run.label for row in not_to_report))
        parts.append(Paragraph(f"Not to be reported here: rows of {listed(whose)}, marked in the table.", warning=True))
    if group.flags:
        parts += [
            Paragraph("These rows are of one quantity, but not under the same conditions.", warning=True),
            Points(group.flags),
        ]
    if group.apart:
        parts.append(Points(group.apart))
    if len(group.runs) == 1:
        parts.append(Paragraph(f"{group.runs[0].label} alone estimates this."))
    panels = panels_of(group)
    synthetic = [run.label for run in group.runs if run.synthetic]
    note = f" Synthetic data: {listed(synthetic)}." if mixed and synthetic else ""
    figure = side_by_side_plot(group, panels, name)
    figure = replace(figure, caption=f"{figure.caption}{note}", alt=f"{figure.alt}{note}")
    return Block((*parts, _table(group, panels, title, name, note), figure))


def panels_of(group: Group) -> dict[str, Sequence[Row]]:
    """The rows of a quantity by model, form, visit and group, and by what is compared in them."""
    found: dict[str, list[Row]] = {}
    for row in group.rows:
        own = row.estimate
        visit = f"at {own.visit}" if own.visit is not None else ""
        where = ", ".join(word for word in (own.model, form_of(own), visit, own.group) if word)
        spoken = _speaks_of(row)
        found.setdefault(f"{where}: {spoken}" if spoken else where, []).append(row)
    return dict(found)


def _speaks_of(row: Row) -> str:
    """Whether a row compares anything: arms that were randomised, arms that were not, or only before and after."""
    estimate, design = row.estimate, row.run.study.spec.study.design
    if estimate.estimand in OF_ARMS_AND_MARKERS:
        return "an association, no comparison of arms alone"
    if is_contrast(estimate):
        return "randomised arms compared" if design == "randomised" else "arms compared that were not randomised"
    if not (estimate.question == "Q1" or estimate.estimand in RESPONDERS):
        return ""
    if estimate.group == OVERALL and is_compared(row.run.study):
        return "all arms pooled, before and after, no comparison of arms"
    if estimate.group.startswith(arm_label("")):
        return "one arm of several, before and after, no comparison of arms"
    return "before and after, no comparison"


def _table(group: Group, panels: dict[str, Sequence[Row]], title: str, name: str, note: str) -> Table:
    kinds = {interval_in_short(row) for row in group.rows}
    several = len(kinds) > 1
    labels = (
        "Run", "Prior", "Participants", "Median", "Interval" if several else interval_name(group.rows[0].estimate),
        "Probability of its side", "Direction", "Shift, SDs",
    )  # fmt: skip
    columns = tuple(Column(label, number=2 <= place <= 5 or place == 7) for place, label in enumerate(labels))
    among = [row.estimate for row in group.rows]
    groups = tuple(Rows(label, tuple(_cells(row, several, among) for row in rows)) for label, rows in panels.items())
    caption = (
        f"{title} [{group.quantity.unit}] in every run.{note} Participants: those the model uses, of the group or the "
        "arms that the row speaks of. Shift: posterior mean less that of the first row of its "
        "heading on the same data, in posterior SDs of that row, with the Monte Carlo standard error; none between "
        "different data."
    )
    return Table(name, caption, columns, groups, pd.DataFrame([record_of_row(row) for row in group.rows]))


def _cells(row: Row, several: bool, among: Sequence[Estimate]) -> tuple[str, ...]:
    estimate = row.estimate
    limits = interval(estimate, among)
    limits = f"{limits} ({interval_in_short(row)})" if several else limits
    chance = side_of(estimate) if row.decision.settled and estimate.null is not None else ABSENT
    number = row.run.participants(estimate.model, estimate.group)
    return (
        row.run.label, estimate.prior, ABSENT if number is None else str(number), centre(estimate, among), limits,
        chance, said_of(row), shift_of(row),
    )  # fmt: skip


def said_of(row: Row) -> str:
    """Direction and importance of a row, in words."""
    words = [side_in_words(row.decision)]
    if row.decision.settled and row.decision.importance != "not asked":
        words.append(row.decision.importance)
    return ", ".join(words)


def shift_of(row: Row) -> str:
    """How far a row lies from the first on the same data, with its Monte Carlo standard error."""
    if row.shift is None or row.shift_mcse is None:
        return ABSENT
    return f"{fixed(row.shift, SHIFT_DECIMALS)} ± {fixed(row.shift_mcse, SHIFT_DECIMALS)}"


def record_of_row(row: Row) -> dict[str, Any]:
    """Every field of a row, in full."""
    return {
        "data": data_of([row.run]),
        "run": row.run.label,
        "input_hash": row.run.study.input_hash,
        "participants": row.run.participants(row.estimate.model, row.estimate.group),
        "speaks_of": _speaks_of(row),
        **asdict(row.estimate),
        "direction": row.decision.direction,
        "importance": row.decision.importance,
        "settled": row.decision.settled,
        "shift": row.shift,
        "shift_mcse": row.shift_mcse,
    }


def differences_block(comparison: SideBySide, name: str) -> Block:
    """What differs between the runs, as a table."""
    labels = [run.label for run in comparison.runs]
    unrecorded = [run.label for run in comparison.runs if not run.manifest["priors"]]
    parts: list[Part] = [
        Paragraph(
            "Everything recorded of these runs in which not all of them agree: the data, how they were computed, the "
            "keys of the study file, the models and the values of the priors. What is not listed is the same in all."
        )
    ]
    if unrecorded:
        parts.append(
            Paragraph(
                f"{listed(unrecorded)}: made before the values of priors were recorded, so these are not compared.",
                warning=True,
            )
        )
    if not comparison.differences:
        return Block((*parts, Paragraph("Nothing recorded of them differs.")))
    by_kind: dict[str, list[tuple[str, ...]]] = {}
    for item in comparison.differences:
        by_kind.setdefault(item.kind.capitalize(), []).append((item.item, *item.by_run))
    groups = grouped(by_kind)
    records = [
        {
            "data": data_of(comparison.runs),
            "kind": item.kind,
            "item": item.item,
            **dict(zip(labels, item.by_run, strict=True)),
        }
        for item in comparison.differences
    ]
    columns = tuple(Column(label) for label in ("Item", *labels))
    parts.append(Table(name, "What differs between the runs.", columns, groups, pd.DataFrame(records)))
    return Block(tuple(parts))
