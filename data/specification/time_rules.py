"""Rules of ``[time]``: a time for each visit, and knots where the course has some."""

from collections.abc import Iterator
from itertools import pairwise

from cochange.data.spec import StudySpec
from cochange.data.specification.broken import Broken


def _times_are_there(spec: StudySpec) -> Iterator[Broken]:
    if spec.time is not None and not spec.time.visits and spec.dates is None:
        action = f"write the planned time of each visit in {spec.time.unit}, or add [dates]"
        yield Broken(("time", "visits"), "the times of the visits", "neither these nor dates", action)


def _one_time_a_visit(spec: StudySpec) -> Iterator[Broken]:
    if spec.time is None or not spec.time.visits:
        return
    if len(spec.time.visits) != len(spec.data.visits):
        required = f"a time for each of the {len(spec.data.visits)} visits"
        yield Broken(("time", "visits"), required, f"{len(spec.time.visits)}", "write one for each visit, in order")
    yield from _increasing(("time", "visits"), spec.time.visits)


def _knots_fit_the_course(spec: StudySpec) -> Iterator[Broken]:
    if spec.time is None:
        return
    if spec.time.knots and spec.time.course != "piecewise":
        action = 'write course = "piecewise", or drop the knots'
        yield Broken(("time", "knots"), "a piecewise course with knots", f"a {spec.time.course} one", action)
    if not spec.time.knots and spec.time.course == "piecewise":
        action = f"write the times in {spec.time.unit} at which the slope may change"
        yield Broken(("time", "course"), "the key 'knots' with a piecewise course", "nothing", action)
    yield from _increasing(("time", "knots"), spec.time.knots)


def _knots_lie_between_the_visits(spec: StudySpec) -> Iterator[Broken]:
    if spec.time is None or len(spec.time.visits) != len(spec.data.visits):
        return
    planned = dict(zip(spec.data.visits, spec.time.visits, strict=True))
    if not {spec.baseline, spec.follow_up} <= set(planned):
        return
    first, last = planned[spec.baseline], planned[spec.follow_up]
    outside = [knot for knot in spec.time.knots if not first < knot < last]
    if outside:
        required = f"knots after '{spec.baseline}' and before '{spec.follow_up}' ({first:g} to {last:g})"
        yield Broken(("time", "knots"), required, f"{outside[0]:g}", "move the knot, or drop it")


def _increasing(path: tuple[str, str], times: tuple[float, ...]) -> Iterator[Broken]:
    falling = next(((early, late) for early, late in pairwise(times) if late <= early), None)
    if falling is not None:
        yield Broken(path, "an increasing order of times", f"{falling[0]:g}, then {falling[1]:g}", "correct the times")


TIME_RULES = (_times_are_there, _one_time_a_visit, _knots_fit_the_course, _knots_lie_between_the_visits)
