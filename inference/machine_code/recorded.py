"""Record of a compiled model what its graph tells, so that the next process can do without the graph."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pymc as pm
from pymc.initial_point import make_initial_point_fn

from cochange.inference.graph_priors import Hyperparameters, prior_of_each
from cochange.inference.machine_code.code import MachineCode
from cochange.inference.machine_code.of_graph import data_of, dims_and_coords, start_of
from cochange.inference.machine_code.ready import Ready
from cochange.inference.machine_code.start import Start, Started
from cochange.inference.top_level import TopLevel

SEEDS = (1, 20)
# A variable may draw on more than one stream.
STREAMS_EACH = 3


class NoRecordError(Exception):
    """Where chains start cannot be told without the graph."""


def recorded(
    graph: pm.Model,
    key: str,
    code: MachineCode,
    priors: Hyperparameters,
    top_level: tuple[TopLevel, ...] | None = None,
) -> Ready:
    """What the graph of a model of a study tells.

    Parameters
    ----------
    graph : pymc.Model
        The graph, with the values of a prior set in it; they are the same afterwards.
    key : str
        Key of its machine code.
    code : MachineCode
        The machine code.
    priors : mapping
        From `hyperparameters_of`.
    top_level : tuple of TopLevel, optional
        From `top_level_of`.

    Raises
    ------
    NoRecordError
        If chains would start elsewhere than from the graph: tried with these values, with others, and with two seeds.
    """
    dims, coords = dims_and_coords(code, graph)
    variables = tuple(_variables(graph, priors))
    data = data_of(graph)
    names = [name for _, of_prior in priors.values() for name in of_prior.values() if name in data]
    start = Start(variables, {name: data[name] for name in names})
    by_graph = start_of(graph, code)
    _compare(start, by_graph)
    others = {name: _another(name, data[name]) for name in names}
    pm.set_data(others, model=graph)
    try:
        _compare(Start(variables, others), by_graph)
    finally:
        pm.set_data({name: data[name] for name in names}, model=graph)
    return Ready(key, data, dims, coords, tuple(variable.name for variable in graph.free_RVs), start, top_level)


def _variables(graph: pm.Model, priors: Hyperparameters) -> Iterator[Started]:
    free = graph.free_RVs
    moved = make_initial_point_fn(model=graph, jitter_rvs=set(free))(SEEDS[0])
    still = make_initial_point_fn(model=graph)(SEEDS[0])
    streams = np.random.SeedSequence(SEEDS[0]).spawn(STREAMS_EACH * len(free))
    for prior, (name, centre) in zip(prior_of_each(graph, priors).values(), still.items(), strict=True):
        centre = np.asarray(centre)
        moves = (np.random.Generator(np.random.PCG64(each)).uniform(-1, 1, size=centre.shape) for each in streams)
        stream = next((place for place, move in enumerate(moves) if np.array_equal(moved[name], centre + move)), None)
        if stream is None:
            raise NoRecordError(f"{name} starts from no stream of its own")
        family, names = (None, {}) if prior is None else priors[prior]
        yield Started(centre.shape, stream, family, names, centre)


def _compare(start: Start, by_graph: Callable[[Any], np.ndarray]) -> None:
    for seed in SEEDS:
        if not np.array_equal(start(seed), by_graph(seed)):
            raise NoRecordError("chains start elsewhere than from the graph")


def _another(name: str, value: np.ndarray) -> np.ndarray:
    """Another value of a hyperparameter that it can have."""
    return value + 0.5 if name.endswith("mean") else value * 0.75
