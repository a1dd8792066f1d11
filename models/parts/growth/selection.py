"""Whom the growth model uses, and what it does with their values."""

import numpy as np

from cochange.data.study import Study
from cochange.models.parts.growth.course import course_of, times_of
from cochange.models.parts.growth.frame import LEAST_VISITS, has_any, outcomes_of
from cochange.models.parts.likelihood.observations import ABOVE, BELOW, MISSING, MOST_CENSORED
from cochange.models.parts.selection import LEAST_MEASURED, Selection, cannot, choose
from cochange.models.parts.visits import Series, marker_series, score_series, visits_of


def select_growth(study: Study) -> Selection:
    """Everyone with any reading at a known time."""
    visits = visits_of(study)
    if len(visits) < LEAST_VISITS:
        number = "one" if len(visits) == 1 else "two"
        return cannot(study, f"needs three visits or more, the study analyses {number}")
    if study.spec.time is None:
        return cannot(study, "needs the times of the visits: the study file has no table [time]")
    if problem := _problem_of_times(study):
        return cannot(study, problem)
    series = outcomes_of(study)
    if not series:
        return cannot(
            study,
            f"needs an outcome with {LEAST_MEASURED} measured values or more at {LEAST_VISITS} visits or more: fewer "
            "do not tell how people's slopes differ",
        )
    beyond = max(int(np.isin(own.status, (BELOW, ABOVE)).sum(axis=1).max()) for own in series.values())
    if beyond > MOST_CENSORED:
        return cannot(
            study,
            f"a participant has {beyond} values beyond a limit: at most {MOST_CENSORED} can be integrated out; analyse "
            "fewer visits",
        )
    reasons = {"no value at any visit with a known time": ~has_any(series)}
    notes = [*_on_outcomes(study, series), _on_missing(series), *_on_times(study), *_on_limits(series)]
    return choose(study, reasons, (*notes, *_on_inclusion(study)))


def _problem_of_times(study: Study) -> str:
    """Why the times do not fit the course; empty where they do."""
    course, times = course_of(study), times_of(study)
    if not np.isfinite(course.end - course.start) or course.end <= course.start:
        return "needs the times of the first and the last visit, which nobody has"
    outside = [knot for knot in course.knots if not course.start < knot < course.end]
    if outside:
        return f"has a knot at {outside[0]:g} {course.unit}, and visits from {course.start:g} to {course.end:g}"
    if course.kind == "log" and np.nanmin(times) - course.start <= -1:
        return f"takes log2(1 + time), and a visit is 1 of the {course.unit} or more before the baseline visit's time"
    return ""


def _on_outcomes(study: Study, series: dict[str, Series]) -> list[str]:
    declared = {"marker": study.marker, "score": study.scale.name if study.scale is not None else None}
    return [
        f"{label} is left out: it was measured at fewer than {LEAST_VISITS} visits, which do not tell how people's "
        "slopes differ. The other outcome is analysed alone."
        for name, label in declared.items()
        if label is not None and name not in series
    ]


def _on_missing(series: dict[str, Series]) -> str:
    counts = "; ".join(
        f"{own.name} of {', '.join(map(str, (own.status != MISSING).sum(axis=0)))} participants"
        for own in series.values()
    )
    return f"Everyone with any value is used, whatever is missing. Visit by visit there is {counts}."


def _on_times(study: Study) -> list[str]:
    """Readings whose time is not known, and whether times are each participant's own."""
    if "day" not in study.data:
        return []
    planned = "; the planned one where that is missing" if study.spec.time and study.spec.time.visits else ""
    notes = [f"Each visit is taken at the participant's own time{planned}."]
    unknown = np.isnan(times_of(study))
    declared = [read(study) for read, there in ((marker_series, study.marker), (score_series, study.scale)) if there]
    number = sum(int(((own.status != MISSING) & unknown).sum()) for own in declared)
    return [*notes, f"{number} values are left out: the time of their visit is not known."] if number else notes


def _on_limits(series: dict[str, Series]) -> list[str]:
    counts = [
        f"{int(beyond)} of {int((own.status != MISSING).sum())} values of {own.name}"
        for own in series.values()
        if (beyond := np.isin(own.status, (BELOW, ABOVE)).sum())
    ]
    return [f"Beyond a limit of detection, and entered as censored: {', '.join(counts)}."] if counts else []


def _on_inclusion(study: Study) -> list[str]:
    if study.spec.inclusion is None:
        return []
    return [
        "The rule of inclusion is not part of this model: some of the fall after the first visit is regression to the "
        "mean, which it takes for change."
    ]
