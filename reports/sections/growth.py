"""Courses over the visits: mean curves, and associations between persons apart from those within persons."""

from collections.abc import Sequence

import numpy as np

from cochange.inference.estimates import Decision
from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL
from cochange.models.parts.growth.courses import mean_courses, observed_courses
from cochange.models.parts.growth.frame import Frame, make_frame
from cochange.reports.block import Block, Column, Heading, Paragraph, Part, Points, Rows, Section, Table
from cochange.reports.labels import GROWTH, is_compared, marker_of, per_time, prior_name, quantity_of, scale_of
from cochange.reports.needs import failed, growth
from cochange.reports.numbers import centre, interval, interval_name, probability, side_of, with_interval
from cochange.reports.plots.growth import growth_plot
from cochange.reports.rows import frame_of

TIMES = 60
BETWEEN = ("baseline_correlation", "baseline_slope", "prognostic_slope", "slope_correlation")
WITHIN = ("within_correlation", "within_slope")
MIXED = ("change_correlation", "still_change_correlation")
RATES = ("marker_rate", "score_rate")
SPREADS = tuple(
    f"{outcome}_{name}"
    for outcome in ("marker", "score")
    for name in ("level_spread", "change_spread", "residual_spread", "level_change_correlation")
)


def render(results: Results) -> Block:
    """Under the main prior: what a course is, its figure, rates, spreads and associations."""
    study, prior = results.study, results.main_prior
    (model,) = (item for item in results.models if item.name == GROWTH)
    frame = make_frame(study, results.selections[GROWTH].used)
    parts: list[Part] = [Paragraph(_reading(frame, results))]
    if warning := failed(results, GROWTH):
        parts.append(Paragraph(warning, warning=True))
    assert model.parameters is not None
    draws = results.fits[GROWTH, prior].posterior
    times = np.linspace(frame.course.start, frame.course.end, TIMES)
    courses, seen = mean_courses(draws, model.parameters(study), frame, times), observed_courses(frame)
    for outcome, course in courses.items():
        groups = [name for name in course["group"].values.tolist() if name.startswith("arm ")] or [OVERALL]
        parts.append(growth_plot(outcome, course.sel(group=groups), seen[outcome], frame, results, prior))
    own = results.decisions_of(GROWTH, prior)
    parts.append(_table("growth_rates", f"Mean slope {per_time(study)}.", _only(own, RATES), results))
    spreads = "How people differ, and how far values lie from a person's own course."
    parts.append(_table("growth_spreads", spreads, _only(own, SPREADS), results))
    if len(frame.outcomes) > 1:
        parts += [Heading("Between persons and within persons"), Paragraph(_apart(results))]
        if not warning:
            parts.append(Points(tuple(said(own, results))))
        together = "Associations between persons, within persons, and of observed changes, which mix the two."
        parts.append(_table("growth_associations", together, _only(own, (*BETWEEN, *WITHIN, *MIXED)), results))
    return Block(tuple(parts))


def _reading(frame: Frame, results: Results) -> str:
    course = frame.course
    shape = {
        "linear": "a straight line over time",
        "log": f"a straight line over log2(1 + time since baseline in {course.unit})",
        "piecewise": f"straight lines that may bend at {', '.join(f'{knot:g}' for knot in course.knots)} {course.unit}",
    }[course.kind]
    own = "each participant's own times" if "day" in results.study.data else "planned times"
    effects = (
        "Arms were randomised: a difference between their slopes is an effect of assignment to the arm, as far as what "
        "is missing is missing at random."
        if is_compared(results.study)
        else "A slope is a change over time, whatever its cause, and no effect of a treatment."
    )
    return (
        f"{GROWTH}, under {prior_name(results.main_prior)}. Each person's course is {shape}, with a level at baseline "
        f"and slopes of their own, at {own} from {course.start:g} to {course.end:g} {course.unit}. {effects}"
    )


def _apart(results: Results) -> str:
    marker, scale = marker_of(results.study), scale_of(results.study)
    return (
        f"Between persons: whether people with a steeper course of {marker} have a steeper course of {scale}. Within "
        f"persons: whether {scale} is above a person's own course at visits where {marker} is. The one does not follow "
        "from the other, and the correlation of two visits' changes mixes them: the last row is what it would be "
        "if nobody's course had a slope, from values that deviate together at a visit alone. Neither shows what "
        "causes what."
    )


def said(decisions: Sequence[Decision], results: Results) -> list[str]:
    """One sentence on each of the two associations, and on that of observed changes, which mixes them."""
    found = {item.estimate.estimand: item for item in decisions if item.estimate.group == OVERALL}
    sentences, among = [], results.estimates
    for name, where in (("slope_correlation", "Between persons"), ("within_correlation", "Within persons")):
        item = found[name]
        row = item.estimate
        what = (
            "slopes of marker and score" if name == "slope_correlation" else "deviations of marker and score at a visit"
        )
        way = {"increase": f"{what} are positively correlated", "decrease": f"{what} are negatively correlated"}.get(
            item.direction, f"it is unclear whether {what} are correlated"
        )
        sentences.append(
            f"{where}, {way}: {with_interval(row, among)}, {row.side} 0 with probability "
            f"{probability(row.p_direction)}."
        )
    raw, still = (found[name].estimate for name in MIXED)
    sentences.append(
        f"The correlation of observed changes, given the design, is {centre(raw, among)} "
        f"({interval(raw, among)}); without any slopes it would be {with_interval(still, among)}."
    )
    return sentences


def _only(decisions: Sequence[Decision], names: tuple[str, ...]) -> list[Decision]:
    """The decisions on some estimands, in the order of their names."""
    chosen = [item for item in decisions if item.estimate.estimand in names]
    return sorted(chosen, key=lambda item: names.index(item.estimate.estimand))


def _table(name: str, caption: str, decisions: Sequence[Decision], results: Results) -> Table:
    rows = []
    for item in decisions:
        row = item.estimate
        quantity = f"{quantity_of(row, results.study)} [{row.unit}]"
        rows.append((quantity, centre(row, results.estimates), interval(row, results.estimates), side_of(row)))
    columns = (
        Column("Quantity"), Column("Median", True), Column(interval_name(decisions[0].estimate), True),
        Column("Probability of its side", True),
    )  # fmt: skip
    return Table(name, caption, columns, (Rows("", tuple(rows)),), frame_of(decisions))


SECTION = Section("Courses over the visits", (growth,), render)
