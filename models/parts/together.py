"""Parameters drawn as one vector a family, which compiles in a fraction of the time that many small ones take."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from scipy import stats

from cochange.models.parts.families import Family
from cochange.models.parts.frozen import frozen
from cochange.models.parts.graph import TensorVariable, pm, pt

SCALED = "Scaled"
PRECISION = "precision"


@dataclass(frozen=True)
class Parameter:
    """One parameter of a model, with a prior or standard normal and to be multiplied by a standard deviation.

    Parameters
    ----------
    name : str
        Its name.
    dims : tuple of str
        Its dims.
    prior : str
        Its field in the prior set.
    scale : str
        Where it has none: the name of the standard deviation that multiplies it, which has the same dims but the last.
    precision : tuple of float
        Where it has a scale, for each of its standard deviations: about one over the standard error with which the data
        tell the product of the two, 0 for nothing at all. It is drawn times ``sqrt(1 + (precision * scale)**2)``, which
        is its own posterior's unit whether data or prior outweigh the other: the posterior is the same, and easier to
        sample.
    """

    name: str
    dims: tuple[str, ...] = ()
    prior: str = ""
    scale: str = ""
    precision: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Parameters:
    """Parameters in one vector.

    Parameters
    ----------
    items : tuple of Parameter
        In the order of the vector.
    coords : mapping of str to sequence of str
        Names along their dims.
    """

    items: tuple[Parameter, ...]
    coords: Mapping[str, list[str]]

    @cached_property
    def places(self) -> Mapping[str, np.ndarray]:
        """Positions of each parameter in the vector, in its own shape."""
        places, start = {}, 0
        for item in self.items:
            shape = tuple(len(self.coords[dim]) for dim in item.dims)
            size = int(np.prod(shape))
            places[item.name] = (start + np.arange(size)).reshape(shape)
            start += size
        return places

    @property
    def size(self) -> int:
        """Length of the vector."""
        return sum(place.size for place in self.places.values())

    def pick(self, *names: str) -> np.ndarray:
        """A matrix that takes some parameters out of the vector, shape ``(size, picked)``."""
        return np.eye(self.size)[:, np.concatenate([self.places[name].ravel() for name in names])]

    def by_family(self, priors: Mapping[str, Family]) -> "Parameters":
        """The same parameters with those of a family beside each other, and those with a scale last."""
        kinds = [type(priors[item.prior]).__name__ if item.prior else SCALED for item in self.items]
        order = sorted(range(len(kinds)), key=lambda index: (kinds[index] == SCALED, kinds.index(kinds[index])))
        return Parameters(tuple(self.items[index] for index in order), self.coords)

    def hyperparameters(self, priors: Mapping[str, Family]) -> dict[str, np.ndarray]:
        """Hyperparameters, and precisions, of every element under the names of their data in the graph."""
        values = {
            f"{kind.__name__}_{name}": self._of_elements(
                {item.name: priors[item.prior].values()[name] for item in members}
            )
            for kind, members in self._members(priors).items()
            for name in priors[members[0].prior].values()
        }
        if self._scaled:
            values[PRECISION] = np.concatenate(
                [np.repeat(item.precision, len(self.coords[item.dims[-1]])) for item in self._scaled]
            )
        return values

    def variable(self, priors: Mapping[str, Family]) -> TensorVariable:
        """Add one random variable a family to the current model; the vector of all parameters.

        Parameters are to stand as `by_family` puts them.
        """
        values = self.hyperparameters(priors)
        model = pm.modelcontext(None)
        vectors = []
        for kind, members in self._members(priors).items():
            name = kind.__name__
            model.add_coord(name, self._labels(members))
            names = priors[members[0].prior].values()
            data = {key: pm.Data(f"{name}_{key}", values[f"{name}_{key}"]) for key in names}
            vectors.append(kind.distribution(name.lower(), data, dims=name))
        vector = pt.concatenate(vectors) if len(vectors) > 1 else vectors[0]
        if not self._scaled:
            return vector
        model.add_coord(SCALED, self._labels(self._scaled))
        scales = np.eye(self.size)[: self.size - len(self._scales), self._scales]
        sd = _drawn_sd(vector @ scales, pm.Data(PRECISION, values[PRECISION]))
        return pt.concatenate([vector, pm.Normal(SCALED.lower(), 0, sd, dims=SCALED) / sd])

    def named(self, draws: xr.Dataset, priors: Mapping[str, Family]) -> xr.Dataset:
        """Draws of the vectors of `variable` as draws of the parameters; other variables stay as they are."""
        groups = self._groups(priors)
        vectors = {name: draws[name.lower()].values for name in groups if name != SCALED}
        if self._scaled:
            scale = np.concatenate(list(vectors.values()), axis=-1)[..., self._scales]
            precision = self.hyperparameters(priors)[PRECISION]
            vectors[SCALED] = draws[SCALED.lower()].values / _drawn_sd(scale, precision)
        found = {}
        for name, members in groups.items():
            sample, start = draws[name.lower()].dims[:-1], 0
            for item in members:
                shape = self.places[item.name].shape
                size = self.places[item.name].size
                values = vectors[name][..., start : start + size].reshape(*vectors[name].shape[:-1], *shape)
                coords = {dim: self.coords[dim] for dim in item.dims}
                found[item.name] = xr.DataArray(values, dims=(*sample, *item.dims), coords=coords)
                start += size
        rest = draws.drop_vars([name.lower() for name in groups])
        return rest.drop_vars([name for name in groups if name in rest.coords]).assign(found)

    def variables(self, priors: Mapping[str, Family]) -> set[str]:
        """Names of the random variables of `variable`."""
        return {name.lower() for name in self._groups(priors)}

    def drawn(self, priors: Mapping[str, Family], draws: int, rng: np.random.Generator) -> xr.Dataset:
        """Prior draws of the parameters by inverted distribution functions, dims ``(chain, draw, ...)`` with one chain.

        Distributed as those of the graph after `named`, where a parameter with a scale is standard normal.
        """
        found = {}
        for item in self.items:
            prior = frozen(priors[item.prior]) if item.prior else stats.norm()
            values = prior.ppf(rng.random((1, draws, *self.places[item.name].shape)))
            coords = {dim: self.coords[dim] for dim in item.dims}
            found[item.name] = xr.DataArray(values, dims=("chain", "draw", *item.dims), coords=coords)
        return xr.Dataset(found).assign_coords(chain=[0], draw=np.arange(draws))

    def vector(self, draws: Mapping[str, np.ndarray]) -> np.ndarray:
        """The vector from draws of the parameters with one leading axis, shape ``(draw, size)``."""
        return np.concatenate([draws[item.name].reshape(len(draws[item.name]), -1) for item in self.items], axis=1)

    def _members(self, priors: Mapping[str, Family]) -> dict[type[Family], list[Parameter]]:
        members: dict[type[Family], list[Parameter]] = {}
        for item in self.items:
            if item.prior:
                members.setdefault(type(priors[item.prior]), []).append(item)
        return members

    def _groups(self, priors: Mapping[str, Family]) -> dict[str, list[Parameter]]:
        """Members of each vector of `variable`, under the name of its dim."""
        groups = {kind.__name__: members for kind, members in self._members(priors).items()}
        return groups | {SCALED: self._scaled} if self._scaled else groups

    @property
    def _scaled(self) -> list[Parameter]:
        return [item for item in self.items if item.scale]

    @property
    def _scales(self) -> np.ndarray:
        """Position of the standard deviation of each element that has one."""
        of_items = [
            np.broadcast_to(self.places[item.scale][..., None], self.places[item.name].shape) for item in self._scaled
        ]
        return np.concatenate([positions.ravel() for positions in of_items])

    def _labels(self, members: list[Parameter]) -> list[str]:
        return [f"{item.name}[{index}]" for item in members for index in range(self.places[item.name].size)]

    def _of_elements(self, values: Mapping[str, float]) -> np.ndarray:
        """One value an element from one value a parameter."""
        parts = [np.full(self.places[name].size, value, dtype=np.float64) for name, value in values.items()]
        return np.concatenate(parts)


def _drawn_sd(scale: Any, precision: Any) -> Any:
    """Prior standard deviation of what is drawn for a standard normal parameter."""
    return (1 + (precision * scale) ** 2) ** 0.5
