"""The study file without its tables at fault, so that the faults of the data can be told beside its own."""

from collections.abc import Collection, Iterator, Mapping, Set
from typing import Any

from cochange.data.faults import Notice
from cochange.data.names import listing
from cochange.data.reading.parts import has_limits_by_plate
from cochange.data.reading.unjudged import Unjudged
from cochange.data.reading.variables import declared_columns, variables
from cochange.data.spec import StudySpec
from cochange.data.specification.files import DataTable, FileTable
from cochange.data.specification.judge import JudgedSpec
from cochange.data.specification.kinds import Table
from cochange.data.specification.tables import AnalysisTable, EstimandTable, MarkerTable, MissingDataTable
from cochange.data.specification.toml_lines import KeyPath, dotted

# Keys that say whose rows and what cells are, not how a file is read.
_OF_ROWS = {"visit", "at_visit", "ignore_visits", "rows", "identifier_digits", "missing", "decimal", "decimal_columns"}
_OF_FILES = {"file", "join", *FileTable.model_fields} - _OF_ROWS
# Keys of these tables that bear on no cell.
_OF_NO_CELL: Mapping[str, Set[str]] = {
    "symptom": {"remission"},
    "dates": {"unit", "windows"},
    "estimand": {"population", "smallest_important"},
    "missing_data": {"compare", "delta_score", "delta_marker", "delta_arms", "points"},
}
_WITH_CELLS = (
    "symptom",
    "arms",
    "groups",
    "sites",
    "covariates",
    "inclusion",
    "plates",
    "dates",
    "missing_data",
)
_OF_CHECKS = ("baseline", "follow_up", "marker")


def columns_part(judged: JudgedSpec) -> StudySpec | None:
    """The study file as far as it tells which columns there must be, None where it cannot be told how files are read.

    Keys at fault have their defaults, or are empty. Tables that do not tell their columns are left out.
    """
    tables = vars(judged.spec)
    data = tables.get("data")
    if data is None or not _can_be_opened(data, judged.broken):
        return None
    named = {name: _with_columns(table) for name, table in tables.items() if name != "data"}
    given = {name: table for name, table in named.items() if table is not None}
    data = DataTable.model_construct(**{"participant": "", "visits": ("",), "layout": "wide"} | vars(data))
    return StudySpec.model_construct(**given, data=data)


def cells_part(judged: JudgedSpec) -> StudySpec | None:
    """The study file without its tables at fault, None where it cannot be told whose the rows of the data are.

    Where it cannot be told which visits are compared, none are.
    """
    tables = vars(judged.spec)
    broken = {path[0] for path in judged.broken if path and not {*path[1:2]} & _OF_NO_CELL.get(str(path[0]), set())}
    sound = {
        name: _of_cells(table, {path[1] for path in judged.broken if path[0:1] == (name,) and len(path) > 1})
        for name, table in tables.items()
        if name not in broken and _is_whole(table, _OF_NO_CELL.get(name, set()))
    }
    if "data" not in sound:
        return None
    sound["marker"] = tuple(
        marker
        for position, marker in enumerate(tables.get("marker", ()))
        if _is_whole(marker) and not any(path[:2] in (("marker",), ("marker", position)) for path in judged.broken)
    )
    if not {"estimand", "missing_data"} <= sound.keys():
        sound |= {"estimand": EstimandTable(), "missing_data": MissingDataTable()}
    if "plates" not in sound:
        sound["marker"] = tuple(marker for marker in sound["marker"] if not has_limits_by_plate(marker))
    analysis = vars(tables["analysis"]) if "analysis" in tables else {}
    compared = {key: analysis[key] for key in _OF_CHECKS if key in analysis}
    contradicted = any(path[:1] == ("analysis",) and {*path[1:2]} <= {*_OF_CHECKS} for path in judged.broken)
    if contradicted or len(compared) < len(_OF_CHECKS):
        sound.pop("inclusion", None)
        compared = dict.fromkeys(("baseline", "follow_up"), sound["data"].visits[0])
    return StudySpec.model_construct(**sound | {"analysis": AnalysisTable(**compared)})


