"""Power-scaling: how the posterior moves when prior or likelihood count a little more or less."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import arviz_stats as azs
import numpy as np
import xarray as xr
from scipy.special import rel_entr

from cochange.inference.comparing.comparison import Comparison, Under, require_comparison
from cochange.inference.comparing.log_prior import density_of_draws, log_prior_of
from cochange.inference.comparing.weights import Weights, smoothed
from cochange.inference.compiled import Compiled
from cochange.inference.estimates import cell_of, places
from cochange.inference.fit import sample_posterior
from cochange.inference.progress import Progress
from cochange.inference.quiet import quiet
from cochange.inference.settings import Settings, settings_of
from cochange.inference.thinning import evenly
from cochange.models.parts.powered import powered
from cochange.models.parts.prior_sets import PriorsLike, families

ALPHAS = (0.99, 1.01)
REFITTED = (0.5, 2.0)
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
        Model, estimand, form, marker, visit and group.
    prior, likelihood : float
        Gradient of the distance of the posterior from itself by the log to base 2 of the power.
    prior_k, likelihood_k : float
        Largest Pareto shape of the weights behind them.
    trusted : bool
        Whether importance sampling holds for both, or the scaled priors were sampled where it does not for the prior.
    refitted : bool
        Whether the scaled priors were sampled, with the powers 0.5 and 2.
    diagnosis : str
        What the two say together.
    """

    quantity: tuple[str | None, ...]
    prior: float
    likelihood: float
    prior_k: float
    likelihood_k: float
    trusted: bool
    refitted: bool
    diagnosis: Diagnosis

    @property
    def said(self) -> str:
        """The diagnosis in words."""
        if not self.trusted:
            return "importance sampling does not hold here: nothing can be said"
        return SAID[self.diagnosis]


def power_scaling(
    comparison: Comparison, settings: Settings | None = None, refit: bool = False, progress: Progress | None = None
) -> tuple[Sensitivity, ...]:
    """Sensitivity of every estimand under the main prior set.

    The top-level priors are scaled, those that have hyperparameters, and the density of the outcomes; the densities of
    the participants' or the groups' own effects are scaled with neither.

    Parameters
    ----------
    comparison : Comparison
        The comparison; its main set's draws are used, at most 4,000 of them.
    settings : Settings, optional
        How to sample the scaled priors where their weights do not hold; nothing is sampled by default.
    refit : bool
        Sample the scaled priors in any case.
    progress : Progress, optional
        Told of each fit.

    Returns
    -------
    tuple of Sensitivity
        In the order of the main set's rows; empty where the model does not give the density of its outcomes.

    Raises
    ------
    TypeError
        If `comparison` is none or `settings` are none.

    References
    ----------
    Kallioinen N, Paananen T, Buerkner P-C, Vehtari A (2024). Detecting and diagnosing prior and likelihood sensitivity
    with power-scaling. Statistics and Computing 34, 57. doi:10.1007/s11222-023-10366-5
    """
    require_comparison(comparison)
    settings = None if settings is None else settings_of(comparison.study, settings)
    main = comparison.main
    priors = next(iter(comparison.sets.values()))
    compiled = next(iter(comparison.compiled.values()))
    thin = evenly(main.drawn.variables, MOST_DRAWS)
    variables = main.drawn.variables.isel(draw=thin)
    log_prior = log_prior_of(compiled, priors).of(variables, priors)
    log_likelihood = log_likelihood_of(compiled, variables, main.drawn.fit.posterior.isel(draw=thin))
    if log_likelihood is None:
        return ()
    weights = {
        group: [smoothed((alpha - 1) * log) for alpha in ALPHAS]
        for group, log in (("prior", log_prior), ("likelihood", log_likelihood))
    }
    refitted = None
    if settings is not None and (refit or not _hold(weights["prior"])):
        refitted = sampled_sensitivities(compiled, priors, main, settings, progress)
    return _sensitivities(main, log_prior, log_likelihood, thin, weights, refitted)


