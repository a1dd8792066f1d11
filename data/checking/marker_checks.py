"""Checks of the marker columns: positive readings, declared scale, substituted limits."""

import numpy as np
import pandas as pd

from cochange.data.checking.scale_evidence import looks_logged, looks_raw
from cochange.data.checking.spikes import Spike, low_spikes
from cochange.data.faults import Fault, Notice
from cochange.data.reading.marker_cells import TO_RAW
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import MarkerTable


def check_marker_scales(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find columns on another scale than declared, and readings that are not positive on the raw scale."""
    faults = []
    for marker, all_cells in zip(spec.marker, readout.of("marker"), strict=True):
        for _, cells in all_cells.groupby("visit", sort=False):
            evidence = None if "scale" in marker.confirmed else _evidence(cells, marker)
            faults += [evidence_fault(evidence, marker, cells, readout.file)] if evidence else []
            faults += [] if evidence else _not_positive(cells, marker, readout.file)
    return faults


def evidence_fault(evidence: str, marker: MarkerTable, cells: pd.DataFrame, file: str) -> Fault:
    """Return the fault of a column that looks logged, or raw, against its declaration."""
    if marker.scale == "raw":
        required, other = f"a column of raw readings of {marker.name}", "logarithms"
        fix = 'write scale = "ln", "log10", "log2" or "log(x+1)", whichever was used'
    else:
        required, other = f"a column of {marker.name} on the scale {marker.scale}", "raw readings"
        fix = 'write scale = "raw"'
    column, visit = cells["column"].iloc[0], cells["visit"].iloc[0]
    found = f"what looks like {other} at '{visit}': {evidence}"
    action = f'{fix}; if the scale is right after all, add confirmed = ["scale"] to the marker'
    return Fault(file, None, str(column), required, found, action)


def substituted_limits(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Find constants at the low end of a marker that nobody declared."""
    notices = []
    for marker, all_cells in zip(spec.marker, readout.of("marker"), strict=True):
        if "floors" in marker.confirmed:
            continue
        for visit, cells in all_cells.groupby("visit", sort=False):
            spikes = _spikes(cells)
            if spikes:
                message = _substitution(marker, str(visit), spikes)
                notices.append(Notice(readout.file, str(cells["column"].iloc[0]), message, caution=True))
    return notices


def limits_on_log_scale(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say what the limits of a logged column are on the raw scale."""
    notices = []
    for marker in spec.marker:
        if marker.scale == "raw":
            continue
        limits = {
            "lower_limit": marker.lower_limit or (),
            "upper_limit": marker.upper_limit or (),
            "floors": marker.floors,
            "ceilings": marker.ceilings,
        }
        for key, numbers in limits.items():
            for number in dict.fromkeys(numbers):
                raw = TO_RAW[marker.scale](number)
                message = f"{marker.name}: {key} {number:g} is read on the {marker.scale} scale of the column, that is "
                notices.append(Notice(readout.file, marker.columns[0], f"{message}{raw:.4g} {marker.unit}"))
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


def _not_positive(cells: pd.DataFrame, marker: MarkerTable, file: str) -> list[Fault]:
    value = cells["value"].astype(float)
    wrong = cells[value.notna() & ~((value > 0) & np.isfinite(value))]
    required = f"a reading of {marker.name} above zero and finite on the raw scale"
    action = (
        "if it stands for 'below the detection limit', give that limit as lower_limit; "
        "otherwise correct the value, declare it a missing code, or correct the marker's scale"
    )
    return [
        Fault(file, int(row), column, required, f"'{text}'", action)
        for row, column, text in wrong[["row", "column", "text"]].itertuples(index=False)
    ]


def _substitution(marker: MarkerTable, visit: str, spikes: tuple[Spike, ...]) -> str:
    floors = ", ".join(f"{spike.value:g}" for spike in spikes)
    return (
        f"{marker.name} at '{visit}' has {' and '.join(map(str, spikes))} at its low end. Such constants are usually "
        "detection limits, or a fraction of one (L/2, L/sqrt(2)), written in by the laboratory; they are analysed as "
        f"true readings now. Ask the laboratory, then write floors = [{floors}] if each stands for 'below that value', "
        'lower_limit = L if they are fractions of a limit L, or confirmed = ["floors"] if they are true readings'
    )
