"""Answers as sentences, made from the rows the tables show. Nothing is estimated here."""

from collections.abc import Sequence
from dataclasses import dataclass

from cochange.data.study import Study
from cochange.inference.estimates import Decision, Estimate
from cochange.inference.forms import LIKELIHOOD
from cochange.inference.results import Results
from cochange.reports.descriptives import observed_share
from cochange.reports.labels import (
    RESPONDERS,
    described,
    in_a_sentence,
    is_pooled_change,
    is_pooled_correlation,
    is_pooled_share,
    listed,
    marker_of,
    prior_name,
    quantity_of,
    quoted,
    scale_of,
    unit_of,
    visit_name,
    with_model,
)
from cochange.reports.numbers import (
    centre,
    interval,
    interval_name,
    prior_sd_tells,
    probability,
    share,
    significant,
    spread,
    whole_share,
)
from cochange.reports.sensitivity import sensitivity, siblings

# Under this share the posterior interval is called hardly narrower than the prior's.
HARDLY = 0.1


@dataclass(frozen=True)
class Claims:
    """What is said of an estimand in each direction."""

    decrease: str
    increase: str
    unclear: str


_CLAIMS = {
    "geometric_mean_ratio": Claims(
        "The geometric mean of {marker} fell",
        "The geometric mean of {marker} rose",
        "Whether the geometric mean of {marker} fell or rose is unclear",
    ),
    "arm_ratio": Claims(
        "The geometric mean ratio of {marker} was lower in arm {arm} than in arm {control}",
        "The geometric mean ratio of {marker} was higher in arm {arm} than in arm {control}",
        "Whether the geometric mean ratio of {marker} differed between arms {arm} and {control} is unclear",
    ),
    "symptom_change": Claims(
        "The mean {scale} score fell",
        "The mean {scale} score rose",
        "Whether the mean {scale} score fell or rose is unclear",
    ),
    "arm_difference": Claims(
        "Mean {scale} fell more, or rose less, in arm {arm} than in arm {control}",
        "Mean {scale} rose more, or fell less, in arm {arm} than in arm {control}",
        "Whether the mean change of {scale} differed between arms {arm} and {control} is unclear",
    ),
    "arm_difference_given_marker": Claims(
        "Beyond what the arms' difference on {marker} foretells by the association between people, the mean change of "
        "{scale} lay lower in arm {arm} than in arm {control}",
        "Beyond what the arms' difference on {marker} foretells by the association between people, the mean change of "
        "{scale} lay higher in arm {arm} than in arm {control}",
        "Whether the mean change of {scale} differed between arms {arm} and {control} beyond what their difference on "
        "{marker} foretells is unclear",
    ),
    "benefit_slope": Claims(
        "The higher the baseline {marker}, the further the change of {scale} in arm {arm} lay towards lower scores, "
        "against arm {control}",
        "The higher the baseline {marker}, the further the change of {scale} in arm {arm} lay towards higher scores, "
        "against arm {control}",
        "Whether the difference between arms {arm} and {control} in the change of {scale} went with baseline {marker} "
        "is unclear",
    ),
    "prognostic_slope": Claims(
        "A higher baseline {marker} went with a change of {scale} further towards lower scores",
        "A higher baseline {marker} went with a change of {scale} further towards higher scores",
        "Whether baseline {marker} went with the change of {scale} is unclear",
    ),
    "parallel_slope": Claims(
        "Given both baselines, a larger fall of {marker} went with a change of {scale} further towards lower scores",
        "Given both baselines, a larger fall of {marker} went with a change of {scale} further towards higher scores",
        "Whether, given both baselines, the changes of {marker} and {scale} went together is unclear",
    ),
    "change_correlation": Claims(
        "The changes of {marker} and {scale} were negatively correlated",
        "The changes of {marker} and {scale} were positively correlated",
        "Whether the changes of {marker} and {scale} were correlated is unclear",
    ),
    "change_correlation_given_baseline": Claims(
        "Given the baselines, {marker} and {scale} deviated in opposite directions",
        "Given the baselines, {marker} and {scale} deviated in the same direction",
        "Whether, given the baselines, {marker} and {scale} deviated together is unclear",
    ),
    "marker_rate": Claims(
        "On the fitted course the geometric mean of {marker} fell",
        "On the fitted course the geometric mean of {marker} rose",
        "Whether the geometric mean of {marker} fell or rose on the fitted course is unclear",
    ),
    "score_rate": Claims(
        "On the fitted course the mean {scale} score fell",
        "On the fitted course the mean {scale} score rose",
        "Whether the mean {scale} score fell or rose on the fitted course is unclear",
    ),
    "slope_correlation": Claims(
        "Between persons, the slopes of {marker} and {scale} were negatively correlated",
        "Between persons, the slopes of {marker} and {scale} were positively correlated",
        "Whether the slopes of {marker} and {scale} were correlated between persons is unclear",
    ),
    "within_correlation": Claims(
        "Within persons, {scale} was lower at visits where {marker} was higher than the person's own course",
        "Within persons, {scale} was higher at visits where {marker} was higher than the person's own course",
        "Whether {marker} and {scale} of a visit went together within persons is unclear",
    ),
    "within_slope": Claims(
        "Within persons, {scale} lay under the person's own course where {marker} lay above it",
        "Within persons, {scale} lay above the person's own course where {marker} lay above it",
        "Whether {scale} deviated with {marker} from the person's own course is unclear",
    ),
    "baseline_correlation": Claims(
        "Before treatment, higher {marker} went with lower {scale}",
        "Before treatment, higher {marker} went with higher {scale}",
        "Whether {marker} and {scale} went together before treatment is unclear",
    ),
    "baseline_slope": Claims(
        "Before treatment, {scale} was lower where {marker} was higher",
        "Before treatment, {scale} was higher where {marker} was higher",
        "Whether {scale} differed with {marker} before treatment is unclear",
    ),
    **{name: Claims("", "", "") for name in RESPONDERS},
}
# What is seen of a participant who counts in a share of responders.
SEEN = {"response_probability": "A response", "remission_probability": "Remission"}
POOLED = "All arms are pooled, from before to after, which is no comparison of arms. "
SHARE_POOLED = "All arms are pooled, which is no comparison of arms. "
CORRELATION_POOLED = "All arms are pooled, so that what sets arms apart is part of the correlation. "
# The model that takes a counted follow-up score for beta-binomial, whatever the residuals of the others.
COUNTING = "symptom_change"
_ANY = Claims(
    "{quantity} lies below {null}",
    "{quantity} lies above {null}",
    "{quantity}: on which side of {null} it lies is unclear",
)


