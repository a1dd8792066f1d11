"""Names of quantities, questions and prior sets as the report prints them."""

from cochange.data.study import Study
from cochange.inference.estimates import Estimate
from cochange.models.parts.design import OVERALL

QUESTIONS = {
    "Q1": "Did marker and symptoms change?",
    "Q2": "Are they associated before treatment?",
    "Q3": "Does the baseline marker foretell the change of symptoms?",
    "Q4": "Do the changes go together?",
    "": "Response and remission",
}
# The form in which the summary gives an estimand that has several.
MAIN_FORM = "ancova"
FORMS = {"ancova": "ANCOVA", "change score": "change score"}

_TITLES = {
    "geometric_mean_ratio": "Geometric mean ratio of {marker}",
    "arm_ratio": "Ratio of the arms' ratios of {marker}",
    "symptom_change": "Mean change of {scale}",
    "arm_difference": "Difference between arms in the change of {scale}",
    "prognostic_slope": "Change of {scale} per doubling of baseline {marker}",
    "parallel_slope": "Change of {scale} per halving of {marker}",
    "change_correlation": "Raw correlation of the changes of {marker} and {scale}",
    "response_probability": "Share with a response on {scale}",
    "remission_probability": "Share in remission on {scale}",
}


def marker_of(study: Study) -> str:
    """Name of the analysed marker."""
    return study.marker or "the marker"


def scale_of(study: Study) -> str:
    """Name of the symptom scale."""
    return study.scale.name if study.scale else "the score"


def title_of(estimand: str, study: Study) -> str:
    """What an estimand is called in headings and tables; an own model's keeps its name."""
    return _TITLES.get(estimand, estimand).format(marker=marker_of(study), scale=scale_of(study))


def unit_of(estimate: Estimate) -> str:
    """The unit after a number; empty for ratios, correlations and probabilities."""
    return estimate.unit if estimate.unit.startswith("points") else ""


def form_of(estimate: Estimate) -> str:
    """The form of a regression an estimate comes from; empty where there is one only."""
    return FORMS.get(estimate.form, estimate.form) if estimate.form is not None else ""


def is_whole(estimate: Estimate) -> bool:
    """Whether it speaks of the whole sample, or of a contrast of arms."""
    return estimate.group == OVERALL or " versus " in estimate.group


def is_main(estimate: Estimate) -> bool:
    """Whether the summary speaks of it: the whole sample and contrasts of arms, in the main form."""
    return is_whole(estimate) and estimate.form in (None, MAIN_FORM)


def quantity_of(estimate: Estimate, study: Study) -> str:
    """An estimand with its group and form."""
    details = [estimate.group] if estimate.group != OVERALL else []
    details += [form_of(estimate)] if estimate.form is not None else []
    title = title_of(estimate.estimand, study)
    return f"{title} ({', '.join(details)})" if details else title
