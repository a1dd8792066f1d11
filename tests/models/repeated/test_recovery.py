"""Over trials drawn from the model, with limits and gaps, intervals hold the truth as often as they say."""

from typing import Any

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from cochange.models import repeated_measures
from cochange.models.parts.repeated.derived import derive_repeated

pytestmark = pytest.mark.slow

TRIALS = 40
PRIORS = repeated_measures.PRIORS["reference"]
# Correlations of 0.6 from visit to visit and 0.3 between marker and score, in the order m0, y0, m1, y1, m2, y2.
SD = {"marker_sigma": [0.8, 0.7, 0.75], "score_sigma": [6.0, 7.0, 8.0]}
TRUE = {
    "marker_mean": [0.2], "score_mean": [1.0], "marker_change": [-0.1, -0.2], "score_change": [-4.0, -9.0],
    "marker_arm": [-0.1, -0.3], "score_arm": [-1.5, -3.0],
}  # fmt: skip


def partial_shares() -> list[float]:
    """The partial correlations of the true matrix, from the inverses of its parts."""
    correlation = np.kron(0.6 ** np.abs(np.subtract.outer(range(3), range(3))), [[1, 0.3], [0.3, 1]])
    found = []
    for row in range(6):
        for column in range(row):
            which = [*range(column), column, row]
            precision = np.linalg.inv(correlation[np.ix_(which, which)])
            partial = -precision[-1, -2] / np.sqrt(precision[-1, -1] * precision[-2, -2])
            found.append((1 + partial) / 2)
    return found


@pytest.fixture(scope="module")
def truth(trial: Any) -> xr.Dataset:
    values = TRUE | SD | {"partial_share": partial_shares()}
    found = {}
    for item in trial.parameters.items:
        shape = trial.parameters.places[item.name].shape
        coords = {dim: trial.parameters.coords[dim] for dim in item.dims}
        value = np.reshape(values[item.name], (1, 1, *shape))
        found[item.name] = xr.DataArray(value, dims=("chain", "draw", *item.dims), coords=coords)
    return xr.Dataset(found)


def test_the_true_correlations_of_changes_are_those_worked_out_by_hand(trial: Any, truth: xr.Dataset) -> None:
    """Of change from w0 to w6, with correlations 0.36 over the two steps."""
    found = derive_repeated(truth, trial.parameters, trial.frame)["change_correlation"]
    marker, score = [0.8, 0.75], [6.0, 8.0]
    covariance = 0.3 * (
        marker[0] * score[0] + marker[1] * score[1] - 0.36 * (marker[0] * score[1] + marker[1] * score[0])
    )
    spread = [np.sqrt(a**2 + b**2 - 2 * 0.36 * a * b) for a, b in (marker, score)]
    expected = covariance / np.prod(spread)
    assert found.sel(visit="w6", group="overall").item() == pytest.approx(expected)


def test_intervals_hold_the_truth_as_often_as_they_say(trial: Any, truth: xr.Dataset) -> None:
    true = derive_repeated(truth, trial.parameters, trial.frame)
    held: dict[tuple[str, ...], list[bool]] = {}
    diverged, censored = 0, []
    for seed in range(TRIALS):
        own = trial.observed(truth, np.random.default_rng([31, seed]))
        censored.append((own.cells.status == 2).mean() * 2)
        draws, number = trial.draw(own, PRIORS, seed)
        diverged += number
        for name, values in derive_repeated(draws, trial.parameters, own).items():
            limits = values.quantile([0.025, 0.975], ("chain", "draw"))
            inside = (limits[0] <= true[name][0, 0]) & (true[name][0, 0] <= limits[1])
            for visit in inside["visit"].to_numpy():
                for group in inside["group"].to_numpy():
                    place = {"visit": visit, "group": group}
                    held.setdefault((name, visit, group), []).append(bool(inside.sel(place)))
    least, most = stats.binom.ppf([0.0025, 0.9975], TRIALS, 0.95)
    print(f"\n{TRIALS} trials, {100 * np.mean(censored):.0f}% of the marker values censored, {diverged} divergences")
    for key, found in held.items():
        print(*key, f"{np.sum(found)} of {TRIALS}")
    assert np.mean(censored) > 0.08
    assert diverged <= TRIALS
    outside = {key: int(np.sum(found)) for key, found in held.items() if not least <= np.sum(found) <= most}
    assert not outside, f"not between {least:.0f} and {most:.0f}: {outside}"
