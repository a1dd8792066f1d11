"""The files of a study, each with its rows told apart: whose they are, and of which visit."""

from dataclasses import dataclass

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.names import advice, listing
from cochange.data.reading.formula_errors import is_formula_error
from cochange.data.reading.places import count_rows
from cochange.data.reading.repeats import difference_advice, repeats_advice
from cochange.data.reading.same_text import named
from cochange.data.reading.table import TextTable
from cochange.data.reading.variables import bare_names, declared_columns
from cochange.data.spec import StudySpec
from cochange.data.specification.files import DataTable

VISIT_LEFT_OUT = "visit ignored as declared"
ROW_LEFT_OUT = "row left out as declared"
NO_IDENTIFIER = "give the identifier, or delete the row"


@dataclass(frozen=True, eq=False)
class Source:
    """A file whose rows are identified.

    Attributes
    ----------
    table : TextTable
        Its cells.
    data : DataTable
        How it is read.
    rows : pandas.DataFrame
        By the index of the cells: `file`, `row`, `participant`, `visit` ("" in a wide layout), `ignored` (left out as
        declared) with the reason `why`, and `stranger` (gives no value of what does not change within a participant: a
        row of somebody none of whose rows is used, or one left out where columns stand for single visits). Rows at
        fault are not among them, so that the other checks can go on.
    at : str
        The visit that the columns of a joined file are called after, "" where they keep their names.
    """

    table: TextTable
    data: DataTable
    rows: pd.DataFrame
    at: str = ""

    def name_in_file(self, column: str) -> str:
        """Return what a column is called in the file itself."""
        return column.removesuffix(f" at {self.at}") if self.at else column

    @property
    def columns(self) -> frozenset[str]:
        """Names of the columns."""
        return frozenset(self.table.cells.columns)

    @property
    def used(self) -> pd.DataFrame:
        """The rows that are not left out."""
        return self.rows[~self.rows["ignored"]]


def identify_rows(
    table: TextTable, data: DataTable, spec: StudySpec, names: dict[str, str]
) -> tuple[pd.DataFrame, list[Fault]]:
    """Say whose row each row is, and of which visit.

    Parameters
    ----------
    table : TextTable
        A file, with its columns of identifiers and visits present.
    data : DataTable
        How it is read.
    spec : StudySpec
        The study file.
    names : dict of str to str
        The visits of the study by their names in this file.

    Returns
    -------
    rows : pandas.DataFrame
        As in `Source`, without `stranger`.
    faults : list of Fault
        Blank identifiers, unknown visits, repeated rows.
    """
    rows = table.places.assign(participant=table.cells[data.participant], visit=data.at_visit or "")
    if data.visit is not None:
        rows["visit"] = table.cells[data.visit]
    rows["why"] = why_left_out(table, data)
    rows["ignored"] = rows["why"] != ""
    blank = rows["participant"].isin(["", *data.missing]) | rows["participant"].map(is_formula_error)
    blank &= ~rows["ignored"]
    faults = _without_identifier(data, rows[blank])
    known = pd.Series(True, index=rows.index)
    if data.visit is not None:
        known = rows["visit"].isin(list(names)) | rows["ignored"]
        faults += _unknown_visits(data, spec, rows[~known], list(names))
        rows["visit"] = [names.get(visit, visit) for visit in rows["visit"]]
    rows = rows[~blank & known]
    used = rows[~rows["ignored"]]
    declared = bare_names(declared_columns(spec), spec)
    faults += _repeated_rows(table, data, declared, used[used.duplicated(["participant", "visit"], keep=False)])
    again = used.duplicated(["participant", "visit"]).reindex(rows.index, fill_value=False)
    return rows[~again], faults


def why_left_out(table: TextTable, data: DataTable) -> "pd.Series[str]":
    """Say why each row is left out as declared, "" where it is not."""
    why = pd.Series("", index=table.cells.index)
    for column, texts in data.rows.items():
        why[~table.cells[column].isin(texts)] = ROW_LEFT_OUT
    if data.visit is not None:
        why[table.cells[data.visit].isin(data.ignore_visits)] = VISIT_LEFT_OUT
    return why


def with_strangers(rows: pd.DataFrame, participants: tuple[str, ...]) -> pd.DataFrame:
    """Mark the rows of somebody who is no participant."""
    return rows.assign(stranger=~rows["participant"].isin(participants))


def _without_identifier(data: DataTable, rows: pd.DataFrame) -> list[Fault]:
    return [
        Fault(file, int(row), data.participant, "an identifier", named(text), NO_IDENTIFIER)
        for file, row, text in rows[["file", "row", "participant"]].itertuples(index=False)
    ]


def _unknown_visits(data: DataTable, spec: StudySpec, rows: pd.DataFrame, known: list[str]) -> list[Fault]:
    faults = []
    for visit, members in rows.groupby("visit", sort=False):
        found = f"{named(str(visit))} in {count_rows(members)}"
        if visit in spec.data.visits and visit not in known:
            action = "drop these rows or 'baseline_column': the first visit's score comes from one of them"
        else:
            listed = f"list the visit under 'visits' or 'ignore_visits' of {data.heading}"
            if data.heading != spec.data.heading:
                listed = f'say which visit of the study it is, as in visits = {{ "{visit}" = "..." }} under '
                listed += f"{data.heading}, or list it under 'ignore_visits' there"
            action = advice(str(visit), known, listed)
        required = f"a visit among {listing(known)}"
        faults.append(Fault(members["file"].iloc[0], int(members["row"].iloc[0]), data.visit, required, found, action))
    return faults


def _repeated_rows(table: TextTable, data: DataTable, declared: tuple[str, ...], rows: pd.DataFrame) -> list[Fault]:
    visits = data.visit is not None
    required = f"a single row for each participant{' and visit' if visits else ''}"
    faults = []
    for (participant, visit), members in rows.groupby(["participant", "visit"], sort=False):
        found = f"'{participant}'{f' at {visit!r}' if visits else ''} in {count_rows(members)}"
        second, cells = members.iloc[1], table.cells.loc[members.index]
        action = difference_advice(cells, declared) + repeats_advice(cells, data.heading)
        faults.append(Fault(second["file"], int(second["row"]), data.participant, required, found, action))
    return faults
