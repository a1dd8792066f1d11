"""The figure of mean courses over time."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from cochange.inference.estimates import interval_of
from cochange.inference.results import Results
from cochange.models.parts.growth.courses import Seen
from cochange.models.parts.growth.frame import MARKER, Frame
from cochange.reports.block import Figure
from cochange.reports.labels import marker_of, prior_name, scale_of
from cochange.reports.numbers import interval_name, significant
from cochange.reports.plots.canvas import COLOURS, MARKERS, WIDTH, legend_above
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


def growth_plot(
    outcome: str, course: xr.DataArray, seen: Sequence[Seen], frame: Frame, results: Results, prior: str
) -> Figure:
    """Draw the fitted mean course of each arm, or of everyone, with its interval, and the observed means.

    Parameters
    ----------
    outcome : str
        ``"marker"`` or ``"score"``.
    course : xarray.DataArray
        Draws of the courses to draw, dims ``(chain, draw, group, time)``.
    seen : sequence of Seen
        What was observed.
    frame : Frame
        The study as the model takes it.
    results : Results
        The run.
    prior : str
        The prior set.
    """
    analysis = results.study.spec.analysis
    band = interval_of(course, analysis.ci_kind, analysis.ci_prob).values
    middle = course.median(("chain", "draw")).transpose("group", "time").values
    groups = course["group"].values.tolist()
    times = course["time"].values
    name = scale_of(results.study)
    if outcome == MARKER:
        unit = next(item.analysed_unit for item in results.study.spec.marker if item.name == results.study.marker)
        name = f"{marker_of(results.study)}, {unit}"
    given = (groups, times, middle, band, seen, outcome == MARKER, f"time, {frame.course.unit}", name)
    plan = Plan(_draw, given, sign_of(results.study))
    points = "medians, values beyond a limit counted as beyond" if outcome == MARKER else "means"
    mean = "geometric mean" if outcome == MARKER else "mean"
    kind = interval_name(analysis)
    caption = (
        f"Course of {name}{' by arm' if len(groups) > 1 else ''}, under {prior_name(prior)}: fitted {mean} (line: "
        f"posterior median; band: {kind} at each time) and observed {points}, of whoever has a value at the visit "
        "(points). Where people drop out, points speak of those who stayed and the line of everyone, as far as values "
        "are missing at random."
    )
    said = "; ".join(
        f"{group}: {_of_time(band[number], middle[number], times, index)}"
        for number, group in enumerate(groups)
        for index in (0, len(times) - 1)
    )
    return Figure(f"growth_{outcome}", caption, f"Mean course of {name}. {said}.", plan)


def _draw(
    groups: Sequence[str],
    times: np.ndarray,
    middle: np.ndarray,
    band: np.ndarray,
    seen: Sequence[Seen],
    log: bool,
    x_label: str,
    y_label: str,
) -> "Drawing":
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

    drawing, axis = plt.subplots(figsize=(WIDTH, 3.4))
    for number, group in enumerate(groups):
        colour, mark = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
        own = [item for item in seen if item.group == group]
        axis.fill_between(times, band[number, :, 0], band[number, :, 1], color=colour, alpha=0.18, linewidth=0)
        axis.plot(times, middle[number], color=colour)
        axis.plot([], [], f"{mark}-", color=colour, markersize=5, label=group)
        axis.plot([item.time for item in own], [item.value for item in own], mark, color=colour, markersize=5)
    if log:
        axis.set_yscale("log")
        axis.yaxis.set_major_locator(MaxNLocator(5))
        axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
        axis.yaxis.set_minor_locator(NullLocator())
    axis.set_xlabel(x_label)
    axis.set_ylabel(y_label)
    if len(groups) > 1:
        legend_above(axis)
    return drawing


def _of_time(band: np.ndarray, middle: np.ndarray, times: np.ndarray, index: int) -> str:
    low, high = band[index]
    return f"{significant(middle[index])} ({significant(low)} to {significant(high)}) at {times[index]:g}"
