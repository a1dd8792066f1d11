"""The parameters of the joint model, and where the design's coefficients stand among them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from cochange.models.parts.coefficients import Coefficients, pool
from cochange.models.parts.joint.frame import SLOPES, Frame
from cochange.models.parts.together import Parameter, Parameters

OF_MARKERS = (
    "marker_mean", "marker_change", "marker_sigma", "marker_change_sigma", "marker_on_marker", "marker_on_score",
)  # fmt: skip
OF_THE_SCORE = ("score_mean", "score_change", "score_sigma", "score_change_sigma", "score_on_score")


def joint_parameters(frame: Frame, measurement: bool, student_t: bool) -> Parameters:
    """Every parameter that a study calls for.

    Parameters
    ----------
    frame : Frame
        The study as the model takes it.
    measurement : bool
        Whether observed scores are true ones plus error.
    student_t : bool
        Whether outcomes are Student-t.
    """
    items = [Parameter(name, ("marker",), name) for name in OF_MARKERS]
    items += [Parameter(name, (), name) for name in OF_THE_SCORE]
    if len(frame.outcomes.markers) == 1:
        items += [Parameter(name, ("marker",), name) for name in SLOPES]
    else:
        items += [Parameter(f"{name}_centre", (), name) for name in SLOPES]
        items += [
            Parameter("slope_spread", ("slope",), "slope_spread"),
            Parameter("slope_standard", ("slope", "marker"), scale="slope_spread", precision=(0.0,) * len(SLOPES)),
        ]
    items += _of_design(frame)
    if measurement:
        items += [Parameter("marker_reliability", ("marker",), "marker_reliability")]
        items += [Parameter("score_reliability", (), "score_reliability"), Parameter("state_z", ("marker",), "state_z")]
    if frame.outcomes.has_wells:
        items.append(Parameter("well_sd", ("duplicated",), "well_sd"))
    if frame.layout.screening:
        names = ("screening_mean", "screening_slope", "screening_sd", *(("screening_state",) if measurement else ()))
        items += [Parameter(name, (), name) for name in names]
    if student_t:
        items.append(Parameter("nu", (), "nu"))
    return Parameters(tuple(items), frame.coords)


def _of_design(frame: Frame) -> list[Parameter]:
    """Effects of covariates, arms, groups, sites and plates."""
    items = []
    for outcome in ("marker", "score"):
        if "covariate" in frame.columns.blocks:
            name = f"{outcome}_covariate"
            items.append(Parameter(name, (f"{outcome}_equation", "covariate"), name))
        if "arm_effect" in frame.columns.blocks:
            name = f"{outcome}_arm"
            items.append(Parameter(name, ("marker" if outcome == "marker" else "of_change", "arm_effect"), name))
            if frame.arms_apart:
                name = f"{outcome}_arm_baseline"
                dims = ("marker", "arm_effect") if outcome == "marker" else ("arm_effect",)
                items.append(Parameter(name, dims, name))
            if outcome == "score" and frame.benefit:
                items.append(Parameter("benefit", ("arm_effect", "marker"), "benefit"))
        for level in ("group", "site"):
            if level in frame.columns.blocks:
                name = f"{outcome}_{level}_sd"
                items.append(Parameter(name, (f"{outcome}_equation",), name))
    for level in ("group", "site"):
        if level in frame.columns.blocks:
            items += [
                _standard(frame, outcome, level, positions) for outcome, positions in frame.layout.equations.items()
            ]
    if frame.columns.plates:
        items.append(Parameter("plate_sd", ("marker",), "plate_sd"))
        items.append(_standard(frame, "marker", "plate", frame.layout.m0))
    return items


def _standard(frame: Frame, outcome: str, level: str, positions: np.ndarray) -> Parameter:
    """Standard normal contrasts of the levels of one factor."""
    name, equations = (level, "marker") if level == "plate" else (f"{outcome}_{level}", f"{outcome}_equation")
    precision = tuple(frame.precision(level, position) for position in positions)
    return Parameter(f"{name}_standard", (equations, f"{level}_contrast"), scale=f"{name}_sd", precision=precision)


def coefficients(parameters: Parameters, frame: Frame) -> Coefficients:
    """Place the parameters among the coefficients."""
    n_columns, size = frame.columns.values.shape[1], frame.layout.size
    placed = {name: np.zeros((parameters.size, n_columns, size)) for name in ("fixed", "spread", "standard")}
    places: Mapping[str, Any] = parameters.places
    layout = frame.layout
    means: dict[str, Any] = {
        "marker_mean": layout.m0,
        "score_mean": layout.y0,
        "marker_change": layout.m1,
        "score_change": layout.y1,
    }
    for name, position in means.items():
        placed["fixed"][places[name], 0, position] = 1
    for outcome, positions in layout.equations.items():
        baselines, changes = np.split(positions, 2)
        for name, block in frame.columns.blocks.items():
            if name == "covariate":
                for column, of_equation in enumerate(places[f"{outcome}_covariate"].T):
                    placed["fixed"][of_equation, block.start + column, positions] = 1
            if name in ("arm_effect", "arm_baseline"):
                own, at = ("arm", changes) if name == "arm_effect" else ("arm_baseline", baselines)
                for column, of_equation in enumerate(places[f"{outcome}_{own}"].T):
                    placed["fixed"][of_equation, block.start + column, at] = 1
            if name in ("group", "site"):
                pool(placed, places[f"{outcome}_{name}_sd"], places[f"{outcome}_{name}_standard"], block, positions)
    if frame.columns.plates:
        plates = frame.columns.blocks
        pool(placed, places["plate_sd"], places["plate_standard"], plates["plate_baseline"], layout.m0)
        pool(placed, places["plate_sd"], places["plate_standard"], plates["plate_follow_up"], layout.m1)
        # A plate shifts the sample on it: the shift at baseline is not carried to the follow-up.
        placed["standard"][:, plates["plate_baseline"], layout.m1] = -placed["standard"][
            :, plates["plate_baseline"], layout.m0
        ]
        placed["spread"][:, plates["plate_baseline"], layout.m1] = placed["spread"][
            :, plates["plate_baseline"], layout.m0
        ]
    return Coefficients(**{name: array.reshape(parameters.size, -1) for name, array in placed.items()})
