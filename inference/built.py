"""What a model file's functions must return for its results to mean what they say; found before compiling."""

from collections.abc import Iterator
from typing import NoReturn

from cochange.data.study import Study
from cochange.models.parts.contract import ContractError, Model
from cochange.models.parts.graph import pm
from cochange.models.parts.prior_sets import PriorsLike, families
from cochange.models.parts.selection import Selection


def selection_of(model: Model, study: Study) -> Selection:
    """Who a model uses of a study.

    Parameters
    ----------
    model : Model
        The model.
    study : Study
        The study.

    Raises
    ------
    ContractError
        If `select` returns anything but a selection.
    """
    found: object = model.select(study)
    if not isinstance(found, Selection):
        _refuse(
            model,
            f"select must return choose(study, reasons) or cannot(study, problem), it returns a {type(found).__name__}",
        )
    return found


def check_built(model: Model, graph: "pm.Model", priors: PriorsLike) -> None:
    """Refuse a graph that a prior set does not reach.

    A prior whose values stand in the graph as numbers would be the same under every set, and each would be reported
    under another name.

    Parameters
    ----------
    model : Model
        The model.
    graph : pymc.Model
        What it built.
    priors : Priors
        The prior set it built it under.

    Raises
    ------
    ContractError
        With every lack.
    """
    lacks = list(_unreached(model, graph, priors)) if model.parameters is None else []
    if lacks:
        _refuse(model, *lacks)


def in_use(model: Model, study: Study, priors: PriorsLike, graph: "pm.Model") -> tuple[str, ...]:
    """Parameters whose priors enter: by their data in the graph, or by the vector that holds them.

    Parameters
    ----------
    model : Model
        The model.
    study : Study
        The study.
    priors : Priors
        Any of its prior sets.
    graph : pymc.Model
        What it built for the study.
    """
    if model.parameters is None:
        data = set(graph.named_vars)
        entering = {name for name, family in families(priors).items() if set(family.hyperparameters(name)) <= data}
    else:
        entering = {item.prior for item in model.parameters(study).items}
    return tuple(name for name in families(priors) if name in entering)


def _unreached(model: Model, graph: "pm.Model", priors: PriorsLike) -> Iterator[str]:
    """Parameters that bear the name of a prior without having it, or have it without being declared."""
    drawn = {variable.name for variable in graph.free_RVs}
    for name, family in families(priors).items():
        if name not in drawn:
            continue
        if lacking := [datum for datum in family.hyperparameters(name) if datum not in graph.named_vars]:
            yield (
                f"build gives {name} a prior that no prior set reaches: {', '.join(lacking)} must be data of the "
                f'graph; add the variable with families(priors)["{name}"].variable("{name}")'
            )
        if name not in model.prior_vars:
            yield f"PRIOR_VARS must name {name}, which has a prior of its own; it names {', '.join(model.prior_vars)}"


def _refuse(model: Model, *lacks: str) -> NoReturn:
    raise ContractError(
        f"{model.source} does not meet the contract of a model:\n" + "\n".join(f"  {lack}" for lack in lacks)
    )
