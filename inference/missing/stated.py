"""What a study file asks for if those who left are different, from the draws of a run."""

from collections.abc import Mapping, Sequence

import numpy as np

from cochange.data.study import Study
from cochange.inference.fit import Fit
from cochange.inference.missing.analysis import UnderScenario, under_scenarios
from cochange.inference.missing.from_models import COMPLETING
from cochange.inference.missing.strategies import scenarios
from cochange.inference.missing.surface import Surface, tipping_surfaces
from cochange.models.parts.contract import Model


def completing_model(models: Sequence[Model]) -> Model | None:
    """The model that tells what missing values might have been: that of every visit, else that of two; or None."""
    by_name = {model.name: model for model in models}
    return next((by_name[name] for name in COMPLETING if name in by_name), None)


def asks(study: Study) -> bool:
    """Whether a study file states what missing values are taken to be, or what they are to be shifted by."""
    table = study.spec.missing_data
    return bool(scenarios(study)) or table.delta_score is not None or table.delta_marker is not None


def if_missing_differ(
    models: Sequence[Model], fits: Mapping[tuple[str, str], Fit], prior: str, study: Study
) -> tuple[tuple[UnderScenario, ...], tuple[Surface, ...]]:
    """The estimates under every scenario a study file states, and the surfaces it asks for, under one prior set.

    Parameters
    ----------
    models : sequence of Model
        The models fitted.
    fits : mapping of (str, str) to Fit
        By model and prior set.
    prior : str
        The prior set.
    study : Study
        The study.

    Returns
    -------
    tuple of UnderScenario
        Empty where nothing is stated, or no model tells.
    tuple of Surface
        Likewise.
    """
    model = completing_model(models)
    if model is None or not asks(study) or (model.name, prior) not in fits:
        return (), ()
    fit, table = fits[model.name, prior], study.spec.missing_data
    score, marker = (
        () if ends is None else space(ends[0], ends[1], table.points).tolist()
        for ends, space in ((table.delta_score, np.linspace), (table.delta_marker, np.geomspace))
    )
    chosen = scenarios(study)
    rows = under_scenarios(fit, model, study, chosen) if chosen else ()
    return rows, tipping_surfaces(fit, model, study, score, marker, table.delta_arms)
