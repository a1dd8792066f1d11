"""One quantity in several runs: a forest plot with a panel for each model, form, visit and group."""

from collections.abc import Sequence

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from cochange.inference.side_by_side.comparison import Group, Row
from cochange.reports.block import Figure
from cochange.reports.labels import is_whole, title_of, unit_of
from cochange.reports.numbers import centre, interval
from cochange.reports.plots.canvas import COLOURS, FAINT, INK, MARKERS, PALE, SYNTHETIC, WIDTH, house_style, save
from cochange.reports.plots.forest import important_lines, limits_of, log_axis

IN_PART = f"{SYNTHETIC} in part"
# Rows that the heading of a panel takes.
TITLE_ROOM = 1.3
# Inches of a row, and of what stands under and over the panels.
ROW, AROUND = 0.2, 0.75


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
    heights = [TITLE_ROOM + len(own) for own in drawn.values()]
    size = (WIDTH, AROUND + ROW * sum(heights))
    with house_style():
        drawing, axes = plt.subplots(len(drawn), 1, sharex=True, squeeze=False, height_ratios=heights, figsize=size)
        low, high = limits_of(estimates)
        axes.flat[0].set_xlim(low, high)
        if first.unit == "ratio" and low > 0:
            for axis in axes.flat:
                log_axis(axis)
        lines = _important(rows)
        for axis, (label, own) in zip(axes.flat, drawn.items(), strict=True):
            _panel(axis, own, styles, lines)
            axis.set_yticks(range(len(own)), [_beside(row, several, len(synthetic) > 1) for row in own])
            axis.set_title(label, loc="left", fontsize=8)
        title = title_of(first.estimand, rows[0].run.study, first.marker)
        drawing.supxlabel(f"{title} ({unit_of(first)})" if unit_of(first) else title, fontsize=9)
        picture = save(drawing, any(synthetic), SYNTHETIC if synthetic == {True} else IN_PART)
    shown = [line for line in lines if low <= line <= high]
    kind = ", of the kind named beside it" if several else f" ({interval_in_short(rows[0])})"
    caption = (
        f"{title} by run and prior set. Point: posterior median; coloured line: interval{kind}; grey bar: the "
        "same mass of the prior it implies, cut at the frame; grey cross: not to be reported"
        f"{'' if first.null is None else '; dashed: no change or association'}"
        f"{'; dotted: smallest important difference either way' if shown else ''}."
    )
    return Figure(name, caption, _alt(title, rows), picture)


def interval_in_short(row: Row) -> str:
    """Mass and kind of a row's interval."""
    return f"{100 * row.estimate.ci_prob:g}% {row.estimate.ci_kind.upper()}"


def _panel(axis: Axes, rows: Sequence[Row], styles: dict[str, int], lines: tuple[float, ...]) -> None:
    low, high = axis.get_xlim()
    if (null := rows[0].estimate.null) is not None:
        axis.axvline(null, color=INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=0)
    for line in lines:
        axis.axvline(line, color=FAINT, linewidth=0.8, linestyle=":", zorder=0)
    for height, row in enumerate(rows):
        estimate, both = row.estimate, [height, height]
        style = styles[row.run.label]
        colour = COLOURS[style % len(COLOURS)] if row.decision.settled else FAINT
        prior = np.clip([estimate.prior_lower, estimate.prior_upper], low, high)
        axis.plot(prior, both, color=PALE, linewidth=5, solid_capstyle="butt", zorder=1)
        axis.plot([estimate.lower, estimate.upper], both, color=colour, linewidth=1.6, zorder=2)
        marker = MARKERS[style % len(MARKERS)] if row.decision.settled else "x"
        axis.plot(estimate.median, height, marker, color=colour, markersize=4.5, zorder=3)
    axis.set_ylim(len(rows) - 0.4, -0.6)
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


def _alt(title: str, rows: Sequence[Row]) -> str:
    said = [
        f"{row.run.label}, {', '.join(word for word in row.line if word)}, {row.estimate.prior}: "
        f"{centre(row.estimate)} ({interval(row.estimate)}){'' if row.decision.settled else ', not to be reported'}"
        for row in rows
    ]
    return f"Forest plot. {title}, median and interval by run. " + "; ".join(said) + "."
