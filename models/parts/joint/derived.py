"""The estimands of the joint model, from draws of its parameters."""

from collections.abc import Mapping, Sequence

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts.estimand import LN2
from cochange.models.parts.joint.draws import Named, flat, imply_by_arm, unflat
from cochange.models.parts.joint.frame import SLOPES, Frame
from cochange.models.parts.joint.implied import Implied, averaged, by_slope
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
    by_arm = imply_by_arm(values, parameters, frame)
    implied = averaged(by_arm, frame.arm_shares)
    found = {
        **_changes(values, by_arm, frame),
        **_associations(implied, frame),
        **_arms(values, implied, frame),
        **_measurement(values, frame),
        **responder_shares(values, by_arm, study, frame),
    }
    return {name: _one_marker(unflat(array, draws, coords)) for name, (array, coords) in found.items()}


def _one_marker(array: xr.DataArray) -> xr.DataArray:
    if array.sizes.get("marker", 0) == 1:
        return array.isel(marker=0, drop=True)
    return array


def _changes(values: Mapping[str, np.ndarray], by_arm: Sequence[Implied], frame: Frame) -> Named:
    """Mean changes of those included."""
    layout, rule = frame.layout, frame.outcomes.inclusion
    over = frame.averaged_over()
    by_group = {"group": list(over)}
    of_marker = {"marker": list(frame.outcomes.markers)}
    means, excesses = [], []
    for who, columns in over.values():
        own = columns[who]
        mean, excess = own.mean(axis=0) @ by_arm[0].mean, np.zeros(len(by_arm[0].mean))
        for implied, alike in zip(by_arm, frame.alike(own), strict=True):
            if rule is not None and len(alike):
                share = len(alike) / len(own) * expected_excess(values, implied, rule, own[alike])
                mean, excess = mean + implied.covariance[:, :, rule.outcome] * share[:, None], excess + share
        means.append(mean)
        excesses.append(excess)
    mean = np.stack(means, axis=-1)
    found: Named = {
        "geometric_mean_ratio": (np.exp(mean[:, layout.m1] - mean[:, layout.m0]), of_marker | by_group),
        "symptom_change": (mean[:, layout.y1] - mean[:, layout.y0], by_group),
    }
    if rule is not None and "score_reliability" in values:
        error = by_arm[0].error[:, layout.y0, layout.y0]
        if layout.screening:
            error = error * values["screening_slope"] * values["screening_state"]
        found["regression_to_mean"] = -error[:, None] * np.stack(excesses, axis=-1), by_group
    return found


def _arms(values: Mapping[str, np.ndarray], implied: Implied, frame: Frame) -> Named:
    """Contrasts of arms, on marker, on score, and on the score beside that on the marker."""
    if "arm_effect" not in frame.columns.blocks:
        return {}
    layout, rule = frame.layout, frame.outcomes.inclusion
    of_marker = {"marker": list(frame.outcomes.markers)}
    versus = {"group": frame.contrasts}
    rows = implied.mean[:, frame.columns.blocks["arm_effect"]]
    of_markers, of_score = rows[:, :, layout.m1], rows[:, :, layout.y1]
    if frame.benefit and rule is not None:
        # The arms' difference goes with the true marker, whose mean among those included is another.
        excess = expected_excess(values, implied, rule, frame.columns.values)
        reach = values["screening_slope"] * excess if layout.screening else excess
        above = implied.true[:, layout.m0, layout.y0] * reach[:, None]
        of_score = of_score + np.einsum("sak,sk->sa", values["benefit"], above) / LN2
    per_halving = by_slope(implied, "parallel")
    foretold = np.einsum("sak,sk->sa", -of_markers / LN2, per_halving)
    found: Named = {
        "arm_ratio": (np.exp(of_markers).swapaxes(1, 2), of_marker | versus),
        "arm_difference": (of_score, versus),
        "arm_difference_given_marker": (of_score - foretold, versus),
    }
    if frame.benefit:
        found["benefit_slope"] = values["benefit"].swapaxes(1, 2), of_marker | versus
    return found


def _associations(implied: Implied, frame: Frame) -> Named:
    """Slopes and correlations."""
    layout = frame.layout
    of_marker = {"marker": list(frame.outcomes.markers)}
    found: Named = {NAMED[name]: (by_slope(implied, name), of_marker) for name in SLOPES}
    sd = np.sqrt(np.diagonal(implied.true, axis1=1, axis2=2))
    together = implied.true[:, layout.m0, layout.y0] / (sd[:, layout.m0] * sd[:, [layout.y0]])
    found["baseline_correlation"] = together, of_marker
    n_outcomes = len(frame.outcomes.names)
    between_wells = (implied.noise * frame.outcomes.usual_wells)[..., None] * np.eye(n_outcomes)
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
