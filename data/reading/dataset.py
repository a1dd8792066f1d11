"""Lay the read cells out as an xarray Dataset."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from cochange.data.reading.date_cells import days_by_visit
from cochange.data.reading.people import first_values
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec

Array = npt.NDArray[np.generic]


def build_dataset(readout: Readout, spec: StudySpec) -> xr.Dataset:
    """Arrange participants by visits by markers.

    Parameters
    ----------
    readout : Readout
        Cells without faults.
    spec : StudySpec
        The study file.

    Returns
    -------
    xarray.Dataset
        Dims `participant`, `visit`, `marker`. See `Study.data`.
    """
    grid = _Grid(readout.participants, spec.data.visits)
    data = xr.Dataset(
        coords={
            "participant": np.array(readout.participants, dtype=str),
            "visit": np.array(spec.data.visits, dtype=str),
            "marker": np.array([marker.name for marker in spec.marker], dtype=str),
        }
    )
    data = data.assign(_marker_variables(readout, spec, grid))
    if spec.symptom is not None:
        given_first = readout.of("symptom")[0].sort_values("status", key=lambda s: s != "observed", kind="stable")
        symptom = given_first.drop_duplicates(["participant", "visit"])
        data["symptom_text"] = (("participant", "visit"), grid.fill(symptom, "text", ""))
        data["symptom"] = (("participant", "visit"), grid.fill(symptom, "value", np.nan))
    if spec.plates is not None:
        data["plate"] = (("participant", "visit"), grid.fill(readout.of("plate")[0], "value", ""))
    if spec.dates is not None:
        data["day"] = (("participant", "visit"), _days(readout, spec))
    rows = readout.sources[0].used
    if spec.data.layout == "wide":
        rows = pd.concat([rows.assign(visit=visit) for visit in spec.data.visits])
    data["row"] = (("participant", "visit"), grid.fill(rows, "row", -1))
    return _add_people(data, readout, spec)


def _days(readout: Readout, spec: StudySpec) -> Array:
    """Days since the participant's baseline visit; times since a start of their own as they are."""
    assert spec.dates is not None
    (cells,) = readout.of("date")
    days = pd.DataFrame(days_by_visit(cells, spec)).reindex(list(readout.participants))
    if spec.dates.counted_in is None:
        days = days.sub(days[spec.baseline], axis="index")
    return days.to_numpy(dtype=float)


class _Grid:
    """Participants by visits, to be filled from long tables."""

    def __init__(self, participants: tuple[str, ...], visits: tuple[str, ...]) -> None:
        self._participants = pd.Index(participants)
        self._visits = pd.Index(visits)

    def fill(self, cells: pd.DataFrame, column: str, empty: str | float | int) -> Array:
        values = cells[column].to_numpy(dtype=str if isinstance(empty, str) else type(empty))
        shape = (len(self._participants), len(self._visits))
        full = np.full(shape, empty, dtype=np.result_type(values, np.array(empty)))
        i = self._participants.get_indexer(pd.Index(cells["participant"]))
        j = self._visits.get_indexer(pd.Index(cells["visit"]))
        full[i, j] = values
        return full


def _marker_variables(readout: Readout, spec: StudySpec, grid: _Grid) -> dict[str, tuple[tuple[str, ...], Array]]:
    def layers(column: str, empty: str | float | int) -> Array:
        stack = np.empty((len(readout.participants), len(spec.data.visits), 0), dtype=np.array(empty).dtype)
        filled = [grid.fill(samples, column, empty) for samples in readout.samples]
        return np.stack(filled, axis=-1) if filled else stack

    arrays = {
        "marker_text": layers("text", ""),
        "marker_value": layers("value", np.nan),
        "marker_status": layers("status", "missing"),
        "lower_limit": layers("lower_limit", np.nan),
        "upper_limit": layers("upper_limit", np.nan),
        "wells": layers("wells", 0),
        "well_squares": layers("well_squares", 0.0),
    }
    arrays["log_marker"] = np.log(arrays["marker_value"].astype(float))
    return {name: (("participant", "visit", "marker"), array) for name, array in arrays.items()}


def _add_people(data: xr.Dataset, readout: Readout, spec: StudySpec) -> xr.Dataset:
    control = spec.arms.control if spec.arms is not None else None
    for (role, name), cells in readout.used.items():
        if role in ("arm", "group", "site"):
            texts = _each(readout, cells, "")
            levels = _levels(texts, first=control if role == "arm" else None)
            data = data.assign_coords({role: ("participant", texts, {"levels": levels})})
        elif role == "covariate" and name in spec.covariates.numeric:
            data[f"covariate_{name}"] = ("participant", _each(readout, cells, np.nan))
        elif role == "covariate":
            texts = _each(readout, cells, "")
            data[f"covariate_{name}"] = ("participant", texts, {"levels": _levels(texts, first=None)})
        elif role == "screening":
            data["screening"] = ("participant", _each(readout, cells, np.nan))
        elif role == "reason":
            data["reason"] = ("participant", _each(readout, cells, ""))
        elif role == "event":
            data["event_visit"] = ("participant", _each(readout, cells, ""))
    if spec.inclusion_on_baseline:
        data["screening"] = data["symptom"].sel(visit=spec.baseline, drop=True)
    return data


def _levels(texts: Array, first: str | None) -> list[str]:
    return sorted(set(texts.tolist()), key=lambda level: (level != first, level))


def _each(readout: Readout, cells: pd.DataFrame, empty: str | float) -> Array:
    values = first_values(cells).set_index("participant")["value"].reindex(list(readout.participants))
    if isinstance(empty, str):
        return values.fillna("").to_numpy(dtype=str)
    return values.to_numpy(dtype=float)
