"""Draws of the estimands in one file: a report of stored fits need not derive them from all parameters again."""

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import xarray as xr

FILE = "estimands.npz"

Draws = Mapping[tuple[str, str], Mapping[str, xr.DataArray]]


def save_draws(path: Path, draws: Draws) -> None:
    """Write the draws of every estimand.

    Parameters
    ----------
    path : Path
        The file.
    draws : mapping of (str, str) to mapping of str to xarray.DataArray
        By model and prior set, then by estimand; coordinates are texts and numbers along one dim. The first array of
        the file says as JSON what the others are.
    """
    index, arrays = [], []
    for (model, prior), estimands in draws.items():
        for estimand, array in estimands.items():
            coords = {str(name): [*map(str, coord.dims), coord.values.tolist()] for name, coord in array.coords.items()}
            index.append([model, prior, estimand, array.name, list(map(str, array.dims)), coords])
            arrays.append(array.values)
    with path.open("wb") as file:
        np.savez(file, np.array(json.dumps(index)), *arrays)


def load_draws(path: Path) -> Draws:
    """The draws as they were written, the fits and the estimands of each in their order.

    Parameters
    ----------
    path : Path
        The file.
    """
    found: dict[tuple[str, str], dict[str, xr.DataArray]] = {}
    with np.load(path, allow_pickle=False) as stored:
        index = json.loads(str(stored["arr_0"]))
        for number, (model, prior, estimand, name, dims, coords) in enumerate(index, start=1):
            labels = {label: (along, values) for label, (*along, values) in coords.items()}
            array = xr.DataArray(stored[f"arr_{number}"], labels, dims, name)
            found.setdefault((model, prior), {})[estimand] = array
    return found
