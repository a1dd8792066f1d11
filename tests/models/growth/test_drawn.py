"""Replicated outcomes as the data of the graph: what is drawn is what the likelihood takes."""

from typing import Any

import numpy as np
import pytest

from cochange.models import growth
from cochange.models.parts.growth.frame import make_frame
from cochange.models.parts.growth.gather import gather


@pytest.mark.parametrize("student_t", [False, True])
@pytest.mark.parametrize("has", [("marker", "score"), ("score",), ("marker", "score", "dates", "arms")])
def test_the_study_s_own_outcomes_give_its_own_data(
    has: tuple[str, ...], student_t: bool, make_case: Any, make_table: Any, spoil: Any
) -> None:
    study = make_case(spoil(make_table(jitter=1.0), -0.2, 0.1), has, student_t=student_t).study
    expected = gather(make_frame(study, growth.select(study).used), student_t)[0].arrays
    found = growth.with_outcomes(growth.observed_data(study), study)
    assert set(found) == set(expected)
    for name, values in found.items():
        np.testing.assert_allclose(values, expected[name], rtol=1e-12, atol=1e-9)
