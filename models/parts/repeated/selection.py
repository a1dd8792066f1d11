"""Whom the model of repeated measures uses, and what it does with their values."""

import numpy as np

from cochange.data.study import Study
from cochange.models.parts.likelihood.observations import ABOVE, BELOW, MISSING, MOST_CENSORED, OBSERVED
from cochange.models.parts.repeated.frame import Cells, make_cells, options_of, series_of
from cochange.models.parts.selection import LEAST_MEASURED, Selection, cannot, choose


def select_repeated(study: Study) -> Selection:
    """Everyone with a value of an outcome; where baselines are covariates, everyone with these and a later value."""
    options = options_of(study)
    if not options.kinds:
        asked = study.spec.analysis.over_visits.outcomes
        return cannot(study, f"needs a {asked}, the only outcome asked for; the study declares none")
    if not study.has_two_visits:
        return cannot(study, "needs two visits or more, the study has one")
    series = series_of(study)
    reasons: dict[str, np.ndarray] = {}
    if options.baseline == "covariate":
        for own in series.values():
            status = own.status[:, 0]
            if np.isin(status, (BELOW, ABOVE)).any():
                return cannot(
                    study,
                    f"cannot take a baseline {own.name} beyond its limit of detection as a covariate: write baseline = "
                    '"constrained" under [analysis.repeated_measures], or outcomes = "score"',
                )
            if (status != MISSING).any():
                reasons[f"no {own.name} at {own.visits[0]}, a covariate"] = status == MISSING
    cells = make_cells(series, options.baseline)
    if problem := _problem(cells, [own.name for kind, own in series.items() if not _follows_up(cells, kind)]):
        return cannot(study, problem)
    after = " after the baseline" if options.baseline == "covariate" else ""
    reasons[f"no value of any outcome{after}"] = (cells.status == MISSING).all(axis=1)
    return choose(study, reasons, _notes(study, cells))


def _follows_up(cells: Cells, kind: str) -> bool:
    return any(own == kind and visit > 0 for own, visit in zip(cells.kind, cells.visit, strict=True))


def _problem(cells: Cells, never: list[str]) -> str:
    """Why nothing can be learned from these outcomes; empty where something can."""
    if never:
        return f"has no value of {', '.join(never)} after the baseline: ask for the other outcome alone"
    measured = (cells.status == OBSERVED).sum(axis=0)
    if short := [name for name, number in zip(cells.names, measured, strict=True) if number < LEAST_MEASURED]:
        return (
            f"fewer than {LEAST_MEASURED} measured values of {', '.join(short)}: nothing can be learned of that visit"
        )
    beyond = int(np.isin(cells.status, (BELOW, ABOVE)).sum(axis=1).max())
    if beyond > MOST_CENSORED:
        return (
            f"a participant has {beyond} values beyond a limit of detection: at most {MOST_CENSORED} can be integrated "
            'out; write outcomes = "score" under [analysis.repeated_measures], or choose fewer visits'
        )
    return ""


def _notes(study: Study, cells: Cells) -> tuple[str, ...]:
    counts = ", ".join(
        f"{int(own)} with {name}" for name, own in zip(cells.names, (cells.status != MISSING).sum(axis=0), strict=True)
    )
    notes = [f"Everyone with a value at some visit is used, whatever is missing: {counts}."]
    beyond = np.isin(cells.status, (BELOW, ABOVE)).sum(axis=0)
    if beyond.any():
        listed = ", ".join(f"{int(own)} of {name}" for name, own in zip(cells.names, beyond, strict=True) if own)
        notes.append(f"Beyond a limit of detection, and entered as censored: {listed}.")
    if study.spec.inclusion_on_baseline and (cells.visit == 0).any():
        notes.append(
            "Participants were included by their baseline score: its mean and spread are those of the participants "
            "included, taken as normal."
        )
    return tuple(notes)
