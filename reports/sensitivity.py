"""What the choice of the prior set does to an answer, made from the rows the tables show."""

import math
from collections.abc import Collection, Sequence

from cochange.inference.estimates import Decision, Estimate
from cochange.inference.results import Results
from cochange.reports.labels import listed, quoted, unit_of
from cochange.reports.numbers import decimals_of, fixed, significant, with_interval, within
from cochange.reports.primary import main_of_all, without_repeats

# Posterior SDs by which an estimate moves under another prior before that is said.
MOVED = 0.5

# From this ratio of interval widths on, one implied prior is called wider than another. Of a thousand prior draws the
# ratio for normal priors has a Monte Carlo error of about 5%, so that a quarter does not come about by chance.
WIDER = 1.25

# What a judgement is called that was not reached.
OPEN = ("unclear", "undecided")

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
    return under_others(decision, others, results.estimates, implied_alike(results))


def under_others(
    decision: Decision,
    others: Sequence[Decision],
    among: Sequence[Estimate],
    told: Collection[tuple[str, str]] = (),
) -> str:
    """The same as `sensitivity`, of decisions on one quantity under the main prior set and under others.

    `among` are the estimates it is read beside, as of `decimals_of`; `told` is what `implied_alike` gives, which is not
    said again.
    """
    settled = [item for item in others if item.settled]
    texts = []
    if len(settled) > FEW:
        ordered = sorted((item.estimate for item in settled), key=lambda row: row.median)
        least, most = _under(ordered[0], among), _under(ordered[-1], among)
        texts.append(f"Under {len(settled)} other prior sets: from {least} to {most}.")
    elif settled:
        texts.append(f"Under the other prior sets: {'; '.join(_under(item.estimate, among) for item in settled)}.")
    if settled:
        texts += _agreement(decision, settled)
        texts += _moved(decision, settled, among, told)
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
        f"{quoted(row.prior)} ({' to '.join(within(limit, row.prior_upper - row.prior_lower) for limit in limits)})"
        for row in apart
        for limits in [(row.prior_lower, row.prior_upper)]
    ]
    return [
        f"Prior and data disagree under {listed(stated)}: the posterior interval lies wholly outside that of the "
        "prior, given here in brackets."
    ]


def furthest(decision: Decision, others: Sequence[Decision]) -> Estimate | None:
    """The estimate under the prior set that moves it furthest from that under the main one, in posterior SDs there.

    None where it moves by less than `MOVED`, or where the main set or every other is not to be reported.
    """
    rows = [item.estimate for item in others if item.settled]
    if not decision.settled or not rows:
        return None
    found = max(rows, key=lambda other: abs(moved_by(decision.estimate, other)))
    return found if abs(moved_by(decision.estimate, found)) >= MOVED else None


def moved_furthest(decisions: Sequence[Decision], results: Results) -> list[tuple[Estimate, Estimate]]:
    """The estimates of decisions that another prior set moves, each with that under the set that moves it furthest."""
    by_quantity: dict[tuple[object, ...], list[Decision]] = {}
    for item in results.decisions:
        by_quantity.setdefault(item.estimate.quantity, []).append(item)
    found = []
    for item in decisions:
        row = item.estimate
        other = furthest(item, [own for own in by_quantity[row.quantity] if own.estimate.prior != row.prior])
        if other is not None:
            found.append((row, other))
    return found


def implied_alike(results: Results) -> tuple[tuple[str, str], ...]:
    """Prior sets that move several main answers furthest, with how wide the priors are that they imply for these.

    Sets of which it is the same for each of these answers: it is said once, of all.
    """
    found: dict[str, list[str]] = {}
    for row, other in moved_furthest(without_repeats(main_of_all(results), results), results):
        found.setdefault(other.prior, []).append(implied_beside(row, other))
    return tuple((prior, said[0]) for prior, said in found.items() if len(said) > 1 and len(set(said)) == 1)


def implied_beside(row: Estimate, other: Estimate) -> str:
    """How wide the implied prior of another estimate is beside that of a row, of a ratio the logarithm's."""
    own, wide = (_on_scale(item, item.prior_upper) - _on_scale(item, item.prior_lower) for item in (row, other))
    # Strictly, so that two intervals without width, or both without end, are as wide as each other.
    if wide > own and wide >= WIDER * own:
        return f"wider than that of {quoted(row.prior)}"
    if wide < own and own >= WIDER * wide:
        return f"narrower than that of {quoted(row.prior)}"
    return f"about as wide as that of {quoted(row.prior)}"


def moved_by(row: Estimate, other: Estimate) -> float:
    """By how many posterior SDs of a row the median of another lies higher, of a ratio the logarithms of both.

    The SD of a ratio's logarithm is that of a lognormal distribution with the ratio's mean and SD.
    """
    sd = math.sqrt(math.log1p((row.sd / row.mean) ** 2)) if row.unit == "ratio" else row.sd
    apart = _on_scale(other, other.median) - _on_scale(row, row.median)
    return apart / sd if sd > 0 else 0.0


def _on_scale(row: Estimate, value: float) -> float:
    if row.unit != "ratio":
        return value
    return math.log(value) if value > 0 else -math.inf


def _moved(
    decision: Decision, others: Sequence[Decision], among: Sequence[Estimate], told: Collection[tuple[str, str]]
) -> list[str]:
    """By how much the prior set that moves the estimate furthest does so, where that is much of its uncertainty."""
    row, other = decision.estimate, furthest(decision, others)
    if other is None:
        return []
    sds = moved_by(row, other)
    if row.unit == "ratio":
        lies = f"is {significant(other.median / row.median, 2)} times that"
    else:
        apart = f"{fixed(abs(other.median - row.median), decimals_of(row, among))} {unit_of(row)}".rstrip()
        lies = f"lies {apart} {'higher' if sds > 0 else 'lower'} than"
    most = ", furthest of all" if sum(item.settled for item in others) > 1 else ""
    main = quoted(row.prior)
    said = [
        f"The prior moves its size: under {quoted(other.prior)} it {lies} under {main} ({significant(abs(sds), 2)} of "
        f"its posterior SDs under {main}{most})."
    ]
    beside = implied_beside(row, other)
    if (other.prior, beside) not in told:
        said.append(f"The prior that {quoted(other.prior)} implies for it is {beside}.")
    return said


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
    alike = {what: next(iter(found.values())) for what, found in asked.items() if len(set(found.values())) == 1}
    judged = [what for what, value in alike.items() if value not in OPEN]
    texts = []
    if judged:
        verb = "is" if len(judged) == 1 else "are"
        texts.append(f"{listed(judged).capitalize()} {verb} judged the same under each.")
    # That no prior set decides it speaks of little data, and not of an answer that holds under each.
    texts += [f"Its {what} is {value} under each." for what, value in alike.items() if value in OPEN]
    texts += [_compared(what, found) for what, found in asked.items() if what not in alike]
    return texts


def _compared(what: str, found: dict[str, str]) -> str:
    by_value: dict[str, list[str]] = {}
    for prior, value in found.items():
        by_value.setdefault(value, []).append(quoted(prior))
    parts = "; ".join(f"{value} under {listed(priors)}" for value, priors in by_value.items())
    return f"Its {what} depends on the prior: {parts}."


def _under(row: Estimate, among: Sequence[Estimate]) -> str:
    return f"{quoted(row.prior)} {with_interval(row, among)}"
