"""Whom the joint model uses, and what it does with their values."""

import numpy as np

from cochange.data.study import Study
from cochange.models.parts.joint.outcomes import Outcomes, read_outcomes
from cochange.models.parts.likelihood.observations import ABOVE, BELOW, MISSING, MOST_CENSORED, OBSERVED
from cochange.models.parts.selection import LEAST_MEASURED, Selection, cannot, choose


def select_joint(study: Study) -> Selection:
    """Everyone with any outcome; those not above the threshold of inclusion are left out."""
    if study.marker is None:
        return cannot(study, "needs a marker, the study declares none")
    if study.scale is None:
        return cannot(study, "needs a symptom score, the study declares none")
    if not study.has_two_visits:
        return cannot(study, "needs two visits, the study has one")
    outcomes = read_outcomes(study)
    if problem := _problem(outcomes):
        return cannot(study, problem)
    reasons = {"no marker value and no score at either visit": ~_has_any(outcomes)}
    if outcomes.inclusion is not None and study.spec.inclusion is not None:
        position = outcomes.inclusion.outcome
        not_above = outcomes.value[:, position] <= outcomes.inclusion.threshold
        rule = f"{study.spec.inclusion.score} not above {study.spec.inclusion.above:g}, the threshold of inclusion"
        reasons[rule] = not_above & (outcomes.status[:, position] == OBSERVED)
    return choose(study, reasons, (_note_on_missing(outcomes), *_notes_on_limits(outcomes)))


def _problem(outcomes: Outcomes) -> str:
    """Why nothing can be learned from these outcomes; empty where something can."""
    k = outcomes.n_markers
    measured = (outcomes.status == OBSERVED).sum(axis=0)
    short = [name for name, number in zip(outcomes.names, measured, strict=True) if number < LEAST_MEASURED]
    if short:
        return (
            f"fewer than {LEAST_MEASURED} measured values of {', '.join(short)}: nothing can be learned of the change"
        )
    beyond = np.isin(outcomes.status, (BELOW, ABOVE)).sum(axis=1).max()
    if beyond > MOST_CENSORED:
        return (
            f"a participant has {beyond} values beyond a limit, of {k} markers at two visits: at most {MOST_CENSORED} "
            "can be integrated out; declare fewer markers"
        )
    return ""


def _has_any(outcomes: Outcomes) -> np.ndarray:
    """Who has a marker value, measured or censored, or a score, apart from what follows from being included."""
    own = outcomes.known[:, :-1] if outcomes.has_screening else outcomes.known
    return np.asarray(own.any(axis=1))


def _note_on_missing(outcomes: Outcomes) -> str:
    names = outcomes.names[: 2 * outcomes.n_markers + 2]
    numbers = outcomes.known.sum(axis=0)[: len(names)]
    counts = ", ".join(f"{int(number)} with {name}" for number, name in zip(numbers, names, strict=True))
    return f"Everyone with any outcome is used, whatever is missing: {counts}."


def _notes_on_limits(outcomes: Outcomes) -> list[str]:
    markers = [position for position in range(2 * outcomes.n_markers + 1) if position != outcomes.n_markers]
    counts = [
        f"{int(beyond)} of {int((outcomes.status[:, position] != MISSING).sum())} values of {outcomes.names[position]}"
        for position in markers
        if (beyond := np.isin(outcomes.status[:, position], (BELOW, ABOVE)).sum())
    ]
    return [f"Beyond a limit of detection, and entered as censored: {', '.join(counts)}."] if counts else []
