"""The tipping prior: a conclusion under ever more sceptical priors, in one figure and one sentence."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cochange.inference.comparing.tipping import Tipping
from cochange.inference.estimates import Estimate
from cochange.reports.block import Figure
from cochange.reports.labels import quantity_of, unit_of
from cochange.reports.numbers import interval_name, probability, significant
from cochange.reports.plots.canvas import BLUE, COLOURS, DASHED, FAINT, INK, WIDTH, in_a_name
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

# Labels stand at least this share of the axis apart.
APART = 1 / 14


def tipping_sentence(found: Tipping) -> str:
    """What the tipping prior says."""
    row = found.widest.estimate
    quantity = quantity_of(row, found.study)
    unit = found.note.unit
    sds = list(found.points)
    prior = f"a prior of {found.parameter} that is normal around zero"
    if found.widest.decision.direction == "unclear":
        return (
            f"{quantity}: there is no conclusion to change, for under {prior} with an SD of {significant(sds[0])} "
            f"{unit} its direction is unclear (probability {probability(row.p_direction)})."
        )
    said = f"{quantity}: the conclusion that it lies {row.side} {row.null:g}"
    if found.tip is None or found.tip_lower is None or found.tip_upper is None:
        least = "the least tried" if not found.spent else "where the search had sampled as often as it may"
        return (
            f"{said} stands under {prior} down to an SD of {significant(sds[-1], 2)} {unit}, {least}. {_implied(found)}"
        )
    low, high = sorted((found.tip_lower, found.tip_upper))
    rough = " The search had sampled as often as it may: the tip is known less well." if found.spent else ""
    return (
        f"{said} stands until {prior} has an SD under {significant(found.tip, 2)} {unit} (Monte Carlo error: "
        f"{significant(low, 2)} to {significant(high, 2)}); it was {significant(sds[0], 2)} at the start. "
        f"{_implied(found)}{rough}"
    )


def _implied(found: Tipping) -> str:
    """What the priors tried make of the estimand's own prior: it may have other parameters to move by."""
    row = found.widest.estimate
    of = "its logarithm" if row.unit == "ratio" else "the estimand itself"
    sds = list(found.implied.values())
    first, last = (significant(sd, 2) for sd in (sds[0], sds[-1]))
    unit = f" {unit_of(row)}" if unit_of(row) else ""
    if found.tip_implied is None:
        return (
            f"The prior SD this implies for {of} goes from {first} to {last}{unit}: what is left comes from the priors "
            "of other parameters."
        )
    at_tip = significant(found.tip_implied, 2)
    return (
        f"The prior SD this implies for {of} is {at_tip}{unit} at the tip and was {first} at the start; what is left "
        "where it stays large comes from the priors of other parameters."
    )


def _apart(sds: np.ndarray) -> list[float]:
    """The SDs, from the widest on, whose labels have room on a log axis."""
    kept = [float(sds[0])]
    for sd in sds[1:]:
        if np.log(kept[-1] / sd) >= APART * np.log(sds[0] / sds[-1]):
            kept.append(float(sd))
    return kept


def tipping_plot(found: Tipping) -> Figure:
    """Probability of direction, and the estimate, by the SD of the sceptical prior.

    Parameters
    ----------
    found : Tipping
        From `tipping`.
    """
    first = found.widest.estimate
    rows = [row.estimate for row in found.points.values()]
    sds = np.array(list(found.points))
    low, high = sorted((found.tip_lower or 0, found.tip_upper or 0))
    tip = () if found.tip is None else (low, found.tip, high)
    labels = (
        f"SD of the prior of {found.parameter} around zero, {found.note.unit}: sceptical to the left",
        f"estimate, {unit_of(first)}" if unit_of(first) else "estimate",
    )
    towards = [found.towards(row) for row in found.points.values()]
    plan = Plan(_draw, (sds, rows, towards, tip, *labels), sign_of(found.study))
    sentence = tipping_sentence(found)
    caption = (
        f"{sentence} Top: probability of the side of {first.null:g} on which the estimate lies; dashed: the bound at "
        f"which a direction is named. Below: posterior median and {interval_name(first)}."
    )
    return Figure(f"tipping_{in_a_name(first.estimand)}_{in_a_name(found.parameter)}", caption, sentence, plan)


def _draw(
    sds: np.ndarray,
    rows: Sequence[Estimate],
    towards: Sequence[float],
    tip: Sequence[float],
    x_label: str,
    y_label: str,
) -> "Drawing":
    from matplotlib import pyplot as plt
    from matplotlib.ticker import FuncFormatter, NullLocator

    first = rows[0]
    drawing, (above, below) = plt.subplots(2, 1, sharex=True, figsize=(WIDTH, 4.4))
    bound = (1 + first.ci_prob) / 2
    above.axhline(bound, color=INK, linewidth=0.8, linestyle=DASHED)
    above.plot(sds, towards, "o-", color=BLUE, markersize=4)
    above.set_ylabel(f"P({first.side} {first.null:g})")
    below.axhline(first.null or 0.0, color=INK, linewidth=0.8, linestyle=DASHED)
    below.vlines(sds, [row.lower for row in rows], [row.upper for row in rows], color=BLUE, linewidth=1.6)
    below.plot(sds, [row.median for row in rows], "o", color=BLUE, markersize=4.5)
    below.set_ylabel(y_label)
    below.set_xscale("log")
    below.set_xticks(_apart(sds))
    below.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.2g}"))
    below.xaxis.set_minor_locator(NullLocator())
    below.set_xlabel(x_label)
    if tip:
        for axis in (above, below):
            axis.axvline(tip[1], color=COLOURS[1], linewidth=1)
            axis.axvspan(tip[0], tip[2], color=FAINT, alpha=0.25, lw=0)
    return drawing
