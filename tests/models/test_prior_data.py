"""Another prior set enters a built model through its data alone: nothing else of the graph may depend on the set."""

from collections.abc import Mapping
from typing import Any

import pymc as pm
import pytest
from pytensor.compile.mode import Mode

from cochange.models.parts.contract import load_model
from cochange.models.parts.prior_sets import NAMES, families, hyperparameters

MODELS = ("marker_change", "symptom_change", "parallel_change")
CASES = ("example", "arms", "student_t", "counted")
# Parameters whose variable bears another name.
VARIABLES = {"covariate": "covariate_effect", "arm": "arm_difference"}
LOG_ODDS = "log_odds_"
BELOW_THE_TOP = {"group_standard", "site_standard", "mixing"}


def variable_of(parameter: str) -> str:
    bare = parameter.removeprefix(LOG_ODDS)
    return VARIABLES.get(bare, bare)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", MODELS)
def test_every_prior_set_can_be_entered_as_data(
    cases: Mapping[str, Any], oracle: Any, quick: Mode, name: str, case: str
) -> None:
    model, study = load_model(name), cases[case].study
    graph = model.build(study, model.shipped["reference"])
    built = {variable.name: variable for variable in graph.free_RVs}
    logp = graph.compile_logp(vars=list(built.values()), mode=quick)
    densities = set()
    for other in NAMES:
        values = hyperparameters(model.shipped[other])
        pm.set_data({key: value for key, value in values.items() if key in graph.named_vars}, model=graph)
        ((point, at),) = oracle.points(graph, 1)
        assert float(logp(point)) == pytest.approx(oracle.log_prior(model.shipped[other], at, graph), rel=1e-6), other
        densities.add(float(logp(point)))
    assert len(densities) == len(NAMES)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", MODELS)
def test_hyperparameters_and_values_are_float64_data(cases: Mapping[str, Any], name: str, case: str) -> None:
    model = load_model(name)
    priors = model.shipped["reference"]
    graph = model.build(cases[case].study, priors)
    assert {variable.dtype for variable in graph.data_vars} == {"float64"}
    data = {variable.name for variable in graph.data_vars}
    for parameter, family in families(priors).items():
        of_this_scale = parameter == "precision" or parameter.startswith(LOG_ODDS) == ("precision" in graph.named_vars)
        used = of_this_scale and variable_of(parameter) in graph.named_vars
        assert (set(family.hyperparameters(parameter)) <= data) == used, parameter


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", MODELS)
def test_every_top_level_parameter_is_named_and_no_other(cases: Mapping[str, Any], name: str, case: str) -> None:
    model = load_model(name)
    graph = model.build(cases[case].study, model.shipped["reference"])
    assert {variable.name for variable in graph.free_RVs} - BELOW_THE_TOP <= set(model.prior_vars)


@pytest.mark.parametrize("name", MODELS)
def test_every_declared_parameter_occurs_somewhere(cases: Mapping[str, Any], name: str) -> None:
    model = load_model(name)
    found = set()
    for case in CASES:
        graph = model.build(cases[case].study, model.shipped["reference"])
        found |= {variable.name for variable in graph.free_RVs}
    assert set(model.prior_vars) <= found
    assert {variable_of(parameter) for parameter in families(model.shipped["reference"])} <= found


@pytest.mark.parametrize("name", MODELS)
def test_degrees_of_freedom_are_for_student_t_alone(cases: Mapping[str, Any], name: str) -> None:
    model = load_model(name)
    for case, wanted in (("example", False), ("student_t", True)):
        assert ("nu" in model.build(cases[case].study, model.shipped["reference"]).named_vars) == wanted