def answer(decision: Decision, results: Results) -> str:
    """The answer an estimate gives, with its interval, probability, importance and dependence on the prior.

    Parameters
    ----------
    decision : Decision
        What may be said.
    results : Results
        The run it belongs to; its other prior sets are compared.
    """
    estimate = decision.estimate
    if not decision.settled:
        return (
            f"Do not report: the fit of {estimate.model} under {prior_name(estimate.prior)} failed its diagnostics, so "
            f"nothing is said of this quantity: {quantity_of(estimate, results.study)}"
            f"{with_model(estimate, results.estimates)}."
        )
    caution = (
        "This is said with caution, since this fit's diagnostics call for it. "
        if _calls_for_caution(decision, results)
        else ""
    )
    pooled = POOLED if is_pooled_change(estimate, results.study) else ""
    pooled = SHARE_POOLED if is_pooled_share(estimate, results.study) else pooled
    pooled = CORRELATION_POOLED if is_pooled_correlation(estimate, results.study) else pooled
    said = f"{_claim(decision, results)}. {_figures(estimate, results)}{_chance(estimate)}."
    further = (
        observed(estimate, results),
        importance(decision),
        narrowing(decision, results),
        sensitivity(decision, results),
    )
    return caution + pooled + " ".join([said.removeprefix(". "), *(text for text in further if text)])


def observed(estimate: Estimate, results: Results) -> str:
    """The share seen among the participants a share of responders speaks of; empty for other estimands."""
    if estimate.estimand not in RESPONDERS:
        return ""
    study, name = results.study, estimate.estimand
    used = observed_share(study, results.selections[estimate.model].used, name)
    pairs = observed_share(study, None, name)
    if used is None or pairs is None:
        return ""
    everyone = "" if used.n == pairs.n else f", and in {share(pairs.value)} ({pairs.count} of {pairs.n}) of all pairs"
    whom = f"the participants with both scores{f' whom {estimate.model} uses' if everyone else ''}"
    seen = f"{SEEN[name]} was seen in {share(used.value)} ({used.count} of {used.n}) of {whom}{everyone}"
    if not described([estimate.model]):
        return f"{seen}."
    assumed = "a beta-binomial score" if counts_scores(estimate.model, study) else f"{residuals(study)} residuals"
    return f"{seen}; the model's share assumes {assumed}."


def signs(estimate: Estimate, study: Study) -> str:
    """What it means that an estimate lies below or above the value of no change; empty where that is not known."""
    claims = _CLAIMS.get(estimate.estimand)
    arm, _, control = estimate.group.partition(" versus ")
    if claims is None and control:
        claims = Claims(f"lower in arm {arm} than in arm {control}", f"higher in arm {arm} than in arm {control}", "")
    if claims is None or estimate.null is None or not claims.decrease:
        return ""
    below, above = (_worded(text, estimate, study) for text in (claims.decrease, claims.increase))
    null = f"{estimate.null:g}"
    return f"below {null}, {below[0].lower()}{below[1:]}; above {null}, {above[0].lower()}{above[1:]}"


def residuals(study: Study) -> str:
    """The residual distribution of the models on a continuous scale."""
    return LIKELIHOOD[study.spec.analysis.likelihood]


def counts_scores(model: str, study: Study) -> bool:
    """Whether a model takes the follow-up score for a beta-binomial count."""
    symptom = study.spec.symptom
    return model == COUNTING and symptom is not None and symptom.distribution == "beta_binomial"


