"""Answers about the models and how far they fit the data."""

from cochange.inference.missing.strategies import AT_RANDOM
from cochange.inference.results import Results
from cochange.inference.unused import scenarios_nobody_gives
from cochange.reports.checklists import places
from cochange.reports.checklists.answer import Answer, answered, missing, not_applicable
from cochange.reports.checklists.on_study import unseen
from cochange.reports.labels import JOINT, described, listed, whose
from cochange.reports.needs import failed
from cochange.reports.primary import estimand_named, primary_model
from cochange.reports.replicates import checks, has_predictions
from cochange.reports.sections.predictive import extremes, rarely_replicated, shown
from cochange.reports.sentences import counts_scores, residuals


def why_bayesian(results: Results) -> Answer:
    """Why the analysis is Bayesian."""
    return answered(places.METHODS, results, "What the models take account of, and what their probabilities mean.")


def goals(results: Results) -> Answer:
    """What the analysis is for."""
    asked = " ".join(model.question for model in results.models) or "The question of every model."
    named = estimand_named(results)
    return answered(places.FORMULAS, results, f"{asked} Primary estimand: {named}." if named else asked)


def likelihood(results: Results) -> Answer:
    """Likelihoods, and parameters with their meaning."""
    counting = [model.name for model in results.models if counts_scores(model.name, results.study)]
    counted = f"; the follow-up score of {', '.join(counting)} is beta-binomial" if counting else ""
    names = [model.name for model in results.models]
    shape = f", {residuals(results.study)} residuals{whose(names)}" if described(names) or not names else ""
    return answered(places.FORMULAS, results, f"Every model in formula{shape}{counted}.")


def hierarchy(results: Results) -> Answer:
    """Levels of the models, and covariances of their outcomes."""
    spec = results.study.spec
    pooled = [name for name, table in (("groups", spec.groups), ("sites", spec.sites)) if table is not None]
    joint = results.fitted(JOINT)
    if not pooled and not joint:
        return not_applicable("There are no groups and no sites, and no model of several outcomes at once was fitted.")
    names = [model.name for model in results.models]
    if names and not described(names):
        return answered(places.FORMULAS, results, f"As the formula of {listed(names)} has them.")
    which = " and ".join(pooled).capitalize()
    said = [f"{which} are partially pooled{whose(names, ' in')}." if pooled else "No groups and no sites."]
    said += [f"{JOINT} gives the covariance of all outcomes by paths and errors."] if joint else []
    return answered(places.FORMULAS, results, " ".join(said))


def formal(results: Results) -> Answer:
    """The models in formula."""
    return answered(places.FORMULAS, results, f"{', '.join(model.name for model in results.models)}.")


def technique(results: Results) -> Answer:
    """How the posterior was found."""
    return answered(places.METHODS, results, "Hamiltonian Monte Carlo with the no-U-turn sampler.")


def each_analysis(results: Results) -> Answer:
    """Which method answers which question."""
    return answered(places.ESTIMANDS, results, "Each quantity with its definition, model and question.")


def summary_measure(results: Results) -> Answer:
    """The population-level summary of each estimand."""
    return answered(places.ESTIMANDS, results, "Ratios of geometric means, mean changes, slopes, shares: one a row.")


def replicated(results: Results) -> Answer:
    """A posterior predictive check."""
    if not results.fits:
        return answered(places.REPLICATIONS, results, "Data beside replications.")
    return answered(places.REPLICATIONS, results, _replications(results))


def makes_sense(results: Results) -> Answer:
    """Whether the models reproduce the data, as far as that tells whether the posterior makes sense."""
    if lack := places.REPLICATIONS.lack(results):
        return missing(f"{places.REPLICATIONS.section.title} is not shown: {lack}.")
    if poor := _poor(results):
        return missing(f"{' '.join(poor)} Say what that means for the answers, or fit another form of the model.")
    return answered(
        places.REPLICATIONS,
        results,
        "No statistic compared is rarely replicated by a model, which shows no misfit and proves no fit. "
        "Whether the answers make sense in the field is yours to say.",
    )


def assumptions(results: Results) -> Answer:
    """Whether the assumptions of the models were looked at."""
    return answered(places.REPLICATIONS, results, f"{_replications(results)} What cannot be checked is listed apart.")


def missing_data(results: Results) -> Answer:
    """What the main estimator takes for granted of missing values."""
    main = primary_model(results)
    said = f"The primary model is {main}. " if main else ""
    assumed = f"{said}Missing at random given what was observed; each model says of whom."
    return answered(places.LIMITS, results, assumed)


def departures(results: Results) -> Answer:
    """Whether the assumption on missing values was departed from."""
    if not (number := unseen(results)):
        return not_applicable("Nobody lacks an outcome at the follow-up visit.")
    departed = dict.fromkeys(row.scenario for row in results.under_scenarios if row.scenario != AT_RANDOM)
    said = [f"Scenarios for those who left: {', '.join(departed)}"] if departed else []
    number_of = len(results.surfaces)
    said += [f"{number_of} tipping surface{'s' if number_of > 1 else ''}"] if number_of else []
    if said:
        return answered(places.IF_MISSING, results, f"{'; '.join(said)}.")
    if unanswered := scenarios_nobody_gives(results.study, results.models):
        return missing(" ".join(f"{notice.message[0].upper()}{notice.message[1:]}." for notice in unanswered))
    return missing(
        f"{number} participants lack an outcome at the follow-up visit, and every model here takes it as missing at "
        "random. State it in the study file: compare or delta_score under [missing_data], or missing_as under "
        "[[estimand.intercurrent_events]]."
    )


def kept_apart(results: Results) -> Answer:
    """Sensitivity and supplementary analyses told apart."""
    if len(results.models) < 2 and len(results.forms) < 2:
        return not_applicable("One model in one form was fitted: there is no supplementary analysis.")
    main = primary_model(results)
    stated = f"Main: {main}, the primary model. " if main else ""
    return answered(
        places.ALL_ESTIMATES,
        results,
        f"{stated}Sensitivity: the other prior sets of a model, in the same table. Supplementary: the other models, "
        "each under its own heading.",
    )


def approximations(results: Results) -> Answer:
    """What was not drawn by Markov chains."""
    if not results.comparison:
        return not_applicable("Every posterior was drawn by Markov chain Monte Carlo.")
    return answered(
        places.COMPARISON,
        results,
        "Leave-one-out by importance sampling, with its Pareto shapes; every posterior was drawn by Markov chain Monte "
        "Carlo.",
    )


def bayes_factors(results: Results) -> Answer:
    """Bayes factors and model probabilities."""
    weighted = len(results.comparison) > len({row.model for row in results.comparison})
    weights = " Stacking weights are no model probabilities." if weighted else ""
    return not_applicable(f"No Bayes factor and no probability of a model is used.{weights}")


def _replications(results: Results) -> str:
    return " ".join(_poor(results)) or "No statistic compared is rarely replicated."


def _poor(results: Results) -> list[str]:
    """What the models do not reproduce under the main prior, and whose fit failed, a sentence each."""
    said = []
    for (model, prior), fit in results.fits.items():
        if prior == results.main_prior and (warning := failed(results, model)):
            said.append(warning)
        elif prior == results.main_prior and has_predictions(fit):
            found = tuple(shown(check, results.study) for check in checks(fit))
            if rarely_replicated(found):
                said.append(extremes(found, model))
    return said
