"""The items of the field's checklists, each with the function that answers it."""

from collections.abc import Callable
from dataclasses import dataclass

from cochange.inference.results import Results
from cochange.reports.checklists import on_computation, on_decisions, on_models, on_priors, on_study
from cochange.reports.checklists.answer import Answer


@dataclass(frozen=True)
class Item:
    """One thing a report must contain.

    Attributes
    ----------
    number : str
        Its number in the checklist, or its place in the order.
    asks : str
        What is asked for.
    answer : callable
        What the report says to it.
    """

    number: str
    asks: str
    answer: Callable[[Results], Answer]


@dataclass(frozen=True)
class Checklist:
    """A published checklist.

    Attributes
    ----------
    name, reference : str
        What it is called and where it stands.
    items : tuple of Item
        Its items, in order.
    """

    name: str
    reference: str
    items: tuple[Item, ...]


BARG = Checklist(
    "BARG",
    "Kruschke 2021, doi:10.1038/s41562-021-01177-7",
    (
        Item("P.A", "Why Bayesian", on_models.why_bayesian),
        Item("P.B", "Goals of the analysis", on_models.goals),
        Item("1.A", "Variables and data", on_study.variables),
        Item("1.B", "Likelihood, and parameters with their meaning", on_models.likelihood),
        Item("1.B", "Hierarchy and covariance", on_models.hierarchy),
        Item("1.C", "Priors", on_priors.specified),
        Item("1.C", "Justification of the priors", on_priors.justified),
        Item("1.D", "Formal specification", on_models.formal),
        Item("1.E", "Prior predictive check", on_priors.prior_predictive),
        Item("2.A", "Software, packages, versions", on_computation.software),
        Item("2.B", "R-hat of every parameter and derived quantity", on_computation.r_hat),
        Item("2.C", "Effective sample sizes; 10,000 where HDI limits are quoted", on_computation.effective_draws),
        Item("2.D", "Approximations other than MCMC", on_models.approximations),
        Item("3.A", "Posterior predictive check", on_models.replicated),
        Item("3.B", "Centre of every posterior", on_decisions.centre),
        Item("3.B", "Interval, with its type and mass", on_decisions.interval),
        Item("3.C", "Bayes factors, with prior and posterior model probabilities", on_models.bayes_factors),
        Item("4.A", "Why a decision", on_decisions.why_decide),
        Item("4.B", "Loss function", on_decisions.loss),
        Item("4.C", "Region of practical equivalence, with its reason", on_study.smallest_difference),
        Item("4.D", "Decision thresholds", on_decisions.thresholds),
        Item("4.E", "Estimates given as well", on_decisions.estimates_as_well),
        Item("5.A", "Estimates under broad, informed and default priors", on_priors.broad_informed_default),
        Item("5.B", "Model probabilities under them", on_models.bayes_factors),
        Item("5.C", "Decisions under them", on_priors.decisions_by_prior),
        Item("6.A", "How to install and run", on_computation.install),
        Item("6.B", "Scripts and data", on_computation.scripts),
        Item("6.C", "Readable", on_computation.readable),
        Item("6.D", "Auxiliary files", on_computation.auxiliary),
        Item("6.E", "Runs as posted", on_computation.command),
        Item("6.F", "Seeds and stored chains", on_computation.seeds),
    ),
)

ROBUST = Checklist(
    "ROBUST",
    "Sung 2005, doi:10.1016/j.jclinepi.2004.08.010",
    (
        Item("1", "Prior specified", on_priors.specified),
        Item("2", "Prior justified", on_priors.justified),
        Item("3", "Sensitivity to the prior", on_priors.sensitivity),
        Item("4", "Model", on_models.formal),
        Item("5", "Technique", on_models.technique),
        Item("6", "Central tendency", on_decisions.centre),
        Item("7", "Standard deviation or interval", on_decisions.interval),
    ),
)

WAMBS = Checklist(
    "WAMBS",
    "Depaoli and van de Schoot 2017, doi:10.1037/met0000065",
    (
        Item("1", "Priors understood", on_priors.understood),
        Item("2", "Trace plots converge", on_computation.traces),
        Item("3", "Estimates hold when iterations are doubled", on_computation.doubled),
        Item("4", "Histograms carry enough information", on_computation.enough),
        Item("5", "Low autocorrelation", on_computation.autocorrelation),
        Item("6", "The posterior makes substantive sense", on_models.makes_sense),
        Item("7", "Other priors of variances and covariances", on_priors.spreads),
        Item("8", "Comparison with non-informative priors", on_priors.non_informative),
        Item("9", "Sensitivity analysis", on_priors.sensitivity),
        Item("10", "Bayesian wording", on_decisions.wording),
    ),
)

SAMPL = Checklist(
    "SAMPL",
    "Lang and Altman 2015, doi:10.1016/j.ijnurstu.2014.09.006",
    (
        Item("1", "Transformations", on_study.transformations),
        Item("2", "Purpose", on_models.goals),
        Item("3", "Variables with descriptive statistics", on_study.described),
        Item("4", "Smallest important difference", on_study.smallest_difference),
        Item("5", "Method of each analysis", on_models.each_analysis),
        Item("6", "Assumptions verified", on_models.assumptions),
        Item("7", "Multiplicity", on_study.multiplicity),
        Item("8", "Outliers", on_study.outliers),
        Item("9", "Package named", on_computation.software),
        Item("10", "Results in reusable detail", on_computation.reusable),
    ),
)

ICH = Checklist(
    "ICH E9(R1)",
    "Addendum on estimands and sensitivity analysis in clinical trials, 2019",
    (
        Item("1", "Treatment", on_study.treatment),
        Item("2", "Population", on_study.population),
        Item("3", "Variable", on_study.variables),
        Item("4", "Intercurrent events, each with a strategy", on_study.events_named),
        Item("4a", "Antidepressants begun or changed", on_study.antidepressants),
        Item("4b", "Drop-out", on_study.drop_out),
        Item("4c", "Infections or anti-inflammatory drugs at the draw", on_study.infections),
        Item("4d", "Analysis follows the strategies", on_study.events_handled),
        Item("5", "Population-level summary", on_models.summary_measure),
        Item("6", "Main estimator with its missing-data assumption", on_models.missing_data),
        Item("7", "Sensitivity to that assumption", on_models.departures),
        Item("8", "Supplementary analyses kept apart", on_models.kept_apart),
    ),
)

FDA = Checklist(
    "FDA",
    "Guidance on Bayesian methods: medical device trials 2010; drugs and biologics, draft 2026",
    (
        Item("1", "Success criterion stated ahead", on_decisions.criterion),
        Item("2", "Sources and rationale of the prior", on_priors.justified),
        Item("3", "Worth of the prior in participants", on_priors.worth),
        Item("4", "Prior-data conflict, and alternatives", on_priors.conflict),
        Item("5", "Operating characteristics by simulation", on_decisions.operating_characteristics),
        Item("6", "Computation open to check", on_computation.checkable),
    ),
)

CHECKLISTS: tuple[Checklist, ...] = (BARG, ROBUST, WAMBS, SAMPL, ICH, FDA)
