"""Forest plots, drawn from the same rows as the tables."""

import math
import textwrap
from collections.abc import Mapping, Sequence
from itertools import count, pairwise
from typing import TYPE_CHECKING

import numpy as np

from cochange.inference.estimates import Estimate, important_limits
from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL
from cochange.reports.block import Figure
from cochange.reports.labels import form_of, prior_name, titled, with_visit_name
from cochange.reports.numbers import interval_name, with_interval
from cochange.reports.plots.canvas import COLOURS, DASHED, FAINT, INK, MARKERS, PALE, WIDTH, in_a_name
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

PANELS_A_ROW = 4
# Letters of the titles of all panels of a row together, and inches of a line of them.
LETTERS, LINE = 76, 0.16
# Under the first ratio of its ends a logarithmic axis has ticks at even steps, over the second at powers of ten.
NEAR, FAR = 5.0, 100.0
MOST_TICKS, LEAST_TICKS = 6, 3
# Part of an axis that a number takes where a panel has all the width.
NUMBER = 0.05
# What stands beside each line, by prior set and form.
Lines = Mapping[tuple[str, str | None], str]


def forest_plot(rows: Sequence[Estimate], results: Results) -> Figure:
    """Draw one estimand of one model: prior sets (and forms) in rows, groups in panels.

    Parameters
    ----------
    rows : sequence of Estimate
        Every group, form and prior set of the estimand.
    results : Results
        The run they belong to.
    """
    rows = [with_visit_name(row, results.study) for row in rows]
    first = rows[0]
    lines = _lines_of(rows)
    title = titled(first, results.study)
    caption = (
        f"{title} by prior set{_by_what(rows)} ({first.model}). Point: posterior median; "
        f"coloured line: {interval_name(first)}; grey line: the same mass of the prior it implies, cut at the frame"
        f"{'' if first.null is None else '; dashed: no change or association'}{_important_note(rows)}"
        f"{_forms_note(lines)}."
    )
    given = (rows, lines, important_lines(first), _axis_label(first, results))
    plan = Plan(_draw, given, sign_of(results.study))
    of_marker = "" if first.marker is None else f"_{in_a_name(first.marker)}"
    return Figure(f"forest_{first.model}_{first.estimand}{of_marker}", caption, _alt(title, rows, results), plan)


