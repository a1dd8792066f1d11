"""The coordinates in which a compiled model is sampled, each on the whole real line, and its log density there."""

import ctypes
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from pytensor.graph.replace import clone_replace, vectorize_graph

from cochange.inference.compiled import Compiled, interpreted
from cochange.inference.quiet import quiet

# The compiled log density: dimension, point, gradient, log density, data; its expansion: two dimensions, points, data.
_LOG_DENSITY = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_uint64, *[ctypes.c_void_p] * 4)
_EXPANSION = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_uint64, ctypes.c_uint64, *[ctypes.c_void_p] * 3)


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Where the draws of a compiled model lie before they are transformed to the ranges of its variables.

    Attributes
    ----------
    compiled : Compiled
        The model.
    cores : int
        Points of which the log density is computed at once.
    """

    compiled: Compiled
    cores: int
    _names: tuple[str, ...]
    _transformed: Callable[..., np.ndarray]

    def of(self, variables: xr.Dataset) -> np.ndarray:
        """Coordinates of draws, shape ``(chain * draw, dimension)``.

        Parameters
        ----------
        variables : xarray.Dataset
            Draws by variable of the graph, dims ``(chain, draw, ...)``.
        """
        draws = [variables[name].transpose("chain", "draw", ...).values for name in self._names]
        return self._transformed(*(values.reshape(-1, *values.shape[2:]) for values in draws))

    def log_density(self, sampler: Any, points: np.ndarray) -> np.ndarray:
        """Log density at points, volume of the transformation included; minus infinity where there is none.

        Parameters
        ----------
        sampler : nutpie compiled model
            The model with the values of a prior set.
        points : numpy.ndarray
            Shape ``(point, dimension)``.
        """
        points = np.ascontiguousarray(points, dtype=np.float64)
        count, dimension = points.shape
        found = np.full(count, -np.inf)
        function, data = _LOG_DENSITY(sampler.compiled_logp_func.address), sampler.user_data.ctypes.data
        start, into = points.ctypes.data, found.ctypes.data

        def some(rows: range) -> None:
            gradient = np.empty(dimension)
            for row in rows:
                function(dimension, start + 8 * dimension * row, gradient.ctypes.data, into + 8 * row, data)

        # The compiled code runs outside of the interpreter's lock.
        with ThreadPoolExecutor(self.cores) as threads:
            list(threads.map(some, [range(first, count, self.cores) for first in range(self.cores)]))
        return np.where(np.isnan(found), -np.inf, found)

    def variables(self, points: np.ndarray, like: xr.Dataset) -> xr.Dataset:
        """Points as draws by variable of the graph, dims ``(chain, draw, ...)``.

        Parameters
        ----------
        points : numpy.ndarray
            Shape ``(chain * draw, dimension)``.
        like : xarray.Dataset
            Draws with the same variables and as many chains.
        """
        sampler = self.compiled.sampler
        points = np.ascontiguousarray(points, dtype=np.float64)
        count, dimension = points.shape
        found = np.empty((count, sampler.n_expanded))
        function, data = _EXPANSION(sampler.compiled_expand_func.address), sampler.user_data.ctypes.data
        for row in range(count):
            function(dimension, found.shape[1], points[row:].ctypes.data, found[row:].ctypes.data, data)
        chains = like.sizes["chain"]
        names, places, shapes = sampler.shape_info
        draws = {
            name: (like[name].dims, found[:, place].reshape(chains, -1, *shape))
            for name, place, shape in zip(names, places, shapes, strict=True)
            if name in like
        }
        return xr.Dataset(draws, coords={name: like[name] for name in like.coords if name != "draw"})


def coordinates_of(compiled: Compiled, cores: int | None = None) -> Coordinates:
    """The coordinates of a compiled model; `cores` is the number of processors by default."""
    graph = compiled.graph
    values = {variable: variable.type(f"{variable.name}_value") for variable in graph.free_RVs}
    with quiet():
        terms = [_on_the_line(graph, variable, value) for variable, value in values.items()]
        (line,) = clone_replace([pt.concatenate(terms)], values)
        batch = {value: pt.tensor(value.name, shape=(None, *value.type.shape)) for value in values.values()}
        function = pm.compile(
            list(batch.values()), vectorize_graph(line, batch), mode=interpreted(), on_unused_input="ignore"
        )
    names: Sequence[str] = [variable.name for variable in values]
    return Coordinates(compiled, cores or os.cpu_count() or 1, tuple(names), function)


def _on_the_line(graph: pm.Model, variable: Any, value: Any) -> Any:
    """A value of a variable in the coordinates that the sampler uses."""
    transform = graph.rvs_to_transforms[variable]
    return (value if transform is None else transform.forward(value, *variable.owner.inputs)).flatten()
