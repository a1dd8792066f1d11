"""Read the cells of a marker: value on the raw scale, censoring status and limits of every reading."""

import pandas as pd

from cochange.data.faults import Fault
from cochange.data.reading.limits import limits_of
from cochange.data.reading.marker_faults import unread_faults
from cochange.data.reading.marker_reading import Sample, heed_code, read_text
from cochange.data.reading.raw_scale import factor_of, to_raw
from cochange.data.reading.readings import NAN, missing_decision, parse_reading
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import MarkerTable

_GIVEN = ["visit", "text", "code", "own_lower", "own_upper", "plate"]


def read_marker_cells(cells: pd.DataFrame, marker: MarkerTable, spec: StudySpec) -> tuple[pd.DataFrame, list[Fault]]:
    """Read all cells of one marker.

    Parameters
    ----------
    cells : pandas.DataFrame
        Cells of this marker, from `cells_of` and `with_surroundings`.
    marker : MarkerTable
        Its declaration.
    spec : StudySpec
        The study file.

    Returns
    -------
    cells : pandas.DataFrame
        With `written` (number on the scale of the column, NaN where missing), `value`, `lower_limit`, `upper_limit`
        (raw scale, unit of analysis), `status` and `decision` added.
    faults : list of Fault
        One for each unreadable text of a column. Such cells have the status "unread".
    """
    given = list(zip(*(cells[name].to_numpy(dtype=object) for name in _GIVEN), strict=True))
    samples = {each: _read(*each, marker=marker, spec=spec) for each in set(given)}
    raw = {each: _on_raw_scale(sample, marker) for each, sample in samples.items()}
    done = cells.assign(
        written=[samples[each].number for each in given],
        value=[raw[each][0] for each in given],
        status=[samples[each].status for each in given],
        decision=[samples[each].decision + _converted(samples[each], marker) for each in given],
        lower_limit=[raw[each][1] for each in given],
        upper_limit=[raw[each][2] for each in given],
    )
    unread = done[~done["ignored"] & (done["status"] == "unread")]
    return done, unread_faults(unread, marker, spec)


def limit_in(text: str, spec: StudySpec) -> float:
    """Read a limit recorded for one sample; NaN where there is none, or none that can be read."""
    if missing_decision(text, spec.data.missing) is not None:
        return NAN
    reading = parse_reading(text, spec.data.decimal)
    return reading.number if reading.kind == "number" else NAN


def _read(
    visit: str, text: str, code: str, lower: str, upper: str, plate: str, *, marker: MarkerTable, spec: StudySpec
) -> Sample:
    visits = spec.data.visits
    number = visits.index(visit) if visit in visits else 0
    limits = limits_of(marker, number, plate, (limit_in(lower, spec), limit_in(upper, spec)))
    sample = read_text(text, limits, marker, spec)
    if missing_decision(code, spec.data.missing) is not None:
        return sample
    return heed_code(sample, code, marker.code_meanings.get(code), limits)


def _on_raw_scale(sample: Sample, marker: MarkerTable) -> tuple[float, float, float]:
    return to_raw(sample.number, marker), to_raw(sample.lower, marker), to_raw(sample.upper, marker)


def _converted(sample: Sample, marker: MarkerTable) -> str:
    if sample.status in ("missing", "unread") or factor_of(marker) == 1:
        return ""
    return f"; converted from {marker.unit} to {marker.convert_to}"
