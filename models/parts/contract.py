"""The contract a model file meets, checked when it is loaded; ours and a statistician's own alike."""

import functools
import importlib
import importlib.util
import inspect
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import cochange.models
from cochange.data.faults import CochangeError
from cochange.data.names import nearest
from cochange.data.study import Study
from cochange.models.parts.estimand import Estimand
from cochange.models.parts.families import Family
from cochange.models.parts.graph import pm
from cochange.models.parts.prior_sets import PriorsLike
from cochange.models.parts.selection import Selection

if TYPE_CHECKING:
    import numpy as np
    import xarray as xr

    from cochange.models.parts.together import Parameters

CONTRACT: Mapping[str, str] = {
    "QUESTION": "the question it answers, one sentence",
    "ESTIMANDS": "a mapping of names to cochange.models.parts.estimand.Estimand",
    "PRIOR_VARS": "a tuple with the names of its top-level parameters",
    "Priors": "a frozen dataclass whose fields are families of cochange.models.parts.families, declared with prior()",
    "PRIORS": "a mapping of set names to Priors",
    "select": "a function (study) -> Selection: who is used, who is left out and why",
    "build": "a function (study, priors) -> pymc.Model with hyperparameters and data as pm.Data",
    "derive": "a function (posterior, study) -> mapping of estimand names to xarray.DataArray",
}
# Which of the four questions an estimand answers; none where it describes any change.
ASKED = ("Q1", "Q2", "Q3", "Q4", "")
OPTIONAL: Mapping[str, str] = {
    "parameters": "a function (study) -> Parameters: the parameters, where one vector a family holds them",
    "observed_data": "a function (study) -> xarray.Dataset: the outcomes as `replicate` gives them",
    "replicate": "a function (draws, study, rng) -> xarray.Dataset: outcomes drawn anew, without PyMC",
    "readings": "a function (draws, study, rng) -> xarray.Dataset: outcomes of new participants, without limits",
    "without_change": "a function (draws, study, rng) -> xarray.Dataset or None: outcomes had no true score changed",
    "log_likelihood": "a function (posterior, study) -> xarray.DataArray: one joint log density a participant",
    "leave_out": "a function (study, participants) -> mapping: the data of the graph without some participants",
    "with_outcomes": "a function (outcomes, study) -> mapping: the data of the graph had one replication been observed",
}
# Files in `models/` whose data is a table of published estimates: they are pooled, not fitted to a study.
OF_TABLES = frozenset({"pooled"})
DRAWN_DIMS = ("chain", "draw")
DERIVED_DIMS = {*DRAWN_DIMS, "marker", "visit", "group", "form"}
PARAMETERS = {
    "select": ("study",),
    "build": ("study", "priors"),
    "derive": ("posterior", "study"),
    "parameters": ("study",),
    "observed_data": ("study",),
    "replicate": ("draws", "study", "rng"),
    "readings": ("draws", "study", "rng"),
    "without_change": ("draws", "study", "rng"),
    "log_likelihood": ("posterior", "study"),
    "leave_out": ("study", "participants"),
    "with_outcomes": ("outcomes", "study"),
}


class ContractError(CochangeError):
    """A model file does not meet the contract, or there is no such model."""


