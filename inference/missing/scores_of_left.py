"""What the missing last scores of those who left are expected to be on average, where they are so at random."""

import numpy as np

from cochange.data.study import Study
from cochange.inference.missing.conditional import alike, draw_seen, expected
from cochange.inference.missing.outcomes import Outcomes
from cochange.inference.missing.strategies import AT_RANDOM
from cochange.inference.missing.substitution import covariance_under, means_under


def expected_scores(outcomes: Outcomes, study: Study, rng: np.random.Generator) -> dict[str, float]:
    """The posterior mean of the mean score at the last visit of those who left and have none there, by arm.

    Parameters
    ----------
    outcomes : Outcomes
        The participants and the draws.
    study : Study
        For the baseline scores, where outcomes are changes from them.
    rng : numpy.random.Generator
        Draws values beyond a limit.

    Returns
    -------
    dict of str to float
        In points of the scale; without the arms that nobody left, and empty without a score.
    """
    cells = outcomes.cells_of("score")[-1:]
    found: dict[str, list[float]] = {}
    lacks = outcomes.after[:, cells].any(axis=1)
    for group in alike(outcomes, np.full(len(lacks), -1), lacks):
        seen = draw_seen(group, outcomes, rng)
        mean = means_under(AT_RANDOM, group.rows, group.arm, group.last, outcomes)
        covariance = covariance_under(AT_RANDOM, group.arm, group.last, outcomes)
        own = expected(seen, mean, covariance, group, cells)[..., 0].mean(axis=0)
        found.setdefault(group.arm, []).extend(own + _origin(group.rows, outcomes, study))
    return {arm: float(np.mean(scores)) for arm, scores in found.items()}


def _origin(rows: np.ndarray, outcomes: Outcomes, study: Study) -> np.ndarray:
    """What the scores of some participants are measured from."""
    if not outcomes.from_baseline:
        return np.full(len(rows), outcomes.score_origin)
    who = outcomes.participant[rows]
    return np.asarray(study.data["symptom"].sel(participant=who, visit=study.baseline).values.astype(float))
