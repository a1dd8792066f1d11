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

from cochange.models import growth
from cochange.models.parts.families import HalfNormal, Normal
from cochange.models.parts.growth.derived import derive_growth
from cochange.models.parts.growth.frame import Frame, make_frame
from cochange.models.parts.growth.gather import gather
from cochange.models.parts.likelihood.observations import BELOW, MISSING, OBSERVED
from cochange.models.parts.prior_sets import families

pytestmark = pytest.mark.slow

FITS, N = 100, 30
LIMIT = -1.0
RANKS = 99
# The reference set; narrower where most of a study would be under the limit.
PRIORS = replace(
    growth.PRIORS["reference"],
    marker_mean=Normal(mean=0, sd=0.4),
    marker_level_sigma=HalfNormal(sd=0.6),
    marker_change_sigma=HalfNormal(sd=0.5),
    marker_residual_sigma=HalfNormal(sd=0.5),
)
ESTIMANDS = (
    "geometric_mean_ratio", "symptom_change", "baseline_correlation", "prognostic_slope", "slope_correlation",
    "within_correlation", "within_slope", "change_correlation", "score_level_change_correlation",
)  # fmt: skip


def from_prior(dims: Mapping[str, tuple[int, ...]], rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Parameters drawn from the prior."""
    found = {}
    for name, shape in dims.items():
        family: Any = families(PRIORS)[name]
        noise = rng.normal(size=shape)
        found[name] = family.mean + family.sd * noise if isinstance(family, Normal) else np.abs(family.sd * noise)
    return found


def observed(frame: Frame, at: Any, at_formula: Any, rng: np.random.Generator) -> Frame:
    """The frame's people with readings drawn anew, from its fixed centre; limits and gaps at random."""
    between, within = at_formula.between(at), at_formula.within(at)
    mean = np.array([at["marker_mean"], at["score_mean"], at["marker_change"][0], at["score_change"][0]])
    effects = rng.multivariate_normal(mean, between, N)
    g = frame.time / 12
    errors = rng.multivariate_normal(np.zeros(2), within, g.shape)
    series = {}
    for number, (name, own) in enumerate(frame.series.items()):
        value = effects[:, [number]] + effects[:, [2 + number]] * g + errors[..., number]
        status = np.full(value.shape, OBSERVED)
        if name == "marker":
            status[value < LIMIT], value = BELOW, np.maximum(value, LIMIT)
        status[rng.random(value.shape) < 0.1] = MISSING
        series[name] = replace(own, value=np.where(status == MISSING, 0.0, value), status=status)
    return replace(frame, series=series)


@pytest.fixture(scope="module")
def ranks(make_case: Any, make_table: Any, usual_sampler: Any, formula: Any) -> Mapping[str, np.ndarray]:
    """Rank of each truth among evenly spread draws of its posterior, by parameter and estimand."""
    case = make_case(make_table(N, 2))
    frame = make_frame(case.study, growth.select(case.study).used)
    parameters = growth.parameters(case.study)
    shapes = {name: place.shape for name, place in parameters.places.items()}
    found: dict[str, list[int]] = {}
    diverged = 0
    for fit in range(FITS):
        rng = np.random.default_rng([23, fit])
        truth = from_prior(shapes, rng)
        own = observed(frame, truth, formula(case), rng)
        draws, number = usual_sampler.draw(gather(own)[0].arrays, PRIORS, fit, draws=600, tune=500, chains=2)
        diverged += number
        at = xr.Dataset({name: (draws[name].dims, np.asarray(value)[None, None]) for name, value in truth.items()})
        derived, true = (derive_growth(values, parameters, own) for values in (draws, at))
        both = {name: (derived[name], true[name]) for name in ESTIMANDS}
        both |= {f"{name}{i}": pair for name in truth for i, pair in enumerate(elements(draws[name], at[name]))}
        for name, (sampled, value) in both.items():
            flat = sampled.to_numpy().ravel()
            chosen = flat[np.linspace(0, flat.size - 1, RANKS).round().astype(int)]
            found.setdefault(name, []).append(int((chosen < value.item()).sum()))
    print(f"\n{FITS} fits, {diverged} divergences")
    assert diverged < 1e-2 * FITS * 1200
    return {name: np.array(values) for name, values in found.items()}


def elements(draws: xr.DataArray, at: xr.DataArray) -> list[tuple[xr.DataArray, xr.DataArray]]:
    """Each element of a parameter."""
    if draws.ndim == 2:
        return [(draws, at)]
    return [(draws[..., i], at[..., i]) for i in range(draws.shape[-1])]


def test_every_truth_ranks_evenly(ranks: Mapping[str, np.ndarray], evenness: Any) -> None:
    probability = {name: evenness(values, RANKS) for name, values in ranks.items()}
    for name, value in probability.items():
        print(f"{name}: p = {value:.3f}, mean rank {ranks[name].mean() / RANKS:.3f}")
    assert min(probability.values()) > 0.005 / len(probability), probability
