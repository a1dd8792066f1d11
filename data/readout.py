"""Read every declared cell of a data file, in one go, into one long table."""

from dataclasses import dataclass

import pandas as pd

from cochange.data.cells import collect_cells, identify_rows
from cochange.data.faults import Fault
from cochange.data.marker_cells import read_marker_cells
from cochange.data.people import one_value_each
from cochange.data.plain_cells import read_number_cells, read_text_cells, score_requirement, screening_scale
from cochange.data.spec import StudySpec
from cochange.data.table import TextTable
from cochange.data.variables import Variable, variables


@dataclass(frozen=True)
class Readout:
    """All cells, read.

    Attributes
    ----------
    file : str
        Name of the data file.
    rows : pandas.DataFrame
        Index `row`; `participant`, `visit`, `ignored`.
    cells : pandas.DataFrame
        One line a declared cell: `row`, `participant`, `visit`, `role`, `variable`, `column`, `text`, `value`,
        `status`, `decision`, `ignored`, and for markers `written` (on the scale of the column),
        `lower_limit` and `upper_limit`.
    participants : tuple of str
        Identifiers in the order of the file.
    faults : tuple of Fault
        Faults of identifiers and single cells.
    """

    file: str
    rows: pd.DataFrame
    cells: pd.DataFrame
    participants: tuple[str, ...]
    faults: tuple[Fault, ...]

    def of(self, role: str, variable: str | None = None) -> pd.DataFrame:
        """Return the used cells of a role, or of one variable of it."""
        cells = self.cells[(self.cells["role"] == role) & ~self.cells["ignored"]]
        return cells if variable is None else cells[cells["variable"] == variable]


def read_out(table: TextTable, spec: StudySpec) -> Readout:
    """Read every declared cell.

    Parameters
    ----------
    table : TextTable
        The data file, with all declared columns present.
    spec : StudySpec
        Its study file.

    Returns
    -------
    Readout
    """
    rows, faults = identify_rows(table, spec)
    participants = tuple(rows.loc[~rows["ignored"], "participant"].unique())
    unread = collect_cells(table, rows, spec)
    strangers = ~unread["participant"].isin(participants)
    constant = unread["role"].isin([v.role for v in variables(spec) if not v.by_visit])
    # What does not change within a participant may be written in any of their rows, also at a visit left out.
    unread["ignored"] = (unread["ignored"] & ~constant) | strangers
    read = []
    for variable in variables(spec):
        own = unread[(unread["role"] == variable.role) & (unread["variable"] == variable.name)]
        cells, cell_faults = _read(variable, own, spec, table.file)
        faults += cell_faults
        if not variable.by_visit:
            faults += one_value_each(cells[~cells["ignored"]], table.file)[1]
        elif variable.role == "symptom" and spec.symptom is not None and spec.symptom.baseline_column is not None:
            faults += one_value_each(cells[cells["column"] == spec.symptom.baseline_column], table.file)[1]
        read.append(cells)
    cells = pd.concat(read, ignore_index=True)
    return Readout(table.file, rows, cells, participants, tuple(faults))


def _read(variable: Variable, cells: pd.DataFrame, spec: StudySpec, file: str) -> tuple[pd.DataFrame, list[Fault]]:
    unbounded = (float("-inf"), float("inf"))
    if variable.role == "marker":
        marker = next(marker for marker in spec.marker if marker.name == variable.name)
        return read_marker_cells(cells, marker, spec, file)
    if variable.role == "symptom" and spec.scale is not None:
        scale = spec.scale
        return read_number_cells(cells, spec, file, score_requirement(scale), (scale.lower, scale.upper))
    if variable.role == "screening":
        scale = screening_scale(spec)
        required = f"a {scale.name} score" if scale.upper == float("inf") else score_requirement(scale)
        return read_number_cells(cells, spec, file, required, (scale.lower, scale.upper))
    if variable.numeric:
        return read_number_cells(cells, spec, file, f"a number for the covariate {variable.name}", unbounded)
    return read_text_cells(cells, spec), []