def _draw(rows: Sequence[Estimate], lines: Lines, important: Sequence[float], label: str) -> "Drawing":
    from matplotlib import pyplot as plt

    groups = list(dict.fromkeys(_panel_of(row) for row in rows))
    columns = _columns(rows, len(groups))
    depth = math.ceil(len(groups) / columns)
    titles = [
        textwrap.fill(group, LETTERS // columns, break_on_hyphens=False) if columns > 1 else "" for group in groups
    ]
    more = max(title.count("\n") for title in titles)
    drawing, axes = plt.subplots(
        depth,
        columns,
        sharex=True,
        sharey=True,
        squeeze=False,
        figsize=(WIDTH, depth * (0.8 + 0.26 * len(lines) + LINE * more) + 0.3),
    )
    axes.flat[0].set_xlim(*limits_of(rows))
    if rows[0].unit == "ratio" and axes.flat[0].get_xlim()[0] > 0:
        for axis in axes.flat:
            log_axis(axis, columns)
    axes.flat[0].set_ylim(len(lines) - 0.4, -0.6)
    for panel, axis in enumerate(axes.flat):
        if panel >= len(groups):
            axis.set_visible(False)
            continue
        # Under the last panel of every column, also where the row below has none.
        axis.tick_params(labelbottom=panel + columns >= len(groups))
        own = [row for row in rows if _panel_of(row) == groups[panel]]
        _panel(axis, own, lines, important, titles[panel])
    drawing.supxlabel(label, fontsize=9)
    # The last number of a panel and the first of the next stay apart.
    drawing.set_layout_engine("constrained", wspace=0.06)
    return drawing


def _columns(rows: Sequence[Estimate], panels: int) -> int:
    """Panels side by side: where there are several visits and groups, a row is a visit."""
    groups = len({row.group for row in rows})
    if 1 < groups <= PANELS_A_ROW and panels > groups:
        return groups
    return min(panels, PANELS_A_ROW)


def _lines_of(rows: Sequence[Estimate]) -> Lines:
    """The lines of each panel: prior sets, and forms in each."""
    return {(row.prior, row.form): ", ".join(part for part in (row.prior, form_of(row)) if part) for row in rows}


def _panel(axis: "Axes", rows: Sequence[Estimate], lines: Lines, important: Sequence[float], title: str) -> None:
    places = list(lines)
    priors = list(dict.fromkeys(prior for prior, _ in places))
    low, high = axis.get_xlim()
    if rows[0].null is not None:
        axis.axvline(rows[0].null, color=INK, linewidth=0.8, linestyle=DASHED, zorder=0)
    for limit in important:
        axis.axvline(limit, color=FAINT, linewidth=0.8, linestyle=":", zorder=0)
    for row in rows:
        height = places.index((row.prior, row.form))
        which = priors.index(row.prior)
        colour = COLOURS[which % len(COLOURS)]
        axis.plot(
            np.clip([row.prior_lower, row.prior_upper], low, high),
            [height, height],
            color=PALE,
            linewidth=5,
            solid_capstyle="butt",
            zorder=1,
        )
        axis.plot([row.lower, row.upper], [height, height], color=colour, linewidth=1.8, zorder=2)
        hollow = row.form is not None and row.form != places[0][1]
        axis.plot(
            row.median, height, MARKERS[which % len(MARKERS)], color=colour, markersize=5.5, zorder=3,
            markerfacecolor="white" if hollow else colour,
        )  # fmt: skip
    axis.set_yticks(range(len(lines)), list(lines.values()))
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    if title:
        axis.set_title(title, loc="left")


def _panel_of(row: Estimate) -> str:
    """Group and visit."""
    if row.visit is None:
        return row.group
    return row.visit if row.group == OVERALL else f"{row.group}, {row.visit}"


def _by_what(rows: Sequence[Estimate]) -> str:
    """What the panels stand for, beside the prior sets in each."""
    several = {
        "visit": len({row.visit for row in rows}) > 1,
        "group": len({row.group for row in rows}) > 1,
    }
    return "".join(f" and {name}" for name, there in several.items() if there)


def important_lines(row: Estimate) -> tuple[float, ...]:
    """The smallest important difference on either side of no change; empty where none is stated."""
    if row.smallest_important is None or row.null is None:
        return ()
    return important_limits(row.null, row.unit, row.smallest_important)


def _important_note(rows: Sequence[Estimate]) -> str:
    """What the dotted lines are, where one lies inside the frame."""
    low, high = limits_of(rows)
    drawn = any(low <= limit <= high for limit in important_lines(rows[0]))
    return "; dotted: smallest important difference either way" if drawn else ""


def log_axis(axis: "Axes", panels: int = 1) -> None:
    """A logarithmic axis with a few plain numbers, one of so many panels side by side."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    limits = axis.get_xlim()
    axis.set_xscale("log")
    axis.set_xlim(*limits)
    axis.xaxis.set_major_locator(FixedLocator(log_ticks(*limits, panels)))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.xaxis.set_minor_locator(NullLocator())


def log_ticks(low: float, high: float, panels: int = 1) -> list[float]:
    """A few plain numbers inside two positive limits: even steps where they are near, 1, 2 and 5 or tens where not.

    The more panels stand side by side, the fewer they are: numbers of a panel must not run together.
    """

    def apart(ticks: Sequence[float]) -> bool:
        least = (high / low) ** (NUMBER * panels)
        return all(after > least * before for before, after in pairwise(ticks))

    if high < NEAR * low:
        even = {bins: _even(low, high, bins) for bins in range(1, 2 * MOST_TICKS)}
        most = next((bins for bins in range(MOST_TICKS - 1, max(even)) if len(even[bins]) >= LEAST_TICKS), max(even))
        fewer = (even[bins] for bins in range(most, 0, -1))
        found = next((ticks for ticks in fewer if len(ticks) > 1 and apart(ticks)), even[most])
    else:
        steps = (1.0, 2.0, 5.0) if high < FAR * low else (1.0,)
        powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
        found = [step * 10.0**power for power in powers for step in steps]
    ticks = [tick for tick in found if low <= tick <= high]
    every = max(1, math.ceil(len(ticks) / (MOST_TICKS + 1)))
    return next(ticks[::steps] for steps in count(every) if apart(ticks[::steps]))


def _even(low: float, high: float, bins: int) -> list[float]:
    """Ticks at even steps between two limits."""
    from matplotlib.ticker import MaxNLocator

    ticks = MaxNLocator(nbins=bins, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in ticks if low <= tick <= high]


def limits_of(rows: Sequence[Estimate]) -> tuple[float, float]:
    """Ends of an axis that shows every interval and the value of no change."""
    values = [value for row in rows for value in (row.lower, row.upper)]
    values += [row.null for row in rows if row.null is not None]
    low, high = min(values), max(values)
    if rows[0].unit == "ratio" and low > 0:
        factor = (high / low) ** 0.06 if high > low else 1.1
        return low / factor, high * factor
    margin = 0.06 * (high - low) or 1.0
    return low - margin, high + margin


def _axis_label(row: Estimate, results: Results) -> str:
    title = titled(row, results.study)
    return f"{title} (points)" if row.unit.startswith("points") else title


def _forms_note(lines: Lines) -> str:
    return "; filled: ANCOVA form, hollow: change-score form" if len({form for _, form in lines}) > 1 else ""


def _alt(title: str, rows: Sequence[Estimate], results: Results) -> str:
    said = [
        f"{_panel_of(row)}, {prior_name(row.prior)}{', ' + form_of(row) if row.form else ''}: "
        f"{with_interval(row, results.estimates)}"
        for row in rows
    ]
    return f"Forest plot. {title}, median and {interval_name(rows[0])}. " + "; ".join(said) + "."
