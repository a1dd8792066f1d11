"""What a plan says of its designs, in sentences."""

from collections.abc import Mapping, Sequence

from cochange.inference.named import sets_of_study
from cochange.inference.plan import same_sets
from cochange.inference.planning.assure import Assurance, Assured
from cochange.inference.planning.decision import Decision
from cochange.inference.planning.designs import unit_of_marker
from cochange.inference.planning.rightness import Counted, Rightness
from cochange.reports.numbers import share, significant, with_counts, with_minus

# Designs that are told of one by one; of more, those with the least and the greatest share.
MOST_TOLD = 6


def decision_in_words(decision: Decision) -> str:
    """The decision, and when it is made."""
    needed = f"with a posterior probability of at least {decision.probability:g}"
    if decision.smallest is None:
        return f"{with_article(decision.ending)} of {decision.estimand} ({needed})"
    return f"{with_article(decision.ending)} of {decision.estimand} ({_importance(decision)}, {needed})"


def _importance(decision: Decision) -> str:
    factor = "a factor of " if decision.unit == "ratio" else ""
    unit = "" if decision.unit == "ratio" else f" {decision.unit}"
    side = "within" if decision.ending == "unimportant difference" else "beyond"
    return f"{side} {factor}{decision.smallest:g}{unit}"


def with_article(ending: str) -> str:
    """An ending after its article."""
    return f"{'an' if ending[0] in 'aeiou' else 'a'} {ending}"


def truth_in_words(truth: Mapping[str, float]) -> str:
    """What is given of the truth; empty where nothing is."""
    return ", ".join(with_minus(f"{name} {value:g}") for name, value in truth.items())


def limits(found: Assured | Counted) -> str:
    """Exact 95% limits of a share."""
    return f"{share(found.lower)} to {share(found.upper)}"


def plan_cautions(assurance: Assurance) -> tuple[str, ...]:
    """What is to be said of a prior set of the study file that is another one for the model of the plan."""
    model, question = assurance.model.name, assurance.question
    same = same_sets(assurance.study, sets_of_study(assurance.study, assurance.model))
    asked = {"design prior": question.design_prior, "prior of the analysis": question.prior}
    return tuple(
        f"For {model} the {what}, '{name}', is '{same[name]}': all its priors of this model are those of "
        f"'{same[name]}'. Others are given under [analysis.prior_sets.{name}.{model}]."
        for what, name in asked.items()
        if name in same
    )


def plan_sentences(assurance: Assurance) -> tuple[str, ...]:
    """What a plan says: of every design where there are up to six, else of the least and the greatest share."""
    rows: Sequence[Assured] = assurance.rows
    if len(rows) > MOST_TOLD:
        by_share = sorted(rows, key=lambda row: row.assurance)
        rows = [by_share[0], by_share[-1]]
    failed = sum(row.failed for row in assurance.rows)
    total = sum(row.fits for row in assurance.rows)
    reasons = with_counts(assurance.problems)
    state = (
        f"{failed} of {total} fits ended with a failed diagnostic ({reasons}); those that have draws are counted like "
        "the others, those without as studies without a decision."
        if failed
        else f"None of the {total} fits ended with a failed diagnostic."
    )
    ended = (_sentence(assurance, rows[0]), *(_sentence_beside(assurance, row) for row in rows[1:]))
    return (*ended, *_of_truths(assurance, rows), state)


def _design(assurance: Assurance, row: Assured) -> str:
    """A design after "With"."""
    arms = ", ".join(f"{arm} {number}" for arm, number in row.arms.items())
    measured = row.design.measured(unit_of_marker(assurance.study))
    people = f"{row.design.participants} participants{f' ({arms})' if arms else ' in all'}"
    return f"{people} and {row.design.lost} dropout{f', {measured}' if measured else ''}"


def _sentence(assurance: Assurance, row: Assured) -> str:
    """What one design gives."""
    given = truth_in_words(assurance.question.truth)
    return (
        f"With {_design(assurance, row)}, the study ends with {decision_in_words(assurance.decision)} in "
        f"{100 * row.assurance:.0f}% of {row.fits} simulated studies{f' whose truth has {given}' if given else ''} "
        f"(exact 95% limits {limits(row)})."
    )


def _sentence_beside(assurance: Assurance, row: Assured) -> str:
    """What another design gives, after the sentence of the first."""
    return f"With {_design(assurance, row)}, it does so in {100 * row.assurance:.0f}% ({limits(row)})."


def _of_truths(assurance: Assurance, rows: Sequence[Assured]) -> tuple[str, ...]:
    """What was true of the simulated studies, and how often the decision was right or false; none if not known."""
    known = [(row, row.rightness) for row in rows if row.rightness is not None]
    if not known:
        return ()
    told = {id(row): _truths(assurance.decision, found) for row, found in known}
    if len(set(told.values())) == 1:
        first = told[id(known[0][0])]
        truths: tuple[str, ...] = (f"{first[0].upper()}{first[1:]}",)
    else:
        truths = tuple(f"With {_design(assurance, row)}, {told[id(row)]}" for row, _ in known)
    if all(found.given for _, found in known):
        return truths

    def listed(shares: Sequence[tuple[Assured, Counted]]) -> str:
        return "; ".join(
            f"{share(found.share)}{f' with {_design(assurance, row)}' if len(known) > 1 else ''} ({limits(found)})"
            for row, found in shares
        )

    right = [(row, found.power) for row, found in known if found.power is not None]
    ending = with_article(assurance.decision.ending)
    power = (f"Of the studies whose truth is {ending}, these end with it: {listed(right)}.",) if right else ()
    false = listed([(row, found.false) for row, found in known])
    return (*truths, *power, f"Of all studies, these end with it although their truth is another: {false}.")


def _truths(decision: Decision, found: Rightness) -> str:
    """The true values, and how many of them the decision is right of."""
    unit = "" if decision.unit == "ratio" else f" {decision.unit}"
    beyond = f" ({_importance(decision)})" if decision.smallest is not None else ""
    ending = f"{with_article(decision.ending)}{beyond}"
    if found.given:
        said = f"the true {decision.estimand} is {with_minus(f'{found.median:g}')}{unit} in every simulated study"
        if found.true.count:
            return f"{said}, which is {ending}: no decision for it is false."
        return f"{said}, which is not {ending}: every decision for it is false."
    return (
        f"the true {decision.estimand} of the simulated studies has the median {significant(found.median)}{unit} (95% "
        f"of them from {significant(found.lower)} to {significant(found.upper)}). It is {ending} in "
        f"{share(found.true.share)} ({limits(found.true)}): no larger share can rightly end with it, however many "
        "take part."
    )