@dataclass(frozen=True)
class Model:
    """A model that meets the contract.

    Parameters
    ----------
    name : str
        The file's name without its ending.
    question : str
        The question it answers.
    formula : str
        Its docstring: title, formula and what its terms mean.
    estimands : mapping of str to Estimand
        What it estimates.
    prior_vars : tuple of str
        Its top-level parameters.
    shipped : mapping of str to Priors
        Its prior sets, in the units of the MADRS.
    select, build, derive : callable
        The functions of the contract.
    parameters, observed_data, replicate, readings, without_change, log_likelihood : callable or None
    leave_out, with_outcomes : callable or None
        Those of its optional functions that it has.
    source : pathlib.Path
        The file.
    """

    name: str
    question: str
    formula: str
    estimands: Mapping[str, Estimand]
    prior_vars: tuple[str, ...]
    shipped: Mapping[str, PriorsLike]
    select: Callable[[Study], Selection]
    build: Callable[[Study, PriorsLike], "pm.Model"]
    derive: Callable[["xr.Dataset", Study], Mapping[str, "xr.DataArray"]]
    source: Path
    parameters: Callable[[Study], "Parameters"] | None = None
    observed_data: Callable[[Study], "xr.Dataset"] | None = None
    replicate: Callable[["xr.Dataset", Study, "np.random.Generator"], "xr.Dataset"] | None = None
    readings: Callable[["xr.Dataset", Study, "np.random.Generator"], "xr.Dataset"] | None = None
    without_change: Callable[["xr.Dataset", Study, "np.random.Generator"], "xr.Dataset | None"] | None = None
    log_likelihood: Callable[["xr.Dataset", Study], "xr.DataArray"] | None = None
    leave_out: Callable[[Study, Sequence[str]], Mapping[str, "np.ndarray"]] | None = None
    with_outcomes: Callable[["xr.Dataset", Study], Mapping[str, "np.ndarray"]] | None = None

    @property
    def ships(self) -> bool:
        """Whether it is one of the package's own, which import nothing from elsewhere."""
        return self.source.parent == Path(cochange.models.__path__[0])


def available() -> tuple[str, ...]:
    """Names of the models of a study that ship, in alphabetical order."""
    files = {item.name for item in pkgutil.iter_modules(cochange.models.__path__) if not item.ispkg}
    return tuple(sorted(files - OF_TABLES))


def file_named(model: str) -> str:
    """The model file that lacks its ending in a name, as a path; empty where there is none."""
    path = Path(f"{model}.py")
    return f"./{path}" if len(path.parts) == 1 and path.is_file() else str(path) if path.is_file() else ""


def load_model(model: str) -> Model:
    """A shipped model by its name, or a model file by its path.

    Parameters
    ----------
    model : str
        A name of `available`, or the path of a Python file.

    Raises
    ------
    ContractError
        If there is no such model, or the file lacks part of the contract; every lack is named.
    """
    if model.endswith(".py"):
        module = _module_of_file(Path(model))
    elif model in available():
        module = importlib.import_module(f"cochange.models.{model}")
    elif model in OF_TABLES:
        raise ContractError(f"{model} takes a table of published estimates and no study: see cochange.pool")
    else:
        near = file_named(model) or nearest(model, available())
        guess = f" (did you mean {near}?)" if near else ""
        raise ContractError(
            f"no model named {model!r}{guess}; there are {', '.join(available())}, or give the path of a .py file"
        )
    if lacks := _lacks(module):
        raise ContractError(_told(model, lacks))
    functions = {name: function for name in PARAMETERS if (function := getattr(module, name, None)) is not None}
    if model.endswith(".py"):
        functions = {name: _naming_the_line(function, model) for name, function in functions.items()}
        functions["build"] = _building_a_graph(functions["build"], model)
        functions["derive"] = _deriving_each(functions["derive"], model, tuple(module.ESTIMANDS))
    return Model(
        name=Path(str(module.__file__)).stem,
        question=module.QUESTION,
        formula=inspect.cleandoc(module.__doc__ or ""),
        estimands=module.ESTIMANDS,
        prior_vars=tuple(module.PRIOR_VARS),
        shipped=module.PRIORS,
        source=Path(str(module.__file__)),
        **functions,
    )


