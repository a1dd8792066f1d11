"""Answers about what is concluded, and by which rule."""

from cochange.data.specification.tables import AnalysisTable
from cochange.inference.results import Results
from cochange.reports.checklists import places
from cochange.reports.checklists.answer import Answer, answered, missing, not_applicable
from cochange.reports.labels import is_compared, is_randomised
from cochange.reports.numbers import interval_name


def why_decide(results: Results) -> Answer:
    """Why anything is decided."""
    return answered(
        places.ANSWERS,
        results,
        "Directions and importance are named for the reader, by a stated rule; no action follows.",
    )


def loss(results: Results) -> Answer:
    """Losses and utilities."""
    return not_applicable("No loss or utility is used: words follow probabilities.")


def thresholds(results: Results) -> Answer:
    """The probability at which something is said."""
    mass = results.study.spec.analysis.ci_prob
    return answered(
        places.ANSWERS, results, f"A direction at a probability of {(1 + mass) / 2:g}, importance at {mass:g}."
    )


def estimates_as_well(results: Results) -> Answer:
    """Estimates beside decisions."""
    return answered(places.ALL_ESTIMATES, results, "Every decision stands beside its estimate and interval.")


def centre(results: Results) -> Answer:
    """Central tendency."""
    return answered(places.ESTIMATES, results, "Posterior median and mean.")


def interval(results: Results) -> Answer:
    """Spread and interval, with type and mass."""
    return answered(
        places.ESTIMATES, results, f"{interval_name(results.study.spec.analysis)}s and posterior standard deviations."
    )


def wording(results: Results) -> Answer:
    """Whether results are worded as posterior statements."""
    return answered(places.ANSWERS, results, "Probabilities of statements, given the data, the model and the prior.")


def criterion(results: Results) -> Answer:
    """A criterion of success, stated ahead."""
    if not is_compared(results.study):
        return not_applicable("No arms were randomised: nothing here is a success or failure of the treatment.")
    contrasts = {row.estimand: row for row in results.estimates if is_randomised(row, results.study)}
    # A criterion of success is one of the primary estimand, where one is stated.
    primary = results.study.spec.analysis.primary_estimand
    contrasts = {name: row for name, row in contrasts.items() if name == primary} or contrasts
    stated = {name: row for name, row in contrasts.items() if row.smallest_important is not None}
    if not stated:
        return missing(
            "State how large a difference has to be: [estimand.smallest_important."
            f"{next(iter(contrasts), 'arm_difference')}] with value and reason; its probability has to reach ci_prob "
            "under [analysis]. Cite where both were laid down before the data were seen."
        )
    mass = results.study.spec.analysis.ci_prob
    said = "; ".join(f"{name} beyond {row.smallest_important:g}" for name, row in stated.items())
    # A study read from a stored run has every default written out, so that a default cannot be told from what was
    # written.
    default = AnalysisTable.model_fields["ci_prob"].default
    stating = f"{default:g} where the study file writes none" if mass == default else "as the study file states"
    return answered(
        places.IMPORTANCE,
        results,
        f"{said}, as the study file states, with a probability of {mass:g} (ci_prob under [analysis], {stating}).",
    )


def operating_characteristics(results: Results) -> Answer:
    """How often the rule would be right or wrong in repeated trials."""
    return missing(
        "Not simulated in this run. cochange plan simulates studies of this design and says how often they end with "
        "the decision: once with --truth at no difference, which gives the share of false conclusions, once at the "
        "difference hoped for, which gives the power. Send both with this report."
    )
