"""Where chains start, from the values of a prior set alone: the point PyMC starts them from, without its graph.

PyMC starts each parameter at a central value of its prior, on the scale it is sampled on, and adds a uniform number
between -1 and 1 from a stream of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cochange.models.parts.families import (
    Beta,
    Family,
    Gamma,
    HalfNormal,
    HalfStudentT,
    Normal,
    RobustNormal,
    StudentT,
)

Values = Mapping[str, np.ndarray]


def _log_odds(share: np.ndarray) -> np.ndarray:
    # In the operations of PyMC's transform, so that rounding is the same.
    return np.asarray(np.log(share / (1 - share)))


# The central value of each family on the scale it is sampled on, from its hyperparameters.
CENTRES: Mapping[type[Family], Callable[[Values], np.ndarray]] = {
    Normal: lambda value: value["mean"],
    StudentT: lambda value: value["mean"],
    RobustNormal: lambda value: value["weight"] * value["mean"] + (1 - value["weight"]) * value["vague_mean"],
    HalfNormal: lambda value: np.log(value["sd"]),
    HalfStudentT: lambda value: np.log(value["sd"]),
    Gamma: lambda value: np.log(value["shape"] * (1 / value["rate"])),
    Beta: lambda value: _log_odds(value["alpha"] / (value["alpha"] + value["beta"])),
}


@dataclass(frozen=True)
class Started:
    """One variable of a graph.

    Attributes
    ----------
    shape : tuple of int
        Its shape on the scale it is sampled on.
    stream : int
        Which of the streams spawned from a seed moves it from its central value.
    family : type of Family or None
        Its prior; None where its central value is the same under every prior set.
    data : mapping of str to str
        Name of the datum of each hyperparameter.
    centre : numpy.ndarray
        Its central value, where it has no family.
    """

    shape: tuple[int, ...]
    stream: int
    family: type[Family] | None
    data: Mapping[str, str]
    centre: np.ndarray

    def at(self, values: Values) -> np.ndarray:
        """Its central value under a prior set, from values by the names of their data."""
        if self.family is None:
            return self.centre
        own = {name: np.asarray(values[datum]) for name, datum in self.data.items()}
        return np.broadcast_to(CENTRES[self.family](own), self.shape)


@dataclass(frozen=True)
class Start:
    """Where chains start under one prior set.

    Attributes
    ----------
    variables : sequence of Started
        In the order of the sampler's coordinates.
    values : mapping of str to numpy.ndarray
        Hyperparameters by the names of their data.
    """

    variables: Sequence[Started]
    values: Values

    def __call__(self, seed: Any) -> np.ndarray:
        """The point of a seed in the sampler's coordinates, shape ``(dimension,)``."""
        streams = np.random.SeedSequence(seed).spawn(1 + max(each.stream for each in self.variables))
        moved = (
            each.at(self.values)
            + np.random.Generator(np.random.PCG64(streams[each.stream])).uniform(-1, 1, size=each.shape)
            for each in self.variables
        )
        return np.concatenate([np.ravel(place) for place in moved])
