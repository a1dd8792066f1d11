"""The estimands of the model of repeated measures, from draws of its parameters."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from cochange.models.parts.design import OVERALL, arm_label
from cochange.models.parts.joint.draws import Named, flat, unflat
from cochange.models.parts.repeated.draws import imply_of
from cochange.models.parts.repeated.frame import Frame, Kind
from cochange.models.parts.repeated.implied import Implied
from cochange.models.parts.together import Parameters

KINDS: tuple[Kind, Kind] = ("marker", "score")
CHANGES: Mapping[Kind, str] = {"marker": "geometric_mean_ratio", "score": "symptom_change"}
CONTRASTS: Mapping[Kind, str] = {"marker": "arm_ratio", "score": "arm_difference"}


def derive_repeated(draws: xr.Dataset, parameters: Parameters, frame: Frame) -> Mapping[str, xr.DataArray]:
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
        Dims ``(chain, draw, visit, group)``.
    """
    values = flat(draws)
    implied = imply_of(values, parameters, frame)
    found: Named = {}
    for kind in frame.options.kinds:
        found |= _of_outcome(kind, values, implied, frame)
    found |= _correlations(implied, frame)
    return {name: unflat(array, draws, coords) for name, (array, coords) in found.items()}


def _of_outcome(kind: Kind, values: Mapping[str, np.ndarray], implied: Implied, frame: Frame) -> Named:
    """Mean changes of everyone and of each arm, and the contrasts of arms, by visit."""
    later = frame.follow_ups(kind)
    visits = {"visit": _visits(later, frame)}
    on_scale = np.exp if kind == "marker" else np.asarray
    found: Named = {}
    if frame.from_baseline[kind]:
        over = frame.in_each_arm()
        mean = np.stack([columns @ implied.mean for columns in over.values()], axis=-1)
        change = mean[:, later]
        if frame.options.baseline == "constrained":
            change = change - mean[:, frame.cells.where(kind)[:1]]
        found[CHANGES[kind]] = on_scale(change), visits | {"group": list(over)}
    if "arm_effect" in frame.blocks:
        versus = [f"{level} versus {frame.design.control}" for level in frame.coords["arm_effect"]]
        found[CONTRASTS[kind]] = on_scale(values[f"{kind}_arm"]), visits | {"group": versus}
    return found


def _correlations(implied: Implied, frame: Frame) -> Named:
    """Correlations of the two outcomes' changes by visit, raw and given the baselines, for each covariance."""
    if len(frame.options.kinds) < 2 or not (both := _both_measured(frame)):
        return {}
    groups = [arm_label(arm) if arm != OVERALL else OVERALL for arm in frame.covariance_arms]
    coords = {"visit": [frame.visits[visit] for visit in both], "group": groups}
    covariances = list(implied.covariance.values())
    given = [given_baselines(covariance, frame) for covariance in covariances]
    found: Named = {"change_correlation_given_baseline": (_by_visit(given, list(both.values())), coords)}
    size = len(frame.cells.names)
    if frame.options.baseline == "constrained" and all(frame.from_baseline.values()):
        # Each cell as a change from the baseline of its outcome.
        change = np.eye(size)
        for kind in frame.options.kinds:
            change[frame.follow_ups(kind), frame.cells.where(kind)[0]] = -1
        changes = [change @ covariance @ change.T for covariance in covariances]
        found["change_correlation"] = _by_visit(changes, list(both.values())), coords
    return found


def given_baselines(covariance: np.ndarray, frame: Frame) -> np.ndarray:
    """Covariance of the cells after the baseline given those of the baseline, in the place they had; the rest is 0."""
    before = np.flatnonzero(frame.cells.visit == 0)
    later = np.flatnonzero(frame.cells.visit > 0)
    if not len(before):
        return covariance
    across = covariance[:, later[:, None], before]
    explained = across @ np.linalg.solve(covariance[:, before[:, None], before], across.mT)
    found = np.zeros_like(covariance)
    found[:, later[:, None], later] = covariance[:, later[:, None], later] - explained
    return found


def _both_measured(frame: Frame) -> dict[int, tuple[int, int]]:
    """The two cells of each visit after the baseline at which both outcomes have one."""
    marker, score = ({int(frame.cells.visit[cell]): int(cell) for cell in frame.follow_ups(kind)} for kind in KINDS)
    return {visit: (marker[visit], score[visit]) for visit in marker if visit in score}


def _by_visit(covariances: list[np.ndarray], cells: list[tuple[int, int]]) -> np.ndarray:
    """Correlations of pairs of cells, shape ``(draw, pair, covariance)``."""
    return np.stack(
        [
            np.stack(
                [
                    own[:, first, second] / np.sqrt(own[:, first, first] * own[:, second, second])
                    for first, second in cells
                ],
                axis=-1,
            )
            for own in covariances
        ],
        axis=-1,
    )


def _visits(cells: np.ndarray, frame: Frame) -> list[str]:
    return [frame.visits[visit] for visit in frame.cells.visit[cells]]
