"""What a methods section says of intercurrent events, and of what is missing of those who left."""

from collections.abc import Iterator, Sequence

from cochange.data.specification.tables import IntercurrentEvent
from cochange.data.study import Study
from cochange.inference.missing.strategies import AS_STATED, AT_RANDOM, Rule, stated
from cochange.inference.missing.surface import Axis, Surface
from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL, arm_label
from cochange.reports.labels import listed, marker_of, scale_of
from cochange.reports.leaving import OWN_REFERENCE, in_words, shifted_by, since_when
from cochange.reports.numbers import with_minus

LEFT = "who left"


def own_words(text: str) -> str:
    """The study file's own words, in quotation marks."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{text}\N{RIGHT DOUBLE QUOTATION MARK}"


def events_named(events: Sequence[IntercurrentEvent]) -> str:
    """The intercurrent events with their strategies."""
    if not events:
        return "No intercurrent events were named."
    named = "; ".join(f"{own_words(item.event)} ({item.strategy})" for item in events)
    return f"Intercurrent events were {named}." if len(events) > 1 else f"The intercurrent event was {named}."


def scenarios_compared(results: Results) -> str:
    """Under which scenarios those who left were taken, and what each says; empty where there are none."""
    names = list(dict.fromkeys(row.scenario for row in results.under_scenarios))
    if not names:
        return ""
    said = [
        f"as stated in the study file ({_of_events(results.study)})"
        if name == AS_STATED
        else f"{name} for everyone {LEFT}"
        for name in names
    ]
    reference = f" {OWN_REFERENCE}" if any("reference" in text for text in said) else ""
    taken = "in turn by these scenarios" if len(said) > 1 else "by one scenario"
    return f"Values missing {since_when(results.study)} were taken {taken}: {'; '.join(said)}.{reference}"


def tipping_analysis(surfaces: Sequence[Surface], study: Study) -> Iterator[str]:
    """What was shifted, how far, and what was asked of it, a sentence for each surface that differs in it."""
    told: dict[str, None] = {}
    for surface in surfaces:
        shifted = [_range(axis, study) for axis in (surface.x, surface.y) if axis is not None]
        told[
            f"A tipping analysis shifted values missing {since_when(study)} away from missing at random "
            f"({listed(shifted)}), and asked where the probability of a conclusion crosses {surface.bound:g}."
        ] = None
    yield from told


def _of_events(study: Study) -> str:
    """The rules of the study file in order, and what becomes of those whom none concerns."""
    scenario = stated(study)
    rules = () if scenario is None else scenario.rules
    said = [f"{in_words(rule)}{',' * bool(shifted_by(rule))} for {_whom(rule)}" for rule in rules]
    if all(rule.arms or rule.reasons for rule in rules):
        said.append(f"{AT_RANDOM} for everyone else")
    return "; ".join(said)


def _whom(rule: Rule) -> str:
    if not rule.arms and not rule.reasons:
        return f"everyone {LEFT}"
    of_arms = f" of {' or '.join(map(arm_label, rule.arms))}" if rule.arms else ""
    reasons = f" for {' or '.join(map(own_words, rule.reasons))}" if rule.reasons else ""
    return f"those{of_arms} {LEFT}{reasons}"


def _range(axis: Axis, study: Study) -> str:
    """What is shifted along an axis, and how far."""
    whom = "" if axis.arm == OVERALL else f" of {arm_label(axis.arm)}"
    low, high = (with_minus(f"{shift:.3g}") for shift in (min(axis.shifts), max(axis.shifts)))
    if axis.outcome == "marker":
        return f"{marker_of(study)}{whom} by factors of {low} to {high}"
    return f"{scale_of(study)}{whom} by {low} to {high} points"
