"""Which prior each random variable of a graph has."""

from collections.abc import Iterator, Mapping
from typing import Any

import pymc as pm
from pymc.distributions.multivariate import ZeroSumNormalRV
from pytensor.graph.traversal import ancestors

from cochange.inference.top_level import TopLevel
from cochange.models.parts.contract import Model
from cochange.models.parts.families import Family
from cochange.models.parts.prior_sets import PriorsLike, families

Hyperparameters = Mapping[str, tuple[type[Family], Mapping[str, str]]]


def hyperparameters_of(model: Model, priors: PriorsLike) -> Hyperparameters:
    """Of each prior in the graph: its family, and the name of the datum of each of its hyperparameters."""
    prior_of = families(priors)
    if model.parameters is not None:
        kinds = {type(family).__name__: family for family in prior_of.values()}
        return {
            kind: (type(family), {name: f"{kind}_{name}" for name in family.values()}) for kind, family in kinds.items()
        }
    return {
        parameter: (type(family), dict(zip(family.values(), family.hyperparameters(parameter), strict=True)))
        for parameter, family in prior_of.items()
    }


def prior_of_each(graph: pm.Model, priors: Hyperparameters) -> dict[str, str | None]:
    """The prior of each random variable; None where it has another one than those of a prior set.

    Parameters
    ----------
    graph : pymc.Model
        The graph.
    priors : mapping
        From `hyperparameters_of`.
    """
    by_data = {frozenset(names.values()): prior for prior, (_, names) in priors.items()}
    return {variable.name: by_data.get(frozenset(_data_of(graph, variable))) for variable in graph.free_RVs}


def top_level_of(model: Model, graph: pm.Model, priors: PriorsLike) -> tuple[TopLevel, ...] | None:
    """The parameters of a graph that a prior set's values alone tell how to draw.

    Left out are those that depend on others: `replicate` draws them.

    Parameters
    ----------
    model : Model
        The model.
    graph : pymc.Model
        What it built.
    priors : Priors
        Any prior set with the families of the graph.

    Returns
    -------
    tuple of TopLevel or None
        None where PyMC has to draw them: in a model of one's own, where data may enter a prior in any way, in one
        without `replicate`, in one whose parameters stand in vectors, and in one with a prior of another kind.
    """
    if not model.ships or model.replicate is None or model.parameters is not None:
        return None
    hyperparameters = hyperparameters_of(model, priors)
    prior_of = prior_of_each(graph, hyperparameters)
    free = set(graph.free_RVs)
    found = [
        _top_level(graph, variable, *hyperparameters.get(prior_of[variable.name] or "", (None, {})))
        for variable in graph.free_RVs
        if free.isdisjoint(ancestors(variable.owner.inputs))
    ]
    told = tuple(each for each in found if each is not None)
    return told if len(told) == len(found) else None


def _top_level(graph: pm.Model, variable: Any, family: type[Family] | None, data: Mapping[str, str]) -> TopLevel | None:
    """A parameter with a prior of the set, or effects that sum to zero; None for one of another kind."""
    dims = tuple(map(str, graph.named_vars_to_dims.get(variable.name, ())))
    shape = tuple(len(graph.coords[dim]) for dim in dims)
    if family is not None:
        return TopLevel(variable.name, dims, shape, family, data)
    if not isinstance(variable.owner.op, ZeroSumNormalRV):
        return None
    sd, _ = variable.owner.op.dist_params(variable.owner)
    return TopLevel(variable.name, dims, shape, None, {}, float(sd.eval().item()))


def _data_of(graph: pm.Model, variable: Any) -> Iterator[str]:
    """Names of the data that a random variable depends on, but through other random variables."""
    data = {each.name for each in graph.data_vars}
    above = ancestors(variable.owner.inputs, blockers=graph.free_RVs)
    return (str(each.name) for each in above if each.name in data)
