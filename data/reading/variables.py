"""The variables a study file declares, each with its columns."""

from dataclasses import dataclass
from typing import Literal

from cochange.data.spec import StudySpec

Role = Literal["marker", "symptom", "plate", "arm", "group", "site", "covariate", "screening"]


@dataclass(frozen=True)
class Variable:
    """A declared variable.

    Attributes
    ----------
    role : str
        What the variable is for.
    name : str
        Name in the audit and in messages.
    columns : tuple of str
        One column a visit (wide) or one column (long, or one value a participant).
    by_visit : bool
        True when each visit has its own value.
    numeric : bool
        True when cells are read as numbers.
    """

    role: Role
    name: str
    columns: tuple[str, ...]
    by_visit: bool
    numeric: bool


def variables(spec: StudySpec) -> tuple[Variable, ...]:
    """List the declared variables, outcomes first."""
    found = [Variable("marker", marker.name, marker.columns, True, True) for marker in spec.marker]
    if spec.symptom is not None:
        found.append(Variable("symptom", spec.symptom.scale, spec.symptom.columns, True, True))
    if spec.plates is not None:
        found.append(Variable("plate", "plate", spec.plates.columns, True, False))
    if spec.arms is not None:
        found.append(Variable("arm", "arm", (spec.arms.column,), False, False))
    if spec.groups is not None:
        found.append(Variable("group", "group", (spec.groups.column,), False, False))
    if spec.sites is not None:
        found.append(Variable("site", "site", (spec.sites.column,), False, False))
    found += [Variable("covariate", column, (column,), False, True) for column in spec.covariates.numeric]
    found += [Variable("covariate", column, (column,), False, False) for column in spec.covariates.categorical]
    if spec.inclusion is not None:
        found.append(Variable("screening", f"screening {spec.inclusion.score}", (spec.inclusion.column,), False, True))
    return tuple(found)


def declared_columns(spec: StudySpec) -> tuple[str, ...]:
    """List every column the study file names, without repeats, the identifier first."""
    columns = [spec.data.participant]
    if spec.data.visit is not None:
        columns.append(spec.data.visit)
    if spec.symptom is not None and spec.symptom.baseline_column is not None:
        columns.append(spec.symptom.baseline_column)
    columns += [column for variable in variables(spec) for column in variable.columns]
    return tuple(dict.fromkeys(columns))
