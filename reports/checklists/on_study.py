"""Answers about the study, its variables and its estimand."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cochange.data.inspection.extremes import extreme_values
from cochange.inference.results import Results
from cochange.reports.baseline import has_characteristics
from cochange.reports.checklists import places
from cochange.reports.checklists.answer import Answer, answered, missing, not_applicable
from cochange.reports.labels import DESCRIBED, JOINT, listed, scale_of, visit_name, whose
from cochange.reports.leaving import by_event
from cochange.reports.primary import estimand_named
from cochange.reports.sections.study import AS_OBSERVED, TAKEN_AS_OBSERVED
from cochange.reports.visits_used import visits_used

EVENTS_KEY = "[estimand] intercurrent_events"


def treatment(results: Results) -> Answer:
    """What happened between the visits."""
    return answered(places.STUDY, results, f"{results.study.spec.study.treatment}.")


def population(results: Results) -> Answer:
    """Whom the estimand speaks of."""
    spec = results.study.spec
    stated = spec.estimand.population or spec.study.population
    if stated is None:
        return missing('Write whom the results speak of: population = "..." under [estimand] of the study file.')
    return answered(places.STUDY, results, f"{stated}.")


def variables(results: Results) -> Answer:
    """Which outcomes and predictors there are."""
    study = results.study
    names = [marker.name for marker in study.spec.marker] + ([scale_of(study)] if study.scale else [])
    covariates = [*study.spec.covariates.numeric, *study.spec.covariates.categorical]
    beside = f"; covariates: {', '.join(covariates)}" if covariates else "; no covariates"
    return answered(places.STUDY, results, f"{', '.join(names)}{beside}.")


def described(results: Results) -> Answer:
    """Descriptive statistics of the variables."""
    study = results.study
    at = listed([visit_name(visit, study) for visit in visits_used(results)])
    text = f"Counts, means or medians, and spreads, by sample at {at}"
    if has_characteristics(study):
        text += "; covariates and outcomes at baseline in their own table"
    return answered(places.DESCRIPTIVES, results, f"{text}.")


def transformations(results: Results) -> Answer:
    """What was transformed."""
    markers = results.study.spec.marker
    if not markers:
        return not_applicable("No marker is declared, and scores are analysed as they are.")
    recorded = ", ".join(f"{marker.name} (recorded as {marker.scale})" for marker in markers)
    return answered(places.METHODS, results, f"Analysed on the natural log: {recorded}; scores as they are.")


def outliers(results: Results) -> Answer:
    """How values far out were treated."""
    analysis = results.study.spec.analysis
    far = len(extreme_values(results.study))
    if not far:
        return not_applicable("No measured value lies far out, by the rule that cochange check states.")
    found = f"{far} measured {'value lies' if far == 1 else 'values lie'} far out"
    names = [model.name for model in results.models]
    own = [name for name in names if name not in DESCRIBED]
    beside = f"; what becomes of them in {listed(own)} stands with its formula" if own else ""
    if own == names != []:
        return answered(places.FORMULAS, results, f"{found}{beside}.")
    found = f"{found} and {'stays' if far == 1 else 'stay'} in the analysis{whose(names)}"
    if analysis.likelihood == "student_t":
        weighed = f"{found}; residuals are Student-t, which gives them less weight{beside}."
        return answered(places.FORMULAS, results, weighed)
    if analysis.alternatives:
        fitted = f"{found}; forms with Student-t residuals are fitted beside{beside}."
        return answered(places.COMPARISON, results, fitted)
    return missing(
        f"{found}, with normal residuals{beside}. cochange check lists them; fit the other forms too, with "
        "alternatives = true under [analysis], and say whether the answers hold."
    )


def multiplicity(results: Results) -> Answer:
    """How many quantities were analysed, and that none was chosen by its result."""
    markers = len(results.study.spec.marker)
    number = len({(row.model, row.estimand, row.form, row.marker, row.visit) for row in results.estimates})
    if markers > 1 and not results.fitted(JOINT):
        return missing(
            f"{markers} markers were recorded and one is analysed: say so, or fit {JOINT}, which takes all at once and "
            "pools their slopes partially."
        )
    pooled = f"; the slopes of {markers} markers are partially pooled" if markers > 1 else ""
    said = f"All {number} quantities of the run are given, whatever they came to{pooled}."
    named = estimand_named(results)
    stated = f" The study file states one as primary: {named}." if named else ""
    return answered(places.ALL_ESTIMATES, results, f"{said}{stated}")


def smallest_difference(results: Results) -> Answer:
    """The smallest important difference with its reason."""
    asked = {row.estimand: row for row in results.estimates if row.smallest_important is not None}
    without = [row.estimand for row in results.estimates if row.null is not None and row.estimand not in asked]
    if not asked:
        example = without[0] if without else "ESTIMAND"
        return missing(
            f"Choose one, and say why: [estimand.smallest_important.{example}] with value and reason in the study file."
        )
    stated = "; ".join(f"{name}: {row.smallest_important:g} ({row.reason})" for name, row in asked.items())
    rest = f" None is stated for {', '.join(dict.fromkeys(without))}." if without else ""
    return answered(places.IMPORTANCE, results, f"{stated}.{rest}")


def events_named(results: Results) -> Answer:
    """Intercurrent events with their strategies."""
    events = results.study.spec.estimand.intercurrent_events
    if not events:
        return missing(
            f'Name each event and its strategy: {EVENTS_KEY} = [{{ event = "...", strategy = "{AS_OBSERVED}" }}] in '
            "the study file."
        )
    return answered(places.EVENTS, results, f"{'; '.join(f'{item.event} ({item.strategy})' for item in events)}.")


def events_handled(results: Results) -> Answer:
    """Whether the models do what the strategies ask for."""
    events = results.study.spec.estimand.intercurrent_events
    if not events:
        return missing(f"It cannot be told before the events are named under {EVENTS_KEY}.")
    stated = [item for item in events if item.missing_as is not None and results.under_scenarios]
    others = [item.event for item in events if item.strategy != AS_OBSERVED and item not in stated]
    if not others and stated:
        taken = "; ".join(f"{item.event}: what is missing after it as {item.missing_as}" for item in stated)
        return answered(places.IF_MISSING, results, f"{taken}. Values observed after an event count as observed.")
    if not others:
        return answered(places.EVENTS, results, f"{TAKEN_AS_OBSERVED}.")
    return missing(
        f"The models take values as observed, which is another strategy than the one stated for: {'; '.join(others)}. "
        "Prepare the data file for it (for a hypothetical strategy, values after the event as missing), and say so."
    )


def antidepressants(results: Results) -> Answer:
    """Whether antidepressants begun between the visits are spoken of."""
    return _asked(results, r"antidepress", "started or changed an antidepressant")


def drop_out(results: Results) -> Answer:
    """Whether drop-out is spoken of."""
    number = unseen(results)
    if not number:
        return not_applicable("Nobody lacks an outcome at the follow-up visit.")
    # An event that says what is missing after it, or names reasons for leaving, is one by which participants left.
    leaving = [
        item.event
        for item in results.study.spec.estimand.intercurrent_events
        if item.reasons or item.missing_as is not None
    ]
    lacking = f"{number} participant{'s lack' if number > 1 else ' lacks'} an outcome at the follow-up visit. If"
    pattern = r"drop.?out|dropped|withdr|lost to|left the|attrition"
    return _asked(results, pattern, "dropped out", leaving, f"{lacking} they left, ", by_event(results.study))


def infections(results: Results) -> Answer:
    """Whether infections and anti-inflammatory drugs at the draw are spoken of."""
    if not results.study.spec.marker:
        return not_applicable("No marker is declared, so no blood was drawn for one.")
    said = "infection or anti-inflammatory drug at the draw"
    return _asked(results, r"infect|inflam|nsaid|steroid|fever|\bcold\b", said)


def unseen(results: Results) -> int:
    """How many participants lack an outcome at the follow-up visit."""
    study = results.study
    at = study.data.sel(visit=study.follow_up)
    lacking = (at["marker_status"] == "missing").any("marker") if study.spec.marker else None
    if "symptom" in at:
        no_score = at["symptom"].isnull()
        lacking = no_score if lacking is None else lacking | no_score
    return 0 if lacking is None else int(lacking.sum())


def _asked(
    results: Results,
    pattern: str,
    event: str,
    known: Sequence[str] = (),
    where: str = "If it happened, ",
    whom: Mapping[str, str] = MappingProxyType({}),
) -> Answer:
    """The events that the pattern finds, or that are known to be meant; `whom` each concerns, and nobody's at ""."""
    found = [
        item
        for item in results.study.spec.estimand.intercurrent_events
        if item.event in known or re.search(pattern, item.event, re.IGNORECASE)
    ]
    if found:
        told = {item.event: f": {whom[item.event]}" for item in found if item.event in whom}
        said = "; ".join(f"{item.event} ({item.strategy}){told.get(item.event, '')}" for item in found)
        return answered(places.EVENTS, results, f"{said}. {whom.get('', '')}".rstrip())
    return missing(
        f'{where}add {{ event = "{event}", strategy = "{AS_OBSERVED}" }}, or the strategy that holds, to '
        f"{EVENTS_KEY}; if not, say so."
    )