def has_all_outcomes(judged: JudgedSpec, spec: StudySpec) -> bool:
    """Whether a sound part has every marker and the score of the study file."""
    tables = vars(judged.spec)
    if not {"marker", "symptom"} <= tables.keys():
        return False
    return len(tables["marker"]) == len(spec.marker) and (tables["symptom"] is None) == (spec.symptom is None)


def unjudged_tables(judged: JudgedSpec, spec: StudySpec, file: str) -> Iterator[Unjudged]:
    """List the tables whose cells a sound part leaves unjudged.

    Parameters
    ----------
    judged : JudgedSpec
        The study file with its faults.
    spec : StudySpec
        Its sound part, from `cells_part`.
    file : str
        Its name.
    """
    tables, checked = vars(judged.spec), set(variables(spec))
    several = [(("marker", i), marker) for i, marker in enumerate(tables.get("marker", ()))]
    single = [((name,), tables[name]) for name in _WITH_CELLS if tables.get(name) is not None]
    for key, table in (*several, *single):
        with_columns = _with_columns(table)
        if with_columns is None:
            continue
        own: dict[str, Any] = {str(key[0]): (with_columns,) if len(key) > 1 else with_columns}
        alone = StudySpec.model_construct(**own, data=spec.data)
        if set(variables(alone)) <= checked:
            continue
        outcome = next((one for one in variables(alone) if one.role in ("marker", "symptom", "item")), None)
        codes = _codes(table, key, judged.broken) if len(key) > 1 else ()
        if codes is None:
            outcome = None
        columns = declared_columns(alone)
        whose = f"of column{'s' if len(columns) > 1 else ''} {listing(columns)}"
        message = f"the cells {whose} are checked once the study file is right"
        raw = vars(table).get("scale") == "raw" and not any(path[:3] == (*key, "scale") for path in judged.broken)
        if outcome is not None:
            negative = " and negative readings" if raw else ""
            message = (
                f"the cells {whose} were looked through for texts in place of numbers{negative} only; all else in "
            )
            message += "them is checked once the study file is right"
        yield Unjudged(Notice(file, dotted(key), message), outcome, codes or (), alone.symptom, raw)


def _codes(marker: MarkerTable, key: KeyPath, broken: Collection[KeyPath]) -> tuple[str, ...] | None:
    """Texts that a marker's table explains, None where these are at fault."""
    of_codes = {"codes", "measured_codes", "below_codes", "above_codes", "missing_codes"}
    if not of_codes <= vars(marker).keys() or any(path[:2] == key and {*path[2:3]} & of_codes for path in broken):
        return None
    return tuple(marker.code_meanings)


def _can_be_opened(data: DataTable, broken: Collection[KeyPath]) -> bool:
    """Whether what is said of the files can be followed; columns of joined files are called after visits."""
    keys = vars(data).keys()
    if not keys >= _OF_FILES or any(path[0] == "data" and {*path[1:2]} <= _OF_FILES for path in broken if path):
        return False
    return not data.join or (_is_whole(data.join) and {"visits", "layout"} <= keys)


def _with_columns(value: Any) -> Any:
    """A table with the defaults, or nothing, in place of its keys at fault; None where its columns are at fault."""
    if isinstance(value, tuple):
        return tuple(table for table in map(_with_columns, value) if table is not None)
    if not isinstance(value, Table):
        return value
    given: dict[str, Any] = {key: _with_columns(own) for key, own in vars(value).items()}
    lacking = {name for name, field in type(value).model_fields.items() if field.is_required()} - given.keys()
    if lacking & {"column", "columns"}:
        return None
    return type(value).model_construct(**dict.fromkeys(lacking, "") | given)


def _is_whole(value: object, but: Set[str] = frozenset()) -> bool:
    """Whether no key of a table, or of one in it, is at fault, but for some."""
    if isinstance(value, tuple):
        return all(map(_is_whole, value))
    if not isinstance(value, Table):
        return True
    needed = type(value).model_fields.keys() - but
    return vars(value).keys() >= needed and all(_is_whole(vars(value)[key]) for key in needed)


def _of_cells(table: Any, broken: Collection[str | int]) -> Any:
    """A table with the defaults in place of keys at fault that bear on no cell."""
    if not isinstance(table, Table):
        return table
    return type(table).model_construct(**{key: value for key, value in vars(table).items() if key not in broken})
