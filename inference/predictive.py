"""Prior draws, and data replicated under the prior and under the posterior."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from cochange.inference.compiled import Compiled, interpreted
from cochange.inference.quiet import quiet
from cochange.inference.settings import Settings
from cochange.models.parts.graph import pm
from cochange.models.parts.prior_sets import PriorsLike

PRIOR_DRAWS = 1000
REPLICATIONS = 1000


def predict(
    compiled: Compiled, posterior: xr.Dataset, settings: Settings, prior: str, priors: PriorsLike
) -> Mapping[str, xr.Dataset]:
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
    priors : Priors
        The prior set.

    Returns
    -------
    mapping of str to xarray.Dataset
        Groups ``prior``, ``prior_predictive``, ``posterior_predictive`` and ``observed_data``.
    """
    model, study = compiled.model, compiled.study
    step = max(1, -(-posterior.sizes["chain"] * posterior.sizes["draw"] // REPLICATIONS))
    thinned = posterior.isel(draw=slice(None, None, step))
    seeds = {what: settings.seed_of(model.name, prior, what) for what in ("prior", "prior replication", "replication")}
    if model.replicate is not None and model.observed_data is not None:
        before = compiled.draw_priors(priors, PRIOR_DRAWS, seeds["prior"])
        return {
            "prior": before,
            "prior_predictive": model.replicate(before, study, np.random.default_rng(seeds["prior replication"])),
            "posterior_predictive": model.replicate(thinned, study, np.random.default_rng(seeds["replication"])),
            "observed_data": model.observed_data(study),
        }
    options = {"mode": interpreted()}
    with quiet(), compiled.graph:
        drawn = pm.sample_prior_predictive(PRIOR_DRAWS, random_seed=seeds["prior"], compile_kwargs=options)
        after = pm.sample_posterior_predictive(
            xr.DataTree.from_dict({"posterior": thinned}),
            random_seed=seeds["replication"],
            compile_kwargs=options,
            progressbar=False,
        )
    return {
        "prior": compiled.named(drawn["prior"].to_dataset(), priors),
        "prior_predictive": drawn["prior_predictive"].to_dataset(),
        "posterior_predictive": after["posterior_predictive"].to_dataset(),
        "observed_data": drawn["observed_data"].to_dataset(),
    }
