"""One compiled model for every prior set of the same families."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.inference.built import check_built
from cochange.inference.quiet import quiet
from cochange.models.parts.contract import Model
from cochange.models.parts.graph import pm
from cochange.models.parts.prior_sets import PriorsLike, families, hyperparameters, structure


@dataclass(frozen=True, eq=False)
class Compiled:
    """A model of a study, compiled.

    Attributes
    ----------
    model : Model
        The model.
    study : Study
        The study.
    graph : pymc.Model
        The PyMC model; its data follow the prior set last asked for.
    sampler : nutpie compiled model
        The compiled log density.
    structure : tuple
        The family of each parameter, which another prior set must share.
    seconds : float
        Time it took to compile.
    """

    model: Model
    study: Study
    graph: "pm.Model"
    sampler: Any
    structure: tuple[tuple[str, str], ...]
    seconds: float

    def fits(self, priors: PriorsLike) -> bool:
        """Whether a prior set differs from the compiled one in values alone."""
        return structure(priors) == self.structure

    def under(self, priors: PriorsLike) -> Any:
        """The compiled model with the values of another prior set, in the sampler and in the PyMC model alike.

        Raises
        ------
        ValueError
            If the set has other families than the compiled one.
        """
        if not self.fits(priors):
            raise ValueError("a prior set with other families needs a compilation of its own")
        values = self.values_of(priors)
        pm.set_data(values, model=self.graph)
        return self.sampler.with_data(**values)

    def named(self, draws: xr.Dataset, priors: PriorsLike) -> xr.Dataset:
        """Draws by parameter, also where the graph holds one vector a family."""
        return named_draws(self.model, self.study, draws, priors)

    def values_of(self, priors: PriorsLike) -> dict[str, Any]:
        """Values of a prior set under the names of their data in the graph."""
        if self.model.parameters is None:
            return {name: value for name, value in hyperparameters(priors).items() if name in self.graph.named_vars}
        prior_of = families(priors)
        return self.model.parameters(self.study).by_family(prior_of).hyperparameters(prior_of)


def compile_model(model: Model, study: Study, priors: PriorsLike) -> Compiled:
    """Build a model of a study, and compile it unless this machine has compiled its like before.

    Parameters
    ----------
    model : Model
        The model.
    study : Study
        The study.
    priors : Priors
        Any prior set with the families to compile for.

    Returns
    -------
    Compiled

    Raises
    ------
    ContractError
        If the estimands derived from two prior draws are not those the model declares, or a prior set does not reach
        the graph; found before compiling.
    """
    from cochange.inference.machine_code.cached import compiled_or_cached

    start = time.perf_counter()
    with quiet():
        graph = model.build(study, priors)
        check_built(model, graph, priors, model.derive(draw_priors(graph, model, study, priors, 2, 0), study))
        sampler = compiled_or_cached(graph, model.source)
    return Compiled(model, study, graph, sampler, structure(priors), time.perf_counter() - start)


def draw_priors(graph: "pm.Model", model: Model, study: Study, priors: PriorsLike, draws: int, seed: int) -> xr.Dataset:
    """Prior draws by parameter of a built model, whose data hold this prior set; dims ``(chain, draw, ...)``."""
    prior_of = families(priors)
    if model.parameters is not None:
        together = model.parameters(study).by_family(prior_of)
        if together.variables(prior_of) == {variable.name for variable in graph.free_RVs}:
            return together.drawn(prior_of, draws, np.random.default_rng(seed))
    names = [variable.name for variable in (*graph.free_RVs, *graph.deterministics)]
    with quiet(), graph:
        tree = pm.sample_prior_predictive(
            draws, var_names=names, random_seed=seed, compile_kwargs={"mode": interpreted()}
        )
    return named_draws(model, study, tree["prior"].to_dataset(), priors)


def interpreted() -> Any:
    """The mode of forward draws, which are few: interpreting the graph costs less than compiling it."""
    from pytensor.compile.mode import Mode

    return Mode(linker="py", optimizer="fast_compile")


def named_draws(model: Model, study: Study, draws: xr.Dataset, priors: PriorsLike) -> xr.Dataset:
    """Draws by parameter, from those of a graph that may hold one vector a family."""
    if model.parameters is None:
        return draws
    prior_of = families(priors)
    return model.parameters(study).by_family(prior_of).named(draws, prior_of)
