"""Outcomes drawn anew from the joint model, with the limits, gaps and inclusion of the study."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import xarray as xr

from cochange.models.parts.joint.draws import flat, imply_by_arm, unflat
from cochange.models.parts.joint.frame import Frame
from cochange.models.parts.joint.included import beyond
from cochange.models.parts.likelihood.observations import OBSERVED
from cochange.models.parts.readings import representatives
from cochange.models.parts.together import Parameters

# Parameters of change alone, and those whose last half along an axis is of change.
OF_CHANGE = (
    "marker_change", "score_change", "marker_change_sigma", "score_change_sigma", "marker_on_marker", "marker_on_score",
    "score_on_score", "prognostic", "parallel", "prognostic_centre", "parallel_centre", "marker_arm", "score_arm",
    "benefit",
)  # fmt: skip
HALF_OF_CHANGE = tuple(
    f"{outcome}_{name}" for outcome in ("marker", "score") for name in ("covariate", "group_sd", "site_sd")
)


def replicate_outcomes(
    draws: xr.Dataset, parameters: Parameters, frame: Frame, rng: np.random.Generator, changed: bool = True
) -> xr.Dataset:
    """The outcomes of the same participants, once a draw.

    A value beyond the limit of its sample is set to the limit, and what was missing is missing again. Those drawn are
    included as the study includes: from the distribution of the outcome of inclusion over its threshold.

    Parameters
    ----------
    draws : xarray.Dataset
        Draws of the parameters; thin them first.
    parameters : Parameters
        The parameters of the model.
    frame : Frame
        The study as the model takes it.
    rng : numpy.random.Generator
        Source of the random numbers.
    changed : bool
        Whether true scores change as the model says; otherwise every true score stays what it was at baseline.

    Returns
    -------
    xarray.Dataset
        One variable an outcome, in logs of the marker's unit and in points, dims ``(chain, draw, participant)``.
    """
    values = flat(draws) if changed else _unchanged(flat(draws))
    by_arm = imply_by_arm(values, parameters, frame)
    # Means, and what inclusion acts on, are the same in all arms.
    implied = by_arm[0]
    outcomes = frame.outcomes
    centre = np.einsum("nq,sqj->snj", frame.columns.values, implied.mean)
    excess = _beyond_threshold(centre, implied.covariance, values.get("nu"), frame, rng)
    precision = _precisions(excess, values.get("nu"), centre.shape[:2], rng)
    deviation, standard = np.empty_like(centre), rng.normal(size=centre.shape)
    alike = list(frame.alike(frame.columns.values))
    for own, rows in zip(by_arm, alike, strict=True):
        deviation[:, rows] = np.einsum("sij,snj->sni", np.linalg.cholesky(own.covariance), standard[:, rows])
    wells = np.broadcast_to(implied.noise, (len(centre), centre.shape[2]))[:, None, :] * outcomes.wells
    deviation = (deviation + np.sqrt(wells) * rng.normal(size=centre.shape)) / np.sqrt(precision)[..., None]
    if outcomes.inclusion is not None and excess is not None:
        position = outcomes.inclusion.outcome
        for own, rows in zip(by_arm, alike, strict=True):
            slope = own.covariance[:, :, position] / own.covariance[:, position, [position]]
            sd = np.sqrt(own.covariance[:, position, [position]])
            further = excess[:, rows] * sd - deviation[:, rows, position]
            deviation[:, rows] += further[..., None] * slope[:, None, :]
    drawn = np.clip(centre + deviation, outcomes.lower, outcomes.upper)
    drawn = _as_measured(drawn, frame)
    named = {"participant": outcomes.participant.tolist()}
    return xr.Dataset(
        {name: unflat(drawn[:, :, position], draws, named) for position, name in enumerate(outcomes.names)}
    )


def new_outcomes(draws: xr.Dataset, parameters: Parameters, frame: Frame, rng: np.random.Generator) -> xr.Dataset:
    """The outcomes of new participants, as `replicate_outcomes`, but without limits and gaps.

    They are included as the study includes, and like some of its participants in their design columns.
    """
    rows = representatives(len(frame.outcomes.participant))
    outcomes = frame.outcomes.of(frame.outcomes.participant[rows])
    unlimited = np.full(outcomes.value.shape, np.inf)
    observed = np.full(outcomes.status.shape, OBSERVED)
    free = replace(outcomes, lower=-unlimited, upper=unlimited, status=observed)
    columns = replace(frame.columns, values=frame.columns.values[rows])
    return replicate_outcomes(draws, parameters, replace(frame, outcomes=free, columns=columns), rng)


def observed_outcomes(frame: Frame) -> xr.Dataset:
    """The outcomes as observed, as `replicate_outcomes` gives them: at the limit where censored, NaN where missing."""
    value = _as_measured(frame.outcomes.value, frame)
    return xr.Dataset(
        {name: ("participant", value[:, position]) for position, name in enumerate(frame.outcomes.names)},
        coords={"participant": frame.outcomes.participant},
    )


def _as_measured(value: np.ndarray, frame: Frame) -> np.ndarray:
    """Outcomes in their own units, from zero, with the study's gaps."""
    outcomes = frame.outcomes
    return np.where(outcomes.known, value, np.nan) * outcomes.unit + outcomes.centre


def _beyond_threshold(
    centre: np.ndarray, covariance: np.ndarray, nu: np.ndarray | None, frame: Frame, rng: np.random.Generator
) -> np.ndarray | None:
    """Standardised deviation of the outcome of inclusion among those included, shape ``(draw, participant)``."""
    rule = frame.outcomes.inclusion
    if rule is None:
        return None
    sd = np.sqrt(covariance[:, rule.outcome, [rule.outcome]])
    z = (rule.threshold - centre[:, :, rule.outcome]) / sd
    return beyond(z, rng.uniform(size=z.shape), None if nu is None else nu[:, None])


def _precisions(
    excess: np.ndarray | None, nu: np.ndarray | None, shape: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray:
    """Precision of each participant's outcomes; 1 where they are normal."""
    if nu is None:
        return np.ones(shape)
    df = nu[:, None]
    if excess is None:
        return rng.gamma(df / 2, 2 / df, size=shape)
    return rng.gamma((df + 1) / 2, 2 / (df + excess**2))


def _unchanged(values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The parameters had nobody's true score changed: no mean, spread, path or effect of change."""
    still = dict(values)
    for name in OF_CHANGE:
        if name in still:
            still[name] = np.zeros_like(still[name])
    for name in HALF_OF_CHANGE:
        if name in still:
            baseline, change = np.split(still[name], 2, axis=1)
            still[name] = np.concatenate([baseline, np.zeros_like(change)], axis=1)
    if "slope_spread" in still:
        still["slope_spread"] = still["slope_spread"] * np.array([1.0, 0.0, 0.0])
    return still
