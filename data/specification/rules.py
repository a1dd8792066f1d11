"""Rules of the study file that span several keys: one small function a rule."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from cochange.data.names import advice, listing
from cochange.data.scales import KNOWN_SCALES
from cochange.data.spec import StudySpec
from cochange.data.specification.broken import Broken
from cochange.data.specification.date_rules import DATE_RULES
from cochange.data.specification.file_rules import FILE_RULES
from cochange.data.specification.kinds import NOT_MEASURED
from cochange.data.specification.marker_rules import MARKER_RULES
from cochange.data.specification.missing_rules import MISSING_RULES
from cochange.data.specification.prior_set_rules import PRIOR_SET_RULES
from cochange.data.specification.tables import DatesTable, MarkerTable, PlatesTable, SymptomTable
from cochange.data.specification.time_rules import TIME_RULES
from cochange.data.specification.toml_lines import KeyPath


def broken_rules(spec: StudySpec) -> list[Broken]:
    """Return every rule the study file breaks, in the order of the rules below."""
    return [broken for judge in _judgements(spec) for broken in judge()]


def broken_rules_of_part(spec: StudySpec) -> Iterator[Broken]:
    """Yield the rules that the sound part of a study file breaks; one that reads a key at fault cannot be judged."""
    for judge in _judgements(spec):
        with suppress(AttributeError):
            yield from judge()


def _judgements(spec: StudySpec) -> Iterator[Callable[[], Iterator[Broken]]]:
    """Every rule on what it holds for, so that a table at fault keeps no other from being judged."""
    yield from (partial(rule, spec) for rule in _RULES)
    tables = vars(spec)
    markers = list(enumerate(tables.get("marker", ())))
    by_visit: list[tuple[KeyPath, Any]] = [(("marker", i), marker) for i, marker in markers]
    by_visit += [((name,), tables.get(name)) for name in ("symptom", "plates", "dates")]
    yield from (partial(_one_column_a_visit, spec, path, table) for path, table in by_visit if table is not None)
    yield from (partial(rule, spec, i, marker) for rule in MARKER_RULES for i, marker in markers)


def _something_to_analyse(spec: StudySpec) -> Iterator[Broken]:
    if not spec.marker and spec.symptom is None:
        yield Broken((), "a [[marker]] or a [symptom] table", "neither", "declare what was measured")


def _distinct_names(spec: StudySpec) -> Iterator[Broken]:
    yield from _repeats(("data", "visits"), spec.data.visits, "a list of different visits")
    yield from _repeats(("marker",), [m.name for m in spec.marker], "a different name for each marker")
    columns = [column for marker in spec.marker for wells in marker.wells for column in wells]
    columns += [column for part in spec.symptom.parts for column in part] if spec.symptom else ()
    yield from _repeats(("marker",), columns, "a column of its own for each marker, well, score and visit")
    covariates = (*spec.covariates.numeric, *spec.covariates.categorical)
    yield from _repeats(("covariates",), covariates, "a list of different covariates")


def _repeats(path: KeyPath, names: list[str] | tuple[str, ...], required: str) -> Iterator[Broken]:
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        yield Broken(path, required, f"{listing(repeated)} more than once", "correct the repeated name")


def _design_fits_visits(spec: StudySpec) -> Iterator[Broken]:
    visits = len(spec.data.visits)
    if spec.study.design == "cross-sectional" and visits > 1:
        action = "list the one visit, or correct [study] design"
        yield Broken(("data", "visits"), "exactly one visit in a cross-sectional study", f"{visits}", action)
    if spec.study.design != "cross-sectional" and visits == 1:
        action = 'list at least two visits, or write design = "cross-sectional"'
        yield Broken(("data", "visits"), f"more than one visit in a {spec.study.design} study", "1", action)


def _design_fits_arms(spec: StudySpec) -> Iterator[Broken]:
    if spec.study.design == "randomised" and spec.arms is None:
        action = 'add [arms] with its column, or correct [study] design (one arm of a trial is "single arm")'
        yield Broken(("study", "design"), "an [arms] table in a randomised study", "none", action)
    if spec.study.design in ("single arm", "cross-sectional") and spec.arms is not None:
        action = "drop [arms] (a grouping within one arm is [groups]), or correct [study] design"
        required = "a randomised or observational design, in which arms can be declared,"
        yield Broken(("arms",), required, f"the design '{spec.study.design}'", action)


def _benefit_needs_arms(spec: StudySpec) -> Iterator[Broken]:
    if spec.analysis.benefit_by_marker and spec.arms is None:
        action = "add [arms] with its column, or drop 'benefit_by_marker'"
        path = ("analysis", "benefit_by_marker")
        yield Broken(path, "an [arms] table, since it asks who benefits from an arm,", "none", action)


def _one_column_a_visit(
    spec: StudySpec, path: KeyPath, table: MarkerTable | SymptomTable | PlatesTable | DatesTable
) -> Iterator[Broken]:
    columns = table.parts if isinstance(table, SymptomTable) else table.columns
    expected = len(spec.data.visits) if spec.data.layout == "wide" else 1
    if len(columns) != expected:
        each = "one column a visit, in the order of 'visits'" if spec.data.layout == "wide" else "long layout"
        required = f"a list of {expected} column{'s' if expected > 1 else ''} ({each})"
        action = "list the columns again"
        if path[0] == "marker" and len(columns) > expected:
            action += "; the columns of the wells of one sample stand in a list of their own"
        elif path[0] in ("marker", "symptom") and len(columns) < expected:
            action += f"; {NOT_MEASURED}"
        yield Broken((*path, "columns"), required, f"{len(columns)}", action)


def _symptom_scale_is_known(spec: StudySpec) -> Iterator[Broken]:
    symptom = spec.symptom
    if symptom is None:
        return
    known = KNOWN_SCALES.get(symptom.scale)
    if known is None:
        scales = f"known scales: {listing(KNOWN_SCALES)}; a scale of your own needs 'range' and 'direction'"
        given = {"'range'": symptom.range, "'direction'": symptom.direction}
        absent = [key for key, value in given.items() if value is None]
        if absent:
            keys = f"the key{'s' if len(absent) > 1 else ''} {' and '.join(absent)}"
            required = f"a known scale, or {keys} for a scale of your own,"
            action = advice(symptom.scale, KNOWN_SCALES, scales)
            yield Broken(("symptom", "scale"), required, f"'{symptom.scale}'", action)
    elif symptom.range is not None and symptom.range != (known.lower, known.upper):
        required = f"the range {known.lower:g} to {known.upper:g} of {known.name}"
        found = f"{list(symptom.range)}"
        yield Broken(("symptom", "range"), required, found, "drop 'range', or give the scale a name of your own")
    if known is not None and symptom.direction not in (None, known.direction):
        required = f"the direction '{known.direction}' of {known.name}"
        action = "drop 'direction', or give the scale a name of your own"
        yield Broken(("symptom", "direction"), required, f"'{symptom.direction}'", action)
    if symptom.range is not None and symptom.range[0] >= symptom.range[1]:
        found = f"{list(symptom.range)}"
        yield Broken(("symptom", "range"), "a list of the least and the greatest score", found, "correct the range")


def _items_make_the_total(spec: StudySpec) -> Iterator[Broken]:
    symptom = spec.symptom
    if symptom is None or not symptom.has_items:
        if symptom is not None and symptom.items is not None:
            action = "list the items of each visit in a list of their own under 'columns', or drop [symptom.items]"
            yield Broken(("symptom", "items"), "items among the columns", "totals", action)
        return
    sizes = {len(part) for part in symptom.parts}
    number = max(sizes)
    if len(sizes) > 1:
        found = " and ".join(str(len(part)) for part in symptom.parts)
        yield Broken(("symptom", "columns"), "the same items at every visit", f"{found} of them", "complete the lists")
    if symptom.baseline_column is not None:
        action = "drop it, and give the first visit rows of its own"
        yield Broken(("symptom", "baseline_column"), "totals in the columns", "items", action)
    if any(item > number for item in symptom.rule.reversed or ()):
        action = "count the items from one, in the order of 'columns'"
        path = ("symptom", "items", "reversed")
        yield Broken(path, f"items from 1 to {number}", f"{list(symptom.rule.reversed or ())}", action)
    if symptom.rule.most_missing >= number:
        path = ("symptom", "items", "most_missing")
        action = "a total needs at least one item; most rules ask for half of them or more"
        yield Broken(path, f"a number under {number}, the number of items,", f"{symptom.rule.most_missing}", action)


def _items_are_of_the_scale(spec: StudySpec) -> Iterator[Broken]:
    symptom, scale = spec.symptom, spec.scale
    if symptom is None or scale is None or not symptom.has_items:
        return
    number = max(len(part) for part in symptom.parts)
    if scale.items is not None and number != scale.items:
        others = [name for name, other in KNOWN_SCALES.items() if other.items == number]
        hint = f"; {listing(others)} {'has' if len(others) == 1 else 'have'} {number}" if others else ""
        action = f"list every item, or correct 'scale'{hint}"
        yield Broken(("symptom", "columns"), f"the {scale.items} items of {scale.name}", f"{number}", action)
    if symptom.rule.range is None and scale.item_range is None:
        action = "write range = [least, greatest] under [symptom.items]"
        yield Broken(("symptom", "items"), f"the range of an item of {scale.name}", "nothing", action)
    if scale.reverse_scored and symptom.rule.reversed is None:
        items = list(scale.reverse_scored)
        required = f"the key 'reversed', since a higher value is better on items {listing(map(str, items))},"
        action = f"write reversed = {items} under [symptom.items], or [] where the file has turned them already"
        yield Broken(("symptom", "items"), required, "nothing", action)
    low, high = symptom.rule.range or scale.item_range or (0.0, 0.0)
    least, greatest = number * low, number * high
    if scale.items is None and low < high and (least, greatest) != (scale.lower, scale.upper):
        found = f"{number} items from {low:g} to {high:g}, which make {least:g} to {greatest:g}"
        action = "correct [symptom] range or [symptom.items] range"
        yield Broken(("symptom", "range"), f"items that make up {scale.lower:g} to {scale.upper:g}", found, action)


def _remission_in_range(spec: StudySpec) -> Iterator[Broken]:
    scale = spec.scale
    if scale is None or scale.remission is None or scale.lower <= scale.remission <= scale.upper:
        return
    required = f"a remission cut within {scale.lower:g} to {scale.upper:g}"
    yield Broken(("symptom", "remission"), required, f"{scale.remission:g}", "correct the cut")


def _counted_scores_are_whole(spec: StudySpec) -> Iterator[Broken]:
    symptom = spec.symptom
    if symptom is None or symptom.distribution != "beta_binomial" or symptom.range is None:
        return
    if any(bound % 1 for bound in symptom.range):
        required = "a range of whole numbers, the only ones a beta_binomial score counts,"
        action = 'correct [symptom] range, or write distribution = "continuous"'
        yield Broken(("symptom", "distribution"), required, f"{list(symptom.range)}", action)


def _inclusion_fits_score(spec: StudySpec) -> Iterator[Broken]:
    symptom, inclusion = spec.symptom, spec.inclusion
    if symptom is None or inclusion is None:
        return
    if spec.inclusion_on_baseline and inclusion.score != symptom.scale:
        required = f"the score '{symptom.scale}', which [symptom] says the column '{inclusion.column}' holds,"
        yield Broken(("inclusion", "score"), required, f"'{inclusion.score}'", "correct the score or its column")
    elif inclusion.column in spec.scores_after_baseline:
        required = "a column with scores from before the treatment"
        found = f"'{inclusion.column}', a score after '{spec.baseline}'"
        yield Broken(("inclusion", "column"), required, found, "name the column of the screening or baseline score")


def _analysis_names_exist(spec: StudySpec) -> Iterator[Broken]:
    analysis, visits, markers = spec.analysis, spec.data.visits, [m.name for m in spec.marker]
    for key, name in (("baseline", analysis.baseline), ("follow_up", analysis.follow_up)):
        if name is not None and name not in visits:
            action = advice(name, visits, f"[data] visits lists {listing(visits)}")
            yield Broken(("analysis", key), "a visit listed in [data] visits", f"'{name}'", action)
    chosen = analysis.baseline is not None or analysis.follow_up is not None
    known = {spec.baseline, spec.follow_up} <= set(visits)
    if chosen and known and len(visits) > 1 and visits.index(spec.baseline) >= visits.index(spec.follow_up):
        found = f"'{spec.baseline}', then '{spec.follow_up}'"
        yield Broken(("analysis",), "a follow-up visit after the baseline visit", found, "correct the two visits")
    if analysis.marker is not None and analysis.marker not in markers:
        action = advice(analysis.marker, markers, f"declared markers: {listing(markers) or 'none'}")
        yield Broken(("analysis", "marker"), "the name of a declared marker", f"'{analysis.marker}'", action)
    if analysis.marker is None and len(markers) > 1:
        action = f"write marker = one of {listing(markers)}"
        yield Broken(("analysis",), "the key 'marker' with several markers declared", "nothing", action)


def _primary_model_is_one_of_the_models(spec: StudySpec) -> Iterator[Broken]:
    primary = spec.analysis.primary_model
    # A model file is called by its name without the ending, in results too.
    names = [Path(name).stem if name.endswith(".py") else name for name in spec.analysis.models]
    if primary is not None and names and primary not in names:
        action = advice(primary, names, f"add it there, or name one of {listing(names)}")
        required = "one of the models that [analysis] models names"
        yield Broken(("analysis", "primary_model"), required, f"'{primary}'", action)


def _repeated_measures_fit_the_study(spec: StudySpec) -> Iterator[Broken]:
    table, path = spec.analysis.over_visits, ("analysis", "repeated_measures")
    if table.baseline == "constrained" and spec.study.design == "observational":
        required = "randomised arms for the same baseline mean in every arm"
        action = 'write baseline = "covariate": arms that were not randomised can differ before treatment'
        yield Broken((*path, "baseline"), required, "the design 'observational'", action)
    if table.covariance_by_arm and spec.arms is None:
        action = "drop it, or declare [arms]"
        yield Broken((*path, "covariance_by_arm"), "an [arms] table for a covariance in each arm", "none", action)
    declared = (*spec.covariates.numeric, *spec.covariates.categorical)
    for name in table.covariates_by_visit:
        if name not in declared:
            action = advice(name, declared, f"declared covariates: {listing(declared) or 'none'}")
            yield Broken((*path, "covariates_by_visit"), "the name of a declared covariate", f"'{name}'", action)


_RULES = (
    _something_to_analyse,
    _distinct_names,
    _design_fits_visits,
    _design_fits_arms,
    _benefit_needs_arms,
    *FILE_RULES,
    _symptom_scale_is_known,
    _items_make_the_total,
    _items_are_of_the_scale,
    *DATE_RULES,
    *TIME_RULES,
    _remission_in_range,
    _counted_scores_are_whole,
    _inclusion_fits_score,
    _analysis_names_exist,
    _primary_model_is_one_of_the_models,
    _repeated_measures_fit_the_study,
    *MISSING_RULES,
    *PRIOR_SET_RULES,
)
