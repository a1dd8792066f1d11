"""The design columns of models of the whole vector of outcomes, and where their coefficients stand."""

from dataclasses import dataclass

import numpy as np

from cochange.models.parts.design import OVERALL, Design, arm_label, levels


@dataclass(frozen=True, eq=False)
class Columns:
    """Design columns by block; every block but the plates' acts on the true scores.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(participant, column)``; the first column is the intercept's.
    blocks : dict of str to slice
        The columns of ``intercept``, ``covariate``, ``arm_effect``, ``arm_baseline``, ``group``, ``site``,
        ``plate_baseline`` and ``plate_follow_up``, those there are. Where arms have baselines of their own,
        ``arm_baseline`` has the arm that a participant's baselines are those of, ``arm_effect`` the arm of the changes.
    plates : tuple of str
        Names of the plates.
    """

    values: np.ndarray
    blocks: dict[str, slice]
    plates: tuple[str, ...]


def make_columns(design: Design, plate: np.ndarray | None = None, own_baselines: bool = False) -> Columns:
    """Lay out the design columns of the participants used.

    Parameters
    ----------
    design : Design
        Their design.
    plate : numpy.ndarray, optional
        Plates of their samples at baseline and follow-up, shape ``(n, 2)``, empty text where unknown.
    own_baselines : bool
        Whether arms differ in their baselines apart from what they do to the changes.
    """
    n = len(design.participant)
    parts: dict[str, np.ndarray] = {"intercept": np.ones((n, 1))}
    if design.covariates.sizes["covariate"]:
        parts["covariate"] = design.covariates.values
    if design.arms.sizes["arm_effect"]:
        parts["arm_effect"] = design.arms.values
        if own_baselines:
            parts["arm_baseline"] = design.arms.values
    for name, labels in (("group", design.group), ("site", design.site)):
        if labels is not None:
            parts[name] = _indicators(labels, levels(labels))
    plates = _plates(plate)
    if plates and plate is not None:
        parts["plate_baseline"] = _indicators(plate[:, 0], plates)
        parts["plate_follow_up"] = _indicators(plate[:, 1], plates)
    blocks, start = {}, 0
    for name, part in parts.items():
        blocks[name] = slice(start, start + part.shape[1])
        start += part.shape[1]
    return Columns(np.concatenate(list(parts.values()), axis=1), blocks, tuple(plates))


def contrast_precision(levels: np.ndarray, value: np.ndarray) -> float:
    """About one over the standard error with which values tell a contrast between the levels of a factor.

    Parameters
    ----------
    levels : numpy.ndarray
        Indicators of the levels, shape ``(n, level)``.
    value : numpy.ndarray
        Values of the same participants, shape ``(n,)``.

    Returns
    -------
    float
        0 where a level has fewer than two values, or all values are the same.
    """
    each = levels.sum(axis=0)
    if (each < 2).any() or np.ptp(value) == 0:
        return 0.0
    harmonic_mean = len(each) / (1 / each).sum()
    return float(np.sqrt(harmonic_mean * len(each) / (len(each) - 1)) / value.std())


def _indicators(labels: np.ndarray, names: list[str]) -> np.ndarray:
    return (labels[:, None] == np.array(names)[None, :]).astype(float)


def _plates(plate: np.ndarray | None) -> list[str]:
    """The plates, where there are two or more: the effect of a single one is part of the mean."""
    if plate is None:
        return []
    plates = levels(plate[plate != ""])
    return plates if len(plates) > 1 else []


def averaged_over(design: Design, columns: Columns) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """By group, who is averaged over (bool, shape ``(n,)``) and with which design columns, the plates' at zero.

    An arm's columns are those of everyone, as if all had been in that arm; where arms have baselines of their own, as
    if all had changed as in that arm, each from the baselines of their own.
    """
    values = columns.values.copy()
    for name in ("plate_baseline", "plate_follow_up"):
        if name in columns.blocks:
            values[:, columns.blocks[name]] = 0
    everyone = np.full(len(values), True)
    groups = {OVERALL: (everyone, values)}
    if design.group is not None:
        groups |= {level: (design.group == level, values) for level in levels(design.group)}
    if "arm_effect" in columns.blocks:
        block, arms = columns.blocks["arm_effect"], design.arms
        as_control = values.copy()
        as_control[:, block] = arms.values.min(axis=0)
        groups[arm_label(design.control)] = (everyone, as_control)
        for position, level in enumerate(arms["arm_effect"].values.tolist()):
            as_arm = as_control.copy()
            as_arm[:, block.start + position] = arms.values[:, position].max()
            groups[arm_label(level)] = (everyone, as_arm)
    return groups
