"""Means and covariances that the parameters of the joint model imply for the observed outcomes."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from cochange.models.parts.joint.frame import SLOPES, Frame
from cochange.models.parts.joint.parameters import coefficients
from cochange.models.parts.joint.structure import error_covariance, loadings, true_covariance, with_screening
from cochange.models.parts.together import Parameters


@dataclass(frozen=True, eq=False)
class Implied:
    """The distribution of a participant's outcomes.

    Parameters
    ----------
    slopes : array
        Baseline, prognostic and parallel slopes, in this order for all markers, shape ``(..., 3 * marker)``; the
        prognostic slopes those of the arm.
    mean : array
        Coefficients of the design columns, shape ``(..., column, outcome)``.
    true : array
        Covariance of the true scores given the design, shape ``(..., outcome, outcome)`` without the screening score.
    error : array
        Covariance of the measurement errors, likewise; 0 where observed scores are taken as true.
    covariance : array
        Covariance of the observed outcomes given the design, apart from that between wells.
    noise : array
        Variance between wells of one sample, shape ``(..., outcome)``; 0 where a marker has no duplicates.
    """

    slopes: Any
    mean: Any
    true: Any
    error: Any
    covariance: Any
    noise: Any


def imply(vector: Any, parameters: Parameters, frame: Frame, factors: tuple[Any, Any] | None, xp: Any) -> list[Implied]:
    """Means and covariances from the parameters, for each of `Frame.arms`.

    Parameters
    ----------
    vector : array
        The parameters, a variable of a graph or draws with shape ``(draw, parameter)``.
    parameters : Parameters
        Where each parameter stands in the vector.
    frame : Frame
        The study as the model takes it.
    factors : tuple of array, optional
        For several markers, the Cholesky factors of the residual correlations of their baselines and of their changes.
    xp : module
        ``numpy`` or ``pytensor.tensor``.
    """
    slopes, mean = _slopes(vector, parameters), _means(vector, parameters, frame)
    by_arm = [slopes + _benefit(vector, parameters, arm) for arm in frame.arms] if frame.benefit else [slopes]
    return [_of_arm(own, mean, vector, parameters, frame, factors, xp) for own in by_arm]


def averaged(implied: Sequence[Implied], shares: np.ndarray) -> Implied:
    """What draws imply within arms, averaged over the arms by their shares of the participants."""
    if len(implied) == 1:
        return implied[0]
    parts = {
        field.name: sum(share * getattr(own, field.name) for own, share in zip(implied, shares, strict=True))
        for field in fields(Implied)
    }
    return Implied(**parts)


def by_slope(implied: Implied, name: str) -> np.ndarray:
    """Draws of one of the three slopes, shape ``(draw, marker)``."""
    return np.asarray(implied.slopes.reshape(len(implied.slopes), len(SLOPES), -1)[:, SLOPES.index(name)])


def _of_arm(
    slopes: Any,
    mean: Any,
    vector: Any,
    parameters: Parameters,
    frame: Frame,
    factors: tuple[Any, Any] | None,
    xp: Any,
) -> Implied:
    """Those of one arm, from its slopes and the coefficients of everyone."""
    layout = frame.layout
    paths = vector @ parameters.pick("marker_on_marker", "marker_on_score", "score_on_score")
    spreads = vector @ parameters.pick("marker_sigma", "score_sigma", "marker_change_sigma", "score_change_sigma")
    factor = None if factors is None else layout.together(*factors)
    true = true_covariance(loadings(layout, slopes, paths), spreads, factor)
    measured = "score_reliability" in parameters.places
    error = 0.0 * true
    if measured:
        reliability = vector @ parameters.pick("marker_reliability", "score_reliability")
        state = xp.tanh(vector @ parameters.pick("state_z"))
        error = error_covariance(layout, true, reliability, state, xp)
    covariance = true + error
    if layout.screening:
        slope, sd = vector @ parameters.pick("screening_slope"), vector @ parameters.pick("screening_sd")
        reach = with_screening(layout, slope)
        last = np.eye(layout.size + 1)[-1]
        covariance = reach @ true @ reach.mT + np.diag(last) * sd[..., None] ** 2
        if measured:
            shared = with_screening(layout, slope * (vector @ parameters.pick("screening_state")))
            covariance = covariance + shared @ error @ shared.mT
        first = np.outer(np.eye(frame.columns.values.shape[1])[0], last)
        mean = mean @ reach.mT + (vector @ parameters.pick("screening_mean"))[..., None] * first
    return Implied(slopes, mean, true, error, covariance, _noise(vector, parameters, frame))


def _benefit(vector: Any, parameters: Parameters, arm: np.ndarray) -> Any:
    """What an arm adds to the slopes: points per doubling to the prognostic ones, from the arms' differences."""
    n_markers = parameters.places["benefit"].shape[1]
    of_arm = np.kron(arm[:, None], np.eye(n_markers))
    prognostic = np.kron(np.eye(len(SLOPES))[SLOPES.index("prognostic")], np.eye(n_markers))
    return vector @ (parameters.pick("benefit") @ of_arm @ prognostic)


def _slopes(vector: Any, parameters: Parameters) -> Any:
    """The three slopes on each marker; those on several are a mean and a spread times standard normal deviations."""
    if "slope_standard" not in parameters.places:
        return vector @ parameters.pick(*SLOPES)
    n_markers = parameters.places["slope_standard"].shape[1]
    of_marker = np.repeat(np.eye(len(SLOPES)), n_markers, axis=1)
    centre = vector @ (parameters.pick(*(f"{name}_centre" for name in SLOPES)) @ of_marker)
    spread = vector @ (parameters.pick("slope_spread") @ of_marker)
    return centre + spread * (vector @ parameters.pick("slope_standard"))


def _means(vector: Any, parameters: Parameters, frame: Frame) -> Any:
    """Coefficients of the design columns on the outcomes but the screening score."""
    shape = (frame.columns.values.shape[1], frame.layout.size)
    return coefficients(parameters, frame).of(vector, shape) @ frame.layout.baseline_and_change.T


def _noise(vector: Any, parameters: Parameters, frame: Frame) -> Any:
    """Variance between wells."""
    n_outcomes = len(frame.outcomes.names)
    if not frame.outcomes.has_wells:
        return np.zeros(n_outcomes)
    both_visits = sum(np.eye(n_outcomes)[positions] for positions in (frame.layout.m0, frame.layout.m1))
    return (vector @ parameters.pick("well_sd")) ** 2 @ both_visits[frame.outcomes.duplicated]
