"""The figure of the no-change benchmark."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cochange.inference.no_change import NaiveStatistic
from cochange.inference.results import Results
from cochange.reports.block import Figure
from cochange.reports.numbers import fixed, told_apart
from cochange.reports.plots.canvas import BLUE, COLOURS, DASHED, FAINT, INK, WIDTH, in_a_name
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


def benchmark_plot(rows: tuple[NaiveStatistic, ...], titles: Sequence[str], results: Results) -> Figure:
    """Each statistic as observed beside its distribution without change, every row on a scale of its own.

    Parameters
    ----------
    rows : tuple of NaiveStatistic
        The statistics of one marker.
    titles : sequence of str
        What they are called, with their units.
    results : Results
        For the mark of synthetic data.
    """
    plan = Plan(_draw, (rows, titles), sign_of(results.study))
    caption = (
        "No-change benchmark: each statistic as observed (diamond) beside its central 95% and median in data sets in "
        "which no true score changed (blue); dashed: zero. Every row has a scale of its own."
    )
    alt = " ".join(
        f"{title}: observed {fixed(row.observed, decimals)}, without change {fixed(row.lower, decimals)} to "
        f"{fixed(row.upper, decimals)}."
        for row, title in zip(rows, titles, strict=True)
        for decimals in [told_apart(row.observed, row.lower, row.upper)]
    )
    return Figure(f"no_change_{in_a_name(rows[0].marker)}", caption, alt, plan)


def _draw(rows: Sequence[NaiveStatistic], titles: Sequence[str]) -> "Drawing":
    from matplotlib import pyplot as plt

    drawing, axes = plt.subplots(len(rows), 1, figsize=(WIDTH, 0.35 + 0.62 * len(rows)), squeeze=False)
    for axis, row, title in zip(axes.flat, rows, titles, strict=True):
        axis.axvline(0, color=FAINT, linewidth=0.8, linestyle=DASHED, zorder=0)
        axis.plot([row.lower, row.upper], [0, 0], color=BLUE, linewidth=5, alpha=0.45, solid_capstyle="butt")
        axis.plot(row.median, 0, "|", color=BLUE, markersize=13, markeredgewidth=1.8)
        axis.plot(row.observed, 0, "D", color=COLOURS[1], markersize=6, markeredgecolor=INK, markeredgewidth=0.6)
        axis.set_title(title, loc="left", fontsize=8, pad=2)
        axis.set_ylim(-1, 1)
        axis.set_yticks([])
        axis.margins(x=0.06)
        axis.spines["left"].set_visible(False)
        axis.tick_params(axis="x", labelsize=7, pad=1)
    return drawing
