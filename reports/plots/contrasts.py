"""The contrast of arms on the score against that on the marker, and along the baseline marker."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from cochange.inference.contrasts import Contrasts
from cochange.inference.estimates import interval_of
from cochange.inference.results import Results
from cochange.reports.block import Figure
from cochange.reports.labels import marker_of, prior_name, scale_of
from cochange.reports.numbers import interval_name, probability, significant
from cochange.reports.plots.canvas import COLOURS, DASHED, FAINT, INK, MARKERS, WIDTH, in_a_name, legend_above
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

POINTS = 600
# Name of a contrast, doublings of the marker and points of the score by draw, and the medians of both.
Cloud = tuple[str, np.ndarray, np.ndarray, tuple[float, float]]
# Ratios that the axis of halvings may name.
RATIOS = np.array([0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0])


def contrasts_plot(found: Sequence[Contrasts], per_halving: float, results: Results) -> Figure:
    """Draw the contrasts of the arms on one marker and on the score, one cloud of draws an arm.

    Parameters
    ----------
    found : sequence of Contrasts
        Of one marker.
    per_halving : float
        Points of the score per halving of the marker among people: the line that its association alone would give.
    results : Results
        For names and the mark of synthetic data.
    """
    marker, scale = found[0].marker or marker_of(results.study), scale_of(results.study)
    clouds = []
    for item in found:
        some = np.linspace(0, len(item.score) - 1, min(POINTS, len(item.score))).round().astype(int)
        middle = float(np.median(-item.halvings)), float(np.median(item.score))
        clouds.append((item.group, -item.halvings[some], item.score[some], middle))
    labels = f"ratio of the arms' ratios of {marker}", f"difference in the change of {scale}, points"
    plan = Plan(_draw_contrasts, (clouds, per_halving, *labels), sign_of(results.study))
    caption = (
        f"Contrasts of the arms on {marker} and on {scale}, under {prior_name(results.main_prior)}. Small points: "
        "draws of the posterior; large point: medians; dashed: no difference; grey line: where a contrast on the score "
        "would lie if it were what the association between people's changes foretells from that on the marker."
    )
    said = "; ".join(
        f"{item.group}: lower on both with probability {probability(item.both_lower)}, on {marker} alone "
        f"{probability(item.marker_lower)}, on {scale} alone {probability(item.score_lower)}, on neither "
        f"{probability(item.both_higher)}"
        for item in found
    )
    return Figure(f"contrasts_{in_a_name(marker)}", caption, f"Contrasts of the arms on two outcomes. {said}.", plan)


def _draw_contrasts(clouds: Sequence[Cloud], per_halving: float, x_label: str, y_label: str) -> "Drawing":
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    drawing, axis = plt.subplots(figsize=(WIDTH * 0.75, 3.8))
    axis.axhline(0, color=INK, linewidth=0.8, linestyle=DASHED)
    axis.axvline(0, color=INK, linewidth=0.8, linestyle=DASHED)
    for number, (group, doublings, score, middle) in enumerate(clouds):
        colour = COLOURS[number % len(COLOURS)]
        axis.plot(doublings, score, ".", color=colour, markersize=2.5, alpha=0.35, zorder=2)
        mark = MARKERS[number % len(MARKERS)]
        axis.plot(*middle, mark, color=colour, markersize=6.5, markeredgecolor="white", label=group, zorder=4)
    reach = np.array(axis.get_xlim())
    axis.plot(reach, -per_halving * reach, color=FAINT, linewidth=1.2, zorder=1)
    axis.set_xlim(*reach)
    ratios = RATIOS[(np.log2(RATIOS) >= reach[0]) & (np.log2(RATIOS) <= reach[1])]
    axis.xaxis.set_major_locator(FixedLocator(np.log2(ratios)))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{2**value:.3g}"))
    axis.xaxis.set_minor_locator(NullLocator())
    _finish(axis, x_label, y_label)
    return drawing


def benefit_plot(difference: xr.DataArray, marker: str, unit: str, results: Results) -> Figure:
    """Draw the difference of each arm from the control along the true baseline marker.

    Parameters
    ----------
    difference : xarray.DataArray
        Draws in points, dims ``(chain, draw, group, value)``.
    marker, unit : str
        The marker and its unit.
    results : Results
        For names and the mark of synthetic data.
    """
    analysis, scale = results.study.spec.analysis, scale_of(results.study)
    values, groups = difference["value"].values, difference["group"].values.tolist()
    band = interval_of(difference, analysis.ci_kind, analysis.ci_prob).transpose("group", "value", "ci_bound").values
    middle = difference.median(("chain", "draw")).transpose("group", "value").values
    said = [
        f"{group}: "
        + ", ".join(
            f"{significant(middle[number, end])} ({significant(band[number, end, 0])} to "
            f"{significant(band[number, end, 1])}) at {significant(values[end])} {unit}"
            for end in (0, -1)
        )
        for number, group in enumerate(groups)
    ]
    labels = f"true baseline {marker}, {unit}", f"difference in the change of {scale}, points"
    plan = Plan(_draw_benefit, (groups, values, middle, band, *labels), sign_of(results.study))
    caption = (
        f"Difference between arms in the change of {scale} along the true baseline {marker}"
        f"{'' if len(groups) > 1 else f', {groups[0]}'}, under {prior_name(results.main_prior)}. Line: posterior "
        f"median; band: {interval_name(analysis)} at each value; dashed: no "
        "difference. The range holds nine in ten of the observed baseline values."
    )
    return Figure(f"benefit_{in_a_name(marker)}", caption, f"Difference between arms. {'; '.join(said)}.", plan)


def _draw_benefit(
    groups: Sequence[str], values: np.ndarray, middle: np.ndarray, band: np.ndarray, x_label: str, y_label: str
) -> "Drawing":
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

    drawing, axis = plt.subplots(figsize=(WIDTH * 0.75, 3.4))
    axis.axhline(0, color=INK, linewidth=0.8, linestyle=DASHED)
    for number, group in enumerate(groups):
        colour = COLOURS[number % len(COLOURS)]
        axis.fill_between(values, band[number, :, 0], band[number, :, 1], color=colour, alpha=0.18, linewidth=0)
        axis.plot(values, middle[number], color=colour, label=group)
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(MaxNLocator(6))
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
    axis.xaxis.set_minor_locator(NullLocator())
    _finish(axis, x_label, y_label)
    return drawing


def _finish(axis: "Axes", x_label: str, y_label: str) -> None:
    axis.set_xlabel(x_label)
    axis.set_ylabel(y_label)
    legend_above(axis)
