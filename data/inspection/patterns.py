"""Which participants have which outcomes at which visits."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from cochange.data.inspection.counts import statuses
from cochange.data.study import Study


@dataclass(frozen=True)
class Pattern:
    """Participants who have values at the same places.

    Attributes
    ----------
    given : dict of str to tuple of bool
        For each outcome (markers, then the score), whether there is a value at each visit; one beyond a limit counts.
    participants : int
        How many they are.
    """

    given: dict[str, tuple[bool, ...]]
    participants: int


def patterns(study: Study) -> tuple[Pattern, ...]:
    """Count the participants of every pattern of given values.

    Parameters
    ----------
    study : Study
        A study as read.

    Returns
    -------
    tuple of Pattern
        The most frequent first; of equally frequent ones those with more values.
    """
    given = {
        outcome: (status != "missing").transpose("participant", "visit").to_numpy()
        for outcome, status in statuses(study).items()
    }
    places = np.stack(list(given.values()), axis=1)
    counted = Counter(tuple(tuple(map(bool, visits)) for visits in person) for person in places)
    return tuple(
        Pattern(dict(zip(given, places, strict=True)), n)
        for places, n in sorted(counted.items(), key=lambda item: (item[1], item[0]), reverse=True)
    )
