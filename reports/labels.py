"""Names of quantities, questions and prior sets as the report prints them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from cochange.data.study import Study
from cochange.inference.estimates import Estimate
from cochange.models.parts.design import OVERALL
from cochange.models.parts.prior_sets import NAMES

QUESTIONS = {
    "Q1": "Did marker and symptoms change?",
    "Q2": "Are they associated before treatment?",
    "Q3": "Does the baseline marker foretell the change of symptoms?",
    "Q4": "Do the changes go together?",
    "": "Other quantities",
}
# Associations between arms and markers, which stand in a row of a contrast and were not randomised.
OF_ARMS_AND_MARKERS = ("benefit_slope", "arm_difference_given_marker")
# The model of everything at once: its answers come first.
JOINT = "joint_change"
REPEATED = "repeated_measures"
GROWTH = "growth"
RESPONDERS = ("response_probability", "remission_probability")
RESPONDERS_TITLE = "Response and remission"
MEASURED = ("marker_reliability", "score_reliability", "state_correlation")
REGRESSION = "regression_to_mean"
IF_MISSING_TITLE = "If the missing are different"
ESTIMATES_TITLE = "Estimates"
MEASURED_TITLE = "Measurement error and regression to the mean"
# The models that the report has sentences of its own for; any other is told by its question and formula alone.
DESCRIBED = (JOINT, REPEATED, GROWTH, "marker_change", "symptom_change", "parallel_change")
# What a verdict says of results, by its code in results.json.
VERDICTS: Mapping[str, str] = {
    "report": "may be reported",
    "caution": "may be reported with caution",
    "do not report": "not to be reported",
}
EACH_MARKER = "each marker"
# A meaning of an estimand that is no longer than this serves as its title.
LONGEST_TITLE = 60
# The form in which the summary gives an estimand that has several.
MAIN_FORM = "ancova"
FORMS = {"ancova": "ANCOVA", "change score": "change score"}

_BARE_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_TITLES = {
    "geometric_mean_ratio": "Geometric mean ratio of {marker}",
    "arm_ratio": "Ratio of the arms' ratios of {marker}",
    "symptom_change": "Mean change of {scale}",
    "arm_difference": "Difference between arms in the change of {scale}",
    "arm_difference_given_marker": "Difference between arms in the change of {scale} beyond what {marker} foretells",
    "benefit_slope": "Difference between arms in the change of {scale} per doubling of baseline {marker}",
    "prognostic_slope": "Change of {scale} per doubling of baseline {marker}",
    "parallel_slope": "Change of {scale} per halving of {marker}",
    "change_correlation_given_baseline": "Correlation of {marker} and {scale} given their baselines",
    "marker_rate": "Geometric mean ratio of {marker} {per}",
    "score_rate": "Mean change of {scale} {per}",
    "slope_correlation": "Correlation of the slopes of {marker} and {scale} between persons",
    "within_correlation": "Correlation of {marker} and {scale} of a visit within persons",
    "within_slope": "{scale} above a person's course per doubling of {marker} above it",
    "still_change_correlation": "Correlation of the changes of {marker} and {scale} without slopes",
    "marker_level_spread": "SD between persons of the level of log {marker}",
    "marker_change_spread": "SD between persons of the change of log {marker}",
    "marker_residual_spread": "SD of log {marker} around a person's own course",
    "marker_level_change_correlation": "Correlation of level and change of log {marker}",
    "score_level_spread": "SD between persons of the level of {scale}",
    "score_change_spread": "SD between persons of the change of {scale}",
    "score_residual_spread": "SD of {scale} around a person's own course",
    "score_level_change_correlation": "Correlation of level and change of {scale}",
    "change_correlation": "Correlation of the changes of {marker} and {scale}",
    "response_probability": "Share with a response on {scale}",
    "remission_probability": "Share in remission on {scale}",
    "response_difference": "Difference between arms in the share with a response on {scale}",
    "remission_difference": "Difference between arms in the share in remission on {scale}",
    "baseline_correlation": "Correlation of baseline {marker} and {scale}",
    "baseline_slope": "Baseline {scale} per doubling of baseline {marker}",
    "regression_to_mean": "Change of {scale} that regression to the mean alone would give",
    "marker_reliability": "Reliability of {marker}",
    "score_reliability": "Reliability of {scale}",
    "state_correlation": "Correlation of the errors of {marker} and {scale} at a visit",
}
# What estimands of described models tell that answer none of the questions and describe no change.
_TOLD_BESIDE = {
    **dict.fromkeys((*MEASURED, REGRESSION), "what measurement adds"),
    **{
        f"{outcome}_{part}": "how people differ"
        for outcome in ("marker", "score")
        for part in ("level_spread", "change_spread", "residual_spread", "level_change_correlation")
    },
}
# The correlation that differences between arms are part of.
RAW_CORRELATION = ("change_correlation", "parallel_change")
ARMS_POOLED = "all arms pooled"
# The same estimand where models give it differently.
_TITLES_BY_MODEL = {
    RAW_CORRELATION: "Raw correlation of the changes of {marker} and {scale}",
    ("change_correlation", JOINT): "Correlation of the changes of {marker} and {scale} given the design",
    ("change_correlation", GROWTH): "Correlation of the changes of {marker} and {scale} given the design",
    ("change_correlation", REPEATED): "Correlation of the changes of {marker} and {scale} within arms",
}


class Quantity(Protocol):
    """What names a quantity: a row of the estimates, or one beside it."""

    @property
    def model(self) -> str: ...  # noqa: D102

    @property
    def estimand(self) -> str: ...  # noqa: D102

    @property
    def form(self) -> str | None: ...  # noqa: D102

    @property
    def marker(self) -> str | None: ...  # noqa: D102

    @property
    def visit(self) -> str | None: ...  # noqa: D102

    @property
    def group(self) -> str: ...  # noqa: D102


def marker_of(study: Study) -> str:
    """Name of the analysed marker."""
    return study.marker or "the marker"


def scale_of(study: Study) -> str:
    """Name of the symptom scale."""
    return study.scale.name if study.scale else "the score"


def asked_of(estimand: str, question: str, model: str) -> str:
    """Which of the four questions an estimand of a model answers, or what it tells in place of one."""
    beside = _TOLD_BESIDE.get(estimand) if model in DESCRIBED else None
    return question or beside or "describes any change"


def rule_of(study: Study) -> str:
    """The rule of inclusion, in words; empty where there is none."""
    rule = study.spec.inclusion
    return f"{rule.score} above {rule.above:g}" if rule else ""


def title_of(estimand: str, study: Study, marker: str | None = None, model: str = "", meaning: str = "") -> str:
    """What an estimand is called in headings and tables, of one model or of any.

    One without a title here is called by its meaning, where that is short enough, and else by its name.
    """
    title = _TITLES_BY_MODEL.get((estimand, model), _TITLES.get(estimand))
    if title is None:
        return _own_title(estimand, meaning)
    return title.format(marker=marker or marker_of(study), scale=scale_of(study), per=per_time(study))


def _own_title(estimand: str, meaning: str) -> str:
    title = meaning if 0 < len(meaning) <= LONGEST_TITLE else estimand.replace("_", " ")
    word = title.split()[0]
    # A word, and no symbol of a formula, begins with a capital letter.
    return f"{title[0].upper()}{title[1:]}" if len(word) > 1 and word.isalpha() and word.islower() else title


def titled(estimate: Estimate, study: Study) -> str:
    """What the estimand of an estimate is called."""
    return title_of(estimate.estimand, study, estimate.marker, estimate.model, estimate.meaning)


def in_a_sentence(title: str) -> str:
    """A title inside a sentence: a small letter first, but for an abbreviation."""
    return title if title[1:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def per_time(study: Study) -> str:
    """The unit of time that slopes are given by."""
    time = study.spec.time
    if time is None:
        return "per unit of time"
    if time.course == "log":
        return f"per doubling of 1 + time in {time.unit}"
    return f"per {time.unit.removesuffix('s')}"


def visit_name(visit: str, study: Study) -> str:
    """A visit as it is printed: "week 12" where visits are called by their planned times, by its own name elsewhere."""
    time = study.spec.time
    if time is None:
        return visit
    # Visits called 1, 2 and 3 at 0, 4 and 8 weeks are numbered, not timed.
    numbers = {
        name: planned
        for name, planned in zip(study.spec.data.visits, time.visits, strict=False)
        if _BARE_NUMBER.fullmatch(name)
    }
    timed = visit in numbers and all(float(name) == planned for name, planned in numbers.items())
    return f"{time.unit.removesuffix('s')} {visit}" if timed else visit


def with_visit_names(text: str, study: Study) -> str:
    """A model's text with the visits it names, after "at", as they are printed."""
    for visit in study.spec.data.visits:
        if (name := visit_name(visit, study)) != visit:
            text = re.sub(rf"(?<=\bat ){re.escape(visit)}(?![\w.]*\w)", name, text)
    return text


