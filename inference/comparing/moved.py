"""Another prior set's posterior from stored draws: they are moved by moment matching, then weighted."""

from dataclasses import replace

import numpy as np
import xarray as xr

from cochange.inference.comparing.coordinates import Coordinates
from cochange.inference.comparing.log_prior import LogPrior
from cochange.inference.comparing.moment_matching import found_map, mixture, most_dimensions, normal_map, parted
from cochange.inference.comparing.weights import Weights, smoothed
from cochange.inference.fit import Drawn
from cochange.models.parts.prior_sets import PriorsLike

# Draws to which the parabolas of the first map are fitted.
FITTED = 6000
# Draws whose stored log density is computed again, so that coordinates that are not the sampler's are found out.
CHECKED = 10


def moved_draws(
    drawn: Drawn,
    own: PriorsLike,
    priors: PriorsLike,
    coordinates: Coordinates,
    log_prior: LogPrior,
    log_ratio: np.ndarray,
) -> tuple[Drawn, Weights] | None:
    """Draws moved towards the posterior under another prior set, with their weights for it.

    Implicitly adaptive importance sampling: the map begins as the one that would be exact were everything normal, and
    then matches the moments of weighted draws. Some draws are for that; others, which had no part in the matching, are
    moved, but for one in eight, and weighted by the density of the mixture.

    Parameters
    ----------
    drawn : Drawn
        Draws under one prior set.
    own, priors : Priors
        That set, and the one to reach, nowhere wider.
    coordinates : Coordinates
        The coordinates of the compiled model.
    log_prior : LogPrior
        Its log prior.
    log_ratio : numpy.ndarray
        Log prior under the other set less that under the draws' own, shape ``(chain * draw,)``.

    Returns
    -------
    tuple of Drawn and Weights, or None
        None where there are too few draws for the number of coordinates, some lie on the rim of a variable's range or
        outside of the other prior's, or the log density is not that which the sampler stored.

    References
    ----------
    Paananen T, Piironen J, Buerkner P-C, Vehtari A (2021). Implicitly adaptive importance sampling. Statistics and
    Computing 31, 16. doi:10.1007/s11222-020-09982-2

    Owen A, Zhou Y (2000). Safe and effective importance sampling. Journal of the American Statistical Association
    95(449), 135-143. doi:10.1080/01621459.2000.10473909
    """
    compiled = coordinates.compiled
    log_density = drawn.fit.tree["sample_stats"]["logp"].transpose("chain", "draw").values
    points = coordinates.of(drawn.variables).reshape(*log_density.shape, -1)
    finding, weighted = parted(*log_density.shape)
    flat, log_ratio = points.reshape(-1, points.shape[-1]), log_ratio.reshape(log_density.shape)
    some = points[:, finding].reshape(-1, points.shape[-1])
    if not (np.isfinite(points).all() and np.isfinite(log_ratio).all()) or some.shape[1] > most_dimensions(len(some)):
        return None
    target, base = compiled.under(priors), compiled.under(own)
    if not np.allclose(coordinates.log_density(base, flat[:CHECKED]), log_density.ravel()[:CHECKED]):
        return None
    covariance = np.atleast_2d(np.cov(flat, rowvar=False))
    every = slice(None, None, -(-len(flat) // FITTED))
    start = normal_map(flat.mean(axis=0), covariance, flat[every], log_ratio.ravel()[every])
    found = found_map(start, some, log_density[:, finding].ravel(), lambda at: coordinates.log_density(target, at))
    at, log_base, log_mixture = mixture(
        found,
        points[:, weighted].reshape(-1, points.shape[-1]),
        log_density[:, weighted].ravel(),
        lambda at: coordinates.log_density(base, at),
    )
    variables = coordinates.variables(at, drawn.variables)
    ratio = (log_prior.of(variables, priors) - log_prior.of(variables, own)).ravel()
    weights = smoothed(np.where(np.isfinite(log_base), log_base + ratio - log_mixture, -np.inf))
    posterior = compiled.named(variables, priors)
    fit = replace(drawn.fit, tree=xr.DataTree.from_dict({"posterior": posterior}), draws=weighted.size)
    estimands = compiled.model.derive(posterior, compiled.study)
    return Drawn(fit, variables, estimands, drawn.state), weights
