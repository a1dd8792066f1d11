"""Prior draws, and data replicated under the prior and under the posterior."""

from collections.abc import Mapping

import pymc as pm
import xarray as xr

from cochange.inference.compiled import INTERPRETED, Compiled
from cochange.inference.quiet import quiet
from cochange.inference.settings import Settings

PRIOR_DRAWS = 1000
REPLICATIONS = 1000


def predict(compiled: Compiled, posterior: xr.Dataset, settings: Settings, prior: str) -> Mapping[str, xr.Dataset]:
    """Draw from the prior, and replicate the data under prior and posterior.

    Parameters
    ----------
    compiled : Compiled
        The model, with the values of the prior set in it.
    posterior : xarray.Dataset
        Posterior draws; the replications use at most 1,000 of them, evenly spaced.
    settings : Settings
        For the seeds.
    prior : str
        Name of the prior set.

    Returns
    -------
    mapping of str to xarray.Dataset
        Groups ``prior``, ``prior_predictive``, ``posterior_predictive`` and ``observed_data``.
    """
    name = compiled.model.name
    step = max(1, -(-posterior.sizes["chain"] * posterior.sizes["draw"] // REPLICATIONS))
    thinned = posterior.isel(draw=slice(None, None, step))
    options = {"mode": INTERPRETED}
    with quiet(), compiled.graph:
        before = pm.sample_prior_predictive(
            PRIOR_DRAWS, random_seed=settings.seed_of(name, prior, "prior"), compile_kwargs=options
        )
        after = pm.sample_posterior_predictive(
            xr.DataTree.from_dict({"posterior": thinned}),
            random_seed=settings.seed_of(name, prior, "replication"),
            compile_kwargs=options,
            progressbar=False,
        )
    return {
        "prior": before["prior"].to_dataset(),
        "prior_predictive": before["prior_predictive"].to_dataset(),
        "posterior_predictive": after["posterior_predictive"].to_dataset(),
        "observed_data": before["observed_data"].to_dataset(),
    }
