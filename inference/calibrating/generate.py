"""Draw parameters from the prior, and data of the study's design from them, without compiling anything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.inference.calibrating.design import DesignError
from cochange.inference.compiled import interpreted, named_draws
from cochange.inference.quiet import quiet
from cochange.models.parts.contract import ContractError, Model
from cochange.models.parts.graph import pm
from cochange.models.parts.prior_sets import PriorsLike


@dataclass(frozen=True, eq=False)
class Generator:
    """A model that is drawn from forwards.

    Attributes
    ----------
    model : Model
        The model.
    study : Study
        The study whose design the data have.
    priors : Priors
        The prior set drawn from, whose values the graph holds.
    graph : pymc.Model
        The graph.
    variables : sequence of str
        What `draw` returns, the outcomes of the graph last.
    draw : callable
        One draw of each.
    """

    model: Model
    study: Study
    priors: PriorsLike
    graph: "pm.Model"
    variables: Sequence[str]
    draw: Callable[[], Sequence[np.ndarray]]

    def parameters(self, seed: int) -> tuple[xr.Dataset, dict[str, np.ndarray]]:
        """Parameters from the prior, dims ``(chain, draw, ...)`` of size 1, and the outcomes that the graph draws.

        Where one outcome is the predictor of another, both are drawn again until the second rests on what was drawn
        of the first.

        Raises
        ------
        ContractError
            If an outcome of the graph is not observed as data that can be set.
        """
        values = {variable.name: self._data_of(variable) for variable in self.graph.observed_RVs}
        drawn = self._drawn(seed)
        for _ in values:
            for name, value in values.items():
                value.set_value(drawn[name].astype(value.dtype))
            drawn = self._drawn(seed)
        outcomes = {str(value.name): drawn[name].astype(value.dtype) for name, value in values.items()}
        named = [name for name in self.variables if name not in values]
        dims = {name: self.graph.named_vars_to_dims.get(name) or _unnamed(name, drawn[name]) for name in named}
        used = {dim for own in dims.values() for dim in own if dim in self.graph.coords}
        draws = xr.Dataset(
            {name: (("chain", "draw", *dims[name]), drawn[name][None, None]) for name in named},
            coords={"chain": [0], "draw": [0]} | {dim: list(self.graph.coords[dim]) for dim in used},
        )
        return named_draws(self.model, self.study, draws, self.priors), outcomes

    def outcomes(self, truth: xr.Dataset, seed: int) -> dict[str, np.ndarray]:
        """The outcomes that the graph draws under given parameters, by the names of their data.

        Raises
        ------
        ContractError
            If an outcome of the graph is not observed as data that can be set.
        DesignError
            If the graph draws outcomes from a vector of all parameters.
        """
        observed = list(self.graph.observed_RVs)
        if not observed:
            return {}
        if self.model.parameters is not None:
            raise DesignError(
                f"{self.study.path.name}: {self.model.name} draws duplicate wells with its parameters, so that none of "
                "these can be given; leave the truth out, or take a design with single wells"
            )
        given, draw = self._given
        values = [truth[variable.name].to_numpy()[0, 0].astype(variable.dtype) for variable in given]
        # As in `parameters`: until every outcome rests on what was drawn of the others.
        for _ in range(len(observed) + 1):
            pm.pytensorf.reseed_rngs(pm.pytensorf.find_rng_nodes(observed), seed)
            data = [self._data_of(variable) for variable in observed]
            drawn = {
                value: np.asarray(array).astype(value.dtype) for value, array in zip(data, draw(*values), strict=True)
            }
            for value, array in drawn.items():
                value.set_value(array)
        return {str(value.name): array for value, array in drawn.items()}

    def data(
        self, truth: xr.Dataset, outcomes: dict[str, np.ndarray], fitted: Study, seed: int
    ) -> dict[str, np.ndarray]:
        """The data of the graph of a study with the same design, drawn under these parameters.

        Parameters
        ----------
        truth, outcomes
            From `parameters`.
        fitted : Study
            The study whose graph takes the data; it may be analysed in another way than this one.
        seed : int
            Seed of the outcomes that the graph does not draw.
        """
        data = dict(outcomes)
        if self.model.with_outcomes is not None and self.model.replicate is not None:
            replicated = self.model.replicate(truth, self.study, np.random.default_rng(seed))
            data |= self.model.with_outcomes(replicated.isel(chain=0, draw=0), fitted)
        return data

    def _data_of(self, outcome: Any) -> Any:
        """The data that hold an outcome; PyMC casts those of a discrete one to its own type."""
        from pytensor.compile.sharedvalue import SharedVariable
        from pytensor.scalar.basic import Cast

        value = self.graph.rvs_to_values[outcome]
        while value.owner is not None and isinstance(getattr(value.owner.op, "scalar_op", None), Cast):
            (value,) = value.owner.inputs
        if not isinstance(value, SharedVariable):
            raise ContractError(
                f"{self.model.source}: build must observe {outcome.name} as it stands in a pm.Data, where drawn "
                f"outcomes can take its place; found {type(value).__name__}. Enter the outcome with pm.Data and pass "
                "that as observed"
            )
        return value

    @cached_property
    def _given(self) -> tuple[Sequence[Any], Callable[..., Sequence[np.ndarray]]]:
        """The parameters, and the draw of all outcomes given them."""
        given = list(self.graph.free_RVs)
        with quiet():
            draw = pm.compile(
                inputs=given, outputs=list(self.graph.observed_RVs), mode=interpreted(), on_unused_input="ignore"
            )
        return given, draw

    def _drawn(self, seed: int) -> dict[str, np.ndarray]:
        pm.pytensorf.reseed_rngs(self._generators, seed)
        return dict(zip(self.variables, map(np.asarray, self.draw()), strict=True))

    @property
    def _generators(self) -> list[Any]:
        found: list[Any] = pm.pytensorf.find_rng_nodes([self.graph[name] for name in self.variables])
        return found


def make_generator(model: Model, study: Study, priors: PriorsLike, graph: "pm.Model") -> Generator:
    """Make the forward draws of a built model, whose data hold the prior set.

    Parameters
    ----------
    model, study, priors
        What the graph was built from.
    graph : pymc.Model
        The graph; its observed data are overwritten by what is drawn.

    Raises
    ------
    DesignError
        If nothing draws outcomes that the graph can take.
    """
    if not graph.observed_RVs and (model.replicate is None or model.with_outcomes is None):
        raise DesignError(
            f"{model.name} cannot take data drawn anew: its graph observes no outcome, and it lacks `replicate` or "
            "`with_outcomes`"
        )
    variables = [*graph.free_RVs, *graph.deterministics, *graph.observed_RVs]
    with quiet():
        draw = pm.compile(inputs=[], outputs=variables, mode=interpreted())
    return Generator(model, study, priors, graph, [variable.name for variable in variables], draw)


def _unnamed(name: str, value: np.ndarray) -> tuple[str, ...]:
    return tuple(f"{name}_dim_{axis}" for axis in range(value.ndim))
