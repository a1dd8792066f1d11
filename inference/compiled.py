"""One compiled model for every prior set of the same families."""

import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.inference.built import check_built
from cochange.inference.progress import Progress
from cochange.inference.quiet import quiet
from cochange.inference.top_level import draw_top_level
from cochange.models.parts.contract import Model
from cochange.models.parts.graph import pm
from cochange.models.parts.prior_sets import PriorsLike, families, hyperparameters, structure

if TYPE_CHECKING:
    from cochange.inference.machine_code.ready import Ready


@dataclass(eq=False)
class Compiled:
    """A model of a study, compiled.

    Attributes
    ----------
    model : Model
        The model.
    study : Study
        The study.
    priors : Priors
        The prior set last asked for.
    sampler : nutpie compiled model
        The compiled log density.
    variables : frozenset of str
        Names of the random variables that are sampled.
    data : frozenset of str
        Names of the graph's data.
    ready : Ready or None
        What stands for the graph where the study was compiled before.
    seconds : float
        Time it took to compile.
    """

    model: Model
    study: Study
    priors: PriorsLike
    sampler: Any
    variables: frozenset[str]
    data: frozenset[str]
    ready: "Ready | None" = None
    seconds: float = 0.0

    @cached_property
    def graph(self) -> "pm.Model":
        """The PyMC model, built when first asked for; its data follow the prior set last asked for."""
        with quiet():
            return self.model.build(self.study, self.priors)

    def fits(self, priors: PriorsLike) -> bool:
        """Whether a prior set differs from the compiled one in values alone."""
        return structure(priors) == structure(self.priors)

    def under(self, priors: PriorsLike) -> Any:
        """The compiled model with the values of another prior set, in the sampler and in the PyMC model alike.

        Raises
        ------
        ValueError
            If the set has other families than the compiled one.
        """
        if not self.fits(priors):
            raise ValueError("a prior set with other families needs a compilation of its own")
        self.priors = priors
        values = self.values_of(priors)
        if "graph" in vars(self):
            pm.set_data(values, model=self.graph)
        return self.sampler.with_data(**values) if self.ready is None else self.ready.under(self.sampler, values)

    def named(self, draws: xr.Dataset, priors: PriorsLike) -> xr.Dataset:
        """Draws by parameter, also where the graph holds one vector a family."""
        return named_draws(self.model, self.study, draws, priors)

    def values_of(self, priors: PriorsLike) -> dict[str, Any]:
        """Values of a prior set under the names of their data in the graph."""
        if self.model.parameters is None:
            return {name: value for name, value in hyperparameters(priors).items() if name in self.data}
        prior_of = families(priors)
        return self.model.parameters(self.study).by_family(prior_of).hyperparameters(prior_of)

    def draw_priors(self, priors: PriorsLike, draws: int, seed: int) -> xr.Dataset:
        """Prior draws by parameter, dims ``(chain, draw, ...)``."""
        drawn = _drawn_together(self.model, self.study, self.variables, priors, draws, seed)
        if drawn is not None:
            return drawn
        if self.ready is not None and self.ready.top_level is not None:
            top_level, coords = self.ready.top_level, self.ready.coords
            return draw_top_level(top_level, coords, hyperparameters(priors), draws, seed)
        self.under(priors)
        return draw_priors(self.graph, self.model, self.study, priors, draws, seed)


def compile_model(model: Model, study: Study, priors: PriorsLike) -> Compiled:
    """Build a model of a study, and compile it unless this machine has compiled its like before.

    Where it has compiled this very study before, the model is not even built.

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
    # Imported here, for they are slow to import and only needed where something is compiled.
    from cochange.inference.machine_code.ready import read_ready

    start = time.perf_counter()
    found = read_ready(model, study, priors)
    if found is not None:
        ready, sampler = found
        compiled = Compiled(model, study, priors, sampler, frozenset(ready.variables), frozenset(ready.data), ready)
    else:
        from cochange.inference.machine_code.compiling import compile_and_keep

        with quiet():
            graph = model.build(study, priors)
            check_built(model, graph, priors)
            model.derive(draw_priors(graph, model, study, priors, 2, 0), study)
            compiled = of_graph(model, study, priors, graph, compile_and_keep(model, study, priors, graph))
    compiled.seconds = time.perf_counter() - start
    return compiled


def compile_telling(model: Model, study: Study, priors: PriorsLike, progress: Progress, why: str = "") -> Compiled:
    """Compile a model, and tell of it and of the time it took.

    Parameters
    ----------
    model, study, priors
        As of `compile_model`; errors as of it.
    progress : Progress
        Told of both.
    why : str
        What is said after "compiling".
    """
    progress.step(f"{model.name}: compiling{why} (the first time on a machine a minute or more)")
    compiled = compile_model(model, study, priors)
    what = "compiled" if compiled.ready is None else "compiled before, loaded"
    progress.step(f"{model.name}: {what} in {compiled.seconds:.{0 if compiled.seconds >= 10 else 1}f} s")
    return compiled


def of_graph(model: Model, study: Study, priors: PriorsLike, graph: "pm.Model", sampler: Any) -> Compiled:
    """A compiled model whose graph has been built, with the values of a prior set in it."""
    variables = frozenset(variable.name for variable in graph.free_RVs)
    data = frozenset(variable.name for variable in graph.data_vars)
    compiled = Compiled(model, study, priors, sampler, variables, data)
    compiled.graph = graph
    return compiled


def draw_priors(graph: "pm.Model", model: Model, study: Study, priors: PriorsLike, draws: int, seed: int) -> xr.Dataset:
    """Prior draws by parameter of a built model, whose data hold this prior set; dims ``(chain, draw, ...)``.

    A model that replicates its outcomes itself is spared those of its parameters that depend on others.
    """
    from cochange.inference.graph_priors import top_level_of

    variables = frozenset(variable.name for variable in graph.free_RVs)
    drawn = _drawn_together(model, study, variables, priors, draws, seed)
    if drawn is not None:
        return drawn
    top_level = top_level_of(model, graph, priors)
    if top_level is not None:
        return draw_top_level(top_level, graph.coords, hyperparameters(priors), draws, seed)
    names = [variable.name for variable in (*graph.free_RVs, *graph.deterministics)]
    with quiet(), graph:
        tree = pm.sample_prior_predictive(
            draws, var_names=names, random_seed=seed, compile_kwargs={"mode": interpreted()}
        )
    return named_draws(model, study, tree["prior"].to_dataset(), priors)


def _drawn_together(
    model: Model, study: Study, variables: frozenset[str], priors: PriorsLike, draws: int, seed: int
) -> xr.Dataset | None:
    """Prior draws of a model whose parameters stand in one vector a family; None where others are sampled beside."""
    if model.parameters is None:
        return None
    prior_of = families(priors)
    together = model.parameters(study).by_family(prior_of)
    if together.variables(prior_of) != variables:
        return None
    return together.drawn(prior_of, draws, np.random.default_rng(seed))


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
