"""Means and covariances that a strategy puts in the place of a participant's own.

References
----------
Carpenter JR, Roger JH, Kenward MG (2013). Analysis of longitudinal trials with protocol deviation: a framework for
relevant, accessible assumptions, and inference via multiple imputation. Journal of Biopharmaceutical Statistics 23,
1352-1371. doi:10.1080/10543406.2013.834911
"""

import numpy as np

from cochange.inference.missing.outcomes import Outcomes
from cochange.inference.missing.strategies import Strategy


def means_under(strategy: Strategy, rows: np.ndarray, arm: str, last: int, outcomes: Outcomes) -> np.ndarray:
    """Means of participants of one arm whose rule holds after the same visit, shape ``(draw, row, cell)``.

    Parameters
    ----------
    strategy : str
        The strategy.
    rows : numpy.ndarray
        Their positions.
    arm : str
        Their arm.
    last : int
        Position of that visit: `Outcomes.until`.
    outcomes : Outcomes
        Everyone.
    """
    own = outcomes.in_arm[arm][rows] @ outcomes.mean
    if not strategy.endswith("reference"):
        return np.asarray(own)
    reference = outcomes.in_arm[outcomes.reference][rows] @ outcomes.mean
    if strategy == "copy reference":
        return np.asarray(reference)
    later = outcomes.visit > last
    if strategy == "copy increments in reference":
        reference = reference + _ahead(own - reference, last, outcomes)
    return np.asarray(np.where(later, reference, own))


def _ahead(difference: np.ndarray, last: int, outcomes: Outcomes) -> np.ndarray:
    """How far the own mean of each outcome lay from the reference arm's at the last visit with a value of it."""
    found = np.zeros_like(difference)
    for kind in dict.fromkeys(outcomes.kind):
        cells = np.flatnonzero([own == kind for own in outcomes.kind])
        before = cells[outcomes.visit[cells] <= last]
        if len(before):
            found[..., cells] = difference[..., before[np.argmax(outcomes.visit[before])]][..., None]
    return found


def covariance_under(strategy: Strategy, arm: str, last: int, outcomes: Outcomes) -> np.ndarray:
    """Covariance of those of an arm whose rule holds after a visit, shape ``(draw, cell, cell)``.

    Up to then it is that of their own arm; what follows, given that, is distributed as in the reference arm
    (Carpenter et al., section 4). Where the arms share a covariance nothing is put in its place.
    """
    own = outcomes.covariance[arm]
    reference = outcomes.covariance[outcomes.reference]
    if not strategy.endswith("reference") or own is reference:
        return own
    if strategy == "copy reference":
        return reference
    before, after = np.flatnonzero(outcomes.visit <= last), np.flatnonzero(outcomes.visit > last)
    slope = np.linalg.solve(reference[:, before[:, None], before], reference[:, before[:, None], after]).mT
    found = own.copy()
    across = slope @ own[:, before[:, None], before]
    found[:, after[:, None], before] = across
    found[:, before[:, None], after] = across.mT
    given = reference[:, after[:, None], after] - slope @ reference[:, before[:, None], after]
    found[:, after[:, None], after] = given + across @ slope.mT
    return found
