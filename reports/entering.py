"""Which parameters of a prior set enter for a study, and why the others do not."""

from cochange.data.study import Study
from cochange.inference.built import in_use
from cochange.inference.quiet import quiet
from cochange.inference.results import Results
from cochange.models.parts.bounded import PREFIX, is_of_counts
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import families
from cochange.reports.labels import is_compared
from cochange.reports.sentences import COUNTING, counts_scores

NOT_IN_GRAPH = "the graph of this study has none"
NOT_IN_FORM = "this form of the model has none"


def absent_from(model: Model, results: Results) -> dict[str, str]:
    """Why each parameter that does not enter for a study does not.

    A model with `parameters` says itself which enter; of a statistician's own the graph tells.
    """
    first = next(iter(results.priors[model.name].values()))
    if model.parameters is not None:
        used = {item.prior for item in model.parameters(results.study).items}
        without = (parameter for parameter in families(first) if parameter not in used)
        return {parameter: not_entering(model.name, parameter, results.study) or NOT_IN_FORM for parameter in without}
    if not model.ships:
        with quiet():
            entering = in_use(model, results.study, first, model.build(results.study, first))
        return {parameter: NOT_IN_GRAPH for parameter in families(first) if parameter not in entering}
    reasons = {parameter: not_entering(model.name, parameter, results.study) for parameter in families(first)}
    return {parameter: reason for parameter, reason in reasons.items() if reason}


def not_entering(model: str, parameter: str, study: Study) -> str:
    """Why a parameter of the shipped models does not enter for a study; empty where it does."""
    spec, counted = study.spec, counts_scores(model, study)
    if model == COUNTING and is_of_counts(parameter) != counted:
        return "the score is counted" if counted else "the score is not counted"
    observed = ("observed scores taken as true", spec.analysis.measurement == "off")
    screened = ("no screening score apart from the baseline", spec.inclusion is None or spec.inclusion_on_baseline)
    by_outcome = {
        "arm": ("no arms", spec.arms is None),
        "arm_baseline": (
            "no arms" if spec.arms is None else "arms were randomised",
            spec.arms is None or is_compared(study),
        ),
        "covariate": ("no covariates", not (spec.covariates.numeric or spec.covariates.categorical)),
        "group_sd": ("no groups", spec.groups is None),
        "site_sd": ("no sites", spec.sites is None),
    }
    lacks = {
        **by_outcome,
        **{f"{outcome}_{name}": lack for outcome in ("marker", "score") for name, lack in by_outcome.items()},
        "nu": ("normal residuals", spec.analysis.likelihood == "normal"),
        "benefit": ("who benefits is not asked", not spec.analysis.benefit_by_marker),
        "slope_spread": ("one marker", len(spec.marker) < 2),
        "plate_sd": ("no plates", spec.plates is None),
        "well_sd": ("no duplicate wells", not any(marker.has_duplicates for marker in spec.marker)),
        **dict.fromkeys(("marker_reliability", "score_reliability", "state_z"), observed),
        **dict.fromkeys(("screening_mean", "screening_slope", "screening_sd"), screened),
        "screening_state": screened if screened[1] else observed,
    }
    reason, lacking = lacks.get(parameter.removeprefix(PREFIX), ("", False))
    return reason if lacking else ""
