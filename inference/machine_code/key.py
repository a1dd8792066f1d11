"""What the machine code of a model depends on, as one hash: its graph, the versions, the processor; no data."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from types import FunctionType, MappingProxyType
from typing import Any

import numpy as np
import pymc as pm
import pytensor
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, Variable
from pytensor.graph.op import HasInnerGraph, Op
from pytensor.graph.traversal import toposort
from pytensor.graph.type import Type

from cochange.inference.machine_code.machine import machine

# Operations whose machine code follows from their properties and the versions, or from sources hashed beside them.
_TRUSTED = ("pytensor.", "pymc.", "cochange.")
_SETTINGS = ("floatX", "cast_policy", "numba__fastmath", "optimizer", "optimizer_excluding", "optimizer_including")
Node = Variable[Any, Any]
# Goes up when what is kept under a key changes its form.
FORM = 2


class NoKeyError(Exception):
    """The graph holds something whose machine code no hash can stand for."""


def key_of(graph: pm.Model, sources: str) -> str:
    """Hash everything the machine code of a model's log density and expansion depends on.

    Parameters
    ----------
    graph : pymc.Model
        The model. Values of its data do not count, their shapes do.
    sources : str
        Hash of the Python files that define operations of its own.

    Returns
    -------
    str
        SHA-256 in hexadecimal.

    Raises
    ------
    NoKeyError
        If an operation comes from elsewhere or has a property that cannot be described.
    """
    settings = pytensor.config  # type: ignore[attr-defined]
    compiled_with = (f"{name} {getattr(settings, name)}" for name in _SETTINGS if hasattr(settings, name))
    text = "\n".join([f"form {FORM}", *machine(), *compiled_with, sources, *_graph(graph)])
    return hashlib.sha256(text.encode()).hexdigest()


def _graph(graph: pm.Model) -> Iterator[str]:
    """Every line of the log density and of what is stored besides, with the names and shapes around them."""
    yield f"bounds {graph.check_bounds}"
    yield from (f"value {value.name} {value.type}" for value in graph.value_vars)
    yield from (f"transform {rv.name} {type(how).__qualname__}" for rv, how in graph.rvs_to_transforms.items())
    yield from (f"stored {stored.name}" for stored in graph.unobserved_value_vars)
    yield from (f"length {name} {int(length.eval())}" for name, length in sorted(graph.dim_lengths.items()))
    yield from _lines([graph.logp(), *graph.unobserved_value_vars])


def _lines(outputs: Sequence[Node], inputs: Sequence[Node] = ()) -> Iterator[str]:
    """One line for each operation, by the numbers of those whose results it takes."""
    known = {each: f"%in{place} {each.type}" for place, each in enumerate(inputs)}

    def names(variables: Sequence[Node]) -> str:
        return ",".join(known[each] if each in known else _leaf(each) for each in variables)

    for number, node in enumerate(toposort(outputs)):
        types = ",".join(str(each.type) for each in node.outputs)
        yield f"{number} {_property(node.op)} ({names(node.inputs)}) {types}"
        known |= {each: f"%{number}.{place}" for place, each in enumerate(node.outputs)}
    yield f"out {names(outputs)}"


def _leaf(variable: Node) -> str:
    if isinstance(variable, SharedVariable):
        value = np.asarray(variable.get_value(borrow=True))
        return f"shared {variable.name} {variable.type} {value.dtype} {value.shape}"
    if isinstance(variable, Constant):
        return f"constant {variable.type} {_property(variable.data)}"
    if variable.name is None:
        raise NoKeyError("an input without a name")
    return f"input {variable.name} {variable.type}"


def _property(value: object) -> str:
    """Describe a value by what it is, never by where it lies in memory."""
    match value:
        case None | bool() | int() | float() | complex() | str() | bytes() | np.dtype() | Enum() | slice():
            return repr(value)
        case np.ndarray() | np.generic():
            array = np.ascontiguousarray(value)
            if array.dtype.hasobject:
                raise NoKeyError("an array of objects")
            return f"{array.dtype.str}{array.shape}{hashlib.sha256(array.tobytes()).hexdigest()}"
        case Op():
            return _op(value)
        case Type():
            return f"{type(value).__module__}.{type(value).__qualname__}:{value}"
        case type():
            return f"{value.__module__}.{value.__qualname__}"
        case tuple() | list():
            return f"[{','.join(map(_property, value))}]"
        case Mapping() | MappingProxyType():
            return f"{{{','.join(sorted(f'{_property(k)}:{_property(v)}' for k, v in value.items()))}}}"
        case set() | frozenset():
            return f"{{{','.join(sorted(map(_property, value)))}}}"
        case FunctionType() if value.__module__.startswith(_TRUSTED):
            held = [cell.cell_contents for cell in value.__closure__ or ()]
            return f"{value.__module__}.{value.__qualname__}{_property(held)}"
    if type(value).__module__.startswith(_TRUSTED):
        return _of_properties(value)
    raise NoKeyError(f"a {type(value).__module__}.{type(value).__qualname__}")


def _op(op: Op) -> str:
    if not type(op).__module__.startswith(_TRUSTED):
        raise NoKeyError(f"the operation {type(op).__module__}.{type(op).__qualname__}")
    inner = " ; ".join(_lines(op.inner_outputs, op.inner_inputs)) if isinstance(op, HasInnerGraph) else ""
    return f"{_of_properties(op)}<{inner}>"


def _of_properties(value: object) -> str:
    """Describe an object of these libraries by the properties it is compared by, or else by everything it holds."""
    name = f"{type(value).__module__}.{type(value).__qualname__}"
    properties = getattr(value, "__props__", None)
    if properties is None:
        properties = () if isinstance(value, HasInnerGraph) else sorted(vars(value))
    return f"{name}({','.join(f'{each}={_property(getattr(value, each))}' for each in properties)})"
