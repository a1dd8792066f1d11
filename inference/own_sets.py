"""What is wrong with the prior sets of a study file, which only models can tell: every fault of every set at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from cochange.data.audit import Audit
from cochange.data.faults import Fault, InputError
from cochange.data.names import choice
from cochange.data.spec import StudySpec
from cochange.data.specification.located import located
from cochange.data.specification.study_file_faults import written_as_number
from cochange.data.specification.tables import AnalysisTable
from cochange.data.study import Study
from cochange.models.parts.contract import Model, available, load_model
from cochange.models.parts.prior_sets import PriorsLike, families, prior_sets

# A value every hyperparameter can have, for those beside the one that is judged.
SOUND = 0.5
OwnSets = Mapping[str, Mapping[str, Any]]


def faults_of_sets(spec: StudySpec, study_file: Path, models: Sequence[Model]) -> tuple[Fault, ...]:
    """Judge the prior sets of a study file for the models of a run, and for those that ship and that a set names.

    Parameters
    ----------
    spec : StudySpec
        The study file, with its prior sets and its scale sound.
    study_file : Path
        Its path.
    models : sequence of Model
        The models of the run.

    Returns
    -------
    tuple of Fault
        With the lines of the study file.
    """
    named = {name for own in spec.analysis.prior_sets.values() for name in own}
    judged = {model.name: model for model in (*map(load_model, named & {*available()}), *models)}
    faults = _faults_of_models(spec, study_file, models)
    for model in judged.values():
        faults += faults_for_model(spec, study_file, model)
    return located(list(dict.fromkeys(faults)), study_file)


def _faults_of_models(spec: StudySpec, study_file: Path, models: Sequence[Model]) -> list[Fault]:
    """Find priors of the study file for a model that neither ships nor is one of the run."""
    known = dict.fromkeys([*available(), *(model.name for model in models)])
    required = "the name of a model, which the priors are for,"
    return [
        Fault(study_file.name, None, f"analysis.prior_sets.{prior}.{name}", required, f"'{name}'", choice(name, known))
        for prior, tables in spec.analysis.prior_sets.items()
        for name in tables
        if name != "base" and name not in known
    ]


def faults_for_model(spec: StudySpec, study_file: Path, model: Model) -> list[Fault]:
    """Find what is wrong with the prior sets of a study file for one model; arguments as of `faults_of_sets`."""
    own_sets: OwnSets = spec.analysis.prior_sets
    required = "a name that differs from those of shipped sets in more than capitals"
    faults = [
        Fault(
            study_file.name,
            None,
            f"analysis.prior_sets.{name}",
            required,
            f"'{name}' beside the shipped '{name.lower()}'",
            "give the set another name",
        )
        for name in own_sets
        if name.lower() in model.shipped and name not in model.shipped
    ]
    bases = {name: {key: value for key, value in own.items() if key == "base"} for name, own in own_sets.items()}
    for fault in _refused(spec, study_file, model, model.shipped, bases):
        of_base = str(fault.column).endswith(".base")
        if of_base:
            known = choice(fault.found, model.shipped)
            fault = replace(fault, required="the name of a shipped set", found=f"'{fault.found}'", action=known)
        faults.append(fault)
    for name, own in own_sets.items():
        if model.name in own:
            faults += _faults_of_priors(spec, study_file, model, name, own)
    return faults


def _faults_of_priors(
    spec: StudySpec, study_file: Path, model: Model, name: str, own: Mapping[str, Any]
) -> Iterator[Fault]:
    """Faults of the priors a set has for a model, whatever its own name and base are."""
    base = str(own.get("base", "reference"))
    begins_with = {f"before {name}": model.shipped.get(base, next(iter(model.shipped.values())))}

    def refused(tables: object) -> list[Fault]:
        alone = {name: {"base": f"before {name}", model.name: tables}}
        return _refused(spec, study_file, model, begins_with, alone)

    carried = prior_sets(model.name, model.shipped, _unread(spec, study_file, {}))
    tables = own[model.name]
    if not isinstance(tables, Mapping):
        yield from refused(tables)
        return
    for parameter, table in tables.items():
        found = refused({parameter: table})
        if not found:
            continue
        (whole,) = found
        known = families(carried[base]) if base in carried else {parameter: None}
        if parameter not in known:
            action = f"{choice(parameter, known)}; `cochange models` lists them"
            yield replace(whole, required=f"a parameter of {model.name}", found=f"'{parameter}'", action=action)
            continue
        if not isinstance(table, Mapping):
            if hint := _what_the_base_has(carried.get(base), parameter, {}, base):
                whole = replace(whole, action=f"write its hyperparameters as a table{hint}")
            yield whole
            continue
        numbers = [key for key in table if key not in ("family", "source")]
        apart = [{**table, **{key: SOUND for key in numbers if key != judged}} for judged in numbers]
        each = [
            fault.action + _as_number(key, table[key])
            for key, part in zip(numbers, apart, strict=True)
            for fault in refused({parameter: part})
        ]
        actions = dict.fromkeys(each or [whole.action])
        hint = _what_the_base_has(carried.get(base), parameter, table, base)
        for action in actions:
            yield replace(whole, action=action + hint)


def _as_number(name: str, value: object) -> str:
    """Say how to write a number that stands in quotes, or nothing."""
    number = written_as_number(value)
    return f": write {name} = {number}" if number else ""


def _what_the_base_has(priors: PriorsLike | None, parameter: str, table: Mapping[str, Any], base: str) -> str:
    """Say which prior a set begins with, and how to keep what is not given of it."""
    family = None if priors is None else families(priors).get(parameter)
    if family is None:
        return ""
    kind, values = type(family).__name__, family.values()
    given = {name: value for name, value in table.items() if name not in ("family", "source")}
    same = table.get("family", kind) == kind
    if same and given.keys() == values.keys():
        return ""
    hint = f"; the base, {base}, has {kind}({_as_pairs(values)})"
    if same and given and given.keys() <= values.keys() and all(isinstance(x, int | float) for x in given.values()):
        hint += f": write {{ {_as_pairs(values | given)} }} to keep the rest of it"
    return hint


def _as_pairs(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} = {value:g}" for name, value in values.items())


def _refused(
    spec: StudySpec, study_file: Path, model: Model, shipped: Mapping[str, PriorsLike], own: OwnSets
) -> list[Fault]:
    try:
        prior_sets(model.name, shipped, _unread(spec, study_file, own))
    except InputError as error:
        return list(error.faults)
    return []


def _unread(spec: StudySpec, study_file: Path, own: OwnSets) -> Study:
    """The study with other prior sets and without its data."""
    analysis = AnalysisTable.model_construct(prior_sets=own)
    content = StudySpec.model_construct(symptom=spec.symptom, analysis=analysis)
    return Study(content, study_file, xr.Dataset(), Audit(pd.DataFrame(), {}), (), "", "")
