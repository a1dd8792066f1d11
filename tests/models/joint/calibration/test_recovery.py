"""Over trials drawn from the model, with limits, gaps and inclusion, intervals hold the truth as they should."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from scipy import stats

from cochange.models import joint_change

pytestmark = pytest.mark.slow

LN2 = float(np.log(2))
TRIALS, N, LIMIT = 40, 150, -0.6
PRIORS = joint_change.PRIORS["reference"]
TRUE: Mapping[str, float] = {
    "marker_mean": 0.4, "score_mean": 46, "marker_change": -0.2, "score_change": -9,
    "baseline_slope": 1.0, "marker_on_marker": -0.25, "marker_on_score": 0.01,
    "prognostic": -0.8, "score_on_score": -0.2, "parallel": -1.5,
    "marker_sigma": 0.75, "score_sigma": 6, "marker_change_sigma": 0.45, "score_change_sigma": 5,
    "marker_reliability": 0.55, "score_reliability": 0.8, "state_z": 0.15,
    "screening_mean": 11 - 0.4 * 46, "screening_slope": 0.4, "screening_state": 0.5, "screening_sd": 2.5,
}  # fmt: skip
THRESHOLD = 9.0


@pytest.fixture(scope="module")
def truth(trials: Any) -> Any:
    return trials.truth(**TRUE)


@pytest.fixture(scope="module")
def estimands(trials: Any, truth: Any) -> dict[str, float]:
    """The true value of every estimand but the responders', from two million people where it is no parameter."""
    rng = np.random.default_rng(99)
    included = trials.draw_included(truth, 2_000_000, THRESHOLD, rng, batch=500_000)
    still = trials.draw_included(truth, 2_000_000, THRESHOLD, rng, changed=False, batch=500_000)
    everyone = trials.draw(truth, 2_000_000, rng)
    change = everyone.observed[:, 2:] - everyone.observed[:, :2]
    return {
        "geometric_mean_ratio": float(np.exp((included.observed[:, 2] - included.observed[:, 0]).mean())),
        "symptom_change": float((included.observed[:, 3] - included.observed[:, 1]).mean()),
        "regression_to_mean": float((still.observed[:, 3] - still.observed[:, 1]).mean()),
        "baseline_correlation": float(np.corrcoef(everyone.true[:, 0], everyone.true[:, 1])[0, 1]),
        "change_correlation": float(np.corrcoef(change.T)[0, 1]),
        "baseline_slope": truth.baseline_slope,
        "prognostic_slope": truth.prognostic,
        "parallel_slope": truth.parallel,
        "marker_reliability": truth.marker_reliability,
        "score_reliability": truth.score_reliability,
        "state_correlation": float(np.tanh(truth.state_z)),
    }


def responder_shares(scores: np.ndarray, moments: tuple[np.ndarray, np.ndarray]) -> dict[str, float]:
    """True shares of those with these baseline scores, from the moments of observed scores of everyone screened."""
    mean, covariance = moments
    slope = covariance[0, 1] / covariance[0, 0]
    centre = mean[1] + slope * (scores - mean[0])
    spread = np.sqrt(covariance[1, 1] - slope * covariance[0, 1])
    limits = {"response_probability": scores / 2, "remission_probability": np.full(len(scores), 30.0)}
    return {name: float(stats.norm.cdf((limit - centre) / spread).mean()) for name, limit in limits.items()}


def test_intervals_hold_the_truth_as_often_as_they_say(
    trials: Any, truth: Any, estimands: dict[str, float], read_trial: Any, arrays_of: Any, reference_sampler: Any
) -> None:
    everyone = trials.draw(truth, 2_000_000, np.random.default_rng(98)).observed[:, [1, 3]]
    moments = everyone.mean(axis=0), np.cov(everyone.T)
    names = [*estimands, "response_probability", "remission_probability"]
    held, errors, widths = ({name: [] for name in names} for _ in range(3))
    diverged, censored = 0, []
    for seed in range(TRIALS):
        people = trials.draw_included(truth, N, THRESHOLD, np.random.default_rng([3, seed]))
        table = trials.as_table(people, LIMIT, missing=0.15, seed=seed)
        censored.append(table[["il6_0", "il6_12"]].map(lambda cell: cell.startswith("<")).to_numpy().mean())
        study = read_trial(table)
        posterior, divergences = reference_sampler.draw(arrays_of(study), PRIORS, seed)
        diverged += divergences
        derived = joint_change.derive(posterior, study)
        true = estimands | responder_shares(people.observed[:, 1], moments)
        assert set(derived) == set(true)
        for name, draws in derived.items():
            values = (draws.sel(group="overall") if "group" in draws.dims else draws).to_numpy().ravel()
            low, high = np.quantile(values, [0.025, 0.975])
            held[name].append(low <= true[name] <= high)
            errors[name].append((values.mean() - true[name]) / values.std())
            widths[name].append(high - low)
    least, most = stats.binom.ppf([0.0025, 0.9975], TRIALS, 0.95)
    print(f"\n{TRIALS} trials, {100 * np.mean(censored):.0f}% of the marker values censored, {diverged} divergences")
    for name in names:
        print(
            f"{name}: {np.sum(held[name])} of {TRIALS} intervals hold the truth, "
            f"mean error {np.mean(errors[name]):+.2f} posterior SDs, width {np.mean(widths[name]):.3g}"
        )
    assert np.mean(censored) > 0.08
    assert diverged <= TRIALS
    outside = {name: int(np.sum(held[name])) for name in names if not least <= np.sum(held[name]) <= most}
    assert not outside, f"not between {least:.0f} and {most:.0f}: {outside}"
