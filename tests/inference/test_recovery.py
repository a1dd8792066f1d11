"""Over simulated trials, the intervals hold the truth as often as they should."""

import json

import pytest
from scipy import stats

from cochange.data.read import read_study
from cochange.data.simulate import ExerciseTrial, write_simulated
from cochange.inference.run import run_study

TRIALS = 20
ESTIMANDS = ("geometric_mean_ratio", "symptom_change", "prognostic_slope", "parallel_slope", "change_correlation")


@pytest.mark.slow
def test_the_intervals_hold_the_large_sample_truth(tmp_path):
    """The truth of a regression on observed scores is its limit in a large sample of the same trial.

    Each trial ships that limit in its ``truth.json``, found by least squares on 200,000 participants.
    """
    held = dict.fromkeys(ESTIMANDS, 0)
    for seed in range(1, TRIALS + 1):
        study_file = write_simulated(tmp_path / str(seed), ExerciseTrial(seed=seed))
        truth = json.loads((study_file.parent / "truth.json").read_text())["observed_scores"]
        results = run_study(read_study(study_file), priors=["reference"])
        for row in results.estimates:
            if row.estimand in held and row.group == "overall" and row.form in (None, "ancova"):
                held[row.estimand] += row.lower <= truth[row.estimand] <= row.upper
    print(f"intervals that hold the truth, of {TRIALS}: {held}")
    # A 95% interval misses in a binomial number of trials; 99.9% of the time in no more than this many.
    least = TRIALS - int(stats.binom.ppf(0.999, TRIALS, 0.05))
    assert all(count >= least for count in held.values()), held
    total = sum(held.values())
    assert total >= stats.binom.ppf(0.001, TRIALS * len(ESTIMANDS), 0.95)
    # Intervals that never miss would be too wide.
    assert total < TRIALS * len(ESTIMANDS)
