"""The key of machine code: the same for other data and priors, another for another graph, version or processor."""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import pytest
from llvmlite import binding
from pytensor.graph.basic import Apply
from pytensor.graph.op import Op

from cochange.data.study import Study
from cochange.inference.machine_code import machine
from cochange.inference.machine_code.key import NoKeyError, key_of
from cochange.models.parts.contract import available, load_model


def model(**changes: Any) -> pm.Model:
    given = {
        "n": 4,
        "sd": 1.0,
        "constant": 1.0,
        "family": pm.Normal,
        "name": "b",
        "stored": False,
        "bounds": False,
    } | changes
    with pm.Model(check_bounds=given["bounds"]) as graph:
        scale = pm.Data("scale", given["sd"])
        b = given["family"](given["name"], 0, scale)
        mean = b * pt.constant(np.array([given["constant"]] * 3)).sum()
        if given["stored"]:
            pm.Deterministic("twice", 2 * b)
        pm.Normal("y", mean, 1, observed=pm.Data("outcome", np.arange(float(given["n"]))))
    return graph


def test_data_and_prior_values_do_not_count() -> None:
    assert key_of(model(), "s") == key_of(model(sd=7.5), "s")


@pytest.mark.parametrize(
    "changes",
    [
        {"n": 5},
        {"constant": 2.0},
        {"family": pm.Laplace},
        {"name": "c"},
        {"stored": True},
        {"bounds": True},
    ],
)
def test_everything_in_the_graph_counts(changes: dict[str, Any]) -> None:
    assert key_of(model(), "s") != key_of(model(**changes), "s")


def test_sources_versions_processor_and_settings_count(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = model()
    found = {key_of(graph, "s"), key_of(graph, "t")}
    with monkeypatch.context() as change:
        change.setattr(machine, "version", lambda name: "0.0")
        found.add(key_of(graph, "s"))
    with monkeypatch.context() as change:
        change.setattr(binding, "get_host_cpu_name", lambda: "another")
        found.add(key_of(graph, "s"))
    with monkeypatch.context() as change:
        change.setenv("NUMBA_OPT", "0")
        found.add(key_of(graph, "s"))
    assert len(found) == 5


class _Foreign(Op):
    __props__ = ()

    def make_node(self, x: Any) -> Apply:
        return Apply(self, [pt.as_tensor(x)], [pt.dscalar()])

    def perform(self, node: Any, inputs: Any, output_storage: Any) -> None:
        output_storage[0][0] = inputs[0]


def test_operations_from_elsewhere_have_no_key() -> None:
    with pm.Model() as graph:
        b = pm.Normal("b", 0, 1)
        pm.Potential("p", _Foreign()(b))
    with pytest.raises(NoKeyError, match="_Foreign"):
        key_of(graph, "s")


# growth needs three visits: its own tests ask the same of it.
@pytest.mark.parametrize("name", [name for name in available() if name != "growth"])
def test_every_model_has_one_key_for_all_of_its_sets(name: str, example_study: Study) -> None:
    chosen = load_model(name)
    graphs = [chosen.build(example_study, priors) for priors in chosen.shipped.values()]
    assert len({key_of(graph, "s") for graph in graphs}) == 1
