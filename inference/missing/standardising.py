"""Weights that turn what was added to single participants into what is added to the means of the arms.

The means are those of least squares on the arms and the covariates, at the covariates' means over everyone, so that
what is added is adjusted for chance imbalance as the model's contrasts are. How many leave, and who, is known from a
sample: participants are weighted by the Bayesian bootstrap within their arm.

References
----------
Rubin DB (1981). The Bayesian bootstrap. Annals of Statistics 9, 130-134. doi:10.1214/aos/1176345338
"""

import numpy as np

from cochange.inference.missing.outcomes import Outcomes


def bootstrap_weights(outcomes: Outcomes, n_draws: int, rng: np.random.Generator) -> np.ndarray:
    """Weights of the participants that sum to one in each arm, shape ``(draw, n)``."""
    weights = rng.standard_exponential((n_draws, len(outcomes.participant)))
    for arm in outcomes.arms:
        rows = outcomes.arm == arm
        weights[:, rows] /= weights[:, rows].sum(axis=1, keepdims=True)
    return weights


def standardise(weights: np.ndarray, outcomes: Outcomes, which: np.ndarray) -> np.ndarray:
    """What each participant counts in the adjusted mean of each arm.

    Parameters
    ----------
    weights : numpy.ndarray
        From `bootstrap_weights`.
    outcomes : Outcomes
        Everyone.
    which : numpy.ndarray
        The participants asked for, bool of shape ``(n,)``; the others had nothing added.

    Returns
    -------
    numpy.ndarray
        Shape ``(draw, arm, participant asked for)``.
    """
    in_arm = np.stack([outcomes.arm == arm for arm in outcomes.arms], axis=1).astype(float)
    design = np.concatenate([in_arm, outcomes.covariates], axis=1)
    # Each arm counts by its size.
    weights = weights * (in_arm @ in_arm.sum(axis=0))
    cross = np.einsum("sn,nq,nr->sqr", weights, design, design, optimize=True)
    # Covariates are centred: an arm's own coefficient is its mean at theirs.
    rows = np.linalg.pinv(cross, hermitian=True)[:, : len(outcomes.arms)]
    return np.asarray((rows @ design[which].T) * weights[:, None, which])
