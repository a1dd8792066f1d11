"""One estimand against the values of a hyperparameter: line and band."""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cochange.data.study import Study
from cochange.inference.comparing.grid import Vary
from cochange.inference.comparing.rows import Compared
from cochange.inference.estimates import Estimate
from cochange.reports.block import Figure
from cochange.reports.labels import quantity_of, unit_of
from cochange.reports.numbers import interval_name, with_interval, with_minus
from cochange.reports.plots.canvas import BLUE, COLOURS, DASHED, INK, WIDTH, in_a_name
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

LEAST_VALUES = 3
# Values that span more than this many times the smallest are drawn on a log axis.
WIDE = 5
# What fits beside the axis.
LETTERS_UPRIGHT = 40


def varied_plot(
    rows: Sequence[Compared], vary: Vary, main_value: float, unit: str, study: Study, among: Sequence[Estimate]
) -> Figure:
    """Draw one quantity against a hyperparameter that takes three values or more.

    Parameters
    ----------
    rows : sequence of Compared
        The quantity under the main set, then under each value in the order of `vary`.
    vary : Vary
        The hyperparameter and its values.
    main_value : float
        Its value in the main set.
    unit : str
        Unit of the hyperparameter; empty where it has none.
    study : Study
        For names and the mark of synthetic data.
    among : sequence of Estimate
        Every estimate of the comparison, for decimals.

    Raises
    ------
    ValueError
        If there are fewer than three values, or not one row for each and the main set.
    """
    if len(vary.values) < LEAST_VALUES or len(rows) != len(vary.values) + 1:
        raise ValueError(f"{LEAST_VALUES} or more values and their rows are required, got {len(vary.values)}")
    main = rows[0].estimate
    found = [row for _, row in sorted(zip(vary.values, rows[1:], strict=True), key=lambda pair: pair[0])]
    values = np.sort(np.array(vary.values))
    estimates = [row.estimate for row in found]
    label = quantity_of(main, study)
    upright = f"{label}, {unit_of(main)}" if unit_of(main) else label
    labels = (f"{vary.name}, {unit}" if unit else vary.name, textwrap.fill(upright, LETTERS_UPRIGHT))
    plan = Plan(_draw, (main, main_value, found, values, *labels), sign_of(study))
    caption = (
        f"{label} by {vary.name} ({main.model}). Line and band: posterior median and {interval_name(main)}; hollow "
        "points: draws of another set, reweighted or moment-matched; orange: the main set, whose value is "
        f"{with_minus(f'{main_value:g}')}"
        f"{'' if main.null is None else '; dashed: no change or association'}."
    )
    named = [with_minus(f"{value:g}") for value in values]
    said = [f"{value}: {with_interval(row, among)}" for value, row in zip(named, estimates, strict=True)]
    alt = f"{label}, median and {interval_name(main)} by {vary.name}. {'; '.join(said)}."
    name = "_".join(in_a_name(str(part)) for part in rows[0].quantity if part is not None)
    return Figure(f"varied_{in_a_name(vary.name)}_{name}", caption, alt, plan)


def _draw(
    main: Estimate, main_value: float, found: Sequence[Compared], values: np.ndarray, x_label: str, y_label: str
) -> "Drawing":
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FuncFormatter, NullLocator

    drawing, axis = plt.subplots(figsize=(WIDTH * 0.75, 3.2))
    if main.null is not None:
        axis.axhline(main.null, color=INK, linewidth=0.8, linestyle=DASHED)
    axis.fill_between(
        values,
        [row.estimate.lower for row in found],
        [row.estimate.upper for row in found],
        color=BLUE,
        alpha=0.15,
        lw=0,
    )
    axis.plot(values, [row.estimate.median for row in found], color=BLUE)
    for value, row in zip(values, found, strict=True):
        face = BLUE if row.how == "sampled" else "white"
        axis.plot(value, row.estimate.median, "o", markersize=5, color=BLUE, markerfacecolor=face)
    axis.vlines(main_value, main.lower, main.upper, color=COLOURS[1], linewidth=1.4)
    axis.plot(main_value, main.median, "s", markersize=5, color=COLOURS[1])
    if values[0] > 0 and values[-1] > WIDE * values[0]:
        axis.set_xscale("log")
        axis.xaxis.set_minor_locator(NullLocator())
    axis.set_xticks(values)
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: with_minus(f"{value:g}")))
    axis.set_xlabel(x_label)
    axis.set_ylabel(y_label, fontsize=8)
    return drawing
