"""What the study file states as primary: the model whose answers the summary gives, and the estimand that heads it."""

from collections.abc import Collection, Sequence

from cochange.inference.estimates import Decision, Estimate
from cochange.inference.primary import ESTIMAND, MODEL
from cochange.inference.restated import restated
from cochange.inference.results import Results
from cochange.inference.verdict import judge
from cochange.reports.labels import (
    ESTIMATES_TITLE,
    in_a_sentence,
    is_main,
    listed,
    prior_name,
    quantity_of,
    title_of,
    titled,
)
from cochange.reports.numbers import probability

PRIMARY_TITLE = "Primary estimand"


def primary_model(results: Results) -> str:
    """The name of the primary model where it was fitted under the main prior set; empty elsewhere."""
    name = results.study.spec.analysis.primary_model
    return name if name is not None and (name, results.main_prior) in results.fits else ""


def main_of_all(results: Results) -> tuple[Decision, ...]:
    """What every model says under the main prior set, of the whole sample, in the main form."""
    return tuple(
        item
        for item in results.decisions
        if item.estimate.prior == results.main_prior and is_main(item.estimate, results.study)
    )


def without_repeats(decisions: Sequence[Decision], results: Results) -> tuple[Decision, ...]:
    """The answers of the primary model, and of the others those to what it does not answer; all where there is none."""
    name, primary = primary_model(results), results.study.spec.analysis.primary_estimand
    own = [item.estimate for item in decisions if item.estimate.model == name]
    estimands, questions = {row.estimand for row in own}, {_question(row) for row in own if row.question}

    def repeats(row: Estimate) -> bool:
        asked_again = row.estimand != primary and _question(row) in questions
        return row.model != name and (row.estimand in estimands or asked_again)

    return tuple(item for item in decisions if not repeats(item.estimate))


def _question(row: Estimate) -> tuple[str, bool]:
    """The question a row answers, the first one of either outcome: changes of the marker are ratios."""
    return row.question, row.question == "Q1" and row.unit == "ratio"


def not_repeated(results: Results) -> str:
    """Whose answers the main ones leave to the estimates; empty where they have all."""
    return _left_out(f"the primary model, {primary_model(results)},", results)


def _left_out(primary: str, results: Results) -> str:
    decisions = main_of_all(results)
    models = _models(set(decisions) - set(without_repeats(decisions, results)), results)
    if not models:
        return ""
    where = f"they stand in the section {ESTIMATES_TITLE}"
    return f"Where {primary} answers, the answers of {listed(models)} are not repeated: {where}."


def _models(decisions: Collection[Decision], results: Results) -> list[str]:
    """The models that decisions are of, in the order of the run."""
    names = {item.estimate.model for item in decisions}
    return [model.name for model in results.models if model.name in names]


def model_told(results: Results) -> str:
    """Which model is primary, and what follows for the summary; empty where none is stated."""
    stated, name = results.study.spec.analysis.primary_model, primary_model(results)
    if stated is None:
        return ""
    said = f"The study file states {stated} as the primary model{_changed(MODEL, results)}"
    if not name:
        return f"{said}, {_lack(stated, results)}. The models that were fitted answer in its place."
    others = [model for model in _models(without_repeats(main_of_all(results), results), results) if model != name]
    beside = f"What it does not estimate is answered by {listed(others)}." if others else ""
    return " ".join(part for part in (f"{said}.", _left_out("it", results), beside) if part)


def judged_otherwise(results: Results) -> str:
    """Where another model's direction of the same quantity is not that of the primary model; empty where none is."""
    primary = primary_model(results)
    judged = [item for item in main_of_all(results) if item.settled and item.direction != "not applicable"]
    own = {_same(item.estimate, results): item for item in judged if item.estimate.model == primary}
    pairs = ((item, own.get(_same(item.estimate, results))) for item in judged if item.estimate.model != primary)
    return " ".join(
        _otherwise(item, like, results) for item, like in pairs if like is not None and item.direction != like.direction
    )


def _same(row: Estimate, results: Results) -> tuple[str | None, ...]:
    """What a quantity is in whatever model: a correlation that is raw in one and given the design in another is two."""
    return row.estimand, titled(row, results.study), row.marker, row.group


