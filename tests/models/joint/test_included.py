"""What inclusion makes of the change where outcomes have hardly a mean, or none."""

from typing import Any

import numpy as np
import pytest

from cochange.models import joint_change

PRIORS = joint_change.PRIORS["reference"]


@pytest.mark.parametrize("rule", ["screening", "baseline"])
def test_regression_to_the_mean_grows_as_the_degrees_of_freedom_fall_and_stays_a_fall(
    make_case: Any, make_table: Any, points: Any, as_draws: Any, rule: str
) -> None:
    """With one degree of freedom or fewer a mean over a threshold is infinite: it lies beyond those with a mean."""
    study = make_case(make_table(), has=(rule,), student_t=True).study
    ((_, at),) = points(joint_change.build(study, PRIORS), PRIORS, 1)
    found = []
    for nu in (0.3, 0.8, 0.999, 1.0, 1.2, 2.0, 5.0):
        derived = joint_change.derive(as_draws({**at, "nu": np.array([nu])}, study), study)
        assert all(np.isfinite(array).all() for array in derived.values())
        found.append(derived["regression_to_mean"].sel(group="overall").item())
    without_mean, with_mean = found[:4], found[4:]
    assert max(without_mean) < min(with_mean)
    assert with_mean == sorted(with_mean)
    assert max(with_mean) < 0