def with_visit_name(estimate: Estimate, study: Study) -> Estimate:
    """An estimate for print: with its visit as it is printed."""
    return estimate if estimate.visit is None else replace(estimate, visit=visit_name(estimate.visit, study))


def unit_of(estimate: Estimate) -> str:
    """The unit after a number; empty for ratios, correlations and probabilities."""
    return estimate.unit if estimate.unit.startswith(("points", "log units")) else ""


def form_of(estimate: Quantity) -> str:
    """The form of a regression an estimate comes from; empty where there is one only."""
    return FORMS.get(estimate.form, estimate.form) if estimate.form is not None else ""


def is_whole(estimate: Estimate) -> bool:
    """Whether it speaks of the whole sample, or of a contrast of arms."""
    return estimate.group == OVERALL or is_contrast(estimate)


def is_main(estimate: Estimate, study: Study) -> bool:
    """Whether the summary speaks of it: the whole sample and contrasts of arms, in the main form, at the follow-up."""
    return is_whole(estimate) and estimate.form in (None, MAIN_FORM) and estimate.visit in (None, study.follow_up)


def quantity_of(estimate: Estimate, study: Study) -> str:
    """An estimand with its visit, group and form."""
    details = details_of(estimate, study)
    title = titled(estimate, study)
    return f"{title} ({', '.join(details)})" if details else title


