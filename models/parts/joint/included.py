"""What being included says of the outcomes."""

from collections.abc import Mapping

import numpy as np
from scipy import stats

from cochange.models.parts.joint.frame import Frame
from cochange.models.parts.joint.implied import Implied

# Draws times participants worked on at once.
BLOCK = 4_000_000


def expected_excess(
    values: Mapping[str, np.ndarray], implied: Implied, frame: Frame, columns: np.ndarray
) -> np.ndarray:
    """How far the outcome of inclusion lies over its mean among those included, over its variance.

    Times its covariance with another outcome, this is how far that outcome lies over its own mean.

    Parameters
    ----------
    values : mapping of str to numpy.ndarray
        Draws of the parameters.
    implied : Implied
        What they imply.
    frame : Frame
        The study as the model takes it.
    columns : numpy.ndarray
        Design columns of the participants averaged over, shape ``(n, column)``.

    Returns
    -------
    numpy.ndarray
        Average over the participants, shape ``(draw,)``; 0 without a rule of inclusion.
    """
    rule = frame.outcomes.inclusion
    if rule is None:
        return np.zeros(len(implied.mean))
    distinct, times = np.unique(columns, axis=0, return_counts=True)
    sd = np.sqrt(implied.covariance[:, rule.outcome, rule.outcome])
    total = np.zeros(len(sd))
    size = max(1, BLOCK // len(sd))
    for start in range(0, len(distinct), size):
        part = distinct[start : start + size]
        z = (rule.threshold - implied.mean[:, :, rule.outcome] @ part.T) / sd[:, None]
        total += _hazard(z, values.get("nu")) @ times[start : start + size]
    return total / times.sum() / sd


def _hazard(z: np.ndarray, nu: np.ndarray | None) -> np.ndarray:
    """Expected value of a standard normal, or Student-t, variable over `z`."""
    if nu is None:
        return np.exp(stats.norm.logpdf(z) - stats.norm.logsf(z))
    df = nu[:, None]
    return np.exp(stats.t.logpdf(z, df) - stats.t.logsf(z, df)) * (df + z**2) / (df - 1)
