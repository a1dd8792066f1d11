"""Constants at the ends of a marker that nobody declared: limits of detection, or fractions of one, written in."""

import numpy as np
import pandas as pd

from cochange.data.checking.fractions import fraction_of
from cochange.data.checking.number_codes import has_form_of_code
from cochange.data.checking.spikes import Spike, low_spikes, top_spike
from cochange.data.checking.written_numbers import with_written_numbers
from cochange.data.faults import Notice
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import MarkerTable

LEAST_FRACTIONS = 3


def spikes_of(cells: pd.DataFrame) -> tuple[Spike, ...]:
    """Find the constants at the low end of the cells of one marker, visit and column."""
    observed = cells[cells["status"] == "observed"]
    return low_spikes(
        observed["written"].to_numpy(dtype=float), observed["value"].to_numpy(dtype=float), _readings(cells)
    )


def substituted_limits(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Find constants at the low end of a marker that nobody declared."""
    notices = []
    for marker, all_cells in zip(spec.marker, readout.of("marker"), strict=True):
        if "floors" in marker.confirmed:
            continue
        below = all_cells.loc[all_cells["status"] == "below", "written"]
        limits = {*below, *marker.all_limits["lower_limit"], *marker.all_limits["lower_limit_by_plate"]}
        for (visit, column), cells in all_cells.groupby(["visit", "column"], sort=False):
            spikes = [spike for spike in spikes_of(cells) if not has_form_of_code(spike.value, "least")]
            constants = {spike: fraction_of(spike.value, limits, marker) for spike in spikes}
            constants |= _fractions(cells, limits, marker)
            if constants:
                message = _low_message(marker, str(visit), constants)
                notices.append(Notice(readout.file_of(str(column)), str(column), message, caution=True))
    return notices


def fractions_under_a_limit(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Count the readings censored at a limit of which they are a half, or the limit divided by sqrt(2)."""
    notices = []
    for marker, all_cells in zip(spec.marker, readout.of("marker"), strict=True):
        numbers = with_written_numbers(all_cells)
        below = numbers[numbers["status"] == "below"]
        shares = [fraction_of(n, {limit}, marker) for n, limit in below[["number", "written"]].to_numpy(dtype=float)]
        found = below.assign(share=pd.Series(shares, index=below.index, dtype=object)).dropna(subset="share")
        for (visit, column, text, share), same in found.groupby(["visit", "column", "text", "share"], sort=False):
            if len(same) >= LEAST_FRACTIONS:
                message = (
                    f"{marker.name} at '{visit}' has {text} in {len(same)} of {_readings(all_cells, visit, column)} "
                    f"readings: {share}. They are censored at that limit, as every reading under it is"
                )
                notices.append(Notice(readout.file_of(str(column)), str(column), message))
    return notices


def substituted_upper_limits(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Find a constant repeated at the high end of a marker that nobody declared."""
    notices = []
    for marker, all_cells in zip(spec.marker, readout.of("marker"), strict=True):
        if "ceilings" in marker.confirmed:
            continue
        for (visit, column), cells in all_cells.groupby(["visit", "column"], sort=False):
            written = cells.loc[cells["status"] == "observed", "written"].to_numpy(dtype=float)
            spike = top_spike(written, _readings(cells))
            if spike is not None and not has_form_of_code(spike.value, "greatest"):
                message = (
                    f"{marker.name} at '{visit}' has {spike} at its high end. Such a constant is usually the upper "
                    "limit of the assay, written in by the laboratory; it is analysed as a true reading now. Ask the "
                    f"laboratory, then write ceilings = [{spike.value:g}] if it stands for 'above that value', or "
                    'confirmed = ["ceilings"] if these are true readings'
                )
                notices.append(Notice(readout.file_of(str(column)), str(column), message, caution=True))
    return notices


def _readings(cells: pd.DataFrame, visit: object = None, column: object = None) -> int:
    own = cells if visit is None else cells[(cells["visit"] == visit) & (cells["column"] == column)]
    return int((own["status"] != "missing").sum())


def _fractions(cells: pd.DataFrame, limits: set[float], marker: MarkerTable) -> dict[Spike, str | None]:
    """Constants too rare for a spike that are a fraction of a known limit."""
    written = cells.loc[cells["status"] == "observed", "written"].to_numpy(dtype=float)
    often = [
        Spike(float(value), int(count), _readings(cells))
        for value, count in zip(*np.unique(written, return_counts=True), strict=True)
        if count >= LEAST_FRACTIONS and value < min(limits, default=-np.inf)
    ]
    shares = {spike: fraction_of(spike.value, limits, marker) for spike in often}
    return {spike: share for spike, share in shares.items() if share is not None}


def _low_message(marker: MarkerTable, visit: str, constants: dict[Spike, str | None]) -> str:
    floors = ", ".join(f"{spike.value:g}" for spike in constants)
    shown = [f"{spike}{f', {share},' if share else ''}" for spike, share in constants.items()]
    return (
        f"{marker.name} at '{visit}' has {' and '.join(shown)} at its low end. Such constants are usually "
        "detection limits, or a fraction of one (L/2, L/sqrt(2)), written in by the laboratory; they are analysed as "
        f"true readings now. Ask the laboratory, then write floors = [{floors}] if each stands for 'below that value', "
        'lower_limit = L if they are fractions of a limit L, or confirmed = ["floors"] if they are true readings'
    )
