"""Compile the graph of a model of a study, and keep what the next process needs to do without it."""

import logging
from typing import Any

import pymc as pm

from cochange.data.study import Study
from cochange.inference.graph_priors import hyperparameters_of, top_level_of
from cochange.inference.machine_code import folder
from cochange.inference.machine_code.cached import compiled_or_cached
from cochange.inference.machine_code.ready import keep
from cochange.inference.machine_code.recorded import NoRecordError, recorded
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import PriorsLike

LOG = logging.getLogger(__name__)


def compile_and_keep(model: Model, study: Study, priors: PriorsLike, graph: pm.Model) -> Any:
    """The compiled model of a graph, with the values of a prior set in it.

    Parameters
    ----------
    model : Model
        The model.
    study : Study
        The study.
    priors : Priors
        The prior set.
    graph : pymc.Model
        What the model built of them.

    Returns
    -------
    nutpie.compile_pymc.CompiledPyMCModel
    """
    made = compiled_or_cached(graph, model.source)
    if made.key:
        folder.label(made.key, model.name, study.spec.study.title)
    if made.code is not None and model.ships:
        try:
            top_level = top_level_of(model, graph, priors)
            ready = recorded(graph, made.key, made.code, hyperparameters_of(model, priors), top_level)
            keep(model, study, priors, ready)
        except (NoRecordError, OSError, ValueError) as error:
            LOG.debug("%s will be built anew for this study: %s", model.name, error)
    return made.model
