"""Named prior sets: those a model ships, carried to the study's scale, and the study's own."""

import json
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from typing import Any, ClassVar, Protocol

from cochange.data.faults import Fault, InputError
from cochange.data.names import suggestion
from cochange.data.study import Study
from cochange.models.parts.families import Family, family_from

NAMES = ("reference", "sceptical", "literature", "diffuse")
# The shipped sets are written for the MADRS, whose totals run from 0 to 60.
SCALE_RANGE = 60.0


class PriorsLike(Protocol):
    """A frozen dataclass whose fields are prior families."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


@dataclass(frozen=True)
class ParameterNote:
    """What a parameter is, for the report."""

    unit: str
    meaning: str


def prior(unit: str, meaning: str) -> Any:
    """A field of a model's priors, with the unit and the meaning of its parameter.

    A unit that starts with ``"points"`` is carried from the MADRS to the study's scale by the ratio of their ranges,
    one that ends with ``"per point"`` by its inverse.
    """
    return field(metadata={"note": ParameterNote(unit, meaning)})


def families(priors: PriorsLike) -> dict[str, Family]:
    """The families of a prior set by parameter."""
    return {item.name: getattr(priors, item.name) for item in fields(priors)}


def notes(priors: PriorsLike) -> dict[str, ParameterNote]:
    """Unit and meaning of each parameter of a prior set."""
    return {item.name: item.metadata["note"] for item in fields(priors)}


def hyperparameters(priors: PriorsLike) -> dict[str, Any]:
    """Every hyperparameter under the name of its data in the graph."""
    return {
        name: value
        for parameter, family in families(priors).items()
        for name, value in family.hyperparameters(parameter).items()
    }


def structure(priors: PriorsLike) -> tuple[tuple[str, str], ...]:
    """Which family each parameter has: sets that agree in it share one compiled model."""
    return tuple((parameter, type(family).__name__) for parameter, family in families(priors).items())


def carried_to[P: PriorsLike](priors: P, points: float) -> P:
    """A shipped set in points of a scale with another range.

    Parameters
    ----------
    priors : Priors
        A set written for a scale with a range of 60 points.
    points : float
        Range of the study's scale, negative where a higher score is better: a fall of the MADRS is a rise there.
    """
    factor = points / SCALE_RANGE
    changed = {}
    for parameter, family in families(priors).items():
        unit = notes(priors)[parameter].unit
        in_points, per_point = unit.startswith("points"), unit.endswith("per point")
        if in_points != per_point:
            changed[parameter] = family.times(factor if in_points else 1 / factor)
    return replace(priors, **changed)


def prior_sets(model: str, shipped: Mapping[str, PriorsLike], study: Study) -> dict[str, PriorsLike]:
    """Every prior set of a model for a study: the shipped ones in the units of its scale, then its own.

    Parameters
    ----------
    model : str
        The model's name, under which the study file gives own values.
    shipped : mapping of str to Priors
        The model's sets.
    study : Study
        The study; its ``[analysis.prior_sets]`` are built on the set named by ``base``, ``reference`` by default.

    Raises
    ------
    InputError
        For each unknown base set or parameter and each value that does not fit its family.
    """
    points = SCALE_RANGE
    if study.scale is not None:
        better = -1.0 if study.scale.direction == "higher is better" else 1.0
        points = better * (study.scale.upper - study.scale.lower)
    sets = {name: carried_to(priors, points) for name, priors in shipped.items()}
    faults: list[Fault] = []
    for name, own in (study.spec.analysis.prior_sets or {}).items():
        base = str(own.get("base", "reference"))
        if name in shipped:
            faults.append(_fault(study, name, "a name of its own", name, f"{name} is shipped: give yours another name"))
            continue
        if base not in shipped:
            faults.append(_fault(study, f"{name}.base", f"one of {', '.join(shipped)}", base, "name a shipped set"))
            continue
        changed: dict[str, Family] = {}
        tables = own.get(model, {})
        if not isinstance(tables, Mapping):
            advice = "write one table for each parameter"
            faults.append(_fault(study, f"{name}.{model}", "a table of parameters", repr(tables), advice))
            continue
        for parameter, table in tables.items():
            where = f"{name}.{model}.{parameter}"
            current = families(sets[base]).get(parameter)
            if current is None:
                known = list(families(sets[base]))
                advice = suggestion(parameter, known) + "see `cochange models`"
                faults.append(_fault(study, where, f"a parameter of {model}: {', '.join(known)}", parameter, advice))
                continue
            try:
                changed[parameter] = family_from(table, current)
            except ValueError as error:
                required = f"a prior that {parameter} can have"
                faults.append(_fault(study, where, required, _as_written(table), f"correct the values: {error}"))
        sets[name] = replace(sets[base], **changed)
    if faults:
        raise InputError(tuple(faults))
    return sets


def _as_written(table: object) -> str:
    """A table of the study file the way it is written there."""
    if not isinstance(table, Mapping):
        return repr(table)
    return "{ " + ", ".join(f"{name} = {json.dumps(value)}" for name, value in table.items()) + " }"


def _fault(study: Study, where: str, required: str, found: str, action: str) -> Fault:
    return Fault(study.path.name, None, f"analysis.prior_sets.{where}", required, found, action)
