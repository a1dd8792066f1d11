"""The variables a study file declares, each with its columns."""

from dataclasses import dataclass
from typing import Literal

from cochange.data.spec import StudySpec

Role = Literal["marker", "symptom", "item", "plate", "arm", "group", "site", "covariate", "screening"]


@dataclass(frozen=True)
class Variable:
    """A declared variable.

    Attributes
    ----------
    role : str
        What the variable is for.
    name : str
        Name in the audit and in messages.
    columns : tuple of tuple of str
        For each visit (wide) or once (long, or one value a participant) the column; several for duplicate wells.
    by_visit : bool
        True when each visit has its own value.
    numeric : bool
        True when cells are read as numbers.
    """

    role: Role
    name: str
    columns: tuple[tuple[str, ...], ...]
    by_visit: bool
    numeric: bool


def variables(spec: StudySpec) -> tuple[Variable, ...]:
    """List the declared variables, outcomes first; a screening score that is the baseline score is none of its own."""
    found = [Variable("marker", marker.name, marker.wells, True, True) for marker in spec.marker]
    if spec.symptom is not None:
        role: Role = "item" if spec.symptom.has_items else "symptom"
        name = f"{spec.symptom.scale} items" if spec.symptom.has_items else spec.symptom.scale
        found.append(Variable(role, name, spec.symptom.parts, True, True))
    if spec.plates is not None:
        found.append(Variable("plate", "plate", _single(*spec.plates.columns), True, False))
    if spec.arms is not None:
        found.append(Variable("arm", "arm", _single(spec.arms.column), False, False))
    if spec.groups is not None:
        found.append(Variable("group", "group", _single(spec.groups.column), False, False))
    if spec.sites is not None:
        found.append(Variable("site", "site", _single(spec.sites.column), False, False))
    found += [Variable("covariate", column, _single(column), False, True) for column in spec.covariates.numeric]
    found += [Variable("covariate", column, _single(column), False, False) for column in spec.covariates.categorical]
    if spec.inclusion is not None and not spec.inclusion_on_baseline:
        name, columns = f"screening {spec.inclusion.score}", _single(spec.inclusion.column)
        found.append(Variable("screening", name, columns, False, True))
    return tuple(found)


def _single(*columns: str) -> tuple[tuple[str, ...], ...]:
    return tuple((column,) for column in columns)


def declared_columns(spec: StudySpec) -> tuple[str, ...]:
    """List every column the study file names, without repeats, the identifier first."""
    columns = [spec.data.participant]
    if spec.data.visit is not None:
        columns.append(spec.data.visit)
    if spec.symptom is not None and spec.symptom.baseline_column is not None:
        columns.append(spec.symptom.baseline_column)
    columns += [column for variable in variables(spec) for wells in variable.columns for column in wells]
    return tuple(dict.fromkeys(columns))
