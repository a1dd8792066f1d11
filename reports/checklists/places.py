"""The places of the report that answers lead to."""

from cochange.reports.checklists.answer import Place
from cochange.reports.sections import (
    comparison,
    diagnostics,
    estimates,
    limits,
    methods,
    missing,
    models,
    predictive,
    priors,
    reproducibility,
    study,
    summary,
)

ANSWERS = Place(summary.SECTION, "main answers, their rules and their dependence on the prior")
STUDY = Place(study.SECTION, "the study", "table-study")
DESCRIPTIVES = Place(study.SECTION, "characteristics at baseline, and what was measured")
EVENTS = Place(study.SECTION, "intercurrent events", "table-intercurrent_events")
METHODS = Place(methods.SECTION, "methods paragraph")
FORMULAS = Place(models.SECTION, "models in formula")
ESTIMANDS = Place(models.SECTION, "what is estimated", "table-estimands_{model}")
PRIORS = Place(priors.SECTION, "prior sets and their sources", "table-priors_{model}")
IMPLIED = Place(priors.SECTION, "what the priors imply", "table-implied_priors")
PRIOR_PREDICTIVE = Place(priors.SECTION, "prior predictive check", "table-prior_predictive")
ESTIMATES = Place(estimates.SECTION, "estimates under every prior set", "table-estimates_{model}")
ALL_ESTIMATES = Place(estimates.SECTION, "estimates of every model")
IMPORTANCE = Place(estimates.SECTION, "smallest important differences")
COMPARISON = Place(comparison.SECTION, "model comparison")
DIAGNOSTICS = Place(diagnostics.SECTION, "diagnostics of every fit and estimand")
TRACES = Place(diagnostics.SECTION, "trace plots", "figure-trace_{model}")
DOUBLED = Place(diagnostics.SECTION, "twice the draws", "table-doubled")
REPLICATIONS = Place(predictive.SECTION, "posterior predictive check")
IF_MISSING = Place(missing.SECTION, "scenarios for those who left, and how different they would have to be")
LIMITS = Place(limits.SECTION, "what is taken for granted")
RUN = Place(reproducibility.SECTION, "how the run came about", "table-manifest")
SEEDS = Place(reproducibility.SECTION, "seeds and sizes of the fits", "table-seeds")
AGAIN = Place(reproducibility.SECTION, "the command, and what lies beside the report")
