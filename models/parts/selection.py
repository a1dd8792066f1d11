"""Which participants a model uses, and why it leaves out the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from cochange.data.study import Study

MINIMUM_PARTICIPANTS = 10
# An outcome with fewer measured values at a visit tells nothing of its spread there.
LEAST_MEASURED = 3


@dataclass(frozen=True)
class Selection:
    """The participants a model uses.

    Parameters
    ----------
    used : numpy.ndarray
        Identifiers of the participants in the likelihood, in the study's order.
    left_out : mapping of str to str
        The reason for each participant left out.
    notes : tuple of str
        What was done with values that needed a decision, in plain words for the report.
    problem : str
        Why the model cannot be fitted to this study; empty where it can.
    """

    used: np.ndarray
    left_out: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    problem: str = ""


def cannot(study: Study, problem: str) -> Selection:
    """The selection of a model that the study as a whole does not allow."""
    everyone = study.data["participant"].values.astype(str)
    return Selection(np.array([], dtype=str), dict.fromkeys(everyone, problem), (), problem)


def choose(study: Study, reasons: Mapping[str, np.ndarray], notes: tuple[str, ...] = ()) -> Selection:
    """Leave out the participants to whom a reason applies; the first that applies is given.

    Parameters
    ----------
    study : Study
        The study.
    reasons : mapping of str to numpy.ndarray
        Reason and, in the study's order, to whom it applies (bool, shape ``(participants,)``).
    notes : tuple of str
        Notes of the selection.

    Returns
    -------
    Selection
        With a problem where fewer than 10 participants remain, or none of an arm.
    """
    everyone = study.data["participant"].values.astype(str)
    left_out: dict[str, str] = {}
    for reason, applies in reasons.items():
        for who in everyone[applies]:
            left_out.setdefault(str(who), reason)
    used = np.array([who for who in everyone if who not in left_out], dtype=str)
    problem = ""
    if len(used) < MINIMUM_PARTICIPANTS:
        counts = "; ".join(
            f"{sum(given == reason for given in left_out.values())} left out: {reason}"
            for reason in reasons
            if reason in left_out.values()
        )
        problem = f"only {len(used)} participants can be used, at least {MINIMUM_PARTICIPANTS} are needed ({counts})"
    elif "arm" in study.data.coords:
        left = set(study.data["arm"].sel(participant=used).values.tolist())
        empty = [arm for arm in study.data["arm"].attrs["levels"] if arm not in left]
        if empty:
            problem = f"nobody of arm {', '.join(empty)} can be used: the arms cannot be compared"
    return Selection(used, left_out, notes, problem)
