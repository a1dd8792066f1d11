"""The correlation of observed changes against the formula, with samples of several wells."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from cochange.models import joint_change

PRIORS = joint_change.PRIORS["reference"]


@pytest.mark.parametrize("name", ["wells", "everything", "everything, two markers"])
def test_wells_count_as_in_the_mean_of_the_samples_there_are(
    case_of: Callable[[str], Any], formula: Any, points: Any, as_draws: Any, name: str
) -> None:
    case = case_of(name)
    of_study, k = formula(case), len(case.markers)
    status, _, wells = of_study.readings
    y0, y1 = k, 2 * k + 1
    for _, at in points(joint_change.build(case.study, PRIORS), PRIORS, 2):
        found = joint_change.derive(as_draws(at, case.study), case.study)["change_correlation"].to_numpy().ravel()
        covariance = of_study.covariance(at)
        for marker, (m0, m1) in enumerate((marker, k + 1 + marker) for marker in range(k)):
            there = status != "missing"
            assert not there[:, m0].all()
            between = sum((1 / wells[there[:, m], m]).mean() for m in (m0, m1)) * at["well_sd"][marker] ** 2
            change = np.zeros((2, of_study.n_outcomes))
            change[0, [m0, m1]] = change[1, [y0, y1]] = -1, 1
            own = change @ covariance @ change.T + np.diag([between, 0.0])
            assert found[marker] == pytest.approx(own[0, 1] / np.sqrt(own[0, 0] * own[1, 1]), rel=1e-10)
