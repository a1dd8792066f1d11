"""Compile the graph of a model of a study, and keep what the next process needs to do without it."""

import logging
from collections.abc import Mapping
from typing import Any

import pymc as pm

from cochange.data.study import Study
from cochange.inference.machine_code.cached import compiled_or_cached
from cochange.inference.machine_code.ready import is_kept, keep
from cochange.inference.machine_code.recorded import NoRecordError, recorded
from cochange.models.parts.contract import Model
from cochange.models.parts.families import Family
from cochange.models.parts.prior_sets import PriorsLike, families

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
    if made.code is not None and is_kept(model):
        try:
            keep(model, study, priors, recorded(graph, made.key, made.code, hyperparameters_of(model, study, priors)))
        except (NoRecordError, OSError, ValueError) as error:
            LOG.debug("%s will be built anew for this study: %s", model.name, error)
    return made.model


def hyperparameters_of(
    model: Model, study: Study, priors: PriorsLike
) -> dict[str, tuple[type[Family], Mapping[str, str]]]:
    """Of each prior in the graph: its family, and the name of the datum of each of its hyperparameters."""
    prior_of = families(priors)
    if model.parameters is not None:
        kinds = {type(family).__name__: family for family in prior_of.values()}
        return {
            kind: (type(family), {name: f"{kind}_{name}" for name in family.values()}) for kind, family in kinds.items()
        }
    return {
        parameter: (type(family), dict(zip(family.values(), family.hyperparameters(parameter), strict=True)))
        for parameter, family in prior_of.items()
    }
