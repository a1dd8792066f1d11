"""Replicated outcomes as the data of the graph: what is drawn is what the likelihood takes."""

from typing import Any

import numpy as np

from cochange.models import repeated_measures
from cochange.models.parts.repeated.density import arrays_of
from cochange.models.parts.repeated.frame import make_frame


def test_the_study_s_own_outcomes_give_its_own_data(case: Any) -> None:
    frame = make_frame(case.study, repeated_measures.select(case.study).used)
    expected = arrays_of(frame)
    found = repeated_measures.with_outcomes(repeated_measures.observed_data(case.study), case.study)
    assert set(found) == set(expected)
    for name, values in found.items():
        np.testing.assert_allclose(values, expected[name], rtol=1e-12, atol=1e-9)
