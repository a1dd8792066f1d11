"""Power-scaling: how the posterior moves when prior or likelihood count a little more or less."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import arviz_stats as azs
import numpy as np
import xarray as xr

from cochange.inference.comparing.comparison import Comparison, Under
from cochange.inference.comparing.log_prior import density_of_draws, log_prior_of
from cochange.inference.comparing.rows import quantity_of
from cochange.inference.comparing.weights import smoothed
from cochange.inference.compiled import Compiled
from cochange.inference.quiet import quiet

ALPHAS = (0.99, 1.01)
# Kallioinen et al. 2024: a mean that moves by a third of an SD when the component counts twice gives about this.
SENSITIVE = 0.05
MOST_DRAWS = 4000

Diagnosis = Literal["none", "prior-data conflict", "strong prior or weak likelihood"]
SAID: Mapping[Diagnosis, str] = {
    "none": "the prior hardly moves the answer",
    "prior-data conflict": "prior and data both move the answer: they may pull apart",
    "strong prior or weak likelihood": "the prior moves the answer and the data hardly do",
}


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """Sensitivity of one estimand to power-scaling of the top-level priors and of the likelihood.

    Attributes
    ----------
    quantity : tuple
        Model, estimand, form, marker and group.
    prior, likelihood : float
        Gradient of the distance of the posterior from itself by the log to base 2 of the power.
    prior_k, likelihood_k : float
        Largest Pareto shape of the weights behind them.
    trusted : bool
        Whether importance sampling holds for both.
    diagnosis : str
        What the two say together.
    """

    quantity: tuple[str | None, ...]
    prior: float
    likelihood: float
    prior_k: float
    likelihood_k: float
    trusted: bool
    diagnosis: Diagnosis

    @property
    def said(self) -> str:
        """The diagnosis in words."""
        if not self.trusted:
            return "importance sampling does not hold here: nothing is to be said"
        return SAID[self.diagnosis]


def power_scaling(comparison: Comparison) -> tuple[Sensitivity, ...]:
    """Sensitivity of every estimand under the main prior set.

    The top-level priors are scaled, those that have hyperparameters, and the density of the outcomes; the densities of
    the participants' or the groups' own effects are scaled with neither.

    Parameters
    ----------
    comparison : Comparison
        The comparison; its main set's draws are used, at most 4,000 of them.

    Returns
    -------
    tuple of Sensitivity
        In the order of the main set's rows; empty where the model does not give the density of its outcomes.

    References
    ----------
    Kallioinen N, Paananen T, Buerkner P-C, Vehtari A (2024). Detecting and diagnosing prior and likelihood sensitivity
    with power-scaling. Statistics and Computing 34, 57. doi:10.1007/s11222-023-10366-5
    """
    main = comparison.main
    priors = next(iter(comparison.sets.values()))
    compiled = next(iter(comparison.compiled.values()))
    total = main.drawn.variables.sizes["chain"] * main.drawn.variables.sizes["draw"]
    thin = slice(None, None, -(-total // MOST_DRAWS))
    variables = main.drawn.variables.isel(draw=thin)
    log_prior = log_prior_of(compiled, priors).of(variables, priors)
    log_likelihood = log_likelihood_of(compiled, variables, main.drawn.fit.posterior.isel(draw=thin))
    if log_likelihood is None:
        return ()
    return _sensitivities(main, log_prior, log_likelihood, thin)


def log_likelihood_of(compiled: Compiled, variables: xr.Dataset, posterior: xr.Dataset) -> np.ndarray | None:
    """Log density of everything observed, shape ``(chain, draw)``; None where the model does not give it.

    Parameters
    ----------
    compiled : Compiled
        The model.
    variables, posterior : xarray.Dataset
        The same draws by variable of the graph and by parameter.
    """
    graph = compiled.graph
    total = np.zeros((variables.sizes["chain"], variables.sizes["draw"]))
    if graph.potentials:
        if compiled.model.log_likelihood is None:
            return None
        density = compiled.model.log_likelihood(posterior, compiled.study)
        total = total + density.sum("participant").transpose("chain", "draw").values
    if graph.observed_RVs:
        total = total + density_of_draws(graph, graph.observed_RVs)(variables)
    return total


def _sensitivities(
    main: Under, log_prior: np.ndarray, log_likelihood: np.ndarray, thin: slice
) -> tuple[Sensitivity, ...]:
    sample = ("chain", "draw")
    chains = log_prior.shape[0]
    draws = {str(place): (sample, item.after.reshape(chains, -1)[:, thin]) for place, item in enumerate(main.samples)}
    tree = xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset(draws),
            "log_prior": xr.Dataset({"top": (sample, log_prior)}),
            "log_likelihood": xr.Dataset({"outcomes": (sample, log_likelihood)}),
        }
    )
    with quiet():
        found = {group: azs.psense(tree, group=group, alphas=ALPHAS) for group in ("prior", "likelihood")}
    shapes = {"prior": log_prior, "likelihood": log_likelihood}
    weights = {group: [smoothed((alpha - 1) * log) for alpha in ALPHAS] for group, log in shapes.items()}
    k = {group: max(item.k for item in items) for group, items in weights.items()}
    trusted = all(item.hold for items in weights.values() for item in items)
    return tuple(
        Sensitivity(
            quantity=quantity_of(row.estimate),
            prior=float(found["prior"][str(place)]),
            likelihood=float(found["likelihood"][str(place)]),
            prior_k=k["prior"],
            likelihood_k=k["likelihood"],
            trusted=trusted,
            diagnosis=diagnose(float(found["prior"][str(place)]), float(found["likelihood"][str(place)])),
        )
        for place, row in enumerate(main.rows)
    )


def diagnose(prior: float, likelihood: float) -> Diagnosis:
    """What the two sensitivities say together."""
    if prior < SENSITIVE:
        return "none"
    return "prior-data conflict" if likelihood >= SENSITIVE else "strong prior or weak likelihood"
