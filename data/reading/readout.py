"""Read every declared cell of a data file, in one go, into one long table."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.cells import cells_of
from cochange.data.reading.date_cells import read_date_cells
from cochange.data.reading.items import item_range, total_scores
from cochange.data.reading.marker_cells import read_marker_cells
from cochange.data.reading.people import several_values, without_given_twice
from cochange.data.reading.plain_cells import (
    read_number_cells,
    read_text_cells,
    score_requirement,
    screening_scale,
    texts_without_result,
)
from cochange.data.reading.samples import decide_on_samples, pool_wells
from cochange.data.reading.sources import Source
from cochange.data.reading.surroundings import read_code_cells, read_limit_cells, with_surroundings
from cochange.data.reading.variables import Role, Variable, variables
from cochange.data.spec import StudySpec
from cochange.data.specification.files import DataTable
from cochange.data.specification.tables import MarkerTable


@dataclass(frozen=True, eq=False)
class Readout:
    """All cells, read.

    Attributes
    ----------
    sources : tuple of Source
        The files, the main one first.
    cells : dict
        By role and name of a variable, one line a cell, see `cells_of`, with `mark` (of decimals), `value`, `status`,
        `decision`, and for markers `written` (on the scale of the column), `lower_limit`, `upper_limit`, and the texts
        beside the reading, see `with_surroundings`.
    used : dict
        The same without the cells of visits left out as declared.
    samples : tuple of pandas.DataFrame
        For each marker, one line a sample, see `pool_wells`.
    faults : tuple of Fault
        Faults of identifiers and single cells.
    """

    sources: tuple[Source, ...]
    cells: dict[tuple[str, str], pd.DataFrame]
    used: dict[tuple[str, str], pd.DataFrame]
    samples: tuple[pd.DataFrame, ...]
    faults: tuple[Fault, ...]

    @cached_property
    def participants(self) -> tuple[str, ...]:
        """Identifiers in the order of the main file."""
        return tuple(self.sources[0].used["participant"].unique())

    def source_of(self, cells: pd.DataFrame) -> Source:
        """Return the file the first of these cells stands in."""
        return self.sources[int(cells["source"].iloc[0])]

    def data_of(self, cells: pd.DataFrame) -> DataTable:
        """Return what is declared of the file the first of these cells stands in."""
        return self.source_of(cells).data

    def file_of(self, column: str) -> str:
        """Return the name of the file that has a column; of several, the first and how many more."""
        found = pd.concat([own.loc[own["column"] == column, "file"] for own in self.used.values()])
        first, *others = found.unique()
        return f"{first} and {len(others)} more" if others else str(first)

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


def read_out(sources: tuple[Source, ...], spec: StudySpec) -> Readout:
    """Read every declared cell.

    Parameters
    ----------
    sources : tuple of Source
        The files, the main one first, with all declared columns present.
    spec : StudySpec
        The study file.

    Returns
    -------
    Readout
    """
    faults: list[Fault] = []
    all_cells: dict[tuple[str, str], pd.DataFrame] = {}
    used: dict[tuple[str, str], pd.DataFrame] = {}
    samples: list[pd.DataFrame] = []
    for variable in variables(spec):
        found = cells_of(variable, sources, spec)
        if variable.by_visit:
            found, twice = without_given_twice(found)
            faults += twice
        cells, cell_faults = _read(variable, found, sources, spec)
        if variable.role == "marker":
            samples.append(pool_wells(cells[~cells["ignored"]]))
            cells = decide_on_samples(cells, samples[-1])
        key = (variable.role, variable.name)
        all_cells[key] = cells
        used[key] = cells[~cells["ignored"]]
        faults += cell_faults
        if variable.role == "item" and spec.symptom is not None:
            # A row left out may repeat the participant and visit of one that counts: its items make no total.
            totals = total_scores(used[key], spec)
            all_cells["symptom", spec.symptom.scale] = used["symptom", spec.symptom.scale] = totals
        if not variable.by_visit:
            faults += several_values(used[key])
        elif variable.role == "symptom" and spec.symptom is not None and spec.symptom.baseline_column is not None:
            faults += several_values(used[key][used[key]["column"] == spec.symptom.baseline_column])
    return Readout(sources, all_cells, used, tuple(samples), tuple(faults))


def _read(
    variable: Variable, cells: pd.DataFrame, sources: tuple[Source, ...], spec: StudySpec
) -> tuple[pd.DataFrame, list[Fault]]:
    """Read the cells of a variable, each by the keys of its file and the mark of its column, numbers with a point."""
    marker = next((marker for marker in spec.marker if marker.name == variable.of), None)
    if variable.role == "marker" and marker is not None:
        cells = with_surroundings(cells, marker, sources, spec)
    parts: list[pd.DataFrame] = []
    faults: list[Fault] = []
    for position in cells["source"].unique().tolist():
        source, of_file = sources[position], cells[cells["source"] == position]
        unseen, declared = _without_declared_missing(of_file, source)
        marks = {column: source.data.decimal_of(column) for column in unseen["column"].unique().tolist()}
        for mark, own in unseen.groupby(unseen["column"].map(marks).mask(unseen["typed"], "."), sort=False):
            data = source.data.model_copy(update={"decimal": mark})
            read, own_faults = _read_cells(variable, own, marker, spec.model_copy(update={"data": data}))
            mine = declared[own.index]
            decision = read["decision"].mask(mine, "missing by the file's own code")
            parts.append(read.assign(text=of_file.loc[own.index, "text"], decision=decision, mark=mark))
            faults += own_faults
    return pd.concat(parts).reindex(cells.index), faults


def _without_declared_missing(cells: pd.DataFrame, source: Source) -> tuple[pd.DataFrame, pd.Series]:
    """Blank what the file itself declares missing, and say where that was."""
    missing = source.table.user_missing
    if not missing:
        return cells, pd.Series(False, index=cells.index)
    pairs = zip(cells["column"], cells["text"], strict=True)
    declared = pd.Series([text in missing.get(column, ()) for column, text in pairs], index=cells.index)
    return cells.assign(text=cells["text"].mask(declared, "")), declared


def _read_cells(
    variable: Variable, cells: pd.DataFrame, marker: MarkerTable | None, spec: StudySpec
) -> tuple[pd.DataFrame, list[Fault]]:
    unbounded = (float("-inf"), float("inf"))
    if marker is not None:
        reader = {"code": read_code_cells, "limit": read_limit_cells}.get(variable.role, read_marker_cells)
        return reader(cells, marker, spec)
    if variable.role == "item" and spec.scale is not None:
        bounds = item_range(spec)
        required = f"an item of {spec.scale.name} from {bounds[0]:g} to {bounds[1]:g}"
        return read_number_cells(cells, spec, required, bounds)
    if variable.role == "symptom" and spec.scale is not None:
        return read_number_cells(cells, spec, score_requirement(spec.scale), (spec.scale.lower, spec.scale.upper))
    if variable.role == "screening":
        scale = screening_scale(spec)
        required = f"a {scale.name} score" if scale.upper == float("inf") else score_requirement(scale)
        return read_number_cells(cells, spec, required, (scale.lower, scale.upper))
    if variable.role == "date":
        return read_date_cells(cells, spec)
    if variable.numeric:
        return read_number_cells(cells, spec, f"a number for the covariate {variable.name}", unbounded)
    done = read_text_cells(cells, spec)
    return done, texts_without_result(done, spec)
