"""Take the machine code out of a compiled model, and make a compiled model of it in another process.

nutpie calls two functions compiled by Numba, by their address: the log density with its gradient, and the expansion of
a point to everything that is stored. All else of a compiled model is names, shapes and data.
"""

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from nutpie import compile_pymc
from nutpie.compile_pymc import CompiledPyMCModel

FUNCTIONS = ("compiled_logp_func", "compiled_expand_func")
# What a compiled model holds besides code, data and what its graph tells.
FIELDS = ("_n_dim", "_shapes", "n_expanded", "shape_info", "reparameterized_names")
_ENVIRONMENT = "_ZN08NumbaEnv"


class NoCodeError(Exception):
    """The machine code cannot be taken out, or does not fit the model."""


@dataclass(frozen=True)
class MachineCode:
    """The machine code of a compiled model.

    Attributes
    ----------
    functions : mapping of str to tuple
        By field of the compiled model: the serialized library, the name of the entry, and the environments it needs.
    shared : tuple of str
        Names of the data in the order in which the code looks them up.
    fields : mapping of str to object
        Names and shapes of what is stored.
    """

    functions: Mapping[str, tuple[Any, str, bytes]]
    shared: tuple[str, ...]
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Datum:
    """A name that the code looks data up by, and their number of dims; nutpie takes it for the graph's variable."""

    name: str
    ndim: int


def taken_from(compiled: CompiledPyMCModel) -> MachineCode:
    """Take the machine code out of a compiled model.

    Raises
    ------
    NoCodeError
        If it refers to addresses of this process, or its data have no names.
    """
    names = [variable.name for variable in compiled.shared_var_keys]
    if None in names or len(set(names)) < len(names):
        raise NoCodeError("data without names of their own")
    functions = {name: _function(getattr(compiled, name)) for name in FUNCTIONS}
    return MachineCode(functions, tuple(names), {name: getattr(compiled, name) for name in FIELDS})


def put_into(
    code: MachineCode,
    data: Mapping[str, np.ndarray],
    dims: Mapping[str, Any],
    coords: Mapping[str, Any],
    start: Callable[[Any], np.ndarray],
) -> CompiledPyMCModel:
    """Make a compiled model of machine code and what the graph it was compiled from tells.

    Parameters
    ----------
    code : MachineCode
        From this process or another one.
    data : mapping of str to numpy.ndarray
        The data by name, at least those that the code looks up.
    dims, coords : mapping
        Dims of what is stored, and their coordinates.
    start : callable
        From a seed to the point where a chain starts, in the sampler's coordinates.

    Returns
    -------
    nutpie.compile_pymc.CompiledPyMCModel
        Its PyTensor functions, which sampling does without, are None.

    Raises
    ------
    NoCodeError
        If there are no data that the code looks up.
    """
    if absent := set(code.shared) - set(data):
        raise NoCodeError(f"no data named {sorted(absent)}")
    keys = {Datum(name, data[name].ndim): f"data{place}" for place, name in enumerate(code.shared)}
    shared = {key: _frozen(data[datum.name]) for datum, key in keys.items()}
    return CompiledPyMCModel(
        **{name: _Function(*code.functions[name]) for name in FUNCTIONS},
        **code.fields,
        dims=dict(dims),
        _coords=dict(coords),
        initial_point_func=start,
        shared_data=shared,
        shared_var_keys=keys,
        user_data=compile_pymc.make_user_data(keys, shared),
        logp_func=None,
        expand_func=None,
    )


class _Function:
    """What nutpie reads of a function compiled by Numba: its address. The library has to live as long.

    It is linked apart from all else the process has compiled, lest it call a function of the same name that was
    compiled otherwise: rounding, and so every draw, would depend on what else has been compiled.
    """

    def __init__(self, library: Any, entry: str, environments: bytes) -> None:
        from numba.core.codegen import JITCPUCodegen
        from numba.core.registry import cpu_target
        from numba.core.runtime import rtsys  # type: ignore[attr-defined]

        context = cpu_target.target_context
        context.refresh()
        rtsys.initialize(context)
        codegen: Any = JITCPUCodegen("cochange")  # type: ignore[no-untyped-call]
        self._codegen = codegen
        self._library = codegen.unserialize_library(library)
        kept, bare = pickle.loads(environments)
        self._environments = [*kept, *map(_bare_environment, bare)]
        for environment in self._environments:
            codegen.set_env(environment.env_name, environment)
        self.address = self._library.get_pointer_to_function(entry)
        if not self.address:
            raise NoCodeError(f"no entry named {entry}")


def _bare_environment(name: str) -> Any:
    """An environment without constants, which code compiled without Python objects reads nothing of."""
    from numba.core.environment import Environment

    environment = Environment({})
    environment.env_name = name
    return environment


def _function(compiled: Any) -> tuple[Any, str, bytes]:
    from numba.core import serialize
    from numba.core.environment import lookup_environment

    library = compiled._library
    if library.has_dynamic_globals:
        raise NoCodeError("addresses of this process")
    names = [each.name for each in library._final_module.global_variables if each.name.startswith(_ENVIRONMENT)]
    found = [lookup_environment(name) for name in names]  # type: ignore[no-untyped-call]
    environments = [each for each in found if each is not None]
    if any(each.consts for each in environments if not each.can_cache()):
        raise NoCodeError("constants that live in this process alone")
    kept = [each for each in environments if each.can_cache()]
    bare = [each.env_name for each in environments if not each.can_cache()]
    return library.serialize_using_object_code(), compiled._wrapper_name, serialize.dumps((kept, bare))  # type: ignore[no-untyped-call]


def _frozen(value: np.ndarray) -> np.ndarray:
    own = np.array(value, order="C", copy=True)
    own.flags.writeable = False
    return own
