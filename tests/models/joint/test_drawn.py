"""Replicated outcomes as the data of the graph: what is drawn is what the likelihood takes."""

from typing import Any

import numpy as np
import pytest

from cochange.models import joint_change
from cochange.models.parts.joint.frame import make_frame
from cochange.models.parts.joint.sets import gather


@pytest.mark.parametrize("rule", ["screening", "baseline"])
@pytest.mark.parametrize("student_t", [False, True])
def test_the_study_s_own_outcomes_give_its_own_data(
    make_case: Any, make_table: Any, gaps: Any, rule: str, student_t: bool
) -> None:
    table = gaps(make_table(), ("il6_0", "il6_12"), ("", "<0.9"))
    missing = "phq9" if rule == "screening" else "madrs_0"
    table = gaps(table, ("madrs_12", missing), ("",), seed=4)
    study = make_case(table, has=(rule, "groups", "covariates"), student_t=student_t).study
    frame = make_frame(study, joint_change.select(study).used)
    expected = gather(frame.outcomes, frame.columns.values, student_t).arrays
    found = joint_change.with_outcomes(joint_change.observed_data(study), study)
    assert set(found) == set(expected)
    for name, values in found.items():
        np.testing.assert_allclose(values, expected[name], rtol=1e-12, atol=1e-9)
