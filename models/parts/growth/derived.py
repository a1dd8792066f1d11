"""The estimands of the growth model, from draws of its parameters."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from cochange.models.parts.design import OVERALL
from cochange.models.parts.estimand import LN2
from cochange.models.parts.growth.frame import MARKER, SCORE, Frame
from cochange.models.parts.growth.implied import Implied, imply
from cochange.models.parts.joint.draws import Named, flat, unflat
from cochange.models.parts.together import Parameters


def derive_growth(draws: xr.Dataset, parameters: Parameters, frame: Frame) -> Mapping[str, xr.DataArray]:
    """Every estimand the study allows.

    Parameters
    ----------
    draws : xarray.Dataset
        Draws of the parameters, dims ``(chain, draw, ...)``.
    parameters : Parameters
        The parameters of the model.
    frame : Frame
        The study as the model takes it.

    Returns
    -------
    mapping of str to xarray.DataArray
        Dims ``(chain, draw)`` and ``group`` where the estimand has groups or stretches of time.
    """
    implied = imply(parameters.vector(flat(draws)), parameters, frame, np)
    found: Named = {}
    for outcome in frame.outcomes:
        found |= _changes(outcome, implied, frame) | _spreads(outcome, implied, frame)
    if len(frame.outcomes) > 1:
        found |= _between(implied, frame) | _within(implied) | _raw(implied, frame)
    return {name: unflat(array, draws, coords) for name, (array, coords) in found.items()}


def _changes(outcome: str, implied: Implied, frame: Frame) -> Named:
    """Mean changes over the span and by unit of time, and the contrasts of arms."""
    named = {MARKER: ("geometric_mean_ratio", "marker_rate", "arm_ratio")}
    named[SCORE] = ("symptom_change", "score_rate", "arm_difference")
    scale = np.exp if outcome == MARKER else np.asarray
    over, end, own = frame.averaged_over(), frame.course.at_end[1:], _of(outcome, frame)[1:]
    slopes = np.stack([columns @ implied.mean[:, :, own] for columns in over.values()], axis=1)
    change = slopes @ end
    rates, labels = [change[..., None] / frame.course.rate_per], list(over)
    if len(end) > 1:
        # A slope is the change over the whole span of somebody who kept to it.
        rates.append(slopes / frame.course.rate_per)
        labels = [
            name if piece is None else piece if name == OVERALL else f"{name}, {piece}"
            for name in over
            for piece in (None, *frame.course.pieces)
        ]
    by_piece = np.concatenate(rates, axis=-1).reshape(len(change), -1)
    found: Named = {
        named[outcome][0]: (scale(change), {"group": list(over)}),
        named[outcome][1]: (scale(by_piece), {"group": labels}),
    }
    if "arm_effect" in frame.columns.blocks:
        of_arms = implied.mean[:, frame.columns.blocks["arm_effect"]][:, :, own] @ end
        versus = [f"{level} versus {frame.design.control}" for level in frame.design.arms["arm_effect"].values]
        found[named[outcome][2]] = scale(of_arms), {"group": versus}
    return found


def _of(outcome: str, frame: Frame) -> np.ndarray:
    """Positions of an outcome's level and slopes among the random effects."""
    return np.arange(frame.outcomes.index(outcome), len(frame.effects), len(frame.outcomes))


def _levels_and_changes(implied: Implied, frame: Frame) -> np.ndarray:
    """Covariance of levels and changes over the span, shape ``(draw, 2 * outcome, 2 * outcome)``."""
    size = len(frame.outcomes)
    levels = np.eye(size, len(frame.effects))
    changes = np.kron(np.concatenate([[0.0], frame.course.at_end[1:]]), np.eye(size))
    both = np.concatenate([levels, changes])
    return np.asarray(both @ implied.effects @ both.T)


def _correlation(covariance: np.ndarray, first: int, second: int) -> np.ndarray:
    variances = covariance[:, first, first] * covariance[:, second, second]
    return np.asarray(covariance[:, first, second] / np.sqrt(variances))


def _spreads(outcome: str, implied: Implied, frame: Frame) -> Named:
    """How people differ in level and change, and how far a reading lies from a person's own course."""
    size, number = len(frame.outcomes), frame.outcomes.index(outcome)
    between = _levels_and_changes(implied, frame)
    return {
        f"{outcome}_level_spread": (np.sqrt(between[:, number, number]), {}),
        f"{outcome}_change_spread": (np.sqrt(between[:, size + number, size + number]), {}),
        f"{outcome}_residual_spread": (np.sqrt(implied.residual[:, number, number]), {}),
        f"{outcome}_level_change_correlation": (_correlation(between, number, size + number), {}),
    }


def _between(implied: Implied, frame: Frame) -> Named:
    """Associations between persons: of levels, and of slopes.

    The score's slope on the marker's is not among them: where the marker's slopes hardly differ it has no mean.
    """
    m0, y0, dm, dy = range(4)
    between = _levels_and_changes(implied, frame)
    slopes, groups = [_correlation(between, dm, dy)], [OVERALL]
    if len(frame.course.pieces) > 1:
        effects = implied.effects
        slopes += [_correlation(effects, 2 * place, 2 * place + 1) for place in range(1, len(frame.equations))]
        groups += frame.course.pieces
    return {
        "baseline_correlation": (_correlation(between, m0, y0), {}),
        "baseline_slope": (between[:, y0, m0] / between[:, m0, m0] * LN2, {}),
        "prognostic_slope": (_regress(between, dy, [m0, y0])[:, 0] * LN2, {}),
        "slope_correlation": (np.stack(slopes, axis=-1), {"group": groups}),
    }


def _regress(covariance: np.ndarray, outcome: int, on: list[int]) -> np.ndarray:
    """Coefficients of one variable's regression on others, shape ``(draw, predictor)``."""
    predictors = covariance[:, on][:, :, on]
    return np.linalg.solve(predictors, covariance[:, on, outcome, None])[..., 0]


def _within(implied: Implied) -> Named:
    """Association within persons: of what marker and score of a visit deviate from the person's own courses."""
    residual = implied.residual
    return {
        "within_correlation": (_correlation(residual, 0, 1), {}),
        "within_slope": (residual[:, 0, 1] / residual[:, 0, 0] * LN2, {}),
    }


def _raw(implied: Implied, frame: Frame) -> Named:
    """The correlation of observed changes from baseline to follow-up, as it is and had nobody's course a slope.

    A change is the difference of two readings, so residuals enter twice; without slopes they are all there is.
    """
    changes = _levels_and_changes(implied, frame)[:, 2:, 2:] + 2 * implied.residual
    return {
        "change_correlation": (_correlation(changes, 0, 1), {}),
        "still_change_correlation": (_correlation(implied.residual, 0, 1), {}),
    }
