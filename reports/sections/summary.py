"""Verdict and main answers, in plain language."""

from collections.abc import Iterator, Mapping, Sequence

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
    is_randomised,
    listed,
    marker_of,
    prior_name,
    quantity_of,
    quoted,
    scale_of,
    with_model,
)
from cochange.reports.left_out import many, notes, without
from cochange.reports.needs import fits
from cochange.reports.numbers import centre, interval, interval_name, side_of
from cochange.reports.own_sets import own_sets
from cochange.reports.primary import (
    PRIMARY_TITLE,
    estimand_told,
    judged_otherwise,
    main_of_all,
    model_told,
    not_repeated,
    primary_model,
    unconcerned,
    without_repeats,
)
from cochange.reports.rows import frame_of
from cochange.reports.sensitivity import implied_alike, side_in_words
from cochange.reports.sentences import HARDLY, answer
from cochange.reports.two_visits import LEFT, no_order

# What follows the verdict, by its code.
_BECAUSE = {
    "report": "Every fit met its diagnostic bounds.",
    "caution": "Read the results with the following in mind.",
    "do not report": "At least one fit failed its diagnostics; what it says is not to be used.",
}
# Headings of the estimands of no question, and what stands under each; the rest is other models' own.
UNASKED: Mapping[str, tuple[str, ...]] = {RESPONDERS_TITLE: RESPONDERS, MEASURED_TITLE: (*MEASURED, REGRESSION)}

READING_TITLE = "How the answers are read"


def _verdict(results: Results) -> tuple[Part, ...]:
    """The verdict with its reasons, and those for leaving many participants out of an analysis."""
    verdict = results.verdict
    said = (f"Verdict: {VERDICTS[verdict.status]}.", _BECAUSE[verdict.status], unconcerned(results), without(results))
    text = " ".join(part for part in said if part)
    told = (tuple(f"{reason.removesuffix('.')}." for reason in verdict.reasons), tuple(many(results)))
    return (Paragraph(text, warning=verdict.status != "report"), *(Points(points) for points in told if points))


def main_decisions(results: Results) -> tuple[Decision, ...]:
    """What the summary speaks of: main prior, whole sample, main form, the primary model alone where it answers.

    The primary estimand comes first; in a question contrasts of randomised arms do, then the joint model.
    """
    compared = is_compared(results.study)

    def place(item: Decision) -> tuple[bool, int, bool, bool, bool]:
        row = item.estimate
        other = not row.question and row.estimand not in RESPONDERS
        later = compared and not is_randomised(row, results.study)
        return not _is_primary(item, results), list(QUESTIONS).index(row.question), other, later, row.model != JOINT

    return tuple(sorted(without_repeats(main_of_all(results), results), key=place))


def _is_primary(item: Decision, results: Results) -> bool:
    return item.estimate.estimand == results.study.spec.analysis.primary_estimand


def render(results: Results) -> Block:
    """The main answers, the primary estimand's first, then question by question, and the table they are read from."""
    decisions = main_decisions(results)
    primary = [item for item in decisions if _is_primary(item, results)]
    first, answered = _primary(primary, results), list(primary)
    parts: list[Part] = [*_verdict(results), *first, *([Heading(READING_TITLE)] if first else []), *_reading(results)]
    for question, title in QUESTIONS.items():
        own = [item for item in decisions if item.estimate.question == question and item not in primary]
        if question:
            above = [item for item in primary if item.estimate.question == question]
            parts.append(Heading(f"{question}. {title}"))
            if own:
                # What is said of the study under the primary estimand is not said again.
                parts += [part for part in _answers(own, results, answered) if part not in first]
                answered += own
            else:
                said = f"Answered under the heading {PRIMARY_TITLE}." if above else _unanswered(question, results)
                parts.append(Paragraph(said))
            continue
        known = {name for names in UNASKED.values() for name in names}
        rest = tuple(item.estimate.estimand for item in own if item.estimate.estimand not in known)
        for heading, names in {**UNASKED, title: rest}.items():
            if found := [item for item in own if item.estimate.estimand in names]:
                parts += [Heading(heading), *_answers(found, results, answered)]
                answered += found
    if noted := notes(results):
        parts += [Heading("Values that are missing or beyond a limit"), Points(tuple(noted))]
    parts.append(_table(decisions, results))
    return Block(tuple(parts))


