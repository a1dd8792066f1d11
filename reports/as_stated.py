"""What answers become where those who left are as the study file states, beside the answers under missing at random."""

from collections.abc import Sequence

from cochange.inference.estimates import Decision
from cochange.inference.missing.analysis import UnderScenario
from cochange.inference.missing.responding import DIFFERENCES
from cochange.inference.missing.strategies import AS_STATED, AT_RANDOM
from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL, arm_label
from cochange.reports.labels import (
    IF_MISSING_TITLE,
    QUESTIONS,
    is_compared,
    is_contrast,
    is_whole,
    listed,
    quantity_of,
    unit_of,
)
from cochange.reports.needs import failed
from cochange.reports.numbers import centre, interval, interval_name

IF_IT_HOLDS = "A contrast is an effect of assignment to the arm only if the scenario holds."


def who_left(results: Results) -> str:
    """How many left, by arm where there are several."""
    counts = {row.estimate.group: row.left for row in results.under_scenarios if not is_contrast(row.estimate)}
    axes = [axis for surface in results.surfaces for axis in (surface.y, surface.x) if axis is not None]
    counts |= {axis.arm if axis.arm == OVERALL else arm_label(axis.arm): axis.left for axis in axes}
    return listed([f"{number} participants" if of == OVERALL else f"{number} of {of}" for of, number in counts.items()])


def as_stated(answered: Sequence[Decision], results: Results, above: Sequence[Decision] = ()) -> str:
    """What the study file's scenario makes of the quantities just answered; empty where it speaks of none of them.

    Scenarios that are only compared are named, with the section that has their numbers. Who left, and what a contrast
    means under a scenario, is said under the first of the answers alone.

    Parameters
    ----------
    answered : sequence of Decision
        The answers it stands under, all of which take what is missing as missing at random.
    results : Results
        The run they belong to.
    above : sequence of Decision, optional
        The answers further above.
    """
    rows, again = _of_answered(answered, results), bool(_of_answered(above, results))
    if not rows:
        return ""
    compared = listed(list(dict.fromkeys(f"'{row.scenario}'" for row in rows)))
    rows = [row for row in rows if row.scenario == AS_STATED] or rows
    model = rows[0].estimate.model
    left = f"{who_left(results)} left; the answers above take what is missing to be missing at random."
    if warning := failed(results, model):
        return "" if again else f"{left} What the study file states of them instead is not shown. {warning}"
    if rows[0].scenario != AS_STATED:
        given = f"The section {IF_MISSING_TITLE} gives"
        return f"{given} these too under {compared}." if again else f"{left} {given} them under {compared}."
    together: dict[str, list[UnderScenario]] = {}
    for row in rows:
        together.setdefault(quantity_of(row.estimate, results.study), []).append(row)
    said = "; ".join(
        f"{quantity}: {' and '.join(_figures(row, results) for row in own)}" for quantity, own in together.items()
    )
    associations = "" if any(item.estimate.question == "Q1" for item in above) else _associations(answered, results)
    if again:
        return f"With what the study file states of those who left, {model} gives: {said}.{associations}"
    means = IF_IT_HOLDS if is_compared(results.study) else "This compares no randomised arms."
    return (
        f"{left} With what the study file states of them instead ('{AS_STATED}' in the section {IF_MISSING_TITLE}), "
        f"{model} gives: {said}. {means}{associations}"
    )


def _of_answered(answered: Sequence[Decision], results: Results) -> list[UnderScenario]:
    """What the scenarios make of the quantities answered."""
    names = {item.estimate.estimand for item in answered}
    # Shares of responders are answered over all arms; a scenario has their contrasts.
    names |= {DIFFERENCES[name] for name in names & DIFFERENCES.keys()}
    return [
        row
        for row in results.under_scenarios
        if row.scenario != AT_RANDOM and row.estimate.estimand in names
        and is_whole(row.estimate) and row.estimate.visit == results.study.follow_up
    ]  # fmt: skip


def _associations(answered: Sequence[Decision], results: Results) -> str:
    """That no scenario speaks of the questions after the first, said once."""
    if not any(item.estimate.question == "Q1" for item in answered):
        return ""
    others = [name for name in QUESTIONS if name > "Q1" and any(row.question == name for row in results.estimates)]
    return f" Associations ({listed(others)}) are answered under missing at random alone." if others else ""


def _figures(row: UnderScenario, results: Results) -> str:
    item, among = row.estimate, results.estimates
    value = f"{centre(item, among)} {unit_of(item)}".rstrip()
    return f"median {value}, {interval_name(item)} {interval(item, among)}, by {row.estimator}"
