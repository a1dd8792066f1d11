"""What became of every cell: one record each."""

from dataclasses import dataclass

import pandas as pd

from cochange.data.reading.after_events import dropped_after_events
from cochange.data.reading.open_files import Opened
from cochange.data.reading.raw_scale import conversion_sentence
from cochange.data.reading.readout import Readout
from cochange.data.reading.variables import variables
from cochange.data.spec import StudySpec
from cochange.data.specification.files import DataTable
from cochange.data.specification.kinds import MARK_NAMES

COLUMNS = ("file", "row", "participant", "visit", "variable", "column", "text", "value", "status", "decision")


@dataclass(frozen=True, eq=False)
class Audit:
    """Record of the reading of a data file.

    Attributes
    ----------
    records : pandas.DataFrame
        One line for every cell of a declared column and for every outcome (each of its wells) whose row is absent.
        Columns `file`, `row` (missing where there is no row), `participant`, `visit` ("" for a value that belongs to no
        visit), `variable`, `column`, `text`, `value`, `status` ("observed", "below", "above", "missing", "ignored") and
        `decision` in words.
    facts : dict of str to str
        How the file was read: encoding, delimiter, decimal mark, rows, units converted.
    """

    records: pd.DataFrame
    facts: dict[str, str]


def make_audit(readout: Readout, opened: list[Opened], spec: StudySpec) -> Audit:
    """Record every cell.

    Parameters
    ----------
    readout : Readout
        The cells as read.
    opened : list of Opened
        The files they come from, the main one first.
    spec : StudySpec
        The study file.

    Returns
    -------
    Audit
    """
    cells = pd.concat([own.assign(value=own["value"].astype(object)) for own in readout.cells.values()])
    cells = cells.reset_index(drop=True)
    cells.loc[cells["status"] == "missing", "value"] = None
    left_out = cells["ignored"]
    cells.loc[left_out, "status"] = "ignored"
    cells.loc[left_out, "decision"] = cells.loc[left_out, "why"]
    records = pd.concat([cells, _absent_rows(readout, spec)], ignore_index=True)
    records["row"] = records["row"].astype("Int64")
    facts = _facts(opened[0])
    for own in opened[1:]:
        if not own.further:
            facts[f"joined {own.table.file}"] = "; ".join(f"{name} {fact}" for name, fact in _facts(own).items())
    for marker in spec.marker:
        if marker.convert_to is not None:
            facts[f"unit of {marker.name}"] = conversion_sentence(marker)
    return Audit(records[list(COLUMNS)], facts)


def _facts(own: Opened) -> dict[str, str]:
    table = own.table
    size = {"rows": str(len(table.cells)), "columns": str(len(table.cells.columns))}
    return {"file": table.file, **table.facts, "decimal": _decimal(own.data), **size}


def _decimal(data: DataTable) -> str:
    columns = data.decimal_columns.items()
    others = [f"{column}: {MARK_NAMES[mark]}" for column, mark in columns if mark != data.decimal]
    return MARK_NAMES[data.decimal] + (f" ({', '.join(others)})" if others else "")


def _absent_rows(readout: Readout, spec: StudySpec) -> pd.DataFrame:
    """A line for each outcome (each of its wells) of a participant and visit that has no row."""
    visits, absent = spec.data.visits, []
    for variable in variables(spec):
        if variable.role not in ("marker", "symptom", "item"):
            continue
        cells = readout.cells[variable.role, variable.name]
        cells = cells[~cells["ignored"] | dropped_after_events(cells)]
        columns = variable.columns if spec.data.layout == "wide" else variable.columns * len(visits)
        for visit, at_visit in zip(visits, columns, strict=True):
            for column in at_visit:
                present = set(cells.loc[(cells["visit"] == visit) & _is_column(cells, column, spec), "participant"])
                without = [each for each in readout.participants if each not in present]
                lines = pd.DataFrame({"participant": without, "visit": visit, "column": column})
                absent.append(lines.assign(variable=variable.name, file=readout.file_of(column)))
    return pd.concat(absent, ignore_index=True).assign(
        row=None, text="", value=None, status="missing", decision="no row at this visit: missing"
    )


def _is_column(cells: pd.DataFrame, column: str, spec: StudySpec) -> "pd.Series[bool]":
    """Whether cells stand in a column; the first visit's score may have one of its own."""
    apart = spec.symptom.baseline_column if spec.symptom is not None else None
    return (cells["column"] == column) | (cells["column"] == apart)
