"""Verdict and main answers, in plain language."""

from collections.abc import Mapping, Sequence

from cochange.data.study import Study
from cochange.inference.estimates import Decision
from cochange.inference.results import Results
from cochange.models.parts.contract import available, load_model
from cochange.reports.as_stated import as_stated
from cochange.reports.block import Block, Column, Heading, Paragraph, Part, Points, Rows, Section, Table
from cochange.reports.correlations import CORRELATION, apart
from cochange.reports.labels import (
    EACH_MARKER,
    GROWTH,
    JOINT,
    MEASURED,
    MEASURED_TITLE,
    QUESTIONS,
    REGRESSION,
    REPEATED,
    RESPONDERS,
    RESPONDERS_TITLE,
    VERDICTS,
    described,
    is_compared,
    is_contrast,
    is_main,
    is_randomised,
    listed,
    marker_of,
    prior_name,
    quantity_of,
    scale_of,
    with_model,
)
from cochange.reports.left_out import many, notes, without
from cochange.reports.needs import fits
from cochange.reports.numbers import centre, interval, interval_name, side_of
from cochange.reports.rows import frame_of
from cochange.reports.sensitivity import side_in_words
from cochange.reports.sentences import HARDLY, answer

# What follows the verdict, by its code.
_BECAUSE = {
    "report": "Every fit met its diagnostic bounds.",
    "caution": "Read the results with the following in mind.",
    "do not report": "At least one fit failed its diagnostics; what it says is not to be used.",
}
# Headings of the estimands of no question, and what stands under each; the rest is other models' own.
UNASKED: Mapping[str, tuple[str, ...]] = {RESPONDERS_TITLE: RESPONDERS, MEASURED_TITLE: (*MEASURED, REGRESSION)}


def _verdict(results: Results) -> tuple[Part, ...]:
    """The verdict with its reasons, and those for leaving many participants out of an analysis."""
    verdict = results.verdict
    text = f"Verdict: {VERDICTS[verdict.status]}. {_BECAUSE[verdict.status]} {without(results)}".rstrip()
    told = (verdict.reasons, tuple(many(results)))
    return (Paragraph(text, warning=verdict.status != "report"), *(Points(points) for points in told if points))


def main_decisions(results: Results) -> tuple[Decision, ...]:
    """What the summary speaks of: main prior, whole sample, main form.

    Contrasts of randomised arms come first in a question, then the joint model before the others.
    """
    main = [
        item
        for item in results.decisions
        if item.estimate.prior == results.main_prior and is_main(item.estimate, results.study)
    ]
    compared = is_compared(results.study)

    def place(item: Decision) -> tuple[int, bool, bool, bool]:
        row = item.estimate
        other = not row.question and row.estimand not in RESPONDERS
        later = compared and not is_randomised(row, results.study)
        return list(QUESTIONS).index(row.question), other, later, row.model != JOINT

    return tuple(sorted(main, key=place))


def render(results: Results) -> Block:
    """The main answers, question by question, and the table they are read from."""
    decisions = main_decisions(results)
    parts: list[Part] = [
        *_verdict(results),
        Paragraph(
            f"The answers below hold under {prior_name(results.main_prior)}, for all the participants a model uses. "
            "Each probability is that of a statement, given the data, the model and the prior."
        ),
        Paragraph(_rules(results)),
    ]
    if said := joint_and_others(results):
        parts.append(Paragraph(said))
    for question, title in QUESTIONS.items():
        own = [item for item in decisions if item.estimate.question == question]
        if question:
            parts.append(Heading(f"{question}. {title}"))
            parts += _answers(own, results) if own else [Paragraph(_unanswered(question, results))]
            continue
        known = {name for names in UNASKED.values() for name in names}
        rest = tuple(item.estimate.estimand for item in own if item.estimate.estimand not in known)
        for heading, names in {**UNASKED, title: rest}.items():
            if found := [item for item in own if item.estimate.estimand in names]:
                parts += [Heading(heading), *_answers(found, results)]
    if noted := notes(results):
        parts += [Heading("Values that are missing or beyond a limit"), Points(tuple(noted))]
    parts.append(_table(decisions, results))
    return Block(tuple(parts))