def sampled_sensitivities(
    compiled: Compiled, priors: PriorsLike, main: Under, settings: Settings, progress: Progress | None = None
) -> tuple[float, ...] | None:
    """Sensitivity of every estimand to the prior, from draws under the prior counting half and twice.

    Steps of one per cent are lost in the Monte Carlo error of draws that are not the same; a halving and a doubling
    are not, and are one on the log to base 2.

    Parameters
    ----------
    compiled, priors, main, settings, progress
        The compiled model, the main set, what was found under it, and how to sample.

    Returns
    -------
    tuple of float or None
        In the order of the rows; None where a power of a prior is not of its family, or the draws do not suffice.
    """
    distances = []
    for alpha in REFITTED:
        try:
            scaled = {name: powered(family, alpha) for name, family in families(priors).items()}
        except ValueError:
            return None
        drawn = sample_posterior(
            compiled, f"{main.prior} to the power of {alpha:g}", replace(priors, **scaled), settings, progress
        )
        if not drawn.state.enough:
            return None
        cells = [cell_of(draws, place) for draws in drawn.estimands.values() for place in places(draws)]
        pairs = zip(main.samples, cells, strict=True)
        distances.append([distance(item.after, cell.values.ravel()) for item, cell in pairs])
    return tuple(float(value) for value in np.mean(distances, axis=0))


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """Cumulative Jensen-Shannon distance of two samples, normalised and symmetric in the sign as power-scaling has it.

    References
    ----------
    Nguyen H-V, Vreeken J (2015). Non-parametric Jensen-Shannon divergence. ECML PKDD 2015, 173-189.
    doi:10.1007/978-3-319-23525-7_11
    """
    at = np.sort(np.concatenate([one, other]))
    if at[0] == at[-1]:
        return 0.0
    width = np.diff(at)
    first, second = (np.searchsorted(np.sort(sample), at[:-1], side="right") / sample.size for sample in (one, other))
    both = [_one_sided(*pair, width) for pair in ((first, second), (1 - first, 1 - second))]
    return float(np.sqrt(max(both)))


def _one_sided(p: np.ndarray, q: np.ndarray, width: np.ndarray) -> float:
    middle = (p + q) / 2
    total = sum(float(width @ (rel_entr(item, middle) + middle - item)) for item in (p, q)) / np.log(2)
    return float(max(total, 0.0) / (width @ (p + q)))


def _hold(weights: Sequence[Weights]) -> bool:
    return all(item.hold for item in weights)


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
    main: Under,
    log_prior: np.ndarray,
    log_likelihood: np.ndarray,
    thin: slice,
    weights: Mapping[str, Sequence[Weights]],
    refitted: Sequence[float] | None,
) -> tuple[Sensitivity, ...]:
    sample = ("chain", "draw")
    chains = log_prior.shape[0]
    draws = {
        str(place): (sample, item.after.reshape(chains, -1)[:, thin])
        for place, item in enumerate(main.samples)
        # What every draw gives alike nothing moves.
        if np.ptp(item.after) > 0
    }
    tree = xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset(draws),
            "log_prior": xr.Dataset({"top": (sample, log_prior)}),
            "log_likelihood": xr.Dataset({"outcomes": (sample, log_likelihood)}),
        }
    )
    with quiet():
        found = {group: azs.psense(tree, group=group, alphas=ALPHAS) for group in ("prior", "likelihood")}
    k = {group: max(item.k for item in items) for group, items in weights.items()}
    trusted = _hold(weights["likelihood"]) and (refitted is not None or _hold(weights["prior"]))
    rows = []
    for place, row in enumerate(main.rows):
        moved = {group: float(values[str(place)]) if str(place) in draws else 0.0 for group, values in found.items()}
        prior = moved["prior"] if refitted is None else refitted[place]
        rows.append(
            Sensitivity(
                quantity=row.quantity,
                prior=prior,
                likelihood=moved["likelihood"],
                prior_k=k["prior"],
                likelihood_k=k["likelihood"],
                trusted=trusted,
                refitted=refitted is not None,
                diagnosis=diagnose(prior, moved["likelihood"]),
            )
        )
    return tuple(rows)


def diagnose(prior: float, likelihood: float) -> Diagnosis:
    """What the two sensitivities say together."""
    if prior < SENSITIVE:
        return "none"
    return "prior-data conflict" if likelihood >= SENSITIVE else "strong prior or weak likelihood"
