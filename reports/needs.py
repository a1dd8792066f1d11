"""What sections need of the results, and the reason given where it is absent."""

from cochange.inference.results import Results
from cochange.reports.labels import prior_name


def fits(results: Results) -> str:
    """Something was fitted."""
    if results.fits:
        return ""
    reasons = "; ".join(f"{model} {reason}" for model, reason in results.not_fitted.items())
    return f"no model could be fitted ({reasons or 'none was asked for'})"


def forms(results: Results) -> str:
    """An estimand was estimated in more than one form."""
    if any(row.form is not None for row in results.estimates):
        return ""
    reason = results.not_fitted.get("symptom_change", "it was not asked for")
    return f"only symptom_change has a change-score and an ANCOVA form, and it was not fitted: {reason}"


def predictions(results: Results) -> str:
    """Replicated data were stored with a fit under the main prior."""
    for (_, prior), fit in results.fits.items():
        if prior == results.main_prior and {"posterior_predictive", "observed_data"} <= set(fit.tree.children):
            return ""
    return f"no replicated data were stored with the fits under {prior_name(results.main_prior)}"
