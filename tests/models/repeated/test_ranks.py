"""Simulation-based calibration: truths drawn from the prior rank evenly among the draws of their posteriors.

The centre of every outcome is fixed, so that the prior is the same in each trial.

References
----------
Talts S, Betancourt M, Simpson D, Vehtari A, Gelman A (2018). Validating Bayesian inference algorithms with
simulation-based calibration. arXiv:1804.06788
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr

from cochange.models import repeated_measures
from cochange.models.parts.families import Beta, HalfNormal, Normal
from cochange.models.parts.repeated.derived import derive_repeated

pytestmark = pytest.mark.slow

FITS, RANKS = 100, 99
# The reference set; narrower where most of a study would be under the limit.
PRIORS = replace(
    repeated_measures.PRIORS["reference"], marker_mean=Normal(mean=0.3, sd=0.4), marker_sigma=HalfNormal(sd=0.8)
)


def from_prior(trial: Any, rng: np.random.Generator) -> xr.Dataset:
    """Parameters drawn from the prior."""
    found = {}
    for item in trial.parameters.items:
        shape = trial.parameters.places[item.name].shape
        family = getattr(PRIORS, item.prior)
        if isinstance(family, Normal):
            value = family.mean + family.sd * rng.normal(size=shape)
        elif isinstance(family, Beta):
            value = rng.beta(family.alpha, family.beta, size=shape)
        else:
            value = np.abs(family.sd * rng.normal(size=shape))
        coords = {dim: trial.parameters.coords[dim] for dim in item.dims}
        found[item.name] = xr.DataArray(
            np.asarray(value)[None, None], dims=("chain", "draw", *item.dims), coords=coords
        )
    return xr.Dataset(found)


@pytest.fixture(scope="module")
def ranks(trial: Any) -> Mapping[str, np.ndarray]:
    """Rank of each truth among evenly spread draws of its posterior, by parameter and estimand."""
    found: dict[str, list[int]] = {}
    diverged, censored = 0, []
    for fit in range(FITS):
        rng = np.random.default_rng([29, fit])
        truth = from_prior(trial, rng)
        own = trial.observed(truth, rng)
        censored.append((own.cells.status == 2).mean() * 2)
        draws, number = trial.draw(own, PRIORS, fit)
        diverged += number
        pairs = []
        for sampled, true in (
            (draws, truth),
            *[tuple(derive_repeated(x, trial.parameters, own) for x in (draws, truth))],
        ):
            pairs += [(name, sampled[name], true[name]) for name in sampled]
        for name, sampled, true in pairs:
            flat = sampled.to_numpy().reshape(sampled.sizes["chain"] * sampled.sizes["draw"], -1)
            chosen = flat[np.linspace(0, len(flat) - 1, RANKS).round().astype(int)]
            for element, below in enumerate((chosen < true.to_numpy().ravel()).sum(axis=0)):
                found.setdefault(f"{name}[{element}]", []).append(int(below))
    print(f"\n{FITS} fits, {100 * np.mean(censored):.0f}% of the marker values censored, {diverged} divergences")
    assert diverged < 1e-2 * FITS * 1200
    return {name: np.array(values) for name, values in found.items()}


def test_every_truth_ranks_evenly(ranks: Mapping[str, np.ndarray], evenness: Any) -> None:
    probability = {name: evenness(values, RANKS) for name, values in ranks.items()}
    worst = sorted(probability, key=lambda name: probability[name])[:5]
    print(", ".join(f"{name}: p = {probability[name]:.3f}" for name in worst), f"of {len(probability)}")
    assert min(probability.values()) > 0.005 / len(probability), probability
