"""Whether a plan can be done as asked, with every fault that can be told before anything is fitted."""

from collections.abc import Iterator, Mapping

import numpy as np

from cochange.data.faults import Fault, collected
from cochange.data.simulation.skeleton import Expected
from cochange.data.specification.located import located
from cochange.data.specification.toml_lines import dotted
from cochange.data.study import Study
from cochange.inference.built import in_use
from cochange.inference.calibrating.chain import elements
from cochange.inference.calibrating.design import DesignError, check_design
from cochange.inference.calibrating.truths import TruthError, element_named
from cochange.inference.compiled import draw_priors
from cochange.inference.planning.decision import DECISION, PlanError
from cochange.inference.planning.designs import RELIABILITIES, Design
from cochange.inference.planning.fits import PlannedFits
from cochange.inference.quiet import quiet
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import PriorsLike

# The keys of a marker that limits of detection come from.
LOWER = ("lower_limit", "lower_limit_columns", "lower_limit_by_plate", "floors")
UPPER = ("upper_limit", "upper_limit_columns", "upper_limit_by_plate", "ceilings")


def parameters_of_plan(
    model: Model,
    works: Mapping[Design, PlannedFits],
    truth: Mapping[str, float],
    priors: PriorsLike,
    expected: Expected | None,
) -> tuple[str, ...]:
    """The parameters in use, of a plan that can be done.

    Parameters
    ----------
    model : Model
        The model.
    works : mapping of Design to PlannedFits
        What is to be done of each design.
    truth : mapping of str to float
        What is given of the truth whatever the design.
    priors : Priors
        The prior set of the analysis.
    expected : Expected or None
        What is expected of a study without data.

    Raises
    ------
    PlanError
        If designs or decision ask what the model does not have.
    DesignError
        If the model cannot be fitted to a design.
    """
    first, parameters = next(iter(works.values())), tuple[str, ...]()
    faults = [fault for design, work in works.items() for fault in _lacks(model, work.study, design, truth)]
    faults = list(dict.fromkeys(faults))
    spread = (
        [] if model.with_outcomes is not None or expected is None else _without_spread(model, first.study, expected)
    )
    problems = _problems(model, works)
    if not problems and not spread:
        # What the model does not know of limits has no part in which elements there are.
        study = first.truth_study if faults else first.study
        with collected(faults):
            parameters = _parameters(model, study, priors, first.decision.estimand)
    if faults or spread:
        raise PlanError([*faults, *spread])
    if problems:
        raise DesignError("\n".join(problems))
    return parameters


def _problems(model: Model, works: Mapping[Design, PlannedFits]) -> list[str]:
    """Why designs cannot be; one may stand among others, which are said not to be at fault."""
    problems: dict[str, list[str]] = {}
    for design, work in works.items():
        try:
            check_design(model, work.study)
        except DesignError as error:
            problems.setdefault(str(error), []).append(design.said(work.study))
    return [
        problem if len(said) == len(works) else f"{problem} ({'; '.join(said)})" for problem, said in problems.items()
    ]


def _lacks(model: Model, study: Study, design: Design, truth: Mapping[str, float]) -> Iterator[Fault]:
    """What a design asks that the model does not have."""
    if model.with_outcomes is None:
        yield from located(list(_limits(model, study, design)), study.path)
    for name in RELIABILITIES:
        if getattr(design, name) is not None:
            if name not in model.prior_vars or study.spec.analysis.measurement == "off":
                found = f"{model.name}, which has none here"
                yield Fault(name, None, None, "a model with errors of measurement", found, "plan with joint_change")
            if name in truth:
                yield Fault(name, None, None, f"one truth of {name}, here or in `truth`,", "two", "give one of them")


def _limits(model: Model, study: Study, design: Design) -> Iterator[Fault]:
    """The limits of a design, by the argument or the key of the study file that gives them."""
    required, action = "a model that draws values beyond a limit of detection", "plan with joint_change"
    without = f"{action}, or with `lower_limit` 0 for no limit"
    if design.lower_limit:
        yield Fault("lower_limit", None, None, required, model.name, without)
    for place, marker in enumerate(study.spec.marker):
        limits = study.data.sel(marker=marker.name)
        planned = marker.name == study.marker
        lower = bool((limits["lower_limit"] > 0).any()) and not (planned and design.lower_limit is not None)
        upper = bool(np.isfinite(limits["upper_limit"]).any())
        for key in (*(LOWER if lower else ()), *(UPPER if upper else ())):
            if getattr(marker, key):
                told = without if key in LOWER and planned else action
                yield Fault(study.path.name, None, dotted(("marker", place, key)), required, model.name, told)


def _without_spread(model: Model, study: Study, expected: Expected) -> list[Fault]:
    """Baselines that are the same for everybody, where the model takes them as given."""
    taken = (study.marker, None if study.scale is None else study.scale.name)
    return [
        Fault(
            "baselines",
            None,
            None,
            f"how much people differ in {name}, whose baseline {model.name} takes as given,",
            "none",
            f"give `baselines` as {name}={level.median:g},SD",
        )
        for name, level in expected.baselines.items()
        if model.with_outcomes is None and level.sd is None and name in taken
    ]


def _parameters(model: Model, study: Study, priors: PriorsLike, estimand: str) -> tuple[str, ...]:
    """The parameters in use; a decision on an element that is not there is refused before anything is compiled."""
    with quiet():
        graph = model.build(study, priors)
        drawn = draw_priors(graph, model, study, priors, 2, 0)
    known = [label for name, values in model.derive(drawn, study).items() for label, _ in elements(name, values)]
    try:
        element_named(estimand, known)
    except TruthError as error:
        problem, _, action = str(error).partition("; ")
        fault = Fault(DECISION, None, None, "one element of an estimand", f"that {problem}", action)
        raise PlanError([fault]) from None
    return in_use(model, study, priors, graph)
