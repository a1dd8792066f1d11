"""What became of every cell: one record each, and the counts that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cochange.data.reading.raw_scale import conversion_sentence
from cochange.data.reading.readout import Readout
from cochange.data.reading.table import TextTable
from cochange.data.spec import StudySpec

if TYPE_CHECKING:
    from cochange.data.study import Study

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


def make_audit(readout: Readout, table: TextTable, spec: StudySpec) -> Audit:
    """Record every cell.

    Parameters
    ----------
    readout : Readout
        The cells as read.
    table : TextTable
        The file they come from.
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
    at_visit = cells["visit"].isin(spec.data.ignore_visits)
    cells.loc[left_out & at_visit, "decision"] = "visit ignored as declared"
    cells.loc[left_out & ~at_visit, "decision"] = "row left out as declared"
    records = pd.concat([cells.assign(file=table.file), _absent_rows(readout, table.file, spec)], ignore_index=True)
    records["row"] = records["row"].astype("Int64")
    facts = {
        "file": table.file,
        **table.facts,
        "decimal": _decimal(spec),
        "rows": str(len(table.cells)),
        "columns": str(len(table.cells.columns)),
    }
    for marker in spec.marker:
        if marker.convert_to is not None:
            facts[f"unit of {marker.name}"] = conversion_sentence(marker)
    return Audit(records[list(COLUMNS)], facts)


def _decimal(spec: StudySpec) -> str:
    names = {".": "point", ",": "comma"}
    columns = spec.data.decimal_columns.items()
    others = [f"{column}: {names[mark]}" for column, mark in columns if mark != spec.data.decimal]
    return names[spec.data.decimal] + (f" ({', '.join(others)})" if others else "")


def counts(study: Study) -> pd.DataFrame:
    """Count the readings of every outcome at every visit, and the complete pairs.

    Parameters
    ----------
    study : Study
        A study as read.

    Returns
    -------
    pandas.DataFrame
        Index `variable`, `visit`; columns `participants`, `observed`, `below`, `above`, `missing`, `complete_pairs`
        (participants with a value at both the baseline and the follow-up visit, censored values included; missing
        for other visits and where there is one visit).
    """
    status = {name: study.data["marker_status"].sel(marker=name) for name in study.data["marker"].to_numpy()}
    if study.spec.symptom is not None:
        texts = np.where(np.isnan(study.data["symptom"]), "missing", "observed")
        status[study.spec.symptom.scale] = study.data["symptom"].copy(data=texts)
    lines = []
    for variable, statuses in status.items():
        given = statuses != "missing"
        pairs = int((given.sel(visit=study.baseline) & given.sel(visit=study.follow_up)).sum())
        for visit in study.spec.data.visits:
            here = pd.Series(statuses.sel(visit=visit).to_numpy()).value_counts()
            paired = study.has_two_visits and visit in (study.baseline, study.follow_up)
            lines.append(
                {
                    "variable": variable,
                    "visit": visit,
                    "participants": study.data.sizes["participant"],
                    **{name: int(here.get(name, 0)) for name in ("observed", "below", "above", "missing")},
                    "complete_pairs": pairs if paired else None,
                }
            )
    return pd.DataFrame(lines).astype({"complete_pairs": "Int64"}).set_index(["variable", "visit"])


def _absent_rows(readout: Readout, file: str, spec: StudySpec) -> pd.DataFrame:
    expected = pd.MultiIndex.from_product([readout.participants, spec.data.visits], names=["participant", "visit"])
    absent = []
    for cells in readout.outcomes:
        present = pd.MultiIndex.from_frame(cells[["participant", "visit"]])
        pairs = expected.difference(present, sort=False).to_frame(index=False)
        columns = cells.loc[cells["visit"] == cells["visit"].iloc[-1], "column"].unique()
        absent += [pairs.assign(variable=cells["variable"].iloc[0], column=column) for column in columns]
    return pd.concat(absent, ignore_index=True).assign(
        file=file, row=None, text="", value=None, status="missing", decision="no row at this visit: missing"
    )
