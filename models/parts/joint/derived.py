"""The estimands of the joint model, from draws of its parameters."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts.joint.draws import Named, flat, imply_of, unflat
from cochange.models.parts.joint.frame import SLOPES, Frame
from cochange.models.parts.joint.implied import Implied
from cochange.models.parts.joint.included import expected_excess
from cochange.models.parts.joint.responding import responder_shares
from cochange.models.parts.together import Parameters

NAMED = {"baseline_slope": "baseline_slope", "prognostic": "prognostic_slope", "parallel": "parallel_slope"}


def derive_joint(draws: xr.Dataset, study: Study, parameters: Parameters, frame: Frame) -> Mapping[str, xr.DataArray]:
    """Every estimand the study allows.

    Parameters
    ----------
    draws : xarray.Dataset
        Draws of the parameters, dims ``(chain, draw, ...)``.
    study : Study
        The study.
    parameters : Parameters
        The parameters of the model.
    frame : Frame
        The study as the model takes it.

    Returns
    -------
    mapping of str to xarray.DataArray
        Dims ``(chain, draw)``, ``marker`` where there are several, and ``group`` where the estimand has groups.
    """
    values = flat(draws)
    implied = imply_of(values, parameters, frame)
    found = {
        **_changes(values, implied, frame),
        **_associations(values, implied, frame),
        **_measurement(values, frame),
        **responder_shares(values, implied, study, frame),
    }
    return {name: _one_marker(unflat(array, draws, coords)) for name, (array, coords) in found.items()}


def _one_marker(array: xr.DataArray) -> xr.DataArray:
    if array.sizes.get("marker", 0) == 1:
        return array.isel(marker=0, drop=True)
    return array


def _changes(values: Mapping[str, np.ndarray], implied: Implied, frame: Frame) -> Named:
    """Mean changes of those included, and the contrasts of arms."""
    layout, rule = frame.layout, frame.outcomes.inclusion
    over = frame.averaged_over()
    by_group = {"group": list(over)}
    of_marker = {"marker": list(frame.outcomes.markers)}
    mean = np.stack([columns[who].mean(axis=0) @ implied.mean for who, columns in over.values()], axis=-1)
    excess = np.stack(
        [expected_excess(values, implied, frame, columns[who]) for who, columns in over.values()], axis=-1
    )
    if rule is not None:
        mean = mean + implied.covariance[:, :, rule.outcome, None] * excess[:, None, :]
    found: Named = {
        "geometric_mean_ratio": (np.exp(mean[:, layout.m1] - mean[:, layout.m0]), of_marker | by_group),
        "symptom_change": (mean[:, layout.y1] - mean[:, layout.y0], by_group),
    }
    if "arm_effect" in frame.columns.blocks:
        rows = implied.mean[:, frame.columns.blocks["arm_effect"]]
        versus = {
            "group": [f"{level} versus {frame.design.control}" for level in frame.design.arms["arm_effect"].values]
        }
        found["arm_ratio"] = np.exp(rows[:, :, layout.m1]).swapaxes(1, 2), of_marker | versus
        found["arm_difference"] = rows[:, :, layout.y1], versus
    if rule is not None and "score_reliability" in values:
        error = implied.error[:, layout.y0, layout.y0]
        if layout.screening:
            error = error * values["screening_slope"] * values["screening_state"]
        found["regression_to_mean"] = -error[:, None] * excess, by_group
    return found


def _associations(values: Mapping[str, np.ndarray], implied: Implied, frame: Frame) -> Named:
    """Slopes and correlations."""
    layout = frame.layout
    of_marker = {"marker": list(frame.outcomes.markers)}
    by_marker = implied.slopes.reshape(len(implied.slopes), len(SLOPES), -1)
    found: Named = {NAMED[name]: (by_marker[:, position], of_marker) for position, name in enumerate(SLOPES)}
    sd = np.sqrt(np.diagonal(implied.true, axis1=1, axis2=2))
    together = implied.true[:, layout.m0, layout.y0] / (sd[:, layout.m0] * sd[:, [layout.y0]])
    found["baseline_correlation"] = together, of_marker
    n_outcomes = len(frame.outcomes.names)
    between_wells = (implied.noise * frame.outcomes.wells.mean(axis=0))[..., None] * np.eye(n_outcomes)
    difference = np.zeros((layout.n_markers + 1, n_outcomes))
    difference[layout.m0, layout.m0], difference[layout.m0, layout.m1] = -1, 1
    difference[-1, layout.y0], difference[-1, layout.y1] = -1, 1
    changes = difference @ (implied.covariance + between_wells) @ difference.T
    spread = np.sqrt(np.diagonal(changes, axis1=1, axis2=2))
    found["change_correlation"] = changes[:, :-1, -1] / (spread[:, :-1] * spread[:, [-1]]), of_marker
    return found


def _measurement(values: Mapping[str, np.ndarray], frame: Frame) -> Named:
    if "score_reliability" not in values:
        return {}
    of_marker = {"marker": list(frame.outcomes.markers)}
    return {
        "marker_reliability": (values["marker_reliability"], of_marker),
        "score_reliability": (values["score_reliability"], {}),
        "state_correlation": (np.tanh(values["state_z"]), of_marker),
    }
