"""Which participants are left out together."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np

from cochange.data.faults import CochangeError
from cochange.data.study import Study

# What is left out at a time: some participants, or everyone of a site.
By = Literal["participant", "site"]
LEAST_FOLDS = 2


class CrossValidationError(CochangeError):
    """What is asked of a cross-validation cannot be done."""


def make_folds(study: Study, used: Sequence[str], folds: int, by: str, seed: int) -> Mapping[str, tuple[str, ...]]:
    """Split participants into folds, each of which is left out once.

    Parameters
    ----------
    study : Study
        The study.
    used : sequence of str
        The participants to split.
    folds : int
        How many folds of participants, of sizes that differ by one at most, over all and in every arm; sites make one
        fold each.
    by : {"participant", "site"}
        What is left out at a time.
    seed : int
        Seed of the shuffling.

    Returns
    -------
    mapping of str to tuple of str
        Participants of each fold by its name: its number from 1, or its site.

    Raises
    ------
    CrossValidationError
        If there are fewer than two folds, more than participants, or no sites where they are to be left out.
    """
    if by not in get_args(By):
        raise CrossValidationError(f"by must be one of {', '.join(get_args(By))}; got '{by}'")
    if by == "site":
        return _sites(study, used)
    if not LEAST_FOLDS <= folds <= len(used):
        raise CrossValidationError(
            f"{study.path.name}: folds must be from {LEAST_FOLDS} to the number of participants used, {len(used)}; "
            f"got {folds}"
        )
    shuffled = np.random.default_rng(seed).permutation(np.array(used, dtype=str))
    arms = _labels(study, shuffled, "arm")
    # Dealt out arm by arm, so that no fold has more than one participant of an arm above another.
    dealt = shuffled if arms is None else shuffled[np.argsort(arms, kind="stable")]
    return {str(place + 1): tuple(dealt[place::folds].tolist()) for place in range(folds)}


def _sites(study: Study, used: Sequence[str]) -> dict[str, tuple[str, ...]]:
    participants = np.array(used, dtype=str)
    sites = _labels(study, participants, "site")
    if sites is None:
        raise CrossValidationError(
            f"{study.path.name}: the study has no sites to leave out; name their column under [sites], or leave "
            "participants out (by participant)"
        )
    names = np.unique(sites)
    if len(names) < LEAST_FOLDS:
        raise CrossValidationError(
            f"{study.path.name}: to leave sites out takes {LEAST_FOLDS} or more; there is one, '{names[0]}'. Leave "
            "participants out (by participant)"
        )
    return {str(name): tuple(participants[sites == name].tolist()) for name in names}


def _labels(study: Study, participants: np.ndarray, name: str) -> np.ndarray | None:
    if name not in study.data.coords:
        return None
    return np.asarray(study.data[name].sel(participant=participants).values.astype(str))
