"""Participants as sets of the same measured outcomes and as rows: one density and one gradient, with every layer on."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytest
from pytensor.compile.mode import Mode

from cochange.models import joint_change
from cochange.models.parts.joint.frame import make_frame
from cochange.models.parts.joint.sets import gather

PRIORS = joint_change.PRIORS["reference"]
CASES = ("measurement", "gaps", "screening", "design", "everything", "everything, two markers")


@pytest.mark.parametrize("name", CASES)
def test_sets_and_rows_have_one_density_and_one_gradient(
    case_of: Callable[[str], Any], points: Any, quick: Mode, name: str
) -> None:
    case = case_of(name)
    frame = make_frame(case.study, joint_change.select(case.study).used)
    sets, rows = (gather(frame.outcomes, frame.columns.values, by_row) for by_row in (False, True))
    assert sets.count.sum() > len(frame.outcomes.participant) / 4
    assert len(rows.count) == 0
    assert len(rows.value) == len(sets.value) + sets.count.sum()
    model = joint_change.build(case.study, PRIORS)
    logp, gradient = model.compile_logp(mode=quick), model.compile_dlogp(mode=quick)
    for point, _ in points(model, PRIORS):
        found = []
        for observations in (sets, rows):
            pm.set_data(observations.arrays, model=model)
            found.append((float(logp(point)), gradient(point)))
        (of_sets, slope_of_sets), (of_rows, slope_of_rows) = found
        assert of_sets == pytest.approx(of_rows, rel=1e-10)
        np.testing.assert_allclose(slope_of_sets, slope_of_rows, rtol=1e-8, atol=1e-8 * np.abs(slope_of_rows).max())


@pytest.mark.parametrize("name", ["everything", "everything, student_t"])
def test_the_gradient_is_that_of_differences(
    case_of: Callable[[str], Any], points: Any, quick: Mode, name: str
) -> None:
    model = joint_change.build(case_of(name).study, PRIORS)
    logp, gradient = model.compile_logp(mode=quick), model.compile_dlogp(mode=quick)
    ((point, _),) = points(model, PRIORS, 1)
    slope, start = gradient(point), 0
    for variable in model.value_vars:
        size = point[variable.name].size
        for index in range(size):
            step = np.zeros(size)
            step[index] = 1e-5
            up, down = (float(logp({**point, variable.name: point[variable.name] + s})) for s in (step, -step))
            expected = (up - down) / 2e-5
            assert slope[start + index] == pytest.approx(expected, rel=1e-5, abs=1e-4), (variable.name, index)
        start += size
    assert start == len(slope)


@pytest.mark.parametrize("name", ["everything", "student_t, screening"])
def test_without_some_participants_the_density_is_that_of_the_others(
    case_of: Callable[[str], Any], formula: Any, points: Any, quick: Mode, name: str
) -> None:
    case = case_of(name)
    model = joint_change.build(case.study, PRIORS)
    logp = model.compile_logp(vars=model.potentials, mode=quick)
    ((point, at),) = points(model, PRIORS, 1)
    whole = float(logp(point))
    by_participant = formula(case).log_density(at)
    for left in ([0], [7], [30], [0, 7, 30]):
        names = [str(name) for name in case.table["id"].iloc[left]]
        pm.set_data(joint_change.leave_out(case.study, names), model=model)
        assert whole - float(logp(point)) == pytest.approx(sum(by_participant[i] for i in left), rel=1e-8, abs=1e-8)
