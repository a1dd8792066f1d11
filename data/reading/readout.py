"""Read every declared cell of a data file, in one go, into one long table."""

from dataclasses import dataclass

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.cells import cells_of, identify_rows
from cochange.data.reading.date_cells import read_date_cells
from cochange.data.reading.items import item_range, total_scores
from cochange.data.reading.marker_cells import read_marker_cells
from cochange.data.reading.people import several_values
from cochange.data.reading.plain_cells import (
    read_number_cells,
    read_text_cells,
    score_requirement,
    screening_scale,
    texts_without_result,
)
from cochange.data.reading.samples import decide_on_samples, pool_wells
from cochange.data.reading.surroundings import read_code_cells, read_limit_cells, with_surroundings
from cochange.data.reading.table import TextTable
from cochange.data.reading.variables import Role, Variable, variables
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import MarkerTable


@dataclass(frozen=True, eq=False)
class Readout:
    """All cells, read.

    Attributes
    ----------
    file : str
        Name of the data file.
    rows : pandas.DataFrame
        Index `row`; `participant`, `visit`, `ignored`.
    participants : tuple of str
        Identifiers in the order of the file.
    cells : dict
        By role and name of a variable, one line a cell: `row`, `participant`, `visit`, `role`, `variable`, `column`,
        `text`, `ignored`, `value`, `status`, `decision`, and for markers `written` (on the scale of the column),
        `lower_limit`, `upper_limit`, and the texts beside the reading, see `with_surroundings`.
    used : dict
        The same without the cells of visits left out as declared.
    samples : tuple of pandas.DataFrame
        For each marker, one line a sample, see `pool_wells`.
    faults : tuple of Fault
        Faults of identifiers and single cells.
    """

    file: str
    rows: pd.DataFrame
    participants: tuple[str, ...]
    cells: dict[tuple[str, str], pd.DataFrame]
    used: dict[tuple[str, str], pd.DataFrame]
    samples: tuple[pd.DataFrame, ...]
    faults: tuple[Fault, ...]

    def of(self, role: Role) -> tuple[pd.DataFrame, ...]:
        """Return the used cells of every variable with this role."""
        return tuple(cells for (own_role, _), cells in self.used.items() if own_role == role)

    @property
    def outcomes(self) -> tuple[pd.DataFrame, ...]:
        """The used cells of every marker and of the symptom score."""
        return self.of("marker") + self.of("symptom")

    def screening(self, spec: StudySpec) -> pd.DataFrame | None:
        """Return the used cells of the inclusion score, which may be the baseline score, or None without one."""
        if spec.inclusion is None:
            return None
        if not spec.inclusion_on_baseline:
            return self.of("screening")[0]
        (scores,) = self.of("symptom")
        return scores[scores["visit"] == spec.baseline]


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
    strangers = ~rows["participant"].isin(participants)
    all_cells: dict[tuple[str, str], pd.DataFrame] = {}
    used: dict[tuple[str, str], pd.DataFrame] = {}
    samples: list[pd.DataFrame] = []
    for variable in variables(spec):
        # What does not change within a participant may be written in any of their rows, also at a visit left out.
        left_out = rows.assign(ignored=rows["ignored"] | strangers if variable.by_visit else strangers)
        cells, cell_faults = _read(variable, cells_of(variable, table, left_out, spec), table, spec)
        if variable.role == "marker":
            samples.append(pool_wells(cells[~cells["ignored"]]))
            cells = decide_on_samples(cells, samples[-1])
        key = (variable.role, variable.name)
        all_cells[key] = cells
        used[key] = cells[~cells["ignored"]]
        faults += cell_faults
        if variable.role == "item" and spec.symptom is not None:
            totals = total_scores(cells, spec)
            all_cells["symptom", spec.symptom.scale] = totals
            used["symptom", spec.symptom.scale] = totals[~totals["ignored"]]
        if not variable.by_visit:
            faults += several_values(used[key], table.file)
        elif variable.role == "symptom" and spec.symptom is not None and spec.symptom.baseline_column is not None:
            baseline = used[key][used[key]["column"] == spec.symptom.baseline_column]
            faults += several_values(baseline, table.file)
    return Readout(table.file, rows, participants, all_cells, used, tuple(samples), tuple(faults))


def _read(
    variable: Variable, cells: pd.DataFrame, table: TextTable, spec: StudySpec
) -> tuple[pd.DataFrame, list[Fault]]:
    """Read the cells of a variable, each column by its own decimal mark; what the file declares missing is missing."""
    if cells.empty or not (table.user_missing or spec.data.decimal_columns):
        return _read_cells(variable, cells, table, spec)
    declared = [
        text in table.user_missing.get(column, ()) for column, text in zip(cells["column"], cells["text"], strict=True)
    ]
    unseen = cells.assign(text=cells["text"].mask(pd.Series(declared, index=cells.index), ""))
    parts: list[pd.DataFrame] = []
    faults: list[Fault] = []
    for mark, own in unseen.groupby(unseen["column"].map(spec.data.decimal_of), sort=False):
        data = spec.data.model_copy(update={"decimal": mark})
        read, own_faults = _read_cells(variable, own, table, spec.model_copy(update={"data": data}))
        parts.append(read)
        faults += own_faults
    done = pd.concat(parts).reindex(cells.index)
    decision = done["decision"].mask(pd.Series(declared, index=cells.index), "missing by the file's own code")
    return done.assign(text=cells["text"], decision=decision), faults


def _read_cells(
    variable: Variable, cells: pd.DataFrame, table: TextTable, spec: StudySpec
) -> tuple[pd.DataFrame, list[Fault]]:
    unbounded, file = (float("-inf"), float("inf")), table.file
    for marker in spec.marker:
        if marker.name == variable.of:
            return _read_of_marker(variable, cells, marker, spec, table)
    if variable.role == "item" and spec.scale is not None:
        bounds = item_range(spec)
        required = f"an item of {spec.scale.name} from {bounds[0]:g} to {bounds[1]:g}"
        return read_number_cells(cells, spec, file, required, bounds)
    if variable.role == "symptom" and spec.scale is not None:
        scale = spec.scale
        return read_number_cells(cells, spec, file, score_requirement(scale), (scale.lower, scale.upper))
    if variable.role == "screening":
        scale = screening_scale(spec)
        required = f"a {scale.name} score" if scale.upper == float("inf") else score_requirement(scale)
        return read_number_cells(cells, spec, file, required, (scale.lower, scale.upper))
    if variable.role == "date":
        return read_date_cells(cells, spec, file)
    if variable.numeric:
        return read_number_cells(cells, spec, file, f"a number for the covariate {variable.name}", unbounded)
    done = read_text_cells(cells, spec)
    return done, texts_without_result(done, spec, file)


def _read_of_marker(
    variable: Variable, cells: pd.DataFrame, marker: MarkerTable, spec: StudySpec, table: TextTable
) -> tuple[pd.DataFrame, list[Fault]]:
    if variable.role == "code":
        return read_code_cells(cells, marker, spec, table.file)
    if variable.role == "limit":
        return read_limit_cells(cells, marker, spec, table.file)
    return read_marker_cells(with_surroundings(cells, marker, table, spec), marker, spec, table.file)
