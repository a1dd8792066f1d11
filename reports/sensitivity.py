"""What the choice of the prior set does to an answer, made from the rows the tables show."""

from collections.abc import Sequence

from cochange.inference.estimates import Decision, Estimate
from cochange.inference.results import Results
from cochange.reports.labels import listed, quoted
from cochange.reports.numbers import beside, centre, interval

# Of more prior sets than these only the least and the greatest median are told.
FEW = 6


def sensitivity(decision: Decision, results: Results) -> str:
    """The estimate under every other prior set, and whether direction and importance are the same; empty with one set.

    Parameters
    ----------
    decision : Decision
        What may be said under the main prior set.
    results : Results
        The run it belongs to.
    """
    others = [item for item in siblings(decision, results) if item.estimate.prior != decision.estimate.prior]
    return under_others(decision, others)


def under_others(decision: Decision, others: Sequence[Decision]) -> str:
    """The same as `sensitivity`, of decisions on one quantity under the main prior set and under others."""
    settled = [item for item in others if item.settled]
    texts = []
    if len(settled) > FEW:
        ordered = sorted((item.estimate for item in settled), key=lambda row: row.median)
        least, most = _under(ordered[0]), _under(ordered[-1])
        texts.append(f"Under {len(settled)} other prior sets: from {least} to {most}.")
    elif settled:
        texts.append(f"Under the other prior sets: {'; '.join(_under(item.estimate) for item in settled)}.")
    if settled:
        texts += _agreement(decision, settled)
    if failed := [item.estimate.prior for item in others if not item.settled]:
        texts.append(f"Nothing is to be reported under {listed([quoted(prior) for prior in failed])}.")
    texts += disagreement([item.estimate for item in (decision, *settled) if item.settled])
    return " ".join(texts)


def siblings(decision: Decision, results: Results) -> tuple[Decision, ...]:
    """The same quantity under every prior set."""
    key = decision.estimate.quantity
    return tuple(item for item in results.decisions if item.estimate.quantity == key)


def side_in_words(decision: Decision) -> str:
    """The side of the value of no change an estimate lies on, as the tables print it."""
    if not decision.settled:
        return "not to be reported"
    sides = {"decrease": "below", "increase": "above"}
    if decision.direction in sides:
        return f"{sides[decision.direction]} {decision.estimate.null:g}"
    return decision.direction


def disagreement(rows: Sequence[Estimate]) -> list[str]:
    """Names the prior sets whose own interval for the quantity and the posterior's do not overlap."""
    apart = [row for row in rows if row.upper < row.prior_lower or row.lower > row.prior_upper]
    if not apart:
        return []
    stated = [
        f"{quoted(row.prior)} ({beside(row.prior_lower, row.prior_sd)} to {beside(row.prior_upper, row.prior_sd)})"
        for row in apart
    ]
    return [
        f"Prior and data disagree under {listed(stated)}: the posterior interval lies wholly outside that of the "
        "prior, given here in brackets."
    ]


def _agreement(decision: Decision, others: Sequence[Decision]) -> list[str]:
    everyone = (decision, *others)
    asked: dict[str, dict[str, str]] = {
        "direction": {item.estimate.prior: side_in_words(item) for item in everyone},
        "importance": {item.estimate.prior: item.importance for item in everyone},
    }
    if decision.direction == "not applicable":
        del asked["direction"]
    if decision.importance == "not asked":
        del asked["importance"]
    same = [what for what, found in asked.items() if len(set(found.values())) == 1]
    texts = []
    if same:
        verb = "is" if len(same) == 1 else "are"
        texts.append(f"{listed(same).capitalize()} {verb} judged the same under each.")
    for what, found in asked.items():
        if what not in same:
            texts.append(_compared(what, found))
    return texts


def _compared(what: str, found: dict[str, str]) -> str:
    by_value: dict[str, list[str]] = {}
    for prior, value in found.items():
        by_value.setdefault(value, []).append(quoted(prior))
    parts = "; ".join(f"{value} under {listed(priors)}" for value, priors in by_value.items())
    return f"Its {what} depends on the prior: {parts}."


def _under(row: Estimate) -> str:
    return f"{quoted(row.prior)} {centre(row)} ({interval(row)})"