def quantity_beside(row: Quantity, estimates: Iterable[Estimate], study: Study) -> str:
    """What a row that stands beside an estimate is about, called as the estimate is."""
    quantity = row.model, row.estimand, row.form, row.marker, row.visit, row.group
    return quantity_of(next(item for item in estimates if item.quantity == quantity), study)


def details_of(estimate: Quantity, study: Study) -> list[str]:
    """Visit, group and form, where an estimand has them."""
    details = [f"at {visit_name(estimate.visit, study)}"] if estimate.visit is not None else []
    details += [estimate.group] if estimate.group != OVERALL else []
    if is_pooled_correlation(estimate, study):
        details.append(ARMS_POOLED)
    return details + ([form_of(estimate)] if estimate.form is not None else [])


def quoted(prior: str) -> str:
    """The name of a prior set in a list: a shipped one's bare, any other in quotes."""
    return prior if prior in NAMES else f"'{prior}'"


def prior_name(prior: str) -> str:
    """A prior set in running text."""
    return f"the {prior} prior" if prior in NAMES else f"the prior set {quoted(prior)}"


def described(models: Iterable[str]) -> list[str]:
    """Those of the models that the report has sentences of its own for."""
    return [name for name in models if name in DESCRIBED]


def whose(models: Sequence[str], preposition: str = " of") -> str:
    """Whose a property of the described models is, where other models stand beside them; empty where none does."""
    told = described(models)
    return f"{preposition} {listed(told)}" if len(told) < len(models) else ""


def with_model(estimate: Estimate, estimates: Iterable[Estimate]) -> str:
    """The model in brackets where several models of a run estimate the same, by name or title; empty otherwise."""
    models = {row.model for row in estimates if _called(row) == _called(estimate)}
    return f" ({estimate.model})" if len(models) > 1 else ""


def _called(estimate: Estimate) -> str:
    """What an estimand is called wherever it is from: the name of one with a title here, the own title of any other."""
    name = estimate.estimand
    return name if name in _TITLES else _own_title(name, estimate.meaning)


def is_contrast(estimate: Estimate) -> bool:
    """Whether it compares arms."""
    return " versus " in estimate.group


def is_randomised(estimate: Estimate, study: Study) -> bool:
    """Whether it compares randomised arms, and nothing else stands beside the arms."""
    return is_compared(study) and is_contrast(estimate) and estimate.estimand not in OF_ARMS_AND_MARKERS


def is_pooled_change(estimate: Estimate, study: Study) -> bool:
    """Whether it is a change from before to after over all arms of a randomised study."""
    change = estimate.estimand in ("geometric_mean_ratio", "symptom_change", "marker_rate", "score_rate")
    return change and estimate.group == OVERALL and is_compared(study)


def is_pooled_correlation(estimate: Quantity, study: Study) -> bool:
    """Whether it is the raw correlation of the changes over all arms of a study that has several."""
    return (estimate.estimand, estimate.model) == RAW_CORRELATION and study.spec.arms is not None


def is_pooled_share(estimate: Estimate, study: Study) -> bool:
    """Whether it is a share of responders over all arms of a study that has several."""
    return estimate.estimand in RESPONDERS and estimate.group == OVERALL and study.spec.arms is not None


def is_compared(study: Study) -> bool:
    """Whether arms were randomised, so that their contrasts come first."""
    return study.spec.study.design == "randomised" and study.spec.arms is not None


def listed(words: Sequence[str]) -> str:
    """Words in running text."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
