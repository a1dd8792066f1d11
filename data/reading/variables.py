"""The variables a study file declares, each with its columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cochange.data.spec import StudySpec
from cochange.data.specification.tables import MarkerTable

Role = Literal[
    "marker", "code", "limit", "symptom", "item", "plate", "date", "arm", "group", "site", "covariate", "screening",
    "reason", "event",
]  # fmt: skip


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
    of : str
        Name of the marker it is, or that it stands beside (codes and limits); "" for every other variable.
    """

    role: Role
    name: str
    columns: tuple[tuple[str, ...], ...]
    by_visit: bool
    numeric: bool
    of: str = ""


def variables(spec: StudySpec) -> tuple[Variable, ...]:
    """List the declared variables, outcomes first; a screening score that is the baseline score is none of its own."""
    found = [Variable("marker", marker.name, marker.wells, True, True, marker.name) for marker in spec.marker]
    if spec.symptom is not None:
        role: Role = "item" if spec.symptom.has_items else "symptom"
        name = f"{spec.symptom.scale} items" if spec.symptom.has_items else spec.symptom.scale
        found.append(Variable(role, name, spec.symptom.parts, True, True))
    found += [variable for marker in spec.marker for variable in _beside(marker)]
    if spec.plates is not None:
        found.append(Variable("plate", "plate", _single(*spec.plates.columns), True, False))
    if spec.dates is not None:
        found.append(Variable("date", "date", _single(*spec.dates.columns), True, False))
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
    if spec.missing_data.reason is not None:
        found.append(Variable("reason", "reason", _single(spec.missing_data.reason), False, False))
    if spec.missing_data.event_visit is not None:
        found.append(Variable("event", "event visit", _single(spec.missing_data.event_visit), False, False))
    return tuple(found)


def _beside(marker: MarkerTable) -> Iterator[Variable]:
    """Codes and limits in columns of their own."""
    if marker.codes:
        yield Variable("code", f"{marker.name} code", marker.code_wells, True, False, marker.name)
    for side, columns in (("lower", marker.lower_limit_columns), ("upper", marker.upper_limit_columns)):
        if columns:
            yield Variable("limit", f"{marker.name} {side} limit", _single(*columns), True, True, marker.name)


def _single(*columns: str) -> tuple[tuple[str, ...], ...]:
    return tuple((column,) for column in columns)


def numeric_columns(spec: StudySpec) -> tuple[str, ...]:
    """List the columns that are read as numbers, without repeats."""
    columns = (column for one in variables(spec) if one.numeric for group in one.columns for column in group)
    return tuple(dict.fromkeys(columns))


def declared_columns(spec: StudySpec) -> tuple[str, ...]:
    """List every column that holds a variable, without repeats."""
    columns = [spec.symptom.baseline_column] if spec.symptom and spec.symptom.baseline_column else []
    columns += [column for variable in variables(spec) for wells in variable.columns for column in wells]
    return tuple(dict.fromkeys(columns))


def named_columns(spec: StudySpec) -> tuple[str, ...]:
    """List every column of the main file that the study file may name: of identifiers, visits and variables."""
    own = [spec.data.participant, *spec.data.rows, *([] if spec.data.visit is None else [spec.data.visit])]
    return tuple(dict.fromkeys([*own, *declared_columns(spec)]))


def bare_names(columns: tuple[str, ...], spec: StudySpec) -> tuple[str, ...]:
    """Add names as joined files have them: without the visit that tells columns apart in a wide layout."""
    bare = [column.removesuffix(f" at {visit}") for column in columns for visit in spec.data.visits]
    return tuple(dict.fromkeys([*columns, *bare]))
