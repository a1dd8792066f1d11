"""The log prior of draws under the prior set that a compiled model holds."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr
from pytensor.graph.replace import clone_replace, vectorize_graph
from pytensor.graph.traversal import ancestors

from cochange.inference.compiled import Compiled, interpreted
from cochange.inference.quiet import quiet
from cochange.models.parts.prior_sets import PriorsLike
from cochange.models.parts.together import PRECISION


@dataclass(frozen=True, eq=False)
class LogPrior:
    """The log prior density of the parameters that have hyperparameters: the top-level ones.

    Attributes
    ----------
    compiled : Compiled
        The model.
    names : tuple of str
        The variables of the graph that have hyperparameters.
    elsewhere : tuple of str
        Outcomes and other terms of the density that hyperparameters enter directly. Where there are any, the posteriors
        under two prior sets do not differ by their priors alone.
    """

    compiled: Compiled
    names: tuple[str, ...]
    elsewhere: tuple[str, ...]
    density: Callable[[xr.Dataset], np.ndarray]

    def of(self, variables: xr.Dataset, priors: PriorsLike) -> np.ndarray:
        """Log prior density of each draw under a prior set, shape ``(chain, draw)``.

        Parameters
        ----------
        variables : xarray.Dataset
            Draws by variable of the graph, dims ``(chain, draw, ...)``.
        priors : Priors
            A prior set of the families compiled for; the graph holds it afterwards.
        """
        self.compiled.under(priors)
        return self.density(variables)


def log_prior_of(compiled: Compiled, priors: PriorsLike) -> LogPrior:
    """Build the log prior of a compiled model as a function of many draws at once.

    Parameters
    ----------
    compiled : Compiled
        The model.
    priors : Priors
        Any prior set of the families compiled for.
    """
    graph = compiled.graph
    names = set(compiled.values_of(priors))
    if compiled.model.parameters is not None:
        # Data of the study, the same under every prior set.
        names.discard(PRECISION)
    data = {graph[name] for name in names}
    own = [variable for variable in graph.free_RVs if _enters(data, variable.owner.inputs, graph.free_RVs)]
    other = [*graph.observed_RVs, *graph.potentials]
    elsewhere = tuple(term.name for term in other if _enters(data, term.owner.inputs, graph.free_RVs))
    return LogPrior(compiled, tuple(variable.name for variable in own), elsewhere, density_of_draws(graph, own))


def density_of_draws(graph: pm.Model, own: Sequence[Any]) -> Callable[[xr.Dataset], np.ndarray]:
    """The log density of some variables of a model as a function of many draws at once.

    Parameters
    ----------
    graph : pymc.Model
        The model; the function follows its data.
    own : sequence of variable
        Free or observed variables of the model, whose log densities are summed.

    Returns
    -------
    callable
        From draws by variable, dims ``(chain, draw, ...)``, to an array of shape ``(chain, draw)``.
    """
    values = {variable: variable.type(f"{variable.name}_value") for variable in graph.free_RVs}
    with quiet():
        given = {**graph.rvs_to_values, **values}
        terms = [pt.sum(pm.logp(variable, given[variable])) for variable in own]
        (total,) = clone_replace([pt.add(*terms) if len(terms) > 1 else terms[0]], values)
        needed = set(ancestors([total]))
        used = {variable.name: value for variable, value in values.items() if value in needed}
        batch = {value: pt.tensor(value.name, shape=(None, *value.type.shape)) for value in used.values()}
        function = pm.compile(list(batch.values()), vectorize_graph(total, batch), mode=interpreted())

    def density(variables: xr.Dataset) -> np.ndarray:
        flat = [variables[name].transpose("chain", "draw", ...).values for name in used]
        found = function(*(values.reshape(-1, *values.shape[2:]) for values in flat))
        return np.asarray(found).reshape(flat[0].shape[:2])

    return density


def _enters(data: set[Any], terms: Iterable[Any], parameters: Iterable[Any]) -> bool:
    """Whether data are used by terms other than through parameters."""
    return not data.isdisjoint(ancestors(terms, blockers=parameters))
