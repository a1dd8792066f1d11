"""Shares of responders against the formula's probabilities, participant by participant."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.models import joint_change

PRIORS = joint_change.PRIORS["reference"]
LN2 = float(np.log(2))
CASES = (
    "observed scores", "screening", "screening, observed scores", "included on the baseline score", "design",
    "student_t", "student_t, screening", "three arms, benefit", "two markers, benefit, student_t", "everything",
    "everything, student_t",
)  # fmt: skip


def probabilities(of_study: Any, at: Mapping[str, np.ndarray], density: Any, arm: str | None) -> np.ndarray:
    """Probability that the score falls to half, given the baseline score and the screening score or that it passed.

    NaN without a baseline score; `arm` overrides the own one.
    """
    case, k = of_study.case, of_study.k
    status, value, _ = of_study.readings
    mean, benefit = of_study.mean(at), of_study.benefit(at)
    y0, y1 = k, 2 * k + 1
    if arm is not None:
        names = sorted(set(case.table["arm"]) - {"C"})
        own = (case.table["arm"].to_numpy()[:, None] == names).astype(float)
        moved = np.array([name == arm for name in names], dtype=float) - own
        mean[:, y1] += moved @ at["score_arm"]
        benefit = benefit + (moved @ at["benefit"].reshape(-1, k) / LN2 if case.benefit else 0)
    nu = float(at["nu"][0]) if case.student_t else None
    found = np.full(len(value), np.nan)
    for i in np.flatnonzero(status[:, y0] == "observed"):
        covariance, reading = of_study.covariance(at, benefit[i]), value[i] - mean[i]
        how = np.full(of_study.n_outcomes, "missing", dtype=object)
        how[y0] = "observed"
        if "screening" in case.has:
            how[-1] = "observed" if status[i, -1] == "observed" else "above"
            if how[-1] == "above":
                reading[-1] = of_study.threshold[1] - mean[i, -1]
        before = density(how, reading, covariance, nu)
        how[y1], reading[y1] = "below", value[i, y0] / 2 - mean[i, y1]
        found[i] = np.exp(density(how, reading, covariance, nu) - before)
    return found


@pytest.mark.parametrize("name", CASES)
def test_response_is_the_probability_given_the_scores_before_treatment(
    case_of: Callable[[str], Any], formula: Any, points: Any, as_draws: Any, participant_density: Any, name: str
) -> None:
    case = case_of(name)
    of_study = formula(case)
    assert not (pd.to_numeric(case.table["madrs_0"]) % 1 == 0).all()
    for _, at in points(joint_change.build(case.study, PRIORS), PRIORS, 2):
        found = joint_change.derive(as_draws(at, case.study), case.study)["response_probability"]
        own = probabilities(of_study, at, participant_density, None)
        expected = {"overall": np.nanmean(own)}
        if "groups" in case.has:
            group = case.table["intensity"]
            expected |= {level: np.nanmean(own[group == level]) for level in ("light", "moderate", "vigorous")}
        if "arms" in case.has:
            for arm in sorted(set(case.table["arm"])):
                as_arm = probabilities(of_study, at, participant_density, arm)
                expected[f"arm {arm}"] = np.nanmean(as_arm)
        assert set(expected) == set(found["group"].to_numpy())
        for label, share in expected.items():
            # A missing screening score is averaged over at sixteen points.
            assert found.sel(group=label).item() == pytest.approx(share, abs=1e-5), label
