"""Response and remission as shares of the participants, from a regression of the change."""

from collections.abc import Callable, Mapping

import numpy as np
import xarray as xr
from scipy import special

from cochange.data.study import Study
from cochange.models.parts.design import OVERALL, Design, arm_label, levels, participant_effects
from cochange.models.parts.symptom import symptom_pair

# A fifth of 10, as 10 * (1 - 0.8), comes out a rounding under 2.
ROUNDING = 1e-9


def thresholds(study: Study, used: np.ndarray) -> Mapping[str, np.ndarray]:
    """The largest change of each participant that counts as response or remission.

    Scores that are whole numbers stand for the half points around them, so half a point is added (the continuity
    correction of a normal approximation).

    Parameters
    ----------
    study : Study
        The study; response needs a scale on which higher is worse and that starts at 0. Its follow-up scores may be
        missing.
    used : numpy.ndarray
        Identifiers of the participants.

    Returns
    -------
    mapping of str to numpy.ndarray
        ``response_probability`` and, where the study states a cut, ``remission_probability``; shape ``(n,)``.
    """
    scale = study.scale
    if scale is None or scale.direction != "higher is worse" or scale.lower != 0:
        return {}
    pair = symptom_pair(study, used)
    y0, y1 = pair[study.baseline], pair[study.follow_up]
    whole = are_whole(np.concatenate([y0, y1]))
    left = y0 * (1 - scale.response)
    most = np.floor(left + ROUNDING) + 0.5 if whole else left
    limits = {"response_probability": np.where(y0 > 0, most - y0, -np.inf)}
    if (cut := scale.remission) is not None:
        limits["remission_probability"] = (np.floor(cut) + 0.5 if whole else cut) - y0
    return limits


def are_whole(scores: np.ndarray) -> bool:
    """Whether all scores that are there are whole numbers."""
    return bool((np.mod(scores[~np.isnan(scores)], 1) == 0).all())


def responder_share(
    posterior: xr.Dataset, design: Design, line: xr.DataArray, limit: np.ndarray, likelihood: str
) -> xr.DataArray:
    """Probability that the change is at most the limit, averaged over all participants and over each group's.

    An arm's share is averaged over all participants as if each had been in that arm.

    Parameters
    ----------
    posterior : xarray.Dataset
        Draws of one form of the regression: ``intercept``, ``sigma``, the design's effects and ``nu`` if Student-t.
    design : Design
        The design of the participants.
    line : xarray.DataArray
        Draws of the predictors' part of the mean, with dim ``participant``.
    limit : numpy.ndarray
        Largest change that counts, shape ``(n,)``.
    likelihood : str
        ``"normal"`` or ``"student_t"``.

    Returns
    -------
    xarray.DataArray
        Dims ``(chain, draw, group)``.
    """
    mean = posterior["intercept"] + line + participant_effects(posterior, design)
    most = xr.DataArray(limit, dims="participant")

    def probability(mean: xr.DataArray) -> xr.DataArray:
        z = (most - mean) / posterior["sigma"]
        if likelihood == "normal":
            return xr.apply_ufunc(special.ndtr, z)
        return xr.apply_ufunc(special.stdtr, posterior["nu"], z)

    return average_by_group(probability, mean, posterior, design)


def average_by_group(
    of: Callable[[xr.DataArray], xr.DataArray], mean: xr.DataArray, posterior: xr.Dataset, design: Design
) -> xr.DataArray:
    """Average over all participants, over each group's, and over all as if each had been in one arm.

    Parameters
    ----------
    of : callable
        What is averaged, from the regression's value of each participant; dim ``participant``.
    mean : xarray.DataArray
        Draws of the regression's values.
    posterior : xarray.Dataset
        Draws with the effects of the arms.
    design : Design
        The design of the participants.

    Returns
    -------
    xarray.DataArray
        Dims ``(chain, draw, group)``.
    """
    everyone = of(mean)
    averages = {OVERALL: everyone.mean("participant")}
    if design.group is not None:
        for level in levels(design.group):
            averages[level] = everyone.isel(participant=np.flatnonzero(design.group == level)).mean("participant")
    if design.arms.sizes["arm_effect"]:
        effect = posterior["arm_difference"]
        as_control = mean - xr.dot(effect, design.arms - design.arms.min("participant"), dim="arm_effect")
        averages[arm_label(design.control)] = of(as_control).mean("participant")
        for level in effect["arm_effect"].values:
            as_arm = as_control + effect.sel(arm_effect=level, drop=True)
            averages[arm_label(level)] = of(as_arm).mean("participant")
    return xr.concat(list(averages.values()), dim="group").assign_coords(group=list(averages)).transpose(..., "group")
