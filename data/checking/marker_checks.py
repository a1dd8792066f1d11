"""Checks of the marker columns: positive readings, declared scale."""

import numpy as np
import pandas as pd

from cochange.data.checking.number_codes import is_no_logarithm
from cochange.data.checking.scale_evidence import looks_logged, looks_raw
from cochange.data.checking.substitution import spikes_of
from cochange.data.faults import Fault
from cochange.data.reading.places import first_place
from cochange.data.reading.readout import Readout
from cochange.data.reading.same_text import cells_with, missing_advice
from cochange.data.spec import StudySpec
from cochange.data.specification.files import DataTable
from cochange.data.specification.tables import ZERO_STAYS_ZERO, MarkerTable


def check_marker_scales(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find columns on another scale than declared, and readings that are not positive on the raw scale."""
    faults = []
    for marker, all_cells in zip(spec.marker, readout.of("marker"), strict=True):
        doubted: dict[tuple[str, str], str] = {}
        for (visit, column), cells in all_cells.groupby(["visit", "column"], sort=False):
            evidence = None if "scale" in marker.confirmed else _evidence(cells, marker)
            if evidence is not None:
                doubted[str(visit), str(column)] = evidence
        if doubted:
            faults.append(_evidence_fault(doubted, marker, readout))
        places = pd.MultiIndex.from_frame(all_cells[["visit", "column"]])
        faults += _not_positive(all_cells[~places.isin(list(doubted))], marker, readout)
    return faults


def _evidence(cells: pd.DataFrame, marker: MarkerTable) -> str | None:
    observed = cells[(cells["status"] == "observed") & np.isfinite(cells["written"].astype(float))]
    constants = [spike.value for spike in spikes_of(cells)]
    written = observed.loc[~observed["written"].isin(constants), "written"]
    if marker.scale == "raw":
        return looks_logged(written.to_numpy(dtype=float))
    return looks_raw(written[~written.map(is_no_logarithm)].to_numpy(dtype=float), marker.scale)


def _evidence_fault(doubted: dict[tuple[str, str], str], marker: MarkerTable, readout: Readout) -> Fault:
    if marker.scale == "raw":
        other, fix = "logarithms", 'write scale = "ln", "log10", "log2" or "log(x+1)", whichever was used'
    else:
        other, fix = "raw readings", 'write scale = "raw"'
    places = [
        f"at '{visit}'{f' in {column}' if marker.has_duplicates else ''} ({why})"
        for (visit, column), why in doubted.items()
    ]
    required = f"a column of {marker.name} on the scale '{marker.scale}', as declared,"
    found = f"what looks like {other} {' and '.join(places)}"
    action = f'{fix}; if the scale is right after all, add confirmed = ["scale"] to the marker'
    column = next(iter(doubted))[1]
    return Fault(readout.file_of(column), None, column, required, found, action)


def _not_positive(cells: pd.DataFrame, marker: MarkerTable, readout: Readout) -> list[Fault]:
    value = cells["value"].astype(float)
    wrong = cells[value.notna() & ~((value > 0) & np.isfinite(value))]
    required = f"a reading of {marker.name} above zero and finite on the raw scale"
    faults = []
    for _, same in wrong.groupby(["column", "text"], sort=False):
        text = str(same["text"].iloc[0])
        action = _advice_on_not_positive(text, same.iloc[0], marker, readout.data_of(same))
        faults.append(Fault(*first_place(same), required, cells_with(text, same), action))
    return faults


def _advice_on_not_positive(text: str, cell: pd.Series, marker: MarkerTable, data: DataTable) -> str:
    if cell["status"] != "observed":
        return "name a limit above zero, or correct the marker's scale"
    code = missing_advice(text, data)
    if marker.scale not in ZERO_STAYS_ZERO:
        return f"correct it, {code}, or correct the marker's scale"
    if cell["written"] == 0:
        return f"if it stands for 'below the limit L', write floors = [0] and lower_limit = L; otherwise {code}"
    return f"correct it, {code}, or give the logarithm that the column holds as the marker's scale"
