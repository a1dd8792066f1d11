"""What a compiled model takes from the graph beside machine code: data, dims, and the point where chains start."""

from typing import Any

import numpy as np
import pymc as pm
from nutpie import compile_pymc
from nutpie.compile_pymc import CompiledPyMCModel
from pymc.initial_point import make_initial_point_fn

from cochange.inference.machine_code.code import MachineCode, put_into


def put_into_graph(code: MachineCode, graph: pm.Model) -> CompiledPyMCModel:
    """Make a compiled model of machine code and the graph it was compiled from.

    Parameters
    ----------
    code : MachineCode
        From this process or another one.
    graph : pymc.Model
        A model with the same key.

    Raises
    ------
    NoCodeError
        If the graph lacks data that the code looks up.
    """
    dims, coords = dims_and_coords(code, graph)
    return put_into(code, data_of(graph), dims, coords, start_of(graph, code))


def data_of(graph: pm.Model) -> dict[str, np.ndarray]:
    """The data of a graph by name."""
    return {variable.name: np.asarray(variable.get_value()) for variable in graph.data_vars}


def dims_and_coords(code: MachineCode, graph: pm.Model) -> tuple[dict[str, Any], dict[str, Any]]:
    """Dims of what is stored and their coordinates, as nutpie prepares them."""
    found: tuple[dict[str, Any], dict[str, Any]] = compile_pymc._prepare_dims_and_coords(
        graph, code.fields["shape_info"], code.fields["reparameterized_names"]
    )
    return found


def start_of(graph: pm.Model, code: MachineCode) -> Any:
    """The function nutpie makes for a model it compiles, so that the same seed gives the same start.

    It follows the data of the graph.
    """
    stored = code.fields["shape_info"]
    names = [graph.rvs_to_values[variable].name for variable in graph.free_RVs]
    shapes = dict(zip(stored[0], stored[2], strict=True))
    point = make_initial_point_fn(model=graph, jitter_rvs=set(graph.free_RVs), return_transformed=True)
    locked = compile_pymc._wrap_with_lock(point)
    return compile_pymc._rv_dict_to_flat_array_wrapper(locked, names=names, shapes=[shapes[name] for name in names])
