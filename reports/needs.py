"""What sections need of the results, and the reason given where it is absent."""

from cochange.inference.missing.stated import asks, completing_model
from cochange.inference.no_change import LEAST
from cochange.inference.results import Results
from cochange.models.parts.visits import visits_of
from cochange.reports.labels import ESTIMATES_TITLE, GROWTH, JOINT, REPEATED, is_contrast, listed, prior_name
from cochange.reports.replicates import has_predictions
from cochange.reports.sentences import COUNTING, counts_scores


def fits(results: Results) -> str:
    """Something was fitted."""
    if results.fits:
        return ""
    reasons = "; ".join(f"{model} {reason}" for model, reason in results.not_fitted.items())
    return f"no model could be fitted ({reasons or 'none was asked for'})"


def forms(results: Results) -> str:
    """An estimand was estimated in more than one form."""
    if len({row.form for row in results.estimates} - {None}) > 1:
        return ""
    if any(row.model == COUNTING and counts_scores(row.model, results.study) for row in results.estimates):
        return f"{COUNTING} has its ANCOVA form alone, since the follow-up score is counted"
    return f"both forms come from {_not_fitted(COUNTING, results)}"


def visits(results: Results) -> str:
    """A model of repeated measures was fitted."""
    if results.fitted(REPEATED):
        return ""
    if len(visits_of(results.study)) <= 2 and REPEATED not in results.not_fitted:
        number = "two visits are" if results.study.has_two_visits else "one visit is"
        return f"{number} analysed, and {REPEATED} is for more unless it is named under [analysis] models"
    return f"it comes from {_not_fitted(REPEATED, results)}"


def growth(results: Results) -> str:
    """A model of courses was fitted."""
    if results.fitted(GROWTH):
        return ""
    if len(visits_of(results.study)) <= 2 and GROWTH not in results.not_fitted:
        number = "two visits are" if results.study.has_two_visits else "one visit is"
        return f"{number} analysed, and {GROWTH} needs three or more"
    return f"it comes from {_not_fitted(GROWTH, results)}"


def arms(results: Results) -> str:
    """The joint model was fitted to several arms."""
    if results.estimates_of(JOINT, results.main_prior, "arm_difference"):
        return ""
    if results.study.spec.arms is None:
        return "the study has no arms to compare"
    if results.fitted(JOINT):
        return "those analysed are of one arm"
    return f"marker and score of the arms are compared together by {_not_fitted(JOINT, results)}{_apart(results)}"


def _apart(results: Results) -> str:
    """That the arms are compared all the same, each outcome by itself; empty where they are not."""
    models = dict.fromkeys(row.model for row in results.estimates if is_contrast(row))
    return (
        f". Contrasts of arms on one outcome at a time, from {listed(list(models))}, stand under {ESTIMATES_TITLE}"
        if models
        else ""
    )


def missing(results: Results) -> str:
    """The study file states what the values of those who left are taken to be, and a model tells."""
    if results.under_scenarios or results.surfaces:
        return ""
    if not asks(results.study):
        return (
            "the study file does not say what values are taken to be that are missing after a participant left: "
            "missing_as under [[estimand.intercurrent_events]], or [missing_data]"
        )
    if completing_model(results.models) is None:
        return f"it comes from {REPEATED} or {JOINT}, and neither was fitted"
    return "nobody left before the last visit"


def predictions(results: Results) -> str:
    """Replicated data were stored with a fit under the main prior."""
    for (_, prior), fit in results.fits.items():
        if prior == results.main_prior and has_predictions(fit):
            return ""
    return f"no replicated data were stored with the fits under {prior_name(results.main_prior)}"


def no_change(results: Results) -> str:
    """Data sets without change could be drawn."""
    if results.no_change:
        return ""
    if results.study.spec.analysis.measurement == "off":
        return "observed scores were taken as true, and without change they would be the same twice"
    if results.fitted(JOINT):
        return f"fewer than {LEAST} participants have marker and score at both visits, as the usual statistics need"
    return f"it is drawn from {_not_fitted(JOINT, results)}"


def measurement(results: Results) -> str:
    """A model with measurement error was fitted."""
    if any(row.estimand == "score_reliability" for row in results.estimates):
        return ""
    if results.study.spec.analysis.measurement == "off":
        return "observed scores were taken as true (measurement = off in the study file)"
    return f"measurement error is part of {_not_fitted(JOINT, results)}"


def comparison(results: Results) -> str:
    """A model with a joint density of a participant was fitted."""
    if results.comparison:
        return ""
    return f"it needs the density of each participant, which comes from {_not_fitted(JOINT, results)}"


def failed(results: Results, model: str) -> str:
    """That the fit of a model under the main prior must not be reported; empty where it may."""
    for item in results.diagnostics:
        if (item.model, item.prior, item.status) == (model, results.main_prior, "do not report"):
            return f"Do not report: the fit of {model} under {prior_name(item.prior)} failed its diagnostics."
    return ""


def _not_fitted(model: str, results: Results) -> str:
    """A model with the reason why there is no fit of it."""
    return f"{model}, which was not fitted: it {results.not_fitted.get(model, 'was not asked for')}"
