"""What stands beside the readings of a marker: codes of the laboratory, limits of single samples, plates."""

from dataclasses import replace

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.names import advice
from cochange.data.reading.plain_cells import read_number_cells, read_text_cells
from cochange.data.reading.same_text import cells_with
from cochange.data.reading.table import TextTable
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import ZERO_STAYS_ZERO, MarkerTable

Groups = tuple[tuple[str, ...], ...]


def with_surroundings(cells: pd.DataFrame, marker: MarkerTable, table: TextTable, spec: StudySpec) -> pd.DataFrame:
    """Add to each reading the texts that stand beside it.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of a marker, from `cells_of`.
    marker : MarkerTable
        Its declaration.
    table : TextTable
        The data file.
    spec : StudySpec
        The study file.

    Returns
    -------
    pandas.DataFrame
        With `code`, `own_lower`, `own_upper` and `plate`, "" where there is none.
    """
    beside: dict[str, Groups] = {
        "code": marker.code_wells,
        "own_lower": tuple((column,) for column in marker.lower_limit_columns),
        "own_upper": tuple((column,) for column in marker.upper_limit_columns),
        "plate": () if spec.plates is None else tuple((column,) for column in spec.plates.columns),
    }
    table = _with_limits_in_one_mark(table, marker, spec)
    texts = {name: _beside(cells, marker.wells, groups, table) for name, groups in beside.items()}
    return cells.assign(**texts)


def read_code_cells(
    cells: pd.DataFrame, marker: MarkerTable, spec: StudySpec, file: str
) -> tuple[pd.DataFrame, list[Fault]]:
    """Read the codes of a marker; one that the study file does not explain is a fault.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of the codes, from `cells_of`.
    marker : MarkerTable
        The marker they stand beside.
    spec : StudySpec
        The study file.
    file : str
        Name of the data file.

    Returns
    -------
    cells : pandas.DataFrame
        With `value`, `status` and `decision` added.
    faults : list of Fault
        One for each unknown code of a column.
    """
    meanings = marker.code_meanings
    done = read_text_cells(cells, spec)
    given = done["status"] == "observed"
    done["decision"] = done["decision"].where(~given, "read: " + done["text"].map(meanings).fillna("unknown"))
    required = f"a code of {marker.name} that the study file explains"
    faults = []
    unknown = done[given & ~done["ignored"] & ~done["text"].isin(list(meanings))]
    for (column, text), same in unknown.groupby(["column", "text"], sort=False):
        action = advice(str(text), meanings, "list it under measured_codes, below_codes, above_codes or missing_codes")
        faults.append(Fault(file, int(same["row"].iloc[0]), str(column), required, cells_with(str(text), same), action))
    return done, faults


def read_limit_cells(
    cells: pd.DataFrame, marker: MarkerTable, spec: StudySpec, file: str
) -> tuple[pd.DataFrame, list[Fault]]:
    """Read the limits of single samples, on the scale of the readings.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of the limits, from `cells_of`.
    marker : MarkerTable
        The marker they stand beside.
    spec : StudySpec
        The study file.
    file : str
        Name of the data file.

    Returns
    -------
    cells : pandas.DataFrame
        With `value`, `status` and `decision` added.
    faults : list of Fault
        One for each text of a column that is no number, or not above zero on a raw scale.
    """
    raw = marker.scale in ZERO_STAYS_ZERO
    required = f"a limit of {marker.name} ({'a number above zero' if raw else 'a number'}, or blank)"
    least = 5e-324 if raw else float("-inf")
    return read_number_cells(cells, spec, file, required, (least, float("inf")))


def _with_limits_in_one_mark(table: TextTable, marker: MarkerTable, spec: StudySpec) -> TextTable:
    """The table with the decimal mark of the readings in the columns of the limits, which may have one of their own."""
    mark, columns = spec.data.decimal, (*marker.lower_limit_columns, *marker.upper_limit_columns)
    others = [column for column in columns if spec.data.decimal_of(column) != mark]
    if not others:
        return table
    texts = {c: table.cells[c].str.replace(spec.data.decimal_of(c), mark, regex=False) for c in others}
    return replace(table, cells=table.cells.assign(**texts))


def _beside(cells: pd.DataFrame, wells: Groups, groups: Groups, table: TextTable) -> pd.Series:
    texts = pd.Series("", index=cells.index, dtype=object)
    for own, beside in zip(wells, groups, strict=False):
        for column, other in zip(own, beside * (len(own) // len(beside)), strict=True):
            here = cells["column"] == column
            given = table.cells.loc[cells.loc[here, "row"], other]
            texts[here] = given.mask(given.isin(list(table.user_missing.get(other, ()))), "").to_numpy()
    return texts
