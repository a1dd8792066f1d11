"""The estimands of the joint model, from draws of its parameters."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts.design import OVERALL, arm_label, levels
from cochange.models.parts.joint.draws import flat, imply_of, unflat
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
        **_measurement(values),
    }
    arrays = {name: unflat(array, draws, _coords(name, array, frame)) for name, array in found.items()}
    arrays |= {
        name: unflat(array, draws, {"group": groups})
        for name, (array, groups) in responder_shares(values, implied, study, frame).items()
    }
    return {name: _one_marker(array) for name, array in arrays.items()}


def _coords(name: str, array: np.ndarray, frame: Frame) -> dict[str, list[str]]:
    """Names along the axes of an estimand after the draws."""
    markers = list(frame.outcomes.markers)
    if name in ("arm_ratio", "arm_difference"):
        groups = [f"{level} versus {frame.design.control}" for level in frame.design.arms["arm_effect"].values]
    else:
        groups = list(_groups(frame))
    by_group = {"group": groups} if name in WITH_GROUPS else {}
    return {"marker": markers, **by_group} if array.ndim == 2 + len(by_group) else by_group


WITH_GROUPS = ("geometric_mean_ratio", "symptom_change", "arm_ratio", "arm_difference", "regression_to_mean")


def _one_marker(array: xr.DataArray) -> xr.DataArray:
    if array.sizes.get("marker", 0) == 1:
        return array.isel(marker=0, drop=True)
    return array


def _groups(frame: Frame) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Who is averaged over, and with which design columns; the plates' at zero.

    An arm's columns are those of everyone, as if all had been in that arm.
    """
    on_true_scores = np.ones(frame.columns.values.shape[1])
    for name in ("plate_baseline", "plate_follow_up"):
        if name in frame.columns.blocks:
            on_true_scores[frame.columns.blocks[name]] = 0
    columns = frame.columns.values * on_true_scores
    everyone = np.full(len(columns), True)
    groups = {OVERALL: (everyone, columns)}
    if frame.design.group is not None:
        groups |= {level: (frame.design.group == level, columns) for level in levels(frame.design.group)}
    if "arm_effect" in frame.columns.blocks:
        block, arms = frame.columns.blocks["arm_effect"], frame.design.arms
        as_control = columns.copy()
        as_control[:, block] = arms.values.min(axis=0)
        groups[arm_label(frame.design.control)] = (everyone, as_control)
        for position, level in enumerate(arms["arm_effect"].values.tolist()):
            as_arm = as_control.copy()
            as_arm[:, block.start + position] = arms.values[:, position].max()
            groups[arm_label(level)] = (everyone, as_arm)
    return groups


def _changes(values: Mapping[str, np.ndarray], implied: Implied, frame: Frame) -> dict[str, np.ndarray]:
    """Mean changes of those included, and the contrasts of arms."""
    layout = frame.layout
    means = []
    excesses = []
    for who, columns in _groups(frame).values():
        means.append(columns[who].mean(axis=0) @ implied.mean)
        excesses.append(expected_excess(values, implied, frame, columns[who]))
    mean, excess = np.stack(means, axis=-1), np.stack(excesses, axis=-1)
    expected = mean
    if frame.outcomes.inclusion is not None:
        expected = mean + implied.covariance[:, :, frame.outcomes.inclusion.outcome, None] * excess[:, None, :]
    found = {
        "geometric_mean_ratio": np.exp(expected[:, layout.m1] - expected[:, layout.m0]),
        "symptom_change": expected[:, layout.y1] - expected[:, layout.y0],
    }
    if "arm_effect" in frame.columns.blocks:
        rows = implied.mean[:, frame.columns.blocks["arm_effect"]]
        found["arm_ratio"] = np.exp(rows[:, :, layout.m1]).swapaxes(1, 2)
        found["arm_difference"] = rows[:, :, layout.y1]
    if frame.outcomes.inclusion is not None and "score_reliability" in values:
        error = implied.error[:, layout.y0, layout.y0]
        if layout.screening:
            error = error * values["screening_slope"] * values["screening_state"]
        found["regression_to_mean"] = -error[:, None] * excess
    return found


def _associations(values: Mapping[str, np.ndarray], implied: Implied, frame: Frame) -> dict[str, np.ndarray]:
    """Slopes and correlations."""
    layout = frame.layout
    by_marker = implied.slopes.reshape(len(implied.slopes), len(SLOPES), -1)
    found = {NAMED[name]: by_marker[:, position] for position, name in enumerate(SLOPES)}
    sd = np.sqrt(np.diagonal(implied.true, axis1=1, axis2=2))
    found["baseline_correlation"] = implied.true[:, layout.m0, layout.y0] / (sd[:, layout.m0] * sd[:, [layout.y0]])
    observed = implied.covariance + (implied.noise * frame.outcomes.wells.mean(axis=0))[..., None] * np.eye(
        len(frame.outcomes.names)
    )
    difference = np.zeros((layout.n_markers + 1, len(frame.outcomes.names)))
    difference[layout.m0, layout.m0], difference[layout.m0, layout.m1] = -1, 1
    difference[-1, layout.y0], difference[-1, layout.y1] = -1, 1
    changes = difference @ observed @ difference.T
    spread = np.sqrt(np.diagonal(changes, axis1=1, axis2=2))
    found["change_correlation"] = changes[:, :-1, -1] / (spread[:, :-1] * spread[:, [-1]])
    return found


def _measurement(values: Mapping[str, np.ndarray]) -> dict[str, Any]:
    if "score_reliability" not in values:
        return {}
    return {
        "marker_reliability": values["marker_reliability"],
        "score_reliability": values["score_reliability"],
        "state_correlation": np.tanh(values["state_z"]),
    }
