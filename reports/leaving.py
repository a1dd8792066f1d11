"""Who left, by arm and reason, and what values the study file takes to be that are missing since."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cochange.data.specification.concerning import first_that_concerns
from cochange.data.study import Study
from cochange.inference.missing.leaving import Leaving, leaving_of
from cochange.inference.missing.strategies import AS_STATED, AT_RANDOM, Rule, Scenario, assign, stated
from cochange.models.parts.design import OVERALL, arm_label
from cochange.reports.block import Column, Paragraph, Part, Rows, Table
from cochange.reports.labels import listed, marker_of, scale_of, visit_name
from cochange.reports.numbers import with_minus

NO_REASON = "no reason given"
OWN_REFERENCE = "What a strategy takes from the reference arm is, for that arm's own participants, missing at random."


@dataclass(frozen=True)
class Left:
    """Those who left for one reason.

    Attributes
    ----------
    reason : str
        As the study's column has it, or `NO_REASON`.
    number : mapping of str to int
        How many, by sample: everyone first, then each arm.
    taken_as : str
        What the study file takes to be what is missing of them since.
    """

    reason: str
    number: Mapping[str, int]
    taken_as: str


def samples_of(leaving: Leaving) -> dict[str, np.ndarray]:
    """Everyone and each arm, as masks."""
    arms = leaving.arms if leaving.has_reference else ()
    return {OVERALL: np.full(len(leaving.arm), True)} | {arm_label(arm): leaving.arm == arm for arm in arms}


def counted(mask: np.ndarray, leaving: Leaving) -> dict[str, int]:
    """How many of some participants are in each sample."""
    return {name: int((mask & sample).sum()) for name, sample in samples_of(leaving).items()}


def since_when(study: Study) -> str:
    """From when on a scenario says what missing values are."""
    seen = "after a participant was last seen"
    if study.spec.missing_data.event_visit is None:
        return seen
    return f"after a participant's intercurrent event or, where none is dated, {seen}"


def shifted_by(rule: Rule) -> str:
    """What a rule adds to missing values; empty where nothing."""
    added = [with_minus(f"{rule.score:+g} points")] if rule.score else []
    added += [f"marker times {math.exp(rule.marker):.3g}"] if rule.marker else []
    return ", ".join(added)


def by_rule(scenario: Scenario, leaving: Leaving, study: Study) -> list[dict[str, int]]:
    """How many each rule of a scenario deals with, by sample; at the end those whom none concerns."""
    rules = assign(scenario, leaving, study)
    found = [counted(rules == position, leaving) for position in range(len(scenario.rules))]
    return [*found, counted(leaving.left & (rules < 0), leaving)]


def by_reason(study: Study) -> tuple[Left, ...]:
    """Everyone in the data file who left, the most frequent reason first and those without one last.

    Empty where nobody left, or where the study file names no column of reasons.
    """
    if "reason" not in study.data or not study.has_two_visits:
        return ()
    leaving = leaving_of(study)
    given = study.data["reason"].sel(participant=leaving.participant).to_numpy().astype(str)
    counts = pd.Series(given[leaving.left]).value_counts()
    reasons = sorted(map(str, counts.index), key=lambda reason: (not reason, -counts[reason], reason))
    return tuple(
        Left(
            reason or NO_REASON,
            counted(leaving.left & (given == reason), leaving),
            _taken_as(reason, given, leaving, study),
        )
        for reason in reasons
    )


def by_event(study: Study) -> dict[str, str]:
    """How many of those who left each intercurrent event speaks of, and what they are taken as, in words.

    Under the empty name stand those of whom no event speaks. Empty where nobody left.
    """
    leaving = leaving_of(study) if study.has_two_visits else None
    if leaving is None or not leaving.left.any():
        return {}
    scenario = stated(study) or Scenario(AS_STATED, ())
    saying = [event.event for event in study.spec.estimand.intercurrent_events if event.missing_as is not None]
    *numbers, others = (number[OVERALL] for number in by_rule(scenario, leaving, study))
    left = int(leaving.left.sum())
    said = {
        event: f"{number} of the {left} who left, taken as {in_words(rule)}"
        for event, number, rule in zip(saying, numbers, scenario.rules, strict=True)
    }
    if others:
        whom = f"The {left} who left are" if others == left else f"The other {others}, of whom no event speaks, are"
        said[""] = f"{whom} taken as {AT_RANDOM}."
    return said


def _taken_as(reason: str, given: np.ndarray, leaving: Leaving, study: Study) -> str:
    """What is missing of those of a reason is taken as, by arm where that differs."""
    scenario = stated(study)
    rules = () if scenario is None else scenario.rules
    arms: dict[str, list[str]] = {}
    for arm in leaving.arms:
        if (leaving.left & (given == reason) & (leaving.arm == arm)).any():
            position = first_that_concerns(rules, arm, reason)
            arms.setdefault(in_words(rules[position]) if position >= 0 else AT_RANDOM, []).append(arm)
    if len(arms) == 1:
        return next(iter(arms))
    return "; ".join(f"{words} ({listed([arm_label(arm) for arm in own])})" for words, own in arms.items())


def in_words(rule: Rule) -> str:
    """What a rule takes missing values to be, with what it adds to them."""
    return ", ".join(part for part in (rule.strategy, shifted_by(rule)) if part)


def who_left(study: Study) -> list[Part]:
    """How many left, and the table of their reasons; nothing where nobody left, no table without reasons."""
    if not study.has_two_visits:
        return []
    leaving = leaving_of(study)
    if not leaving.left.any():
        return []
    number = counted(leaving.left, leaving)
    by_arm = [f"{number[name]} of {name}" for name in number if name != OVERALL]
    whom = f" ({listed(by_arm)})" if by_arm else ""
    outcomes = [marker_of(study)] * (study.marker is not None) + [scale_of(study)] * (study.scale is not None)
    means = f"no value of {' or '.join(outcomes)} at {visit_name(study.follow_up, study)}"
    if "event_visit" in study.data:
        means += ", or something missing from their intercurrent event on"
    said = f"{number[OVERALL]} of the {len(leaving.arm)} participants in the data file left{whom}: {means}."
    reasons = by_reason(study)
    if not reasons:
        return [Paragraph(f"{said} The study file names no column of reasons.")]
    samples = list(number)
    rows = [(one.reason, *(str(one.number[name]) for name in samples), one.taken_as) for one in reasons]
    rows.append(("all who left", *(str(number[name]) for name in samples), ""))
    records = [{"reason": one.reason, **one.number, "taken_as": one.taken_as} for one in reasons]
    caption = (
        "Participants in the data file who left, by reason; taken as: what the study file says of values missing since"
        ", missing at random where it says nothing."
    )
    if any("reference" in one.taken_as for one in reasons):
        caption += f" {OWN_REFERENCE}"
    columns = (Column("Reason"), *(Column(name, number=True) for name in samples), Column("Taken as"))
    return [Paragraph(said), Table("who_left", caption, columns, (Rows("", tuple(rows)),), pd.DataFrame(records))]
