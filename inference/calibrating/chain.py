"""One short chain of a fit that is one of many, sampled again where it falls short."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import arviz_stats as azs
import numpy as np
import xarray as xr

from cochange.inference.compiled import Compiled
from cochange.inference.quiet import quiet
from cochange.models.parts.prior_sets import PriorsLike

# R-hat of a single short chain, split in two, strays further from 1 than that of a long run.
R_HAT_MAX = 1.05
# As in a run, divergences raise the acceptance aimed at, and too few effective draws ask for twice as many.
TARGET_ACCEPTS = (0.9, 0.97, 0.99)
TUNE = 400
MOST_ATTEMPTS = 3
NOT_FINITE = "values that are not finite"


@dataclass(frozen=True, eq=False)
class Chain:
    """A chain, and how it came about.

    Attributes
    ----------
    posterior : xarray.Dataset or None
        Draws by parameter, dims ``(chain, draw, ...)`` with one chain; None where it could not be sampled.
    record : mapping
        ``attempts``, ``draws``, ``r_hat`` and ``ess`` of the top-level parameters, ``divergences``, and ``problems``.
    """

    posterior: xr.Dataset | None
    record: Mapping[str, Any]


def sample_chain(
    compiled: Compiled, priors: PriorsLike, given: Any, draws: int, least_effective: int, seed: int
) -> Chain:
    """Sample one chain; the third attempt is kept whatever it lacks.

    Parameters
    ----------
    compiled : Compiled
        The compiled model.
    priors : Priors
        The prior set it is sampled under.
    given : nutpie compiled model
        The model with the data to fit.
    draws : int
        Draws to begin with, after 400 of warm-up.
    least_effective : int
        Effective draws that every top-level parameter should have.
    seed : int
        Seed of the sampler.
    """
    record: dict[str, Any] = {"problems": []}
    posterior, acceptance = None, 0
    for attempt in range(1, MOST_ATTEMPTS + 1):
        record |= {"attempts": attempt, "draws": draws}
        try:
            tree = _sampled(given, draws, TARGET_ACCEPTS[acceptance], seed)
        except RuntimeError as error:
            return Chain(None, record | {"problems": [f"not sampled: {error}"]})
        posterior = compiled.named(tree["posterior"].to_dataset(), priors)
        state = _state(posterior, compiled.model.prior_vars, int(tree["sample_stats"]["diverging"].sum()))
        record |= state | {"problems": _problems(state, least_effective)}
        if not record["problems"]:
            break
        if state["divergences"]:
            acceptance += 1
        else:
            draws *= 2
    return Chain(posterior, record)


def elements(name: str, draws: xr.DataArray) -> Iterator[tuple[str, xr.DataArray]]:
    """Every element of a quantity by its name, which gives the labels along dims of more than one."""
    apart = tuple(str(dim) for dim in draws.dims if dim not in ("chain", "draw"))
    for place in np.ndindex(*(draws.sizes[dim] for dim in apart)):
        at = dict(zip(apart, place, strict=True))
        labels = [str(draws[dim].values[index]) for dim, index in at.items() if draws.sizes[dim] > 1]
        yield (f"{name}[{', '.join(labels)}]" if labels else name), draws.isel(at)


def _sampled(given: Any, draws: int, target_accept: float, seed: int) -> xr.DataTree:
    with quiet():
        import nutpie

        tree: xr.DataTree = nutpie.sample(
            given,
            draws=draws,
            tune=TUNE,
            chains=1,
            cores=1,
            seed=seed,
            target_accept=target_accept,
            save_warmup=False,
            progress_bar=False,
        )
    return tree


def _state(posterior: xr.Dataset, prior_vars: tuple[str, ...], divergences: int) -> dict[str, Any]:
    """Largest R-hat and least effective sample size of the top-level parameters, and divergences."""
    # The halves of the chain stand for chains, since R-hat compares several.
    halves = (2, posterior.sizes["draw"] // 2, -1)
    columns = [posterior[name].to_numpy().reshape(halves) for name in prior_vars if name in posterior]
    # Elements that do not vary, of a Cholesky factor for one, have neither and are passed over.
    together = xr.DataArray(np.concatenate(columns, axis=-1), dims=("chain", "draw", "quantity"))
    with quiet():
        r_hat, ess = float(azs.rhat(together).max()), float(azs.ess(together, method="bulk").min())
    # A chain that never moved has neither.
    known = {name: value if np.isfinite(value) else None for name, value in {"r_hat": r_hat, "ess": ess}.items()}
    return known | {"divergences": divergences}


def _problems(state: Mapping[str, Any], least_effective: int) -> list[str]:
    found = []
    if state["divergences"]:
        found.append("divergent transitions")
    if state["r_hat"] is None or state["r_hat"] > R_HAT_MAX:
        found.append(f"R-hat above {R_HAT_MAX}")
    if state["ess"] is None or state["ess"] < least_effective:
        found.append(f"fewer than {least_effective} effective draws")
    return found