def _naming_the_line[**P, R](function: Callable[P, R], path: str) -> Callable[P, R]:
    """The function of a statistician's own file; what goes wrong in it is told with its line."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except CochangeError:
            raise
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise ContractError(f"{path}{_line_of(error, path)}, in {function.__name__}: {what}") from error

    return call


def _line_of(error: Exception, path: str) -> str:
    """The last line of a file that an error came through; empty where it came through none."""
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename is not None:
        places.append((error.filename, error.lineno))
    lines = [line for file, line in places if Path(file).resolve() == Path(path).resolve()]
    return f", line {lines[-1]}" if lines else ""


def _building_a_graph(
    build: Callable[[Study, PriorsLike], object], path: str
) -> Callable[[Study, PriorsLike], "pm.Model"]:
    """The `build` of a statistician's own file, which may have forgotten to return the model."""

    @functools.wraps(build)
    def call(study: Study, priors: PriorsLike) -> "pm.Model":
        graph = build(study, priors)
        if not isinstance(graph, pm.Model):
            found = f"it returned {_kind(graph)}"
            raise ContractError(f"{path}: build must return a pymc.Model; {found}; end it with `return model`")
        return graph

    return call


def _deriving_each(
    derive: Callable[["xr.Dataset", Study], object], path: str, estimands: Sequence[str]
) -> Callable[["xr.Dataset", Study], Mapping[str, "xr.DataArray"]]:
    """The `derive` of a statistician's own file, held to `ESTIMANDS`; None stands for what a study does not allow."""

    @functools.wraps(derive)
    def call(posterior: "xr.Dataset", study: Study) -> Mapping[str, "xr.DataArray"]:
        derived = derive(posterior, study)
        if not isinstance(derived, Mapping):
            required = "a mapping of the names of ESTIMANDS to xarray.DataArray"
            raise ContractError(f"{path}: derive must return {required}; it returned {_kind(derived)}")
        draws = {name: values for name, values in derived.items() if values is not None}
        if lacks := [*_undeclared(derived, estimands), *(lack for item in draws.items() for lack in _undrawn(*item))]:
            raise ContractError(_told(path, lacks))
        if not draws:
            raise ContractError(f"{path}: derive returns no draws; it must return those of {' or '.join(estimands)}")
        return draws

    return call


def _undeclared(derived: Mapping[str, object], estimands: Sequence[str]) -> Iterator[str]:
    """Names in which `derive` and `ESTIMANDS` differ: what is left out without a word would be missed by nobody."""
    for name in derived:
        if name not in estimands:
            yield f"derive returns {name}, which ESTIMANDS does not name; it names {', '.join(estimands)}"
    for name in estimands:
        if name not in derived:
            yield (
                f"derive does not return {name}, which ESTIMANDS names; return its draws, or None where the study does "
                "not allow it"
            )


def _undrawn(name: str, values: object) -> Iterator[str]:
    """What of an estimand is not as draws are."""
    dims = getattr(values, "dims", None)
    if not isinstance(dims, tuple):
        yield f"derive must return {name} as an xarray.DataArray with dims chain and draw; it returned {_kind(values)}"
        return
    found = f"found {', '.join(map(str, dims)) or 'none'}"
    if lacking := [dim for dim in DRAWN_DIMS if dim not in dims]:
        yield f"derive must return {name} with dims chain and draw; {found}; it lacks {' and '.join(lacking)}"
    if others := [str(dim) for dim in dims if dim not in DERIVED_DIMS]:
        known = ", ".join(sorted(DERIVED_DIMS.difference(DRAWN_DIMS)))
        yield (
            f"derive must return {name} with no dims but chain, draw and, if need be, {known}; {found}; take "
            f"{' and '.join(others)} away"
        )


def _kind(found: object) -> str:
    return "None" if found is None else f"a value of type {type(found).__name__}"


def _told(path: str, lacks: Sequence[str]) -> str:
    return f"{path} does not meet the contract of a model:\n" + "\n".join(f"  {lack}" for lack in lacks)


def _module_of_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise ContractError(f"{path}: there is no such model file")
    name = f"cochange_own_model_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ContractError(f"{path}: cannot be loaded as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        what = error.msg if isinstance(error, SyntaxError) else str(error)
        line = _line_of(error, str(path))
        raise ContractError(f"{path}{line}: running it failed with {type(error).__name__}: {what}") from error
    return module