def joint_and_others(results: Results) -> str:
    """Why the joint model's answers come first, and of which scores its slopes are; empty where it was not fitted."""
    names = described(model.name for model in results.models)
    if JOINT not in names:
        return ""
    if results.study.spec.analysis.measurement == "on":
        scores = (
            "Its slopes and the baseline correlation are of true scores; what it says of changes, responders and the "
            "correlation of the changes is of observed ones."
        )
    else:
        scores = "Its slopes and correlations are of observed scores, since the study file takes these as true."
    said = f"{JOINT} uses everyone with any outcome{_in_the_model(results)}. {scores}"
    if len(names) == 1:
        return said
    said = f"{said} It comes first where several models answer the same"
    everyone = [name for name in names if name in (REPEATED, GROWTH)]
    if not everyone:
        others = "the other is the usual analysis" if len(names) == 2 else "the others are the usual analyses"
        need = "it needs" if len(names) == 2 else "they need"
        return f"{said}; {others}, on observed scores alone, of the participants who have the values {need}."
    also = f"{listed(everyone)} {'uses' if len(everyone) == 1 else 'use'} everyone with any outcome too, at every visit"
    rest = "; any other is of the participants who have the values it needs" if len(names) > 1 + len(everyone) else ""
    return f"{said}. {also}{rest}. All but {JOINT} are of observed scores alone."


def _in_the_model(results: Results) -> str:
    """What the joint model takes into account of those that this study has."""
    study = results.study
    has = []
    if study.spec.marker and bool(study.data["marker_status"].isin(["below", "above"]).any()):
        has.append("limits of detection")
    if study.spec.inclusion is not None:
        has.append("the rule of inclusion")
    return f", with {listed(has)} in the model" if has else ""


def _rules(results: Results) -> str:
    """How words follow from probabilities."""
    mass = results.study.spec.analysis.ci_prob
    return (
        f"A direction is named when its probability reaches {(1 + mass) / 2:g}. A difference is called larger, or "
        f"smaller, than the smallest important one when the probability that it lies beyond it on one side, or within "
        f"it, reaches {mass:g}. Narrowed is how much narrower the posterior interval is than the prior's, as a share; "
        f"under {100 * HARDLY:g}% the data are said to have narrowed it hardly at all."
    )


def _answers(decisions: Sequence[Decision], results: Results) -> list[Part]:
    """The answers, and how their signs are to be read where two conventions meet."""
    parts: list[Part] = [Points(tuple(answer(item, results) for item in decisions))]
    if {"parallel_slope", "change_correlation"} <= {item.estimate.estimand for item in decisions}:
        several = any(item.estimate.marker is not None for item in decisions)
        marker, scale = EACH_MARKER if several else marker_of(results.study), scale_of(results.study)
        parts.append(
            Paragraph(
                f"Signs: the slope is the change of {scale} per halving, that is per fall, of {marker}; the "
                f"correlation is of change with change. Where those whose {marker} falls further fall further on "
                f"{scale} too, the slope is negative and the correlation positive; a positive slope and a negative "
                "correlation agree likewise."
            )
        )
    if any(item.estimate.estimand == CORRELATION for item in decisions) and (told := apart(results)):
        parts.append(Paragraph(told))
    if said := as_stated(decisions, results):
        parts.append(Paragraph(said))
    if any(item.estimate.question == "Q1" for item in decisions) and (warned := not_compared(decisions, results.study)):
        parts.append(Paragraph(warned))
    return parts


def not_compared(decisions: Sequence[Decision], study: Study) -> str:
    """What changes, and contrasts of arms that were not randomised, do not show; empty where arms were randomised."""
    if is_compared(study):
        return ""
    if any(is_contrast(item.estimate) for item in decisions):
        return (
            "Arms were not randomised: a difference between them can come from whatever else sets them apart, and is "
            "not put down to the treatment."
        )
    return (
        "No arms are compared: nothing tells what the changes would have been otherwise, and they are not put down to "
        "the treatment."
    )


def _unanswered(question: str, results: Results) -> str:
    for name, reason in results.not_fitted.items():
        if name in available() and question in {item.question for item in load_model(name).estimands.values()}:
            return f"Not answered: {name} could not be fitted, it {reason}."
    return "Not answered: no model of this run estimates it."


def _table(decisions: tuple[Decision, ...], results: Results) -> Table:
    rows = []
    for item in decisions:
        row = item.estimate
        rows.append(
            (
                quantity_of(row, results.study) + with_model(row, results.estimates),
                row.unit,
                centre(row, results.estimates),
                interval(row, results.estimates),
                side_of(row),
                side_in_words(item),
            )
        )
    name = interval_name(decisions[0].estimate) if decisions else "interval"
    columns = ("Quantity", "Unit", "Median", name, "Probability of its side", "Direction")
    return Table(
        "summary",
        f"Main answers under {prior_name(results.main_prior)}.",
        tuple(Column(label, number=label in ("Median", name)) for label in columns),
        (Rows("", tuple(rows)),),
        frame_of(decisions),
    )


SECTION = Section("Summary", (fits,), render)
