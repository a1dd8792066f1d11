"""Prior draws of parameters without the graph they stand in: those whose prior follows from a prior set alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from scipy.special import ndtri

from cochange.models.parts.families import Family
from cochange.models.parts.frozen import frozen


@dataclass(frozen=True)
class TopLevel:
    """One parameter.

    Attributes
    ----------
    name : str
        Its name.
    dims : tuple of str
        Its dims.
    shape : tuple of int
        Its shape.
    family : type of Family or None
        Its prior; None for effects that sum to zero over their last dim.
    data : mapping of str to str
        Name of the datum of each hyperparameter.
    sd : float
        Where it has no family: standard deviation of the effects before their mean is taken from them.
    """

    name: str
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    family: type[Family] | None
    data: Mapping[str, str]
    sd: float = 1.0

    def drawn(self, values: Mapping[str, np.ndarray], draws: int, rng: np.random.Generator) -> np.ndarray:
        """Prior draws by inverted distribution functions, shape ``(1, draws, *shape)``."""
        shares = rng.random((1, draws, *self.shape))
        if self.family is None:
            effects: np.ndarray = self.sd * ndtri(shares)
            return effects - effects.mean(axis=-1, keepdims=True)
        of_family: dict[str, Any] = {name: float(values[datum]) for name, datum in self.data.items()}
        return frozen(self.family(**of_family)).ppf(shares)


def draw_top_level(
    parameters: Sequence[TopLevel],
    coords: Mapping[str, Any],
    values: Mapping[str, np.ndarray],
    draws: int,
    seed: int,
) -> xr.Dataset:
    """Prior draws, dims ``(chain, draw, ...)`` with one chain.

    Parameters
    ----------
    parameters : sequence of TopLevel
        What to draw, in this order.
    coords : mapping
        Coordinates of their dims.
    values : mapping of str to numpy.ndarray
        Hyperparameters by the names of their data.
    draws : int
        How many.
    seed : int
        Seed of the random numbers.
    """
    rng = np.random.default_rng(seed)
    found = {each.name: (("chain", "draw", *each.dims), each.drawn(values, draws, rng)) for each in parameters}
    used = {dim for each in parameters for dim in each.dims}
    return xr.Dataset(found, coords={"chain": [0], "draw": np.arange(draws)} | {dim: list(coords[dim]) for dim in used})