def _lacks(module: ModuleType) -> list[str]:
    lacks = [f"{name} is missing: {meaning}" for name, meaning in CONTRACT.items() if not hasattr(module, name)]
    if not (module.__doc__ or "").strip():
        lacks.append("the module has no docstring: its formula is shown in the report")
    for name, parameters in PARAMETERS.items():
        function = getattr(module, name, None)
        if function is None:
            continue
        if not callable(function):
            lacks.append(f"{name} must be {({**CONTRACT, **OPTIONAL})[name]}, got {type(function).__name__}")
        elif (found := tuple(inspect.signature(function).parameters)) != parameters:
            lacks.append(f"{name} must take ({', '.join(parameters)}), it takes ({', '.join(found)})")
    if hasattr(module, "QUESTION") and not isinstance(module.QUESTION, str):
        lacks.append(f"QUESTION must be {CONTRACT['QUESTION']}, got {type(module.QUESTION).__name__}")
    estimands = getattr(module, "ESTIMANDS", {})
    if _is_named(estimands, Estimand):
        lacks += _estimand_lacks(estimands)
    else:
        lacks.append(f"ESTIMANDS must be {CONTRACT['ESTIMANDS']}")
    names = getattr(module, "PRIOR_VARS", ())
    if not isinstance(names, tuple) or not all(isinstance(name, str) for name in names):
        lacks.append(f"PRIOR_VARS must be {CONTRACT['PRIOR_VARS']}, got {names!r}")
    lacks += _prior_lacks(module)
    return lacks


def _is_named(items: object, kind: type) -> bool:
    if not isinstance(items, Mapping):
        return False
    return all(isinstance(name, str) and isinstance(item, kind) for name, item in items.items())


def _estimand_lacks(estimands: Mapping[str, Estimand]) -> Iterator[str]:
    """Questions there are not, and definitions that two estimands share: a report calls them by these."""
    first: dict[str, str] = {}
    for name, item in estimands.items():
        if item.question not in ASKED:
            required = f"one of {', '.join(ASKED[:-1])}, or empty"
            yield f"ESTIMANDS[{name!r}]: the question must be {required}, got {item.question!r}"
        if (other := first.setdefault(item.meaning, name)) != name:
            both = f"ESTIMANDS[{other!r}] and ESTIMANDS[{name!r}]"
            yield f"{both} must differ in their meaning, both have {item.meaning!r}"


def _is_frozen(dataclass_type: type) -> bool:
    return bool(getattr(dataclass_type, "__dataclass_params__").frozen)  # noqa: B009 (absent from the type stubs)


def _prior_lacks(module: ModuleType) -> list[str]:
    if not hasattr(module, "Priors") or not hasattr(module, "PRIORS"):
        return []
    if not (isinstance(module.Priors, type) and is_dataclass(module.Priors) and _is_frozen(module.Priors)):
        return [f"Priors must be {CONTRACT['Priors']}"]
    lacks = [
        f"Priors.{item.name} must be declared with prior(unit, meaning)"
        for item in fields(module.Priors)
        if "note" not in item.metadata
    ]
    if not isinstance(module.PRIORS, Mapping) or not module.PRIORS:
        return [*lacks, f"PRIORS must be {CONTRACT['PRIORS']}, with at least one set"]
    for name, priors in module.PRIORS.items():
        if not isinstance(priors, module.Priors):
            lacks.append(f"PRIORS[{name!r}] must be a Priors, got {type(priors).__name__}")
            continue
        lacks += [
            f"PRIORS[{name!r}].{item.name} must be a family, got {type(getattr(priors, item.name)).__name__}"
            for item in fields(module.Priors)
            if not isinstance(getattr(priors, item.name), Family)
        ]
    return lacks
