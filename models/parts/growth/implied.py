"""What the parameters of the growth model imply: the distribution of random effects, and that of residuals.

Everything here is written for arrays, which may have a leading axis of draws, and for variables of a graph alike.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from cochange.models.parts.estimand import LN2
from cochange.models.parts.growth.frame import Frame
from cochange.models.parts.growth.parameters import coefficients
from cochange.models.parts.together import Parameters


@dataclass(frozen=True, eq=False)
class Implied:
    """The distribution of a participant's outcomes.

    Parameters
    ----------
    mean : array
        Coefficients of the design columns on the means of the random effects, shape ``(..., column, effect)``.
    factor : array
        Cholesky factor of the covariance of the random effects, shape ``(..., effect, effect)``.
    residual : array
        Covariance of the residuals of a visit, shape ``(..., outcome, outcome)``.
    """

    mean: Any
    factor: Any
    residual: Any

    @property
    def effects(self) -> Any:
        """Covariance of the random effects, shape ``(..., effect, effect)``."""
        return self.factor @ self.factor.mT


def imply(vector: Any, parameters: Parameters, frame: Frame, xp: Any) -> Implied:
    """Means and covariances from the parameters.

    Parameters
    ----------
    vector : array
        The parameters, a variable of a graph or draws with shape ``(draw, parameter)``.
    parameters : Parameters
        Where each parameter stands in the vector.
    frame : Frame
        The study as the model takes it.
    xp : module
        ``numpy`` or ``pytensor.tensor``.
    """
    mean = coefficients(parameters, frame).of(vector, (frame.columns.values.shape[1], len(frame.effects)))
    return Implied(mean, _factor(vector, parameters, frame, xp), _residual(vector, parameters, frame, xp))


def _factor(vector: Any, parameters: Parameters, frame: Frame, xp: Any) -> Any:
    """Standard deviations times the Cholesky factor of correlations given by partial ones.

    Each Fisher z is that of the correlation of two effects given those that stand before both: every value of every z
    makes a proper correlation matrix (Joe 2006), and the correlation of the two slopes given both levels, the one that
    matters most, has a prior of its own.

    References
    ----------
    Joe H (2006). Generating random correlation matrices based on partial correlations. Journal of Multivariate Analysis
    97, 2177-2189. doi:10.1016/j.jmva.2005.05.010
    """
    size = len(frame.effects)
    places = np.zeros((parameters.size, size, size))
    for kind, pairs in frame.pairs.items():
        for position, pair in zip(parameters.places[f"{kind}_z"], pairs.values(), strict=True):
            places[position, *pair] = 1
    own = (size, size) if vector.ndim == 1 else (-1, size, size)
    z = (vector @ places.reshape(parameters.size, -1)).reshape(own)
    # The logarithm of 1 - tanh(z)^2, also where z is large.
    unexplained = -2 * (xp.abs(z) + xp.log1p(xp.exp(-2 * xp.abs(z))) - LN2)
    before = np.triu(np.ones((size, size)), 1)
    correlations = (xp.tanh(z) + np.eye(size)) * xp.exp(0.5 * (unexplained @ before))
    order = [
        parameters.places[f"{outcome}_{name}"].ravel()[piece]
        for name, pieces in (("level_sigma", 1), ("change_sigma", size // len(frame.outcomes) - 1))
        for piece in range(pieces)
        for outcome in frame.outcomes
    ]
    sd = vector @ np.eye(parameters.size)[:, order]
    return sd[..., :, None] * correlations


def _residual(vector: Any, parameters: Parameters, frame: Frame, xp: Any) -> Any:
    sd = vector @ parameters.pick(*(f"{outcome}_residual_sigma" for outcome in frame.outcomes))
    product = sd[..., :, None] * sd[..., None, :]
    size = len(frame.outcomes)
    if size == 1:
        return product
    within = xp.tanh(vector @ parameters.pick("within_z"))[..., None]
    return product * (np.eye(size) + within * (1 - np.eye(size)))
