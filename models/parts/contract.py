"""The contract a model file meets, checked when it is loaded; ours and a statistician's own alike."""

import functools
import importlib
import importlib.util
import inspect
import pkgutil
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
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
from cochange.models.parts.prior_sets import PriorsLike
from cochange.models.parts.selection import Selection

if TYPE_CHECKING:
    import numpy as np
    import pymc as pm
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
DERIVED_DIMS = {"chain", "draw", "marker", "visit", "group", "form"}
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
        near = nearest(model, available())
        guess = f" (did you mean {near}?)" if near else ""
        raise ContractError(
            f"no model named {model!r}{guess}; there are {', '.join(available())}, or give the path of a .py file"
        )
    if lacks := _lacks(module):
        raise ContractError(
            f"{model} does not meet the contract of a model:\n" + "\n".join(f"  {lack}" for lack in lacks)
        )
    own = model.endswith(".py")
    functions = {
        name: _naming_the_line(function, model) if own else function
        for name in PARAMETERS
        if (function := getattr(module, name, None)) is not None
    }
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


def check_derived(model: Model, derived: Mapping[str, "xr.DataArray"]) -> None:
    """Refuse estimands that a model does not declare, or whose dims cannot be reported.

    Raises
    ------
    ContractError
        For each of them.
    """
    lacks = [f"derive returns {name}, which ESTIMANDS does not name" for name in derived if name not in model.estimands]
    for name, draws in derived.items():
        if other := set(map(str, draws.dims)) - DERIVED_DIMS or {"chain", "draw"} - set(map(str, draws.dims)):
            lacks.append(
                f"derive returns {name} with dims {draws.dims}: chain, draw and, if need be, marker, visit, group "
                f"and form; {other}"
            )
    if lacks:
        raise ContractError(
            f"{model.source} does not meet the contract of a model:\n" + "\n".join(f"  {x}" for x in lacks)
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
            frames = [
                frame
                for frame in traceback.extract_tb(error.__traceback__)
                if Path(frame.filename).name == Path(path).name
            ]
            line = f", line {frames[-1].lineno}" if frames else ""
            what = f"{type(error).__name__}: {error}"
            raise ContractError(f"{path}{line}, in {function.__name__}: {what}") from error

    return call


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
        raise ContractError(f"{path}: running it failed with {type(error).__name__}: {error}") from error
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
    if not _is_named(getattr(module, "ESTIMANDS", {}), Estimand):
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
