"""Prior sets of the joint model enter its graph as data, and every parameter of a set is used where it should be."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pymc as pm
import pytest
from pytensor.compile.mode import Mode

from cochange.models import joint_change
from cochange.models.parts.prior_sets import NAMES, families

PRIORS = joint_change.PRIORS["reference"]
EVERYTHING = ("everything, two markers", "everything, student_t", "observed scores")


@pytest.mark.parametrize("name", ["screening", "everything, student_t"])
def test_every_prior_set_can_be_entered_as_data(
    case_of: Callable[[str], Any], points: Any, log_prior: Any, quick: Mode, name: str
) -> None:
    study = case_of(name).study
    model = joint_change.build(study, PRIORS)
    logp = model.compile_logp(vars=model.free_RVs, mode=quick)
    densities = set()
    for other in NAMES:
        priors = joint_change.PRIORS[other]
        prior_of = families(priors)
        pm.set_data(joint_change.parameters(study).by_family(prior_of).hyperparameters(prior_of), model=model)
        ((point, at),) = points(model, PRIORS, 1)
        # PyMC rounds some constants to single precision.
        assert float(logp(point)) == pytest.approx(log_prior(priors, at, model), rel=1e-6), other
        densities.add(float(logp(point)))
    assert len(densities) == len(NAMES)


@pytest.mark.parametrize("name", EVERYTHING)
def test_hyperparameters_and_values_are_float64_data(case_of: Callable[[str], Any], name: str) -> None:
    model = joint_change.build(case_of(name).study, PRIORS)
    assert {variable.dtype for variable in model.data_vars} == {"float64"}
    assert {str(variable.eval({}, mode=Mode("py")).dtype) for variable in model.data_vars} == {"float64"}


def test_every_parameter_is_used_and_named_at_the_top_level(case_of: Callable[[str], Any], points: Any) -> None:
    found = set()
    for name in (*EVERYTHING, "screening", "design", "three arms, benefit", "arms not randomised"):
        ((_, at),) = points(joint_change.build(case_of(name).study, PRIORS), PRIORS, 1)
        assert set(at) - set(joint_change.FACTORS) == set(joint_change.parameters(case_of(name).study).places)
        found |= set(at)
    standard = {parameter for parameter in found if parameter.endswith("_standard")}
    assert found - standard == set(joint_change.PRIOR_VARS)
    used = {parameter.removesuffix("_centre") for parameter in found - standard} - set(joint_change.FACTORS)
    assert used == set(families(PRIORS))


def test_the_named_draws_are_those_of_the_labels(case_of: Callable[[str], Any], points: Any, as_draws: Any) -> None:
    """What `named` makes of the vectors is what their labels say."""
    study = case_of("everything").study
    prior_of = families(PRIORS)
    together = joint_change.parameters(study).by_family(prior_of)
    ((_, at),) = points(joint_change.build(study, PRIORS), PRIORS, 1)
    draws = as_draws(at, study)
    vector = together.vector({name: draws[name].to_numpy()[0] for name in together.places})
    assert vector.shape == (1, together.size)
    for name, value in at.items():
        np.testing.assert_array_equal(vector[0, together.places[name].ravel()], value)
