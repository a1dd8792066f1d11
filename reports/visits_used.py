"""Which visits the models of a run used, and how many of their marker values lay beyond a limit of detection."""

from collections.abc import Sequence

from cochange.data.inspection.counts import counts
from cochange.data.study import Study
from cochange.inference.plan import OF_MANY_VISITS
from cochange.inference.results import Results
from cochange.models.parts.growth.frame import outcomes_of
from cochange.models.parts.repeated.frame import options_of
from cochange.models.parts.visits import visits_of
from cochange.reports.labels import GROWTH, REPEATED, listed, visit_name


def visits_used(results: Results) -> tuple[str, ...]:
    """The visits that the fitted models use, or may use, where they are the user's own."""
    _, many, own = _by_visits(results)
    return visits_of(results.study) if many or own else _ends(results.study)


def visits_in_words(results: Results) -> str:
    """The two visits compared, and all of them where models used all."""
    study = results.study
    every, (two, many, own) = [visit_name(visit, study) for visit in visits_of(study)], _by_visits(results)
    compared = f"Outcomes at {every[-1]} were compared with those at {every[0]}"
    if len(every) == 2 or not (many or own):
        return f"{compared}."
    said = [f"{compared} by {listed(two)}"] if two else []
    said += [f"{listed(many)} used the visits {listed(every)}"] if many else []
    named = "its formula names" if len(own) == 1 else "their formulas name"
    said += [f"{listed(own)} used those of the visits {listed(every)} that {named}"] if own else []
    return f"{'; '.join(said)}."


def beyond_limits(results: Results, marker: str) -> str:
    """How many values of a marker lay beyond a limit, at the visits that the models used; empty where none did."""
    study = results.study
    two, many, own = _by_visits(results)
    ends = _ends(study)
    every = own + [name for name in many if marker == study.marker and takes_marker(name, study)]
    beyond, given = _counted(study, marker, visits_of(study) if every else ends)
    if not beyond:
        return ""
    said = f"{beyond} of {given} values lay beyond a limit of detection"
    if every and two and visits_of(study) != ends:
        beyond, given = _counted(study, marker, ends)
        said += f", {beyond} of {given} at {listed([visit_name(visit, study) for visit in ends])} alone"
    return said


def takes_marker(model: str, study: Study) -> bool:
    """Whether the marker is among the outcomes of a model of many visits; true of every other model."""
    if model == REPEATED:
        return "marker" in options_of(study).kinds
    return model != GROWTH or "marker" in outcomes_of(study)


def _by_visits(results: Results) -> tuple[list[str], list[str], list[str]]:
    """The models of baseline and follow-up alone, those of every visit between, and those of which nothing tells.

    The contract of a model says nothing of visits: one of the user's own may take any from baseline to follow-up.
    """
    shipped = [model.name for model in results.models if model.ships]
    own = [model.name for model in results.models if not model.ships]
    two = [name for name in shipped if name not in OF_MANY_VISITS]
    return two, [name for name in shipped if name in OF_MANY_VISITS], own


def _ends(study: Study) -> tuple[str, ...]:
    """The baseline and the follow-up, which are one visit where there is one."""
    return tuple(dict.fromkeys((study.baseline, study.follow_up)))


def _counted(study: Study, marker: str, visits: Sequence[str]) -> tuple[int, int]:
    """Values beyond a limit, and values given, of a marker at some visits."""
    own = counts(study).loc[marker].loc[list(visits)]
    beyond = int(own["below"].sum() + own["above"].sum())
    return beyond, beyond + int(own["observed"].sum())
