"""Checks of the marker columns: positive readings, declared scale, substituted limits."""

import numpy as np
import pandas as pd

from cochange.data.checking.scale_evidence import looks_logged, looks_raw
from cochange.data.checking.spikes import Spike, low_spikes
from cochange.data.faults import Fault, Notice
from cochange.data.reading.raw_scale import to_raw
from cochange.data.reading.readout import Readout
from cochange.data.reading.same_text import cells_with, missing_advice
from cochange.data.spec import StudySpec
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
            faults.append(_evidence_fault(doubted, marker, readout.file))
        places = pd.MultiIndex.from_frame(all_cells[["visit", "column"]])
        faults += _not_positive(all_cells[~places.isin(list(doubted))], marker, spec, readout.file)
    return faults


def substituted_limits(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Find constants at the low end of a marker that nobody declared."""
    notices = []
    for marker, all_cells in zip(spec.marker, readout.of("marker"), strict=True):
        if "floors" in marker.confirmed:
            continue
        for (visit, column), cells in all_cells.groupby(["visit", "column"], sort=False):
            spikes = _spikes(cells)
            if spikes:
                message = _substitution(marker, str(visit), spikes)
                notices.append(Notice(readout.file, str(column), message, caution=True))
    return notices


def limits_on_log_scale(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say what the limits of a logged column are on the raw scale."""
    notices = []
    for marker in spec.marker:
        if marker.scale == "raw":
            continue
        for key, numbers in marker.all_limits.items():
            for number in dict.fromkeys(numbers):
                raw = to_raw(number, marker)
                message = f"{marker.name}: {key} {number:g} is read on the {marker.scale} scale of the column, that is "
                notices.append(Notice(readout.file, marker.wells[0][0], f"{message}{raw:.4g} {marker.analysed_unit}"))
    return notices


def _evidence(cells: pd.DataFrame, marker: MarkerTable) -> str | None:
    observed = cells[cells["status"] == "observed"]
    constants = [spike.value for spike in _spikes(cells)]
    written = observed.loc[~observed["written"].isin(constants), "written"].to_numpy(dtype=float)
    return looks_logged(written) if marker.scale == "raw" else looks_raw(written, marker.scale)


def _spikes(cells: pd.DataFrame) -> tuple[Spike, ...]:
    observed = cells[cells["status"] == "observed"]
    readings = int((cells["status"] != "missing").sum())
    return low_spikes(observed["written"].to_numpy(dtype=float), observed["value"].to_numpy(dtype=float), readings)


def _evidence_fault(doubted: dict[tuple[str, str], str], marker: MarkerTable, file: str) -> Fault:
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
    return Fault(file, None, next(iter(doubted))[1], required, found, action)


def _not_positive(cells: pd.DataFrame, marker: MarkerTable, spec: StudySpec, file: str) -> list[Fault]:
    value = cells["value"].astype(float)
    wrong = cells[value.notna() & ~((value > 0) & np.isfinite(value))]
    required = f"a reading of {marker.name} above zero and finite on the raw scale"
    faults = []
    for _, same in wrong.groupby(["column", "text"], sort=False):
        row, column, text = same[["row", "column", "text"]].iloc[0]
        action = _advice_on_not_positive(str(text), same.iloc[0], marker, spec.data.missing)
        faults.append(Fault(file, int(row), str(column), required, cells_with(str(text), same), action))
    return faults


def _advice_on_not_positive(text: str, cell: pd.Series, marker: MarkerTable, missing: tuple[str, ...]) -> str:
    if cell["status"] != "observed":
        return "name a limit above zero, or correct the marker's scale"
    code = missing_advice(text, missing)
    if marker.scale not in ZERO_STAYS_ZERO:
        return f"{code}, correct it, or correct the marker's scale"
    if cell["written"] == 0:
        return f"if it stands for 'below the limit L', write floors = [0] and lower_limit = L; otherwise {code}"
    return f"{code}, correct it, or give the logarithm that the column holds as the marker's scale"


def _substitution(marker: MarkerTable, visit: str, spikes: tuple[Spike, ...]) -> str:
    floors = ", ".join(f"{spike.value:g}" for spike in spikes)
    return (
        f"{marker.name} at '{visit}' has {' and '.join(map(str, spikes))} at its low end. Such constants are usually "
        "detection limits, or a fraction of one (L/2, L/sqrt(2)), written in by the laboratory; they are analysed as "
        f"true readings now. Ask the laboratory, then write floors = [{floors}] if each stands for 'below that value', "
        'lower_limit = L if they are fractions of a limit L, or confirmed = ["floors"] if they are true readings'
    )
