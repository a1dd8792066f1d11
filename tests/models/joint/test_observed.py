"""Outcomes as observed: a score of which inclusion alone tells is no reading."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.models import joint_change

PRIORS = joint_change.PRIORS["reference"]


@pytest.mark.parametrize("rule", ["screening", "baseline"])
@pytest.mark.parametrize("student_t", [False, True])
def test_a_missing_score_of_inclusion_is_missing_in_what_was_observed_and_in_replications(
    make_case: Any, make_table: Any, gaps: Any, points: Any, as_draws: Any, rule: str, student_t: bool
) -> None:
    table = gaps(make_table(), ("madrs_0", "madrs_12", "phq9"), ("",))
    case = make_case(table, has=(rule,), student_t=student_t)
    ((_, at),) = points(joint_change.build(case.study, PRIORS), PRIORS, 1)
    draws, rng = as_draws(at, case.study, 3), np.random.default_rng(1)
    observed = joint_change.observed_data(case.study)
    replicated = joint_change.replicate(draws, case.study, rng), joint_change.without_change(draws, case.study, rng)
    columns = {"MADRS at before": "madrs_0", "MADRS at after": "madrs_12"}
    columns |= {"screening": "phq9"} if rule == "screening" else {}
    for name, column in columns.items():
        cells = pd.to_numeric(table[column]).to_numpy(dtype=float)
        assert np.isnan(cells).any()
        np.testing.assert_allclose(observed[name].to_numpy(), cells)
        for found in replicated:
            assert found is not None
            assert (np.isnan(found[name].to_numpy()) == np.isnan(cells)).all()


def test_the_note_on_missing_values_counts_those_with_a_baseline_score(
    make_case: Any, make_table: Any, gaps: Any
) -> None:
    table = gaps(make_table(60), ("madrs_0",), ("",))
    known = int((table["madrs_0"] != "").sum())
    assert known < 60
    notes = joint_change.select(make_case(table, has=("baseline",)).study).notes
    assert f"60 with il6 at before, {known} with MADRS at before" in notes[0]
