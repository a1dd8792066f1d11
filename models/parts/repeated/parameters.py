"""The parameters of the model of repeated measures, and where they stand among the coefficients."""

from typing import Any

import numpy as np

from cochange.models.parts.coefficients import Coefficients, pool
from cochange.models.parts.estimand import LN2
from cochange.models.parts.repeated.frame import Frame, Kind
from cochange.models.parts.together import Parameter, Parameters

# The slope of each outcome on each baseline: outcome, baseline.
SLOPES: dict[tuple[Kind, Kind], str] = {
    ("marker", "marker"): "marker_on_marker",
    ("marker", "score"): "marker_on_score",
    ("score", "marker"): "prognostic",
    ("score", "score"): "score_on_score",
}


def repeated_parameters(frame: Frame) -> Parameters:
    """Every parameter that a study calls for."""
    items: list[Parameter] = []
    for kind in frame.options.kinds:
        items += _of_outcome(kind, frame)
    arm = ("covariance_arm",) if frame.options.by_arm else ()
    items += [Parameter(f"{kind}_sigma", (*arm, f"{kind}_visit"), f"{kind}_sigma") for kind in frame.options.kinds]
    if frame.options.covariance == "unstructured":
        if "pair" in frame.coords:
            items.append(Parameter("partial_share", (*arm, "pair"), "partial_share"))
    else:
        if len(set(frame.cells.visit)) > 1:
            items.append(Parameter("visit_z", arm, "visit_z"))
        if frame.options.covariance == "toeplitz" and "lag" in frame.coords:
            items.append(Parameter("lag_z", (*arm, "lag"), "lag_z"))
        if len(frame.options.kinds) > 1:
            items.append(Parameter("outcome_z", arm, "outcome_z"))
    if frame.options.student_t:
        items.append(Parameter("nu", (), "nu"))
    return Parameters(tuple(items), frame.coords)


def _of_outcome(kind: Kind, frame: Frame) -> list[Parameter]:
    """Means and effects of one outcome."""
    visit, follow_up = f"{kind}_visit", f"{kind}_follow_up"
    items = []
    if not frame.from_baseline[kind]:
        items.append(Parameter(f"{kind}_level", (visit,), f"{kind}_mean"))
    else:
        if frame.options.baseline == "constrained":
            items.append(Parameter(f"{kind}_mean", (), f"{kind}_mean"))
        items.append(Parameter(f"{kind}_change", (follow_up,), f"{kind}_change"))
    for before in ("marker", "score"):
        if f"baseline_{before}" in frame.blocks:
            dims = (follow_up,) if frame.options.baseline_by_visit else ()
            items.append(Parameter(SLOPES[kind, before], dims, SLOPES[kind, before]))
    if frame.covariate_names["covariate"]:
        items.append(Parameter(f"{kind}_covariate", ("covariate",), f"{kind}_covariate"))
    if frame.covariate_names["covariate_by_visit"]:
        name = f"{kind}_covariate_by_visit"
        items.append(Parameter(name, (visit, "covariate_by_visit"), f"{kind}_covariate"))
    if "arm_effect" in frame.blocks:
        items.append(Parameter(f"{kind}_arm", (follow_up, "arm_effect"), f"{kind}_arm"))
    for level in ("group", "site"):
        if level in frame.blocks:
            sd = f"{kind}_{level}_sd"
            items.append(Parameter(sd, (), sd))
            precision = (frame.precision(level, kind),)
            items.append(Parameter(f"{kind}_{level}_standard", (f"{level}_contrast",), scale=sd, precision=precision))
    return items


def coefficients(parameters: Parameters, frame: Frame) -> Coefficients:
    """Place the parameters among the coefficients."""
    shape = (parameters.size, frame.columns.shape[1], len(frame.cells.names))
    placed = {name: np.zeros(shape) for name in ("fixed", "spread", "standard")}
    for kind in frame.options.kinds:
        _place_means(placed["fixed"], parameters, kind, frame)
        _place_slopes(placed["fixed"], parameters, kind, frame)
        cells = frame.cells.where(kind)
        for level in ("group", "site"):
            if level in frame.blocks:
                # The same effect at every visit.
                sd, standard = (parameters.places[f"{kind}_{level}_{part}"] for part in ("sd", "standard"))
                every = np.broadcast_to(sd, len(cells)), np.broadcast_to(standard, (len(cells), len(standard)))
                pool(placed, *every, frame.blocks[level], cells)
    return Coefficients(**{name: array.reshape(parameters.size, -1) for name, array in placed.items()})


def _place_means(fixed: np.ndarray, parameters: Parameters, kind: Kind, frame: Frame) -> None:
    """Means, changes, covariates and arms: each on its own column, those without a visit at all of them."""
    places: Any = parameters.places
    everywhere, later = frame.cells.where(kind), frame.follow_ups(kind)
    if f"{kind}_mean" in places:
        fixed[places[f"{kind}_mean"], 0, everywhere] = 1
    for name, cells in ((f"{kind}_level", everywhere), (f"{kind}_change", later)):
        if name in places:
            fixed[places[name], 0, cells] = 1
    names = frame.design.covariates["covariate"].values.tolist()
    for dim, own in frame.covariate_names.items():
        for position, name in enumerate(own):
            # Along the visits where there is an effect at each.
            place = places[f"{kind}_{dim}"].T[position]
            fixed[place, frame.blocks["covariate"].start + names.index(name), everywhere] = 1
    if "arm_effect" in frame.blocks:
        for offset, of_cells in enumerate(places[f"{kind}_arm"].T):
            fixed[of_cells, frame.blocks["arm_effect"].start + offset, later] = 1


def _place_slopes(fixed: np.ndarray, parameters: Parameters, kind: Kind, frame: Frame) -> None:
    """Slopes on the baselines, at each visit or the same at all."""
    later = frame.follow_ups(kind)
    for before in ("marker", "score"):
        if f"baseline_{before}" in frame.blocks:
            # The column holds doublings, and the slope of the marker on itself is per log unit.
            unit = LN2 if kind == before == "marker" else 1.0
            fixed[parameters.places[SLOPES[kind, before]], frame.blocks[f"baseline_{before}"].start, later] = unit
