"""The figure of mean changes from visit to visit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cochange.inference.estimates import Estimate
from cochange.inference.results import Results
from cochange.models.parts.visits import visits_of
from cochange.reports.block import Figure
from cochange.reports.labels import prior_name, title_of, visit_name, with_visit_name
from cochange.reports.numbers import interval_name, with_interval
from cochange.reports.plots.canvas import COLOURS, DASHED, FAINT, MARKERS, WIDTH, legend_above
from cochange.reports.plots.forest import log_ticks
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

APART = 0.09


def course_plot(rows: Sequence[Estimate], results: Results) -> Figure:
    """Draw the mean change from baseline of each arm, or of everyone, at every visit.

    Parameters
    ----------
    rows : sequence of Estimate
        One estimand of one prior set, by visit and group.
    results : Results
        The run they belong to.
    """
    rows = [with_visit_name(row, results.study) for row in rows]
    first, visits = rows[0], [visit_name(visit, results.study) for visit in visits_of(results.study)]
    groups = list(dict.fromkeys(row.group for row in rows))
    title = title_of(first.estimand, results.study, model=first.model)
    label = f"{title}, points" if first.unit == "points" else title
    plan = Plan(_draw, (rows, visits, label), sign_of(results.study))
    caption = (
        f"{title} from {visits[0]} to each visit{' by arm' if len(groups) > 1 else ''}, under "
        f"{prior_name(first.prior)}: posterior median and {interval_name(first)}; dashed: no change."
    )
    among = results.estimates
    said = "; ".join(f"{row.group} at {row.visit}: {with_interval(row, among)}" for row in rows)
    return Figure(f"visits_{first.model}_{first.estimand}", caption, f"{title} by visit. {said}.", plan)


def _draw(rows: Sequence[Estimate], visits: Sequence[str], label: str) -> "Drawing":
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    first, groups = rows[0], list(dict.fromkeys(row.group for row in rows))
    assert first.null is not None
    drawing, axis = plt.subplots(figsize=(WIDTH, 3.2))
    if first.unit == "ratio":
        axis.set_yscale("log")
    axis.axhline(first.null, color=FAINT, linewidth=0.8, linestyle=DASHED, zorder=0)
    for position, group in enumerate(groups):
        own = [row for row in rows if row.group == group]
        shift = APART * (position - (len(groups) - 1) / 2)
        x = [visits.index(str(row.visit)) + shift for row in own]
        colour, mark = COLOURS[position % len(COLOURS)], MARKERS[position % len(MARKERS)]
        axis.vlines(x, [row.lower for row in own], [row.upper for row in own], color=colour, linewidth=1.6)
        axis.plot([0, *x], [first.null, *(row.median for row in own)], color=colour, linewidth=1, alpha=0.6)
        axis.plot(x, [row.median for row in own], mark, color=colour, markersize=5.5, label=group)
    axis.plot(0, first.null, "o", color=FAINT, markersize=4)
    axis.set_xticks(range(len(visits)), visits)
    if first.unit == "ratio":
        axis.yaxis.set_major_locator(FixedLocator(log_ticks(*axis.get_ylim())))
        axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axis.yaxis.set_minor_locator(NullLocator())
    axis.set_xlabel("visit")
    axis.set_ylabel(label)
    if len(groups) > 1:
        legend_above(axis)
    return drawing
