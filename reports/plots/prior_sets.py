"""One estimand under every prior set of a comparison: prior beside posterior, and how far the answer moves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cochange.data.study import Study
from cochange.inference.comparing.rows import Compared
from cochange.inference.estimates import Estimate
from cochange.reports.block import Figure
from cochange.reports.labels import quantity_of, quoted, unit_of
from cochange.reports.numbers import fixed, interval_name, probability, whole_share, with_interval
from cochange.reports.plots.canvas import BLUE, COLOURS, DASHED, FAINT, INK, PALE, WIDTH, in_a_name
from cochange.reports.plots.forest import important_lines, limits_of
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

TEXTS = ("P(side)", "shift, SDs", "width", "overlap", "decision")
PLACES = (0.02, 0.24, 0.45, 0.60, 0.78)
SAID = {"no": "same", "yes": "changed", "unsure": "unsure"}
SHIFT_DECIMALS = 2


def prior_set_plot(rows: Sequence[Compared], study: Study, among: Sequence[Estimate]) -> Figure:
    """Draw one quantity under every prior set, the main set first.

    Parameters
    ----------
    rows : sequence of Compared
        The quantity under each set.
    study : Study
        For names and the mark of synthetic data.
    among : sequence of Estimate
        Every estimate of the comparison, for decimals.
    """
    first = rows[0].estimate
    label = quantity_of(first, study)
    lines = important_lines(first)
    unit = f", {unit_of(first)}" if unit_of(first) else ""
    plan = Plan(_draw, (rows, [numbers(row) for row in rows], lines, f"{label}{unit}"), sign_of(study))
    name = "_".join(in_a_name(str(part)) for part in rows[0].quantity if part is not None)
    caption = (
        f"{label} by prior set ({first.model}). Point: posterior median; line: {interval_name(first)}; pale bar: the "
        "same mass of the prior it implies, cut at the frame; hollow points: draws of another set, reweighted or "
        "moment-matched"
        f"{'' if first.null is None else '; dashed: no change or association'}"
        f"{'' if first.smallest_important is None else '; dotted: smallest important difference either way'}. Shift: "
        "posterior mean less that under the main set, in its posterior SDs; width: of the interval, over that under "
        "the main set; overlap: area that prior and posterior share."
    )
    return Figure(f"priors_{name}", caption, _alt(label, rows, among), plan)


def _draw(
    rows: Sequence[Compared], printed: Sequence[tuple[str, ...]], lines: Sequence[float], label: str
) -> "Drawing":
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

    first = rows[0].estimate
    size = (WIDTH, 0.75 + 0.27 * len(rows))
    drawing, (axis, side) = plt.subplots(1, 2, figsize=size, sharey=True, width_ratios=(1.15, 1))
    low, high = limits_of([row.estimate for row in rows])
    _intervals(axis, rows, lines, low, high)
    axis.set_xlim(low, high)
    if first.unit == "ratio" and low > 0:
        axis.set_xscale("log")
        axis.xaxis.set_major_locator(MaxNLocator(nbins=5))
        axis.xaxis.set_minor_locator(NullLocator())
        axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_ylim(len(rows) - 0.4, -0.6)
    axis.set_yticks(range(len(rows)), [row.estimate.prior for row in rows])
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    axis.set_xlabel(label, fontsize=8)
    _texts(side, printed)
    return drawing


def _intervals(axis: "Axes", rows: Sequence[Compared], lines: Sequence[float], low: float, high: float) -> None:
    first = rows[0].estimate
    if first.null is not None:
        axis.axvline(first.null, color=INK, linewidth=0.8, linestyle=DASHED, zorder=0)
    for line in lines:
        axis.axvline(line, color=FAINT, linewidth=0.8, linestyle=":", zorder=0)
    for height, row in enumerate(rows):
        estimate, both = row.estimate, [height, height]
        colour = BLUE if row.changed == "no" else COLOURS[1]
        prior = np.clip([estimate.prior_lower, estimate.prior_upper], low, high)
        axis.plot(prior, both, color=PALE, linewidth=8, solid_capstyle="butt", zorder=1)
        axis.plot([estimate.lower, estimate.upper], both, color=colour, linewidth=1.8, zorder=2)
        face = colour if row.how == "sampled" else "white"
        axis.plot(estimate.median, height, "o", markersize=5, color=colour, markerfacecolor=face, zorder=3)


def _texts(axis: "Axes", printed: Sequence[tuple[str, ...]]) -> None:
    """The numbers of each set, in line with its interval."""
    axis.set_xlim(0, 1)
    axis.axis("off")
    for place, text in zip(PLACES, TEXTS, strict=True):
        axis.text(place, -0.75, text, fontsize=7.5, color=FAINT, va="bottom")
    for height, texts in enumerate(printed):
        for place, text in zip(PLACES, texts, strict=True):
            axis.text(place, height, text, fontsize=8, va="center")


def numbers(row: Compared) -> tuple[str, ...]:
    """What is printed of a set beside its interval, in the order of `TEXTS`."""
    main = row.shift == 0 and row.shift_mcse == 0
    return (
        probability(row.estimate.p_direction),
        "main set" if main else fixed(row.shift, SHIFT_DECIMALS),
        "" if main else fixed(row.width_ratio, 2),
        whole_share(row.overlap),
        "" if main else SAID[row.changed],
    )


def _alt(label: str, rows: Sequence[Compared], among: Sequence[Estimate]) -> str:
    said = [
        f"{quoted(row.estimate.prior)}: {with_interval(row.estimate, among)}, shift "
        f"{fixed(row.shift, SHIFT_DECIMALS)}, overlap {whole_share(row.overlap)}"
        for row in rows
    ]
    return f"{label}, median and {interval_name(rows[0].estimate)} by prior set. " + "; ".join(said) + "."
