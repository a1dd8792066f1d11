"""What being included says of the outcomes."""

from collections.abc import Mapping

import numpy as np
from scipy import special, stats

from cochange.models.parts.joint.implied import Implied
from cochange.models.parts.joint.outcomes import Inclusion

# Draws times participants worked on at once.
BLOCK = 4_000_000
LOG_ROOT_2_PI = 0.5 * float(np.log(2 * np.pi))
# The mean of a Student-t variable over a threshold grows without end as its degrees of freedom fall to 1, under which
# there is none. So little over 1 it lies far beyond every scale, and stays finite.
LEAST_OVER_ONE = 1e-2


def expected_excess(
    values: Mapping[str, np.ndarray], implied: Implied, rule: Inclusion, columns: np.ndarray
) -> np.ndarray:
    """How far the outcome of inclusion lies over its mean among those included, over its variance.

    Times its covariance with another outcome, this is how far that outcome lies over its own mean.

    Parameters
    ----------
    values : mapping of str to numpy.ndarray
        Draws of the parameters.
    implied : Implied
        What they imply.
    rule : Inclusion
        The rule of inclusion.
    columns : numpy.ndarray
        Design columns of the participants averaged over, shape ``(n, column)``.

    Returns
    -------
    numpy.ndarray
        Average over the participants, shape ``(draw,)``.
    """
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
        return np.asarray(np.exp(-0.5 * z**2 - LOG_ROOT_2_PI - special.log_ndtr(-z)))
    df = nu[:, None]
    hazard = np.exp(stats.t.logpdf(z, df) - stats.t.logsf(z, df))
    return np.asarray(hazard * (df + z**2) / np.maximum(df - 1, LEAST_OVER_ONE))


def beyond(z: np.ndarray, share: np.ndarray | float, df: np.ndarray | None) -> np.ndarray:
    """The value over which a share lies of what a standard normal, or Student-t, variable has over `z`."""
    if df is None:
        # On the log scale, for prior draws may put the threshold far out in the tail.
        return np.asarray(-special.ndtri_exp(special.log_ndtr(-z) + np.log(share)))
    return np.asarray(stats.t.isf(share * stats.t.sf(z, df), df))
