"""Trials without any effect: the joint model seldom finds one where naive tests find one most of the time."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cochange.models import joint_change

pytestmark = pytest.mark.slow

TRIALS, N = 200, 116
PRIORS = joint_change.PRIORS["reference"]
MARKER_SD, SCORE_SD = 0.72, 6.0
RETEST = (0.48, 0.7)
SHARED_STATE = 0.3
SCORE = {"scale": "S", "range": [-100, 200], "direction": "higher is worse"}


def no_effect(seed: int) -> pd.DataFrame:
    """True scores that stay what they were; errors of marker and score that share a state at each visit.

    Retest correlations 0.48 and 0.7; included are those whose screening score, which goes with the observed score, is
    above 9.
    """
    rng = np.random.default_rng([9, seed])
    size = 20 * N
    m, y = rng.normal(0.4, MARKER_SD, size), rng.normal(18, SCORE_SD, size)
    between = [[1, SHARED_STATE], [SHARED_STATE, 1]]
    errors = rng.multivariate_normal([0, 0], between, size=(size, 2))
    errors *= [sd * np.sqrt((1 - r) / r) for sd, r in zip((MARKER_SD, SCORE_SD), RETEST, strict=True)]
    severity = 10 + 0.6 * (y + errors[:, 0, 1] - 18) + rng.normal(0, 3, size)
    included = np.flatnonzero(severity > 9)[:N]
    assert len(included) == N
    m, y, errors, severity = m[included], y[included], errors[included], severity[included]
    outcomes = {
        "il6_0": np.exp(m + errors[:, 0, 0]),
        "madrs_0": y + errors[:, 0, 1],
        "il6_12": np.exp(m + errors[:, 1, 0]),
        "madrs_12": y + errors[:, 1, 1],
        "severity": severity,
    }
    return pd.DataFrame({"id": [f"P{i:04d}" for i in range(N)], **outcomes})


def test_no_effect_is_seldom_found(read_trial: Any, arrays_of: Any, reference_sampler: Any) -> None:
    found = {name: [] for name in ("prognostic_slope", "parallel_slope")}
    naive = {name: [] for name in found}
    diverged = 0
    for seed in range(TRIALS):
        table = no_effect(seed)
        m0, m1 = np.log(table["il6_0"]), np.log(table["il6_12"])
        change = table["madrs_12"] - table["madrs_0"]
        naive["prognostic_slope"].append(stats.pearsonr(m0, change).pvalue < 0.05)
        naive["parallel_slope"].append(stats.pearsonr(m1 - m0, change).pvalue < 0.05)
        study = read_trial(table.astype(str), SCORE)
        posterior, divergences = reference_sampler.draw(arrays_of(study), PRIORS, seed, chains=2)
        diverged += divergences
        derived = joint_change.derive(posterior, study)
        for name, rejected in found.items():
            low, high = np.quantile(derived[name], [0.025, 0.975])
            rejected.append(not low <= 0 <= high)
    print(f"\n{TRIALS} trials without an effect, {diverged} divergences")
    for name in found:
        print(
            f"{name}: 95% interval of the joint model excludes zero in {100 * np.mean(found[name]):.1f}%, "
            f"naive test rejects in {100 * np.mean(naive[name]):.1f}%"
        )
    assert np.mean(found["parallel_slope"]) <= 0.08
    assert np.mean(found["prognostic_slope"]) <= 0.08
    assert np.mean(naive["parallel_slope"]) > 0.8
    assert np.mean(naive["prognostic_slope"]) > 0.15
