"""The symptom score at the two visits."""

import numpy as np

from cochange.data.study import Study


def symptom_pair(study: Study, participants: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """The score at the baseline and follow-up visits by the visit's name, NaN where missing."""
    symptom = study.data["symptom"]
    if participants is not None:
        symptom = symptom.sel(participant=participants)
    return {visit: symptom.sel(visit=visit).values.astype(float) for visit in (study.baseline, study.follow_up)}
