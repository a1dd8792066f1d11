"""Rules of what missing values are taken to be: each needs the arms, outcomes and columns it speaks of."""

from collections.abc import Iterator

from cochange.data.spec import StudySpec
from cochange.data.specification.broken import Broken
from cochange.data.specification.toml_lines import KeyPath

EVENTS = ("estimand", "intercurrent_events")
TABLE = ("missing_data",)


def _reference_is_there(spec: StudySpec) -> Iterator[Broken]:
    asked: list[tuple[KeyPath, str]] = [
        ((*EVENTS, position, "missing_as"), event.missing_as)
        for position, event in enumerate(spec.estimand.intercurrent_events)
        if event.missing_as is not None
    ]
    asked += [((*TABLE, "compare"), strategy) for strategy in spec.missing_data.compare]
    for path, strategy in asked:
        if strategy.endswith("reference") and spec.arms is None:
            required = f"an [arms] table, whose control is the reference arm of '{strategy}',"
            action = 'with one arm there is none: write "missing at random", with a delta where they fared worse'
            yield Broken(path, required, "none", action)


def _events_can_be_told(spec: StudySpec) -> Iterator[Broken]:
    for position, event in enumerate(spec.estimand.intercurrent_events):
        path = (*EVENTS, position)
        shifted = {"delta_score": event.delta_score != 0, "delta_marker": event.delta_marker != 1}
        given = [name for name, there in {"arms": event.arms, "reasons": event.reasons, **shifted}.items() if there]
        if given and event.missing_as is None:
            action = "say what values missing after the event are taken to be, or drop the key"
            yield Broken((*path, given[0]), "the key 'missing_as' beside it", "none", action)
        if event.arms and spec.arms is None:
            yield Broken((*path, "arms"), "an [arms] table", "none", "drop 'arms', or declare [arms]")
        if event.reasons and spec.missing_data.reason is None:
            action = 'write reason = "..." under [missing_data], the column that says why participants left'
            yield Broken((*path, "reasons"), "a column of reasons", "none", action)
        if event.missing_as == "non-response" and event.strategy != "composite variable":
            required = "the strategy 'composite variable', in which the event itself is a failure,"
            action = "correct 'strategy', or write another 'missing_as'"
            yield Broken((*path, "strategy"), required, f"'{event.strategy}'", action)
        if event.missing_as == "non-response" and any(shifted.values()):
            action = "drop the delta: a non-response has no value that could be shifted"
            yield Broken((*path, "missing_as"), "no delta beside 'non-response'", "one", action)
        for key in (name for name, there in shifted.items() if there):
            yield from _outcome_is_there(spec, (*path, key))


def _deltas_fit_the_study(spec: StudySpec) -> Iterator[Broken]:
    for key, ends in (("delta_score", spec.missing_data.delta_score), ("delta_marker", spec.missing_data.delta_marker)):
        if ends is None:
            continue
        yield from _outcome_is_there(spec, (*TABLE, key))
        if ends[0] >= ends[1]:
            yield Broken((*TABLE, key), "the least and the greatest delta", f"{list(ends)}", "correct the range")


def _arms_can_be_shifted(spec: StudySpec) -> Iterator[Broken]:
    table = spec.missing_data
    if table.delta_arms == "active":
        return
    path = (*TABLE, "delta_arms")
    if spec.arms is None:
        yield Broken(path, "an [arms] table", "none", "drop 'delta_arms', or declare [arms]")
    elif table.delta_score is None or table.delta_marker is None:
        required = "both 'delta_score' and 'delta_marker', which are shifted together,"
        yield Broken(path, required, "not both", "drop 'delta_arms', or write the other range too")


def _events_have_a_visit(spec: StudySpec) -> Iterator[Broken]:
    if spec.missing_data.event_visit is None:
        return
    if not spec.missing_data.compare and all(one.missing_as is None for one in spec.estimand.intercurrent_events):
        required = "an intercurrent event with 'missing_as', or 'compare',"
        action = "say what values missing from that visit on are taken to be, or drop the key"
        yield Broken((*TABLE, "event_visit"), required, "neither", action)


def _outcome_is_there(spec: StudySpec, path: KeyPath) -> Iterator[Broken]:
    if path[-1] == "delta_score" and spec.symptom is None:
        yield Broken(path, "a [symptom] table", "none", "drop the delta, or declare the score")
    if path[-1] == "delta_marker" and not spec.marker:
        yield Broken(path, "a [[marker]] table", "none", "drop the delta, or declare the marker")


def _something_can_be_missing(spec: StudySpec) -> Iterator[Broken]:
    table = spec.missing_data
    asked = table.compare or table.delta_score or table.delta_marker
    if asked and len(spec.data.visits) < 2:
        action = "drop the table: nobody can leave between visits"
        yield Broken(TABLE, "more than one visit", f"{len(spec.data.visits)}", action)


MISSING_RULES = (
    _reference_is_there,
    _events_can_be_told,
    _deltas_fit_the_study,
    _arms_can_be_shifted,
    _events_have_a_visit,
    _something_can_be_missing,
)
