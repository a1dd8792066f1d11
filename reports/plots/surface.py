"""The tipping surface of what those who left might have been: one figure and one sentence."""

from typing import TYPE_CHECKING

import numpy as np

from cochange.data.study import Study
from cochange.inference.missing.surface import Axis, Statement, Surface
from cochange.models.parts.design import OVERALL
from cochange.reports.block import Figure
from cochange.reports.labels import in_a_sentence, listed, marker_of, prior_name, scale_of, title_of, visit_name
from cochange.reports.numbers import probability, significant, with_minus
from cochange.reports.plots.canvas import COLOURS, DASHED, INK, WIDTH, in_a_name
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing


def tipping_words(surface: Surface, study: Study) -> str:
    """What the surface says: how far those who left have to be shifted for the conclusion to tip."""
    said = f"{_whom(surface, study)}: the conclusion that {_conclusion(surface, study)}"
    drawn = surface.at_random >= surface.bound
    chance = f"{probability(surface.at_random)} where what is missing is so at random"
    # Where score and marker are shifted together, each of them can tip it.
    alone = [(surface.tip, surface.x, surface.y)]
    alone += [(surface.tip_y, surface.y, surface.x)] if surface.y is not None and len(surface.statements) > 1 else []
    tips = [_tip(shift, axis, other, study) for shift, axis, other in alone if np.isfinite(shift)]
    if not tips:
        none = "nobody left there" if not surface.x.left else "what else it says does not hold often enough"
        stands = "drawn" if drawn else "not drawn"
        return f"{said}, with probability {chance}, is {stands} whatever {_shifted(surface.x, study)}: {none}."
    if drawn:
        return f"{said}, with probability {chance}, stands until {'; or until '.join(tips)}."
    return (
        f"{said} is not drawn: its probability is {chance}, and {surface.bound:g} is needed. It would be once "
        f"{'; or once '.join(tips)}."
    )


def _tip(shift: float, axis: Axis, other: Axis | None, study: Study) -> str:
    rest = "" if other is None else f", {_unshifted(other, study)}"
    outside = min(axis.shifts) > shift or max(axis.shifts) < shift
    beyond = ", which is beyond the range asked for" if outside else ""
    return f"{_by(shift, axis, study)}{_off_scale(shift, axis, study)}{rest}{beyond}"


def _off_scale(shift: float, axis: Axis, study: Study) -> str:
    """That the mean score of those who left would lie outside the scale; empty where it would not."""
    if axis.expected is None or study.scale is None:
        return ""
    mean = axis.expected + shift
    if study.scale.lower <= mean <= study.scale.upper:
        return ""
    end, word, way = (
        (study.scale.lower, "begins", "low") if mean < study.scale.lower else (study.scale.upper, "ends", "high")
    )
    return (
        f" (their mean would then be {with_minus(f'{mean:.1f}')}, which lies outside the scale: it {word} at {end:g}, "
        f"and no scores can be that {way})"
    )


def _whom(surface: Surface, study: Study) -> str:
    return f"At {visit_name(surface.visit, study)}" + (f", {surface.group}" if surface.group != OVERALL else "")


def _conclusion(surface: Surface, study: Study) -> str:
    return listed([_statement(one, study) for one in surface.statements])


def _statement(one: Statement, study: Study) -> str:
    title = title_of(one.estimand, study)
    unit = f" {one.unit}" if one.unit == "points" else ""
    limit = with_minus(f"{one.limit:.3g}")
    of = " (the smallest important difference)" if one.important else ""
    return f"the {in_a_sentence(title)} lies {one.side} {limit}{unit}{of}"


def _left(axis: Axis) -> str:
    whom = "" if axis.arm == OVERALL else f" {axis.arm}"
    return f"the {axis.left} who left{whom}"


def _outcome(axis: Axis, study: Study) -> str:
    return scale_of(study) if axis.outcome == "score" else marker_of(study)


def _shifted(axis: Axis, study: Study) -> str:
    return f"{_outcome(axis, study)} of those who left{'' if axis.arm == OVERALL else f' {axis.arm}'} is"


def _unshifted(axis: Axis, study: Study) -> str:
    return f"with {_outcome(axis, study)} of {_left(axis)} as missing at random has it"


