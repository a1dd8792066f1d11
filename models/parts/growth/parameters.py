"""The parameters of the growth model, and where the design's coefficients stand among them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from cochange.models.parts.coefficients import Coefficients, pool
from cochange.models.parts.growth.frame import Frame
from cochange.models.parts.together import Parameter, Parameters


def growth_parameters(frame: Frame, student_t: bool) -> Parameters:
    """Every parameter that a study calls for.

    Parameters
    ----------
    frame : Frame
        The study as the model takes it.
    student_t : bool
        Whether outcomes are Student-t.
    """
    items: list[Parameter] = []
    for outcome in frame.outcomes:
        of_pieces = {
            "mean": (),
            "change": ("piece",),
            "level_sigma": (),
            "change_sigma": ("piece",),
            "residual_sigma": (),
        }
        items += [Parameter(f"{outcome}_{name}", dims, f"{outcome}_{name}") for name, dims in of_pieces.items()]
        items += _of_design(frame, outcome)
    items += [Parameter(f"{kind}_z", (kind,), f"{kind}_z") for kind in frame.pairs]
    if len(frame.outcomes) > 1:
        items.append(Parameter("within_z", (), "within_z"))
    if student_t:
        items.append(Parameter("nu", (), "nu"))
    # A scale must stand before what it multiplies.
    return Parameters(tuple(sorted(items, key=lambda item: bool(item.scale))), frame.coords)


def _of_design(frame: Frame, outcome: str) -> list[Parameter]:
    """Effects of covariates, arms, groups and sites on an outcome."""
    items = []
    if "covariate" in frame.columns.blocks:
        items.append(Parameter(f"{outcome}_covariate", ("equation", "covariate"), f"{outcome}_covariate"))
    if "arm_effect" in frame.columns.blocks:
        equations = "piece" if frame.randomised else "equation"
        items.append(Parameter(f"{outcome}_arm", (equations, "arm_effect"), f"{outcome}_arm"))
    for level in ("group", "site"):
        if level in frame.columns.blocks:
            name = f"{outcome}_{level}_sd"
            precision = tuple(frame.precision(level, outcome, equation) for equation in frame.equations)
            items.append(Parameter(name, ("equation",), name))
            items.append(
                Parameter(
                    f"{outcome}_{level}_standard", ("equation", f"{level}_contrast"), scale=name, precision=precision
                )
            )
    return items


def coefficients(parameters: Parameters, frame: Frame) -> Coefficients:
    """Place the parameters among the coefficients of the design columns on the random effects."""
    n_columns, n_effects = frame.columns.values.shape[1], len(frame.effects)
    placed = {name: np.zeros((parameters.size, n_columns, n_effects)) for name in ("fixed", "spread", "standard")}
    places: Mapping[str, Any] = parameters.places
    fixed = placed["fixed"]
    for number, outcome in enumerate(frame.outcomes):
        positions = np.arange(number, n_effects, len(frame.outcomes))
        fixed[places[f"{outcome}_mean"], 0, positions[0]] = 1
        fixed[places[f"{outcome}_change"], 0, positions[1:]] = 1
        for name, block in frame.columns.blocks.items():
            if name in ("covariate", "arm_effect"):
                own = places[f"{outcome}_{'covariate' if name == 'covariate' else 'arm'}"]
                for column, of_equation in enumerate(own.T):
                    fixed[of_equation, block.start + column, positions[-len(of_equation) :]] = 1
            if name in ("group", "site"):
                pool(placed, places[f"{outcome}_{name}_sd"], places[f"{outcome}_{name}_standard"], block, positions)
    return Coefficients(**{name: array.reshape(parameters.size, -1) for name, array in placed.items()})