def _otherwise(item: Decision, like: Decision, results: Results) -> str:
    row, other = item.estimate, like.estimate
    quantity = f"the {in_a_sentence(quantity_of(row, results.study))}"
    if like.direction == "unclear":
        return f"{row.model} names a direction for {quantity} ({_side(row)}) where {other.model} does not."
    names = "no direction" if item.direction == "unclear" else "the other direction"
    return f"{row.model} names {names} for {quantity} ({_side(row)}) where {other.model} names one ({_side(other)})."


def _side(row: Estimate) -> str:
    assert row.null is not None
    assert row.p_direction is not None
    return f"{row.side} {row.null:g}, {probability(row.p_direction)}"


def unconcerned(results: Results) -> str:
    """That no reason of the verdict concerns the primary model; empty where one does, or none is stated."""
    name, status = primary_model(results), results.verdict.status
    if not name or status == "report":
        return ""
    own = [item for item in results.diagnostics if item.model == name]
    if judge(own, results.study, {name: results.selections[name]}).reasons:
        return ""
    what = "No reason for caution" if status == "caution" else "None of the reasons below"
    return f"{what} concerns the primary model, {name}."


def _lack(stated: str, results: Results) -> str:
    """Why the model stated as primary does not answer."""
    if results.fitted(stated):
        return f"which has no fit under {prior_name(results.main_prior)}"
    return f"which was not fitted: it {results.not_fitted.get(stated, 'was not asked for')}"


def in_methods(results: Results) -> str:
    """What was primary, for a methods section; empty where the study file states neither."""
    analysis, name = results.study.spec.analysis, primary_model(results)
    stated, estimand = analysis.primary_model, analysis.primary_estimand
    others = sum(model.name != name for model in results.models)
    rest = {0: "", 1: "; the other model is supplementary"}.get(others, "; the other models are supplementary")
    lack = _lack(stated, results) if stated is not None and not name else ""
    if estimand is None:
        return f"The primary model was {stated}{f', {lack}' if lack else rest}." if stated is not None else ""
    main = without_repeats(main_of_all(results), results)
    models = _models([item for item in main if item.estimate.estimand == estimand], results)
    by = f"estimated by {listed(models)}" if models else f"which is not estimated: {_unanswered(estimand, results)}"
    if name and name in models:
        by += f", the primary model{rest}"
    elif stated is not None:
        lack = lack or "which does not estimate it"
        by += f". The primary model was {stated}, {lack}"
    return f"The primary estimand was the {in_a_sentence(estimand_named(results))}, {by}."


def _changed(key: str, results: Results) -> str:
    """That a key was changed after draws were made; empty where it was not, or nothing tells."""
    return "".join(f", {each.said}" for each in restated(results.study, results.fits.values()) if each.key == key)


def estimand_named(results: Results) -> str:
    """The primary estimand by its title and its name; empty where none is stated."""
    name = results.study.spec.analysis.primary_estimand
    if name is None:
        return ""
    rows = [row for row in results.estimates if row.estimand == name]
    rows.sort(key=lambda row: row.model != primary_model(results))
    return f"{titled(rows[0], results.study) if rows else title_of(name, results.study)} ({name})"


def estimand_told(answers: Sequence[Decision], results: Results) -> str:
    """That the primary estimand was stated in the study file, and which model it is from.

    Parameters
    ----------
    answers : sequence of Decision
        The answers to it; empty where no model of the run gives it.
    results : Results
        The run they belong to.
    """
    said = f"Stated as the primary estimand in the study file: {estimand_named(results)}"
    said += _changed(ESTIMAND, results)
    name, primary = results.study.spec.analysis.primary_estimand, primary_model(results)
    models = list(dict.fromkeys(item.estimate.model for item in answers))
    if not models:
        return f"{said}. It is not answered: {_unanswered(str(name), results)}."
    if primary in models:
        return f"{said}. The answer is that of the primary model, {primary}."
    answer = f"is that of {models[0]}" if len(models) == 1 else f"are those of {listed(models)}"
    lack = f"The primary model, {primary}, does not estimate it; the" if primary else "The"
    return f"{said}. {lack} answer{'' if len(models) == 1 else 's'} {answer}."


def _unanswered(estimand: str, results: Results) -> str:
    """Why there is no main answer to an estimand."""
    having = [model.name for model in results.models if estimand in model.estimands]
    if not having:
        return "no model that was fitted has it"
    if any(row.estimand == estimand for row in results.estimates):
        return f"{listed(having)} has no fit under {prior_name(results.main_prior)}"
    return f"{listed(having)} cannot estimate it from this study"