def _primary(answers: Sequence[Decision], results: Results) -> list[Part]:
    """The primary estimand with its answers; nothing where none is stated."""
    if results.study.spec.analysis.primary_estimand is None:
        return []
    stated: list[Part] = [Heading(PRIMARY_TITLE), Paragraph(estimand_told(answers, results))]
    return [*stated, *(_answers(answers, results) if answers else [])]


def _reading(results: Results) -> list[Part]:
    """How the answers are to be read, and whose they are."""
    told = (
        f"The answers of this summary hold under {prior_name(results.main_prior)}, for all the participants a model "
        "uses. Each probability is that of a statement, given the data, the model and the prior.",
        *own_sets(results),
        _rules(results),
        *_implied(results),
        model_told(results),
        judged_otherwise(results),
        joint_and_others(results),
    )
    return [Paragraph(said) for said in told if said]


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
    primary = primary_model(results)
    if primary == JOINT:
        said, then = said.removesuffix("."), ". The"
    else:
        beside = " and the primary one does not" if primary else ""
        said, then = f"{said} It comes first where several models answer the same{beside}", "; the"
    everyone = [name for name in names if name in (REPEATED, GROWTH)]
    if not everyone:
        others = "other is the usual analysis" if len(names) == 2 else "others are the usual analyses"
        need = "it needs" if len(names) == 2 else "they need"
        return f"{said}{then} {others}, on observed scores alone, of the participants who have the values {need}."
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


def _implied(results: Results) -> Iterator[str]:
    """How wide the priors are that another prior set implies, where that is the same for all answers it moves."""
    for prior, beside in implied_alike(results):
        yield (
            f"Wherever {quoted(prior)} is said to move the size of an answer, the prior that it implies for it is "
            f"{beside}."
        )


def _answers(decisions: Sequence[Decision], results: Results, answered: Sequence[Decision] = ()) -> list[Part]:
    """The answers, and how their signs are to be read where two conventions meet, among them or with those above."""
    above = [item for item in answered if item.estimate.question == decisions[0].estimate.question]
    parts: list[Part] = [Points(tuple(answer(item, results) for item in decisions))]
    if {"parallel_slope", "change_correlation"} <= {item.estimate.estimand for item in (*decisions, *above)}:
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
    if any(item.estimate.estimand == LEFT and item.settled for item in decisions):
        parts.append(Paragraph(no_order(results)))
    if any(item.estimate.estimand == CORRELATION for item in decisions) and (told := apart(results)):
        parts.append(Paragraph(told))
    if said := as_stated(decisions, results, answered):
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
    primary: list[tuple[str, ...]] = []
    rest: list[tuple[str, ...]] = []
    for item in decisions:
        row = item.estimate
        figures = [centre(row, results.estimates), interval(row, results.estimates), side_of(row)]
        printed = (
            quantity_of(row, results.study) + with_model(row, results.estimates),
            row.unit,
            *(figures if item.settled else [VERDICTS["do not report"]] * len(figures)),
            side_in_words(item),
        )
        (primary if _is_primary(item, results) else rest).append(printed)
    groups = (Rows(PRIMARY_TITLE, tuple(primary)), Rows("Other answers", tuple(rest)))
    name = interval_name(decisions[0].estimate) if decisions else "interval"
    columns = ("Quantity", "Unit", "Median", name, "Probability of its side", "Direction")
    return Table(
        "summary",
        f"Main answers under {prior_name(results.main_prior)}. {not_repeated(results)}".rstrip(),
        tuple(Column(label, number=label in ("Median", name)) for label in columns),
        tuple(group for group in groups if group.rows) if primary else (Rows("", tuple(rest)),),
        frame_of(decisions),
    )


SECTION = Section("Summary", (fits,), render)
