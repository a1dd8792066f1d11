"""Arms that were not randomised, lie apart before treatment and do not change: no difference between their changes.

Were their true baselines taken to have one mean, each arm would seem to go back towards it from where it was measured
(Lord's paradox).

References
----------
Lord FM (1967). A paradox in the interpretation of group comparisons. Psychological Bulletin 68, 304-305.
doi:10.1037/h0025105
"""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.models import joint_change

pytestmark = pytest.mark.slow

N = 4000
PRIORS = joint_change.PRIORS["reference"]
SCORE = {"scale": "S", "range": [-100, 200], "direction": "higher is worse"}
APART = {"marker": 0.5, "score": 6.0}
SD = {"marker": 0.7, "score": 6.0}
RELIABILITY = {"marker": 0.55, "score": 0.8}


def unchanged(seed: int) -> pd.DataFrame:
    """Two arms whose true scores stay what they were, T over C on marker and score; errors at every visit."""
    rng = np.random.default_rng(seed)
    treated = np.arange(N) % 2
    observed = {}
    for name, level in (("marker", 0.4), ("score", 24.0)):
        true = level + APART[name] * treated + rng.normal(0, SD[name], N)
        error_sd = SD[name] * np.sqrt((1 - RELIABILITY[name]) / RELIABILITY[name])
        observed[name] = true[:, None] + rng.normal(0, error_sd, (N, 2))
    marker = np.exp(observed["marker"])
    table = {"id": [f"P{i:04d}" for i in range(N)], "arm": np.where(treated, "T", "C")}
    table |= {"il6_0": marker[:, 0], "il6_12": marker[:, 1]}
    table |= {"madrs_0": observed["score"][:, 0], "madrs_12": observed["score"][:, 1]}
    return pd.DataFrame(table).astype(str)


def test_arms_that_did_not_change_do_not_differ(make_case: Any, sampler_of: Any, arrays_of: Any) -> None:
    study = make_case(unchanged(1), has=("arms",), randomised=False, symptom=SCORE).study
    posterior, diverged = sampler_of(study, PRIORS).draw(arrays_of(study), PRIORS, 2, target_accept=0.98)
    derived = joint_change.derive(posterior, study)
    # A change of nobody is the edge of what the spreads of the changes can be.
    assert diverged < 0.01 * posterior.sizes["chain"] * posterior.sizes["draw"]
    found = {
        "arm_difference": (derived["arm_difference"], 0.0, 0.25),
        "arm_ratio": (np.log(derived["arm_ratio"]), 0.0, 0.05),
        "score at baseline": (posterior["score_arm_baseline"], APART["score"], 0.3),
        "marker at baseline": (posterior["marker_arm_baseline"], APART["marker"], 0.05),
    }
    for name, (draws, truth, most) in found.items():
        print(f"{name}: {float(draws.mean()):.3f} (SD {float(draws.std()):.3f}), truth {truth}")
        assert float(draws.std()) < most, name
        assert abs(float(draws.mean()) - truth) < 3.5 * float(draws.std()), name