def importance(decision: Decision) -> str:
    """How the estimate stands to the smallest important difference; empty where none was given."""
    row = decision.estimate
    if decision.importance == "not asked" or row.smallest_important is None:
        return ""
    factor = row.unit == "ratio"
    difference = f"{'factor' if factor else 'difference'} of {row.smallest_important:g} {unit_of(row)}".rstrip()
    said = {
        "important": f"It is larger than the smallest important {difference}",
        "unimportant": f"It is smaller than the smallest important {difference}",
        "undecided": f"Whether it reaches the smallest important {difference} is undecided",
    }[decision.importance]
    return (
        f"{said}: it lies beyond it on the low side with probability {probability(row.below)}, within it with "
        f"{probability(row.inside)}, beyond it on the high side with {probability(row.above)}."
    )


def hardly_narrowed(estimate: Estimate) -> bool:
    """Whether the data took next to nothing off the prior's interval, by the whole per cent that is printed."""
    return round(estimate.learned, 2) < HARDLY


def learning(estimate: Estimate, among: Sequence[Estimate]) -> str:
    """Says so where the data hardly narrowed the prior, with the bound; empty otherwise."""
    if not hardly_narrowed(estimate):
        return ""
    # An interval that widened counts as narrowed by nothing.
    said = (
        f"The data narrowed it hardly at all, its interval by {whole_share(estimate.learned)} (under {100 * HARDLY:g}%)"
        if estimate.learned > 0
        else "The data did not narrow its interval"
    )
    if not prior_sd_tells(estimate):
        before = f"{significant(estimate.prior_lower)} to {significant(estimate.prior_upper)}"
        return f"{said}: its prior interval is {before}."
    return f"{said}: its posterior SD is {spread(estimate, among)}, its prior SD {significant(estimate.prior_sd, 2)}."


def narrowing(decision: Decision, results: Results) -> str:
    """How much of the prior's interval the data took off: of the primary estimand always, of others where hardly any.

    Of the primary estimand the other prior sets under which it is hardly any are named.
    """
    row = decision.estimate
    said = learning(row, results.estimates)
    if row.estimand != results.study.spec.analysis.primary_estimand:
        return said
    said = said or f"The data narrowed its interval by {whole_share(row.learned)}."
    others = (item.estimate for item in siblings(decision, results) if item.settled)
    hardly = [
        f"{quoted(other.prior)} ({whole_share(other.learned)})"
        for other in others
        if other.prior != row.prior and hardly_narrowed(other)
    ]
    return f"{said} Under {listed(hardly)} the data narrowed it hardly at all." if hardly else said


def _claim(decision: Decision, results: Results) -> str:
    estimate, study = decision.estimate, results.study
    claims = _CLAIMS.get(estimate.estimand, _ANY)
    template = {"decrease": claims.decrease, "increase": claims.increase, "unclear": claims.unclear}.get(
        decision.direction, ""
    )
    said = _worded(template, estimate, study)
    if estimate.visit is None or estimate.estimand not in _CLAIMS:
        return said
    return f"{said}, at {visit_name(estimate.visit, study)}"


def _worded(template: str, estimate: Estimate, study: Study) -> str:
    arm, _, control = estimate.group.partition(" versus ")
    null = f"{estimate.null:g}" if estimate.null is not None else ""
    quantity = quantity_of(estimate, study)
    # The name of an own model's estimand stays as it is.
    inside = quantity if quantity.startswith(estimate.estimand) else f"the {in_a_sentence(quantity)}"
    return template.format(
        marker=estimate.marker or marker_of(study),
        scale=scale_of(study),
        arm=arm,
        control=control,
        quantity=quantity,
        inside=inside,
        null=null,
    )


def _figures(estimate: Estimate, results: Results) -> str:
    unit = unit_of(estimate)
    value = f"{centre(estimate, results.estimates)} {unit}".rstrip()
    limits = f"{interval_name(estimate)} {interval(estimate, results.estimates)}"
    quantity = quantity_of(estimate, results.study) + with_model(estimate, results.estimates)
    return f"{quantity}{_of_whom(estimate, results)}: median {value}, {limits}"


def _of_whom(estimate: Estimate, results: Results) -> str:
    """How many participants the model uses, where it does not use everyone."""
    used = len(results.selections[estimate.model].used)
    everyone = results.study.data.sizes["participant"]
    return "" if used == everyone else f" in {used} of {everyone} participants"


def _chance(estimate: Estimate) -> str:
    if estimate.p_direction is None:
        return f", given the model and {prior_name(estimate.prior)}"
    return (
        f"; it lies {estimate.side} {estimate.null:g} with probability {probability(estimate.p_direction)}, given the "
        f"model and {prior_name(estimate.prior)}"
    )


def _calls_for_caution(decision: Decision, results: Results) -> bool:
    key = (decision.estimate.model, decision.estimate.prior)
    return any((item.model, item.prior) == key and item.status == "caution" for item in results.diagnostics)
