"""Prior draws, and data replicated under the prior and under the posterior."""

from collections.abc import Mapping

import numpy as np
import xarray as xr
from scipy import stats

from cochange.data.study import Study
from cochange.inference.compiled import Compiled, draw_priors, interpreted, named_draws
from cochange.inference.quiet import quiet
from cochange.inference.settings import Settings
from cochange.inference.stored_names import storable
from cochange.inference.thinning import evenly
from cochange.models.parts.contract import Model
from cochange.models.parts.graph import pm
from cochange.models.parts.prior_sets import PriorsLike

PRIOR_DRAWS = 1000
REPLICATIONS = 1000


def width_error(draws: int, mass: float) -> float:
    """Monte Carlo standard error of the width of an equal-tailed interval of normal draws, as a share of the width.

    Sample quantiles are jointly normal, with covariances p(1 - q) / (n f(p) f(q)) for p up to q.
    """
    tail = (1 - mass) / 2
    limit = stats.norm.isf(tail)
    return float(np.sqrt(2 * tail * (1 - 2 * tail) / draws) / stats.norm.pdf(limit) / (2 * limit))


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
    thinned = posterior.isel(draw=evenly(posterior, REPLICATIONS))
    seed = settings.seed_of(model.name, prior, "replication")
    if model.replicate is not None and model.observed_data is not None:
        draws = compiled.draw_priors(priors, PRIOR_DRAWS, settings.seed_of(model.name, prior, "prior"))
        before = _replicated_before(draws, model, study, settings, prior)
        after = model.replicate(thinned, study, np.random.default_rng(seed))
        return before | {"posterior_predictive": storable(after)}
    before = _sampled_before(compiled.graph, model, study, settings, prior, priors)
    with quiet(), compiled.graph:
        after = pm.sample_posterior_predictive(
            xr.DataTree.from_dict({"posterior": thinned}),
            random_seed=seed,
            compile_kwargs={"mode": interpreted()},
            progressbar=False,
        )
    return before | {"posterior_predictive": after["posterior_predictive"].to_dataset()}


def predict_before(
    graph: "pm.Model", model: Model, study: Study, settings: Settings, prior: str, priors: PriorsLike
) -> dict[str, xr.Dataset]:
    """What `predict` draws before the data, from a graph that nothing is compiled of; the draws are the same.

    Parameters
    ----------
    graph : pymc.Model
        The model as built, with the values of the prior set in it.
    model, study, settings, prior, priors
        As of `predict`.

    Returns
    -------
    dict of str to xarray.Dataset
        Groups ``prior``, ``prior_predictive`` and ``observed_data``.
    """
    if model.replicate is None or model.observed_data is None:
        return _sampled_before(graph, model, study, settings, prior, priors)
    draws = draw_priors(graph, model, study, priors, PRIOR_DRAWS, settings.seed_of(model.name, prior, "prior"))
    return _replicated_before(draws, model, study, settings, prior)


def _replicated_before(
    draws: xr.Dataset, model: Model, study: Study, settings: Settings, prior: str
) -> dict[str, xr.Dataset]:
    """Data that the model itself draws from prior draws."""
    assert model.replicate is not None
    assert model.observed_data is not None
    rng = np.random.default_rng(settings.seed_of(model.name, prior, "prior replication"))
    return {
        "prior": draws,
        "prior_predictive": storable(model.replicate(draws, study, rng)),
        "observed_data": storable(model.observed_data(study)),
    }


def _sampled_before(
    graph: "pm.Model", model: Model, study: Study, settings: Settings, prior: str, priors: PriorsLike
) -> dict[str, xr.Dataset]:
    """Parameters and data drawn from the graph."""
    seed = settings.seed_of(model.name, prior, "prior")
    with quiet(), graph:
        drawn = pm.sample_prior_predictive(PRIOR_DRAWS, random_seed=seed, compile_kwargs={"mode": interpreted()})
    return {
        "prior": named_draws(model, study, drawn["prior"].to_dataset(), priors),
        "prior_predictive": drawn["prior_predictive"].to_dataset(),
        "observed_data": drawn["observed_data"].to_dataset(),
    }
