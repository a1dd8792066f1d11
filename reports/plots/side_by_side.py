"""One quantity in several runs: a forest plot with a panel for each model, form, visit and group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cochange.inference.estimates import Estimate
from cochange.inference.side_by_side.comparison import Group, Row
from cochange.reports.block import Figure
from cochange.reports.labels import is_whole, quoted, title_of, unit_of
from cochange.reports.numbers import with_interval
from cochange.reports.plots.canvas import COLOURS, DASHED, FAINT, INK, MARKERS, PALE, WIDTH
from cochange.reports.plots.forest import important_lines, limits_of, log_axis
from cochange.reports.plots.plan import SYNTHETIC, Plan

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

IN_PART = f"{SYNTHETIC} in part"
# Rows that the heading of a panel takes.
TITLE_ROOM = 1.3
# Inches of a row, and of what stands under and over the panels.
ROW, AROUND = 0.2, 0.75


@dataclass(frozen=True)
class _Line:
    """A line of a panel: its estimate, whether that may be reported, the style of its run, what stands beside it."""

    estimate: Estimate
    settled: bool
    style: int
    label: str


def side_by_side_plot(group: Group, panels: dict[str, Sequence[Row]], name: str) -> Figure:
    """Draw a quantity, a line for each run and prior set.

    Parameters
    ----------
    group : Group
        The quantity.
    panels : dict of str to sequence of Row
        Its rows by the heading they stand under; those of the whole sample and of contrasts are drawn where there are
        any.
    name : str
        Name of its files.
    """
    whole = {label: rows for label, rows in panels.items() if is_whole(rows[0].estimate)}
    drawn = whole or panels
    rows = [row for own in drawn.values() for row in own]
    estimates = [row.estimate for row in rows]
    styles = {run.label: place for place, run in enumerate(group.runs)}
    first, several = estimates[0], len({interval_in_short(row) for row in rows}) > 1
    synthetic = {row.run.synthetic for row in rows}
    title = title_of(first.estimand, rows[0].run.study, first.marker, meaning=first.meaning)
    label = f"{title} ({unit_of(first)})" if unit_of(first) else title
    lines = {
        heading: [
            _Line(row.estimate, row.decision.settled, styles[row.run.label], _beside(row, several, len(synthetic) > 1))
            for row in own
        ]
        for heading, own in drawn.items()
    }
    important, (low, high) = _important(rows), limits_of(estimates)
    sign = {frozenset((True,)): SYNTHETIC, frozenset((False,)): ""}.get(frozenset(synthetic), IN_PART)
    plan = Plan(_draw, (lines, important, (low, high), label), sign)
    shown = [line for line in important if low <= line <= high]
    kind = ", of the kind named beside it" if several else f" ({interval_in_short(rows[0])})"
    caption = (
        f"{title} by run and prior set. Point: posterior median; coloured line: interval{kind}; grey bar: the "
        "same mass of the prior it implies, cut at the frame; grey cross: not to be reported"
        f"{'' if first.null is None else '; dashed: no change or association'}"
        f"{'; dotted: smallest important difference either way' if shown else ''}."
    )
    return Figure(name, caption, _alt(title, rows, group), plan)


def interval_in_short(row: Row) -> str:
    """Mass and kind of a row's interval."""
    return f"{100 * row.estimate.ci_prob:g}% {row.estimate.ci_kind.upper()}"


def _draw(
    panels: Mapping[str, Sequence[_Line]], important: Sequence[float], limits: tuple[float, float], label: str
) -> "Drawing":
    from matplotlib import pyplot as plt

    heights = [TITLE_ROOM + len(lines) for lines in panels.values()]
    size = (WIDTH, AROUND + ROW * sum(heights))
    drawing, axes = plt.subplots(len(panels), 1, sharex=True, squeeze=False, height_ratios=heights, figsize=size)
    axes.flat[0].set_xlim(*limits)
    first = next(iter(panels.values()))[0].estimate
    if first.unit == "ratio" and limits[0] > 0:
        for axis in axes.flat:
            log_axis(axis)
    for axis, (heading, lines) in zip(axes.flat, panels.items(), strict=True):
        _panel(axis, lines, important)
        axis.set_yticks(range(len(lines)), [line.label for line in lines])
        axis.set_title(heading, loc="left", fontsize=8)
    drawing.supxlabel(label, fontsize=9)
    return drawing


def _panel(axis: "Axes", lines: Sequence[_Line], important: Sequence[float]) -> None:
    low, high = axis.get_xlim()
    if (null := lines[0].estimate.null) is not None:
        axis.axvline(null, color=INK, linewidth=0.8, linestyle=DASHED, zorder=0)
    for limit in important:
        axis.axvline(limit, color=FAINT, linewidth=0.8, linestyle=":", zorder=0)
    for height, line in enumerate(lines):
        estimate, both = line.estimate, [height, height]
        colour = COLOURS[line.style % len(COLOURS)] if line.settled else FAINT
        prior = np.clip([estimate.prior_lower, estimate.prior_upper], low, high)
        axis.plot(prior, both, color=PALE, linewidth=5, solid_capstyle="butt", zorder=1)
        axis.plot([estimate.lower, estimate.upper], both, color=colour, linewidth=1.6, zorder=2)
        marker = MARKERS[line.style % len(MARKERS)] if line.settled else "x"
        axis.plot(estimate.median, height, marker, color=colour, markersize=4.5, zorder=3)
    axis.set_ylim(len(lines) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0, labelsize=7)
    axis.spines["left"].set_visible(False)


def _important(rows: Sequence[Row]) -> tuple[float, ...]:
    """The smallest important difference either way, where all that is drawn agrees on it."""
    found = {important_lines(row.estimate) for row in rows}
    return found.pop() if len(found) == 1 else ()


def _beside(row: Row, several: bool, mixed: bool) -> str:
    notes = [interval_in_short(row)] if several else []
    notes += ["synthetic"] if mixed and row.run.synthetic else []
    notes += [] if row.decision.settled else ["not to be reported"]
    label = f"{row.run.label}, {row.estimate.prior}"
    return f"{label} ({', '.join(notes)})" if notes else label


def _alt(title: str, rows: Sequence[Row], group: Group) -> str:
    among = [row.estimate for row in group.rows]
    said = [
        f"{row.run.label}, {', '.join(word for word in row.line if word)}, {quoted(row.estimate.prior)}: "
        f"{with_interval(row.estimate, among)}{'' if row.decision.settled else ', not to be reported'}"
        for row in rows
    ]
    return f"Forest plot. {title}, median and interval by run. " + "; ".join(said) + "."
