"""Which visits the models of a run used, and how many of their marker values lay beyond a limit of detection."""

from collections.abc import Sequence

from cochange.data.inspection.counts import counts
from cochange.data.study import Study
from cochange.inference.plan import OF_MANY_VISITS
from cochange.inference.results import Results
from cochange.models.parts.contract import available
from cochange.models.parts.growth.frame import outcomes_of
from cochange.models.parts.repeated.frame import options_of
from cochange.models.parts.visits import visits_of
from cochange.reports.labels import GROWTH, REPEATED, listed, visit_name


def visits_used(results: Results) -> tuple[str, ...]:
    """The visits that the fitted models use.

    A model of many visits, or one of the user's own, may use all from baseline to follow-up; the others use these two.
    """
    of_two = set(available()) - OF_MANY_VISITS
    if {model.name for model in results.models} <= of_two:
        return tuple(dict.fromkeys((results.study.baseline, results.study.follow_up)))
    return visits_of(results.study)


def visits_in_words(results: Results) -> str:
    """The two visits compared, and all of them where models used all."""
    study = results.study
    every, (two, many) = [visit_name(visit, study) for visit in visits_of(study)], _by_visits(results)
    compared = f"Outcomes at {every[-1]} were compared with those at {every[0]}"
    if len(every) == 2 or not many:
        return f"{compared}."
    used = f"{listed(many)} used the visits {listed(every)}"
    return f"{compared} by {listed(two)}; {used}." if two else f"{used}."


def beyond_limits(results: Results, marker: str) -> str:
    """How many values of a marker lay beyond a limit, at the visits that the models used; empty where none did."""
    study = results.study
    two, many = _by_visits(results)
    ends = tuple(dict.fromkeys((study.baseline, study.follow_up)))
    many = [name for name in many if marker == study.marker and takes_marker(name, study)]
    beyond, given = _counted(study, marker, visits_of(study) if many else ends)
    if not beyond:
        return ""
    said = f"{beyond} of {given} values lay beyond a limit of detection"
    if many and two and visits_of(study) != ends:
        beyond, given = _counted(study, marker, ends)
        said += f", {beyond} of {given} at {listed([visit_name(visit, study) for visit in ends])} alone"
    return said


def takes_marker(model: str, study: Study) -> bool:
    """Whether the marker is among the outcomes of a model of many visits; true of every other model."""
    if model == REPEATED:
        return "marker" in options_of(study).kinds
    return model != GROWTH or "marker" in outcomes_of(study)


def _by_visits(results: Results) -> tuple[list[str], list[str]]:
    """The models of baseline and follow-up alone, and those of every visit between."""
    names = [model.name for model in results.models]
    return [name for name in names if name not in OF_MANY_VISITS], [name for name in names if name in OF_MANY_VISITS]


def _counted(study: Study, marker: str, visits: Sequence[str]) -> tuple[int, int]:
    """Values beyond a limit, and values given, of a marker at some visits."""
    own = counts(study).loc[marker].loc[list(visits)]
    beyond = int(own["below"].sum() + own["above"].sum())
    return beyond, beyond + int(own["observed"].sum())
