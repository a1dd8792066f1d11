"""Find the cells of every declared variable and the participant and visit each belongs to."""

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.names import advice, listing
from cochange.data.reading.formula_errors import is_formula_error
from cochange.data.reading.table import TextTable
from cochange.data.reading.variables import Variable
from cochange.data.spec import StudySpec


def missing_columns(table: TextTable, wanted: tuple[str, ...]) -> list[Fault]:
    """Return a fault for each declared column that the file lacks."""
    known = list(table.cells.columns)
    encoding = '; the file is valid UTF-8: try encoding = "utf-8" under [data]' if table.misread else ""
    return [
        Fault(
            table.file,
            table.header_row,
            column,
            "a column of this name",
            "none",
            advice(column, known, f"the header holds {listing(known)}{encoding}"),
        )
        for column in wanted
        if column not in known
    ]


def identify_rows(table: TextTable, spec: StudySpec) -> tuple[pd.DataFrame, list[Fault]]:
    """Say whose row each row is, and of which visit.

    Parameters
    ----------
    table : TextTable
        The data file.
    spec : StudySpec
        Its study file.

    Returns
    -------
    rows : pandas.DataFrame
        Index `row`; columns `participant`, `visit` ("" in a wide layout) and `ignored` (left out as declared). Rows at
        fault are dropped, so that the other checks can go on.
    faults : list of Fault
        Blank identifiers, unknown visits, repeated rows.
    """
    data = spec.data
    rows = pd.DataFrame({"participant": table.cells[data.participant]})
    rows["visit"] = table.cells[data.visit] if data.layout == "long" else ""
    rows["ignored"] = rows["visit"].isin(data.ignore_visits)
    for column, texts in data.rows.items():
        rows["ignored"] |= ~table.cells[column].isin(texts)
    blank = rows["participant"].isin(["", *data.missing]) | rows["participant"].map(is_formula_error)
    action = "give the identifier, or delete the row"
    faults = [
        Fault(table.file, int(row), data.participant, "an identifier", f"'{text}'", action)
        for row, text in rows.loc[blank].reset_index()[["row", "participant"]].itertuples(index=False)
    ]
    known = pd.Series(True, index=rows.index)
    if data.layout == "long":
        own_rows = list(data.visits)
        if spec.symptom is not None and spec.symptom.baseline_column is not None:
            own_rows = own_rows[1:]
        known = rows["visit"].isin(own_rows) | rows["ignored"]
        faults += _unknown_visits(table, spec, rows[~known], own_rows)
        faults += _visits_without_rows(table, spec, set(own_rows) - set(rows["visit"]))
    rows = rows[~blank & known]
    used = rows[~rows["ignored"]]
    faults += _repeated_rows(table, spec, used[used.duplicated(["participant", "visit"], keep=False)])
    again = used.duplicated(["participant", "visit"]).reindex(rows.index, fill_value=False)
    return rows[~again], faults


def cells_of(variable: Variable, table: TextTable, rows: pd.DataFrame, spec: StudySpec) -> pd.DataFrame:
    """List the cells of a variable, one a line; a sample has a cell for each of its wells.

    Parameters
    ----------
    variable : Variable
        A declared variable.
    table : TextTable
        The data file.
    rows : pandas.DataFrame
        From `identify_rows`.
    spec : StudySpec
        The study file.

    Returns
    -------
    pandas.DataFrame
        Columns `row`, `participant`, `visit`, `role`, `variable`, `column`, `text`, `ignored`. A wide variable without
        visits has the visit "".
    """
    if spec.data.layout == "wide":
        visits = spec.data.visits if variable.by_visit else ("",)
        blocks = [
            _block(variable, table, rows.assign(visit=visit), column)
            for visit, columns in zip(visits, variable.columns, strict=True)
            for column in columns
        ]
    else:
        blocks = [_block(variable, table, rows, column) for column in variable.columns[0]]
        if variable.role == "symptom" and spec.symptom is not None and spec.symptom.baseline_column is not None:
            own = rows.assign(visit=spec.data.visits[0])
            blocks.insert(0, _block(variable, table, own, spec.symptom.baseline_column))
    return pd.concat(blocks, ignore_index=True)


def _block(variable: Variable, table: TextTable, rows: pd.DataFrame, column: str) -> pd.DataFrame:
    block = rows.reset_index()[["row", "participant", "visit", "ignored"]]
    return block.assign(
        role=variable.role, variable=variable.name, column=column, text=table.cells.loc[rows.index, column].to_numpy()
    )


def _unknown_visits(table: TextTable, spec: StudySpec, rows: pd.DataFrame, known: list[str]) -> list[Fault]:
    faults = []
    for visit, members in rows.groupby("visit", sort=False):
        found = f"'{visit}' in {count_rows(members.index)}"
        if visit in spec.data.visits:
            action = "drop these rows or 'baseline_column': the first visit's score comes from one of them"
        else:
            action = advice(str(visit), known, "list the visit under 'visits' or 'ignore_visits'")
        required = f"a visit among {listing(known)}"
        faults.append(Fault(table.file, int(members.index[0]), spec.data.visit, required, found, action))
    return faults


def _visits_without_rows(table: TextTable, spec: StudySpec, absent: set[str]) -> list[Fault]:
    action = "correct the name under 'visits'; names are compared as texts"
    return [
        Fault(table.file, None, spec.data.visit, "a row at every declared visit", f"none at '{visit}'", action)
        for visit in spec.data.visits
        if visit in absent
    ]


def _repeated_rows(table: TextTable, spec: StudySpec, rows: pd.DataFrame) -> list[Fault]:
    long = spec.data.layout == "long"
    required = f"a single row for each participant{' and visit' if long else ''}"
    action = "keep the right row, or give the rows different identifiers"
    faults = []
    for (participant, visit), members in rows.groupby(["participant", "visit"], sort=False):
        found = f"'{participant}'{f' at {visit!r}' if long else ''} in {count_rows(members.index)}"
        faults.append(Fault(table.file, int(members.index[1]), spec.data.participant, required, found, action))
    return faults


def count_rows(rows: pd.Index) -> str:
    """Say how many rows and which, as in ``3 rows (4, 9, 12)``."""
    shown = ", ".join(str(row) for row in rows[:10])
    return f"{len(rows)} row{'s' if len(rows) > 1 else ''} ({shown}{', ...' if len(rows) > 10 else ''})"
