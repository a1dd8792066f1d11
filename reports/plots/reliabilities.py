"""Reliabilities before and after the data."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cochange.inference.estimates import Estimate
from cochange.inference.results import Results
from cochange.reports.block import Figure
from cochange.reports.labels import quantity_of, quoted
from cochange.reports.numbers import decimals_of, fixed, interval_name, with_interval
from cochange.reports.plots.canvas import BLUE, FAINT, INK, PALE, WIDTH
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

ENDS = {"share": (0.0, 1.0), "correlation": (-1.0, 1.0)}
LABELS = {"share": "reliability, a share", "correlation": "correlation of errors"}


def reliability_plot(rows: Sequence[Estimate], results: Results) -> Figure:
    """Prior and posterior interval of each reliability and of each correlation of errors, under every prior set.

    Parameters
    ----------
    rows : sequence of Estimate
        Those with the unit share in a panel over those with the unit correlation.
    results : Results
        For names and the mark of synthetic data.
    """
    labels = [quantity_of(row, results.study).removesuffix(" at a visit") for row in rows]
    plan = Plan(_draw, (rows, labels), sign_of(results.study))
    caption = (
        f"Reliabilities before and after the data. Pale bar and stroke: the prior's interval and median; line and "
        f"point: the posterior's {interval_name(rows[0])} and median. Where the two cover the same, the data say "
        "nothing of it."
    )
    among = results.estimates
    alt = " ".join(
        f"{quantity_of(row, results.study)}, {quoted(row.prior)}: prior "
        f"{fixed(row.prior_lower, decimals_of(row, among))} to {fixed(row.prior_upper, decimals_of(row, among))}, "
        f"posterior {with_interval(row, among)}."
        for row in rows
    )
    return Figure("reliabilities", caption, alt, plan)


def _draw(rows: Sequence[Estimate], names: Sequence[str]) -> "Drawing":
    from matplotlib import pyplot as plt

    panels = {unit: own for unit in ENDS if (own := [row for row in rows if row.unit == unit])}
    heights = [0.45 + 0.3 * len(own) for own in panels.values()]
    drawing, axes = plt.subplots(
        len(panels), 1, figsize=(WIDTH, 0.5 + sum(heights)), squeeze=False, height_ratios=heights
    )
    for axis, (unit, own) in zip(axes.flat, panels.items(), strict=True):
        _panel(axis, own, [name for row, name in zip(rows, names, strict=True) if row.unit == unit])
        axis.set_xlim(*ENDS[unit])
        axis.set_xlabel(LABELS[unit], fontsize=8)
    return drawing


def _panel(axis: "Axes", rows: Sequence[Estimate], names: Sequence[str]) -> None:
    for height, row in enumerate(rows):
        both = [height, height]
        axis.plot([row.prior_lower, row.prior_upper], both, color=PALE, linewidth=9, solid_capstyle="butt", zorder=1)
        axis.plot(row.prior_median, height, "|", color=FAINT, markersize=9, markeredgewidth=1.6, zorder=2)
        axis.plot([row.lower, row.upper], both, color=BLUE, linewidth=1.8, zorder=3)
        axis.plot(row.median, height, "o", color=BLUE, markersize=5.5, markeredgecolor=INK, markeredgewidth=0.4)
    axis.set_ylim(len(rows) - 0.4, -0.6)
    several = len({row.prior for row in rows}) > 1
    labels = [f"{name}, {row.prior}" if several else name for name, row in zip(names, rows, strict=True)]
    axis.set_yticks(range(len(rows)), labels)
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
