"""What stands beside the readings of a marker: codes of the laboratory, limits of single samples, plates."""

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.names import advice
from cochange.data.reading.places import first_place
from cochange.data.reading.plain_cells import read_number_cells, read_text_cells
from cochange.data.reading.same_text import cells_with
from cochange.data.reading.sources import Source
from cochange.data.reading.table import NumberText
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import ZERO_STAYS_ZERO, MarkerTable

Groups = tuple[tuple[str, ...], ...]


def with_surroundings(
    cells: pd.DataFrame, marker: MarkerTable, sources: tuple[Source, ...], spec: StudySpec
) -> pd.DataFrame:
    """Add to each reading the texts that stand beside it.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of a marker, from `cells_of`.
    marker : MarkerTable
        Its declaration.
    sources : tuple of Source
        The files.
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
    limits = ("own_lower", "own_upper")
    texts = {name: _beside(cells, marker.wells, of, sources, limits=name in limits) for name, of in beside.items()}
    return cells.assign(**texts)


def read_code_cells(cells: pd.DataFrame, marker: MarkerTable, spec: StudySpec) -> tuple[pd.DataFrame, list[Fault]]:
    """Read the codes of a marker; one that the study file does not explain is a fault.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of the codes, from `cells_of`.
    marker : MarkerTable
        The marker they stand beside.
    spec : StudySpec
        The study file.

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
    for (_, text), same in unknown.groupby(["column", "text"], sort=False):
        action = advice(str(text), meanings, "list it under measured_codes, below_codes, above_codes or missing_codes")
        faults.append(Fault(*first_place(same), required, cells_with(str(text), same), action))
    return done, faults


def read_limit_cells(cells: pd.DataFrame, marker: MarkerTable, spec: StudySpec) -> tuple[pd.DataFrame, list[Fault]]:
    """Read the limits of single samples, on the scale of the readings.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of the limits, from `cells_of`.
    marker : MarkerTable
        The marker they stand beside.
    spec : StudySpec
        The study file.

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
    return read_number_cells(cells, spec, required, (least, float("inf")))


def _beside(
    cells: pd.DataFrame, wells: Groups, groups: Groups, sources: tuple[Source, ...], *, limits: bool
) -> pd.Series:
    texts: dict[object, str] = {}
    for own, beside in zip(wells, groups, strict=False):
        for column, other in zip(own, beside * (len(own) // len(beside)), strict=True):
            of_column = cells[cells["column"] == column]
            for position in of_column["source"].unique().tolist():
                here = of_column[of_column["source"] == position]
                texts |= dict(zip(here.index, _texts(here, other, sources, position, limits), strict=True))
    return pd.Series([texts.get(place, "") for place in cells.index], index=cells.index, dtype=object)


def _texts(cells: pd.DataFrame, other: str, sources: tuple[Source, ...], position: int, limits: bool) -> list[str]:
    """Texts of another column beside these cells of one file: in its rows, or else in another file's of the sample."""
    if other in sources[position].columns:
        texts, mark_of = _given(sources[position], other).loc[cells["key"]], sources[position].data.decimal_of
        if not limits:
            return texts.tolist()
        # A limit is read beside its reading, in one decimal mark.
        mark, own = mark_of(str(cells["column"].iloc[0])), mark_of(other)
        return [
            text.replace("." if isinstance(text, NumberText) else own, "." if typed else mark)
            for text, typed in zip(texts, cells["typed"], strict=True)
        ]
    found: dict[tuple[str, str], str] = {}
    for source in sources:
        if other in source.columns:
            rows = source.used
            samples = zip(rows["participant"], rows["visit"], strict=True)
            found |= dict(zip(samples, _given(source, other).loc[rows.index], strict=True))
    # In a wide layout a column belongs to one visit, and rows to none.
    visits = cells["visit"] if any(visit for _, visit in found) else [""] * len(cells)
    return [found.get(sample, "") for sample in zip(cells["participant"], visits, strict=True)]


def _given(source: Source, column: str) -> pd.Series:
    texts = source.table.cells[column]
    return texts.mask(texts.isin(list(source.table.user_missing.get(column, ()))), "")
