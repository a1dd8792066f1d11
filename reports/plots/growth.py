"""The figure of mean courses over time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from scipy import stats

from cochange.inference.estimates import interval_of
from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL, arm_label
from cochange.models.parts.growth.courses import Seen
from cochange.models.parts.growth.frame import MARKER, Frame
from cochange.models.parts.likelihood.observations import ABOVE, BELOW, OBSERVED
from cochange.reports.block import Figure
from cochange.reports.labels import marker_of, prior_name, scale_of
from cochange.reports.numbers import interval_name, significant
from cochange.reports.plots.canvas import COLOURS, INK, MARKERS, WIDTH, legend_above
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing


MEAN, GEOMETRIC = "observed mean", "observed geometric mean"
CENSORED = "observed geometric mean, some values beyond a limit"


@dataclass(frozen=True)
class _Point:
    """What was observed of a group at a visit, and which average of it is drawn."""

    seen: Seen
    average: str


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
    points = [_point(outcome, item, frame) for item in seen if item.group in groups]
    given = (groups, times, middle, band, points, outcome == MARKER, f"time, {frame.course.unit}", name)
    plan = Plan(_draw, given, sign_of(results.study))
    mean = "geometric mean" if outcome == MARKER else "mean"
    kind = interval_name(analysis)
    caption = (
        f"Course of {name}{' by arm' if len(groups) > 1 else ''}, under {prior_name(prior)}: fitted {mean} (line: "
        f"posterior median; band: {kind} at each time) and, of whoever has a value at the visit, the observed "
        f"{_averages(points)}. Where people drop out, points speak of those who stayed and the line of everyone, as "
        "far as values are missing at random."
    )
    said = "; ".join(
        f"{group}: {_of_time(band[number], middle[number], times, index)} {frame.course.unit}"
        for number, group in enumerate(groups)
        for index in (0, len(times) - 1)
    )
    return Figure(f"growth_{outcome}", caption, f"Mean course of {name}. {said}.", plan)


def _draw(
    groups: Sequence[str],
    times: np.ndarray,
    middle: np.ndarray,
    band: np.ndarray,
    points: Sequence[_Point],
    log: bool,
    x_label: str,
    y_label: str,
) -> "Drawing":
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

    drawing, axis = plt.subplots(figsize=(WIDTH, 3.4))
    for number, group in enumerate(groups):
        colour, mark = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
        own = [point for point in points if point.seen.group == group]
        axis.fill_between(times, band[number, :, 0], band[number, :, 1], color=colour, alpha=0.18, linewidth=0)
        axis.plot(times, middle[number], color=colour)
        if len(groups) > 1:
            axis.plot([], [], f"{mark}-", color=colour, markersize=5, label=group)
        for point in own:
            face = "white" if point.average == CENSORED else colour
            axis.plot(point.seen.time, point.seen.value, mark, color=colour, markersize=5, markerfacecolor=face)
    for average in dict.fromkeys(point.average for point in points):
        face = "white" if average == CENSORED else INK
        axis.plot([], [], "o", color=INK, markersize=5, markerfacecolor=face, label=average)
    if log:
        axis.set_yscale("log")
        axis.yaxis.set_major_locator(MaxNLocator(5))
        axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.3g}"))
        axis.yaxis.set_minor_locator(NullLocator())
    axis.set_xlabel(x_label)
    axis.set_ylabel(y_label)
    legend_above(axis)
    return drawing


def _point(outcome: str, seen: Seen, frame: Frame) -> _Point:
    """The same average as the line: of a marker the geometric mean.

    Where values lie beyond a limit it is that of a log-normal distribution fitted by maximum likelihood with these as
    censored, as long as they are fewer than half: a median beside a line of geometric means would look like misfit
    wherever logs are skew.
    """
    if outcome != MARKER:
        return _Point(seen, MEAN)
    own = frame.series[MARKER]
    visit, who = own.visits.index(seen.visit), np.full(len(frame.time), True)
    if seen.group != OVERALL:
        assert frame.design.arm is not None
        who = np.array([arm_label(str(arm)) == seen.group for arm in frame.design.arm])
    value, status = own.value[who, visit], own.status[who, visit]
    measured, below, above = (value[status == code] for code in (OBSERVED, BELOW, ABOVE))
    if not len(below) + len(above):
        return _Point(replace(seen, value=float(np.exp(measured.mean() + own.centre))), GEOMETRIC)
    if np.isnan(seen.value) or np.ptp(measured) == 0:
        return _Point(replace(seen, value=float("nan")), CENSORED)
    mean, _ = stats.norm.fit(stats.CensoredData(measured, left=below, right=above))
    return _Point(replace(seen, value=float(np.exp(mean + own.centre))), CENSORED)


def _averages(points: Sequence[_Point]) -> str:
    """What the points are."""
    drawn = {point.average for point in points}
    if MEAN in drawn:
        return "mean (points)"
    if CENSORED not in drawn:
        return "geometric mean (points)"
    return (
        "geometric mean (points; hollow where values lie beyond a limit: that of a log-normal distribution fitted by "
        "maximum likelihood with these as censored, and none where they are half or more)"
    )


def _of_time(band: np.ndarray, middle: np.ndarray, times: np.ndarray, index: int) -> str:
    low, high = band[index]
    return f"{significant(middle[index])} ({significant(low)} to {significant(high)}) at {times[index]:g}"
