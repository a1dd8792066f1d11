"""Simulation-based calibration: truths drawn from the prior rank evenly among the draws of their posteriors.

The centre and the unit of every outcome are fixed, so that the prior is the same in each trial.

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

from cochange.models import joint_change
from cochange.models.parts.families import HalfNormal, Normal
from cochange.models.parts.joint.derived import derive_joint
from cochange.models.parts.joint.frame import Frame, make_frame
from cochange.models.parts.joint.sets import gather
from cochange.models.parts.likelihood.observations import ABOVE, BELOW, MISSING, OBSERVED

pytestmark = pytest.mark.slow

FITS, N = 200, 60
LIMIT, THRESHOLD = -0.5, -0.8
RANKS = 99
# The reference set; narrower where nobody would be included, or everything be under the limit.
PRIORS = replace(
    joint_change.PRIORS["reference"],
    marker_mean=Normal(mean=0, sd=0.4),
    marker_sigma=HalfNormal(sd=1),
    score_mean=Normal(mean=0, sd=5),
    screening_mean=Normal(mean=0, sd=0.3),
)
ESTIMANDS = (
    "geometric_mean_ratio", "symptom_change", "regression_to_mean", "baseline_correlation", "baseline_slope",
    "prognostic_slope", "parallel_slope", "change_correlation", "marker_reliability", "score_reliability",
    "state_correlation",
)  # fmt: skip


def from_prior(trials: Any, rng: np.random.Generator) -> Any:
    """Parameters drawn from the prior."""

    def value(name: str) -> float:
        family: Any = getattr(PRIORS, name)
        if isinstance(family, Normal):
            return float(rng.normal(family.mean, family.sd))
        if isinstance(family, HalfNormal):
            return float(abs(rng.normal(0, family.sd)))
        return float(rng.beta(family.alpha, family.beta))

    return trials.truth(**{name: value(name) for name in trials.truth.names()})


def observed(frame: Frame, people: Any, rng: np.random.Generator) -> Frame:
    """The people as outcomes of the frame's study, measured from its fixed centre; limits and gaps at random."""
    value = np.column_stack([people.observed, people.screening])
    status = np.full(value.shape, OBSERVED)
    for position in (0, 2):
        status[value[:, position] < LIMIT, position] = BELOW
    status[:, :4][rng.random((N, 4)) < [0.05, 0.0, 0.15, 0.15]] = MISSING
    status[rng.random(N) < 0.05, 4] = ABOVE
    value = np.where(status == BELOW, LIMIT, np.where(status == ABOVE, THRESHOLD, value))
    value = np.where(status == MISSING, 0, value)
    assert frame.outcomes.inclusion is not None
    inclusion = replace(frame.outcomes.inclusion, threshold=THRESHOLD)
    return replace(frame, outcomes=replace(frame.outcomes, value=value, status=status, inclusion=inclusion))


@pytest.fixture(scope="module")
def ranks(trials: Any, read_trial: Any, reference_sampler: Any) -> Mapping[str, np.ndarray]:
    """Rank of each truth among evenly spread draws of its posterior, by parameter and estimand."""
    some = trials.truth(**dict.fromkeys(trials.truth.names(), 0.5))
    people = trials.draw_included(some, N, 0.0, np.random.default_rng(2))
    people = replace(people, observed=people.observed + np.array([0, 40, 0, 40]), screening=people.screening + 10)
    study = read_trial(trials.as_table(people))
    frame = make_frame(study, joint_change.select(study).used)
    # Responders need the scores of the study itself.
    without_responders = replace(study, spec=study.spec.model_copy(update={"symptom": None}))
    parameters = joint_change.parameters(study)
    found: dict[str, list[int]] = {}
    diverged, censored = [], []
    for fit in range(FITS):
        rng = np.random.default_rng([17, fit])
        truth = from_prior(trials, rng)
        own = observed(frame, trials.draw_included(truth, N, THRESHOLD, rng), rng)
        censored.append((own.outcomes.status == BELOW)[:, [0, 2]].mean())
        arrays = gather(own.outcomes, own.columns.values).arrays
        posterior, divergences = reference_sampler.draw(arrays, PRIORS, fit, chains=2)
        diverged.append(divergences)
        at = xr.Dataset(
            {name: posterior[name].isel(chain=[0], draw=[0]) * 0 + vars(truth)[name] for name in vars(truth)}
        )
        draws = derive_joint(posterior, without_responders, parameters, own)
        values = derive_joint(at, without_responders, parameters, own)
        assert set(draws) == set(ESTIMANDS)
        both = {name: (draws[name], values[name]) for name in ESTIMANDS}
        both |= {name: (posterior[name], at[name]) for name in vars(truth) if name not in ESTIMANDS}
        for name, (sampled, true) in both.items():
            flat = sampled.to_numpy().ravel()
            chosen = flat[np.linspace(0, flat.size - 1, RANKS).round().astype(int)]
            found.setdefault(name, []).append(int((chosen < true.item()).sum()))
    print(f"\n{FITS} fits, {100 * np.mean(censored):.0f}% of the marker values censored, ", end="")
    print(f"{np.sum(np.array(diverged) > 0)} with a divergence, {np.sum(diverged)} in all")
    assert np.sum(diverged) < 1e-3 * FITS * 2000
    return {name: np.array(values) for name, values in found.items()}


def test_the_truth_of_every_estimand_ranks_evenly(ranks: Mapping[str, np.ndarray], evenness: Any) -> None:
    probability = {name: evenness(ranks[name], RANKS) for name in ESTIMANDS}
    for name, value in probability.items():
        print(f"{name}: p = {value:.3f}, mean rank {ranks[name].mean() / RANKS:.3f}")
    assert min(probability.values()) > 0.005 / len(ESTIMANDS), probability


def test_the_truth_of_every_parameter_ranks_evenly(ranks: Mapping[str, np.ndarray], evenness: Any) -> None:
    others = {name: evenness(values, RANKS) for name, values in ranks.items() if name not in ESTIMANDS}
    for name, value in others.items():
        print(f"{name}: p = {value:.3f}, mean rank {ranks[name].mean() / RANKS:.3f}")
    assert min(others.values()) > 0.005 / len(others), others