def _by(shift: float, axis: Axis, study: Study) -> str:
    if axis.outcome == "marker":
        return f"{marker_of(study)} of {_left(axis)} is {significant(shift)} times what missing at random has"
    way = "higher" if shift >= 0 else "lower"
    return f"{scale_of(study)} of {_left(axis)} is {significant(abs(shift))} points {way} than missing at random has it"


def surface_plot(surface: Surface, study: Study) -> Figure:
    """Draw the probability of the conclusion over the shifts, with the line at which it tips."""
    sentence = tipping_words(surface, study)
    labels = [_label(surface.x, study, ""), "" if surface.y is None else _label(surface.y, study, "\n")]
    plan = Plan(_draw, (surface, *labels), sign_of(study))
    bound = f"the bound of {surface.bound:g} at which it is drawn"
    if surface.y is None:
        line = f"; dashed: {bound}"
    else:
        side = "above" if np.max(surface.probability) <= surface.bound else "below"
        line = f"; line: {bound}" if _has_line(surface) else f", nowhere {side} {bound}"
    caption = (
        f"{sentence} Probability of the conclusion under {prior_name(surface.prior)} ({surface.model}) while values of "
        f"those who left are shifted away from missing at random{line}"
        f"{'' if surface.y is None else '; dot: missing at random'}."
    )
    named = [*(one.estimand for one in surface.statements), in_a_name(surface.group)]
    if surface.y is not None and surface.x.arm == surface.y.arm != OVERALL:
        named.append(in_a_name(surface.x.arm))
    return Figure(f"if_missing_{'_'.join(named)}", caption, sentence, plan)


def _has_line(surface: Surface) -> bool:
    """Whether the probability crosses the bound on the grid."""
    return bool(np.min(surface.probability) < surface.bound < np.max(surface.probability))


def _none(axis: Axis) -> float:
    """The shift that shifts nothing."""
    return 1.0 if axis.outcome == "marker" else 0.0


def _label(axis: Axis, study: Study, broken: str) -> str:
    """What is shifted, and of whom; on two lines along a short side."""
    what = "factor of" if axis.outcome == "marker" else "points added to"
    whom = "those who left" if axis.arm == OVERALL else f"those who left {axis.arm}"
    return f"{what} {_outcome(axis, study)}{broken or ' '}of {whom} ({axis.left})"


def _draw(surface: Surface, x_label: str, y_label: str) -> "Drawing":
    from matplotlib import pyplot as plt

    drawing, axis = plt.subplots(figsize=(WIDTH, 3.6))
    x = np.array(surface.x.shifts)
    if surface.y is None:
        axis.plot(x, surface.probability[0], color=COLOURS[0])
        axis.axhline(surface.bound, color=INK, linewidth=0.8, linestyle=DASHED)
        axis.set_ylim(-0.02, 1.02)
        axis.set_ylabel("probability of the conclusion")
    else:
        y = np.array(surface.y.shifts)
        filled = axis.contourf(x, y, surface.probability, levels=np.linspace(0, 1, 11), cmap="cividis")
        drawing.colorbar(filled, ax=axis, label="probability of the conclusion")
        if _has_line(surface):
            axis.contour(x, y, surface.probability, levels=[surface.bound], colors=COLOURS[1], linewidths=2)
        # Whole, also where it lies on the edge of the grid.
        axis.plot(_none(surface.x), _none(surface.y), "o", color="white", markeredgecolor=INK, clip_on=False, zorder=3)
        axis.set_ylabel(y_label)
        if surface.y.outcome == "marker":
            _factors(axis, surface.y, "y")
        axis.set_xlim(x.min(), x.max())
        axis.set_ylim(y.min(), y.max())
    axis.set_xlabel(x_label)
    if surface.x.outcome == "marker":
        _factors(axis, surface.x, "x")
    return drawing


def _factors(drawn: "Axes", axis: Axis, which: str) -> None:
    """A side of the grid along which factors stand on a log axis."""
    from matplotlib.ticker import FuncFormatter, NullLocator

    (drawn.set_xscale if which == "x" else drawn.set_yscale)("log")
    along = drawn.xaxis if which == "x" else drawn.yaxis
    along.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.2g}"))
    ends = np.array(axis.shifts)[[0, len(axis.shifts) // 2, -1]]
    along.set_ticks([float(f"{value:.2g}") for value in ends])
    along.set_minor_locator(NullLocator())
