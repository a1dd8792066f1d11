"""Parameters drawn as one vector a family, which compiles in a fraction of the time that many small ones take."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from pytensor.tensor.variable import TensorVariable

from cochange.models.parts.families import Family, Normal

STANDARD = Normal(mean=0, sd=1)


@dataclass(frozen=True)
class Parameter:
    """One parameter of a model.

    Parameters
    ----------
    name : str
        Its name.
    dims : tuple of str
        Its dims.
    prior : str
        Its field in the prior set; empty for a standard normal one.
    """

    name: str
    dims: tuple[str, ...] = ()
    prior: str = ""


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
        """The same parameters with those of a family beside each other."""
        names = [type(family).__name__ for family in (self._family(item, priors) for item in self.items)]
        order = sorted(range(len(names)), key=lambda index: names.index(names[index]))
        return Parameters(tuple(self.items[index] for index in order), self.coords)

    def hyperparameters(self, priors: Mapping[str, Family]) -> dict[str, np.ndarray]:
        """Hyperparameters of every element under the names of their data in the graph."""
        return {
            f"{kind.__name__}_{name}": np.concatenate(
                [
                    np.full(self.places[item.name].size, family.values()[name], dtype=np.float64)
                    for item, family in members
                ]
            )
            for kind, members in self._members(priors).items()
            for name in members[0][1].values()
        }

    def variable(self, priors: Mapping[str, Family]) -> TensorVariable:
        """Add one random variable a family to the current model; the vector of all parameters.

        Parameters are to stand as `by_family` puts them.
        """
        values = self.hyperparameters(priors)
        vectors = []
        for kind, members in self._members(priors).items():
            name = kind.__name__
            labels = [f"{item.name}[{index}]" for item, _ in members for index in range(self.places[item.name].size)]
            pm.modelcontext(None).add_coord(name, labels)
            data = {key: pm.Data(f"{name}_{key}", values[f"{name}_{key}"]) for key in members[0][1].values()}
            vectors.append(kind.distribution(name.lower(), data, dims=name))
        return pt.concatenate(vectors) if len(vectors) > 1 else vectors[0]

    def named(self, draws: xr.Dataset, priors: Mapping[str, Family]) -> xr.Dataset:
        """Draws of the vectors of `variable` as draws of the parameters; other variables stay as they are."""
        found = {}
        for kind, members in self._members(priors).items():
            vector, start = draws[kind.__name__.lower()], 0
            for item, _ in members:
                shape = self.places[item.name].shape
                size = self.places[item.name].size
                values = vector.values[..., start : start + size].reshape(*vector.shape[:-1], *shape)
                coords = {dim: self.coords[dim] for dim in item.dims}
                found[item.name] = xr.DataArray(values, dims=(*vector.dims[:-1], *item.dims), coords=coords)
                start += size
        vectors = [kind.__name__.lower() for kind in self._members(priors)]
        rest = draws.drop_vars([*vectors, *(kind.__name__ for kind in self._members(priors) if kind.__name__ in draws)])
        return rest.assign(found)

    def vector(self, draws: Mapping[str, np.ndarray]) -> np.ndarray:
        """The vector from draws of the parameters with one leading axis, shape ``(draw, size)``."""
        return np.concatenate([draws[item.name].reshape(len(draws[item.name]), -1) for item in self.items], axis=1)

    def _family(self, item: Parameter, priors: Mapping[str, Family]) -> Family:
        return priors[item.prior] if item.prior else STANDARD

    def _members(self, priors: Mapping[str, Family]) -> dict[type[Family], list[tuple[Parameter, Family]]]:
        members: dict[type[Family], list[tuple[Parameter, Family]]] = {}
        for item in self.items:
            family = self._family(item, priors)
            members.setdefault(type(family), []).append((item, family))
        return members
