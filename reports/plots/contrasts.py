"""The contrast of arms on the score against that on the marker, and along the baseline marker."""

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib import pyplot as plt
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

from cochange.inference.contrasts import Contrasts
from cochange.inference.estimates import interval_of
from cochange.inference.results import Results
from cochange.reports.block import Figure
from cochange.reports.labels import marker_of, prior_name, scale_of
from cochange.reports.numbers import INTERVALS, probability, significant
from cochange.reports.plots.canvas import COLOURS, FAINT, INK, WIDTH, house_style, in_a_name, save

POINTS = 600
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
    with house_style():
        drawing, axis = plt.subplots(figsize=(WIDTH * 0.75, 3.8))
        axis.axhline(0, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        axis.axvline(0, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        for number, item in enumerate(found):
            some = np.linspace(0, len(item.score) - 1, min(POINTS, len(item.score))).round().astype(int)
            colour = COLOURS[number % len(COLOURS)]
            axis.plot(-item.halvings[some], item.score[some], ".", color=colour, markersize=2.5, alpha=0.35, zorder=2)
            middle = np.median(-item.halvings), np.median(item.score)
            axis.plot(*middle, "o", color=colour, markersize=6, markeredgecolor="white", label=item.group, zorder=4)
        reach = np.array(axis.get_xlim())
        axis.plot(reach, -per_halving * reach, color=FAINT, linewidth=1.2, zorder=1)
        axis.set_xlim(*reach)
        ratios = RATIOS[(np.log2(RATIOS) >= reach[0]) & (np.log2(RATIOS) <= reach[1])]
        axis.xaxis.set_major_locator(FixedLocator(np.log2(ratios)))
        axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{2**value:.3g}"))
        axis.xaxis.set_minor_locator(NullLocator())
        axis.set_xlabel(f"ratio of the arms' ratios of {marker}")
        axis.set_ylabel(f"difference in the change of {scale}, points")
        axis.legend()
        picture = save(drawing, results.study.spec.study.synthetic)
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
    return Figure(f"contrasts_{in_a_name(marker)}", caption, f"Contrasts of the arms on two outcomes. {said}.", picture)


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
    with house_style():
        drawing, axis = plt.subplots(figsize=(WIDTH * 0.75, 3.4))
        axis.axhline(0, color=INK, linewidth=0.8, linestyle=(0, (4, 3)))
        said = []
        for number, group in enumerate(groups):
            own, colour = difference.sel(group=group), COLOURS[number % len(COLOURS)]
            band = interval_of(own, analysis.ci_kind, analysis.ci_prob).transpose("ci_bound", "value").values
            middle = own.median(("chain", "draw")).values
            axis.fill_between(values, band[0], band[1], color=colour, alpha=0.18, linewidth=0)
            axis.plot(values, middle, color=colour, label=group)
            ends = [
                f"{significant(middle[index])} ({significant(band[0][index])} to {significant(band[1][index])}) at "
                f"{significant(values[index])} {unit}"
                for index in (0, -1)
            ]
            said.append(f"{group}: {', '.join(ends)}")
        axis.set_xscale("log")
        axis.xaxis.set_major_locator(MaxNLocator(6))
        axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
        axis.xaxis.set_minor_locator(NullLocator())
        axis.set_xlabel(f"true baseline {marker}, {unit}")
        axis.set_ylabel(f"difference in the change of {scale}, points")
        if len(groups) > 1:
            axis.legend()
        picture = save(drawing, results.study.spec.study.synthetic)
    caption = (
        f"Difference between arms in the change of {scale} along the true baseline {marker}"
        f"{'' if len(groups) > 1 else f', {groups[0]}'}, under {prior_name(results.main_prior)}. Line: posterior "
        f"median; band: {100 * analysis.ci_prob:g}% {INTERVALS[analysis.ci_kind]} interval at each value; dashed: no "
        "difference. The range holds nine in ten of the observed baseline values."
    )
    return Figure(f"benefit_{in_a_name(marker)}", caption, f"Difference between arms. {'; '.join(said)}.", picture)
