"""Prior families whose hyperparameters enter the graph as data, so that other values need no new compilation."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Self

import numpy as np

from cochange.models.parts.graph import TensorVariable, pm, pt

LOCATIONS = frozenset({"mean", "vague_mean"})
SPREADS = frozenset({"sd", "vague_sd"})
POSITIVE = frozenset({*SPREADS, "df", "shape", "rate", "alpha", "beta"})
SHARES = frozenset({"weight"})


@dataclass(frozen=True, kw_only=True)
class Family:
    """A distribution named in the field's terms, with the source of its values.

    Parameters
    ----------
    source : str
        Where the values come from; empty where they are a convention of the set.

    Raises
    ------
    ValueError
        If a hyperparameter is not finite, a spread, shape or rate is not above zero, or a weight not between 0 and 1.
    """

    source: str = ""

    def __post_init__(self) -> None:
        for name, value in self.values().items():
            required = "finite and above 0" if name in POSITIVE else "finite"
            fits = np.isfinite(value) and not (name in POSITIVE and value <= 0)
            if name in SHARES:
                required, fits = "between 0 and 1", 0 < value < 1
            if not fits:
                raise ValueError(f"{type(self).__name__}: {name} must be {required}, got {value!r}")

    def values(self) -> dict[str, float]:
        """Hyperparameters by name."""
        return {name: value for name, value in asdict(self).items() if name != "source"}

    def hyperparameters(self, parameter: str) -> dict[str, np.ndarray]:
        """Hyperparameters under the names of their data in the graph, as float64 scalars."""
        return {f"{parameter}_{name}": np.asarray(value, dtype=np.float64) for name, value in self.values().items()}

    def times(self, factor: float) -> Self:
        """The distribution of ``factor`` times the variable; of its size times the variable where that is a spread."""
        # Adding zero makes a zero of minus zero.
        scaled: dict[str, Any] = {
            name: value * factor + 0.0 for name, value in self.values().items() if name in LOCATIONS
        }
        scaled |= {name: value * abs(factor) for name, value in self.values().items() if name in SPREADS}
        scaled |= {name: value / abs(factor) for name, value in self.values().items() if name == "rate"}
        return replace(self, **scaled)

    def data(self, parameter: str) -> dict[str, TensorVariable]:
        """Enter the hyperparameters into the current model as data."""
        return {
            name: pm.Data(f"{parameter}_{name}", value)
            for name, value in zip(self.values(), self.hyperparameters(parameter).values(), strict=True)
        }

    def variable(self, name: str, dims: str | tuple[str, ...] | None = None, parameter: str = "") -> TensorVariable:
        """Add a random variable to the current model.

        Parameters
        ----------
        name : str
            Its name in the model.
        dims : str or tuple of str, optional
            Its dims.
        parameter : str
            Its name in the prior set, which its hyperparameters bear; by default `name`.
        """
        return self.distribution(name, self.data(parameter or name), dims)

    @staticmethod
    def distribution(
        name: str, data: Mapping[str, TensorVariable], dims: str | tuple[str, ...] | None = None
    ) -> TensorVariable:
        """Add a random variable with the given hyperparameters to the current model."""
        raise NotImplementedError

    def __str__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{value:.4g}' for value in self.values().values())})"


@dataclass(frozen=True, kw_only=True)
class Normal(Family):
    """Normal distribution with a mean and a standard deviation."""

    mean: float
    sd: float

    @staticmethod
    def distribution(
        name: str, data: Mapping[str, TensorVariable], dims: str | tuple[str, ...] | None = None
    ) -> TensorVariable:
        """Add the random variable to the current model."""
        return pm.Normal(name, data["mean"], data["sd"], dims=dims)


@dataclass(frozen=True, kw_only=True)
class StudentT(Family):
    """Student-t distribution with degrees of freedom, location and scale."""

    df: float
    mean: float
    sd: float

    @staticmethod
    def distribution(
        name: str, data: Mapping[str, TensorVariable], dims: str | tuple[str, ...] | None = None
    ) -> TensorVariable:
        """Add the random variable to the current model."""
        return pm.StudentT(name, nu=data["df"], mu=data["mean"], sigma=data["sd"], dims=dims)


@dataclass(frozen=True, kw_only=True)
class RobustNormal(Family):
    """Mixture of an informative and a vague normal distribution, the first with probability ``weight``.

    Where the data contradict the informative part, the vague one takes over.

    References
    ----------
    Schmidli et al. 2014, doi:10.1111/biom.12242.
    """

    weight: float
    mean: float
    sd: float
    vague_mean: float
    vague_sd: float

    @staticmethod
    def distribution(
        name: str, data: Mapping[str, TensorVariable], dims: str | tuple[str, ...] | None = None
    ) -> TensorVariable:
        """Add the random variable to the current model."""
        weight = pt.stack([data["weight"], 1 - data["weight"]], axis=-1)
        mean = pt.stack([data["mean"], data["vague_mean"]], axis=-1)
        sd = pt.stack([data["sd"], data["vague_sd"]], axis=-1)
        return pm.NormalMixture(name, weight, mean, sd, dims=dims)


@dataclass(frozen=True, kw_only=True)
class HalfNormal(Family):
    """Normal distribution around zero folded to the positive side; ``sd`` is that of the unfolded one."""

    sd: float

    @staticmethod
    def distribution(
        name: str, data: Mapping[str, TensorVariable], dims: str | tuple[str, ...] | None = None
    ) -> TensorVariable:
        """Add the random variable to the current model."""
        return pm.HalfNormal(name, data["sd"], dims=dims)


@dataclass(frozen=True, kw_only=True)
class HalfStudentT(Family):
    """Student-t distribution around zero folded to the positive side."""

    df: float
    sd: float

    @staticmethod
    def distribution(
        name: str, data: Mapping[str, TensorVariable], dims: str | tuple[str, ...] | None = None
    ) -> TensorVariable:
        """Add the random variable to the current model."""
        return pm.HalfStudentT(name, nu=data["df"], sigma=data["sd"], dims=dims)


@dataclass(frozen=True, kw_only=True)
class Gamma(Family):
    """Gamma distribution with shape and rate."""

    shape: float
    rate: float

    @staticmethod
    def distribution(
        name: str, data: Mapping[str, TensorVariable], dims: str | tuple[str, ...] | None = None
    ) -> TensorVariable:
        """Add the random variable to the current model."""
        return pm.Gamma(name, alpha=data["shape"], beta=data["rate"], dims=dims)


@dataclass(frozen=True, kw_only=True)
class Beta(Family):
    """Beta distribution of a share, with mean alpha / (alpha + beta)."""

    alpha: float
    beta: float

    @staticmethod
    def distribution(
        name: str, data: Mapping[str, TensorVariable], dims: str | tuple[str, ...] | None = None
    ) -> TensorVariable:
        """Add the random variable to the current model."""
        return pm.Beta(name, alpha=data["alpha"], beta=data["beta"], dims=dims)


# A parameter on the whole line may take another family on the whole line, a spread another one on the positive side.
ALTERNATIVES: Mapping[type[Family], tuple[type[Family], ...]] = {
    Normal: (Normal, StudentT, RobustNormal),
    StudentT: (Normal, StudentT, RobustNormal),
    RobustNormal: (Normal, StudentT, RobustNormal),
    HalfNormal: (HalfNormal, HalfStudentT, Gamma),
    HalfStudentT: (HalfNormal, HalfStudentT, Gamma),
    Gamma: (Gamma, HalfNormal, HalfStudentT),
    Beta: (Beta,),
}


def family_from(table: Mapping[str, object], like: Family) -> Family:
    """A family from a table of a study file.

    Parameters
    ----------
    table : mapping
        Hyperparameters, optionally ``family`` (its name) and ``source``.
    like : Family
        The family the parameter has in the base set; the default family.

    Raises
    ------
    ValueError
        If the family is not one the parameter can take, or its hyperparameters do not fit it.
    """
    if not isinstance(table, Mapping):
        raise ValueError(f"must be a table of hyperparameters, got {table!r}")
    allowed = {kind.__name__: kind for kind in ALTERNATIVES[type(like)]}
    name = str(table.get("family", type(like).__name__))
    if name not in allowed:
        raise ValueError(f"family must be one of {', '.join(allowed)}, got {name!r}")
    kind = allowed[name]
    required = [field.name for field in fields(kind) if field.name != "source"]
    given = {key: value for key, value in table.items() if key not in ("family", "source")}
    if set(given) != set(required):
        raise ValueError(f"{name} takes {', '.join(required)}, got {', '.join(given) or 'nothing'}")
    numbers = {}
    for key, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{key} must be a number, got {value!r}")
        numbers[key] = float(value)
    return kind(**numbers, source=str(table.get("source", "the study file")))
