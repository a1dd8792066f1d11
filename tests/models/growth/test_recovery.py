"""Over studies drawn from the model, with limits and gaps, intervals hold the truth as they should."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from cochange.models import growth
from cochange.models.parts.growth.frame import make_frame
from cochange.models.parts.growth.gather import gather

pytestmark = pytest.mark.slow

TRIALS, N, LIMIT, MISSING = 40, 80, -0.6, 0.1
PRIORS = growth.PRIORS["reference"]


def test_intervals_hold_the_truth_as_often_as_they_say(
    make_case: Any, make_table: Any, spoil: Any, usual: Any, usual_sampler: Any, true_values: Any
) -> None:
    true = true_values(usual)
    held, errors = ({name: [] for name in true} for _ in range(2))
    diverged, censored = 0, []
    for seed in range(TRIALS):
        study = make_case(spoil(make_table(N, [5, seed]), LIMIT, MISSING, [6, seed])).study
        frame = make_frame(study, growth.select(study).used)
        censored.append(float((study.data["marker_status"] == "below").mean()))
        draws, own = usual_sampler.draw(gather(frame)[0].arrays, PRIORS, seed, draws=700, tune=500, chains=2)
        diverged += own
        derived = growth.derive(draws, study)
        assert set(derived) == set(true)
        for name, values in derived.items():
            flat = values.to_numpy().ravel()
            low, high = np.quantile(flat, [0.025, 0.975])
            held[name].append(low <= true[name] <= high)
            errors[name].append((flat.mean() - true[name]) / flat.std())
    least, most = stats.binom.ppf([0.0025, 0.9975], TRIALS, 0.95)
    print(f"\n{TRIALS} studies, {100 * np.mean(censored):.0f}% of the marker values censored, {diverged} divergences")
    for name in true:
        print(
            f"{name}: {np.sum(held[name])} of {TRIALS} intervals hold the truth, "
            f"mean error {np.mean(errors[name]):+.2f} posterior SDs"
        )
    assert np.mean(censored) > 0.05
    assert diverged <= TRIALS
    outside = {name: int(np.sum(held[name])) for name in true if not least <= np.sum(held[name]) <= most}
    assert not outside, f"not between {least:.0f} and {most:.0f}: {outside}"
