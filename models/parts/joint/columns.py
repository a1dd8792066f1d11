"""The design columns of the joint model, and where their coefficients stand."""

from dataclasses import dataclass

import numpy as np

from cochange.models.parts.design import Design, levels
from cochange.models.parts.joint.outcomes import Outcomes


@dataclass(frozen=True, eq=False)
class Columns:
    """Design columns by block; every block but the plates' acts on the true scores.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(participant, column)``; the first column is the intercept's.
    blocks : dict of str to slice
        The columns of ``intercept``, ``covariate``, ``arm_effect``, ``group``, ``site``, ``plate_baseline`` and
        ``plate_follow_up``, those there are.
    plates : tuple of str
        Names of the plates.
    """

    values: np.ndarray
    blocks: dict[str, slice]
    plates: tuple[str, ...]


def make_columns(design: Design, outcomes: Outcomes) -> Columns:
    """Lay out the design columns of the participants used.

    Parameters
    ----------
    design : Design
        Their design.
    outcomes : Outcomes
        Their outcomes, for the plates of their samples.
    """
    n = len(design.participant)
    parts: dict[str, np.ndarray] = {"intercept": np.ones((n, 1))}
    if design.covariates.sizes["covariate"]:
        parts["covariate"] = design.covariates.values
    if design.arms.sizes["arm_effect"]:
        parts["arm_effect"] = design.arms.values
    for name, labels in (("group", design.group), ("site", design.site)):
        if labels is not None:
            parts[name] = _indicators(labels, levels(labels))
    plates = _plates(outcomes)
    if plates and outcomes.plate is not None:
        parts["plate_baseline"] = _indicators(outcomes.plate[:, 0], plates)
        parts["plate_follow_up"] = _indicators(outcomes.plate[:, 1], plates)
    blocks, start = {}, 0
    for name, part in parts.items():
        blocks[name] = slice(start, start + part.shape[1])
        start += part.shape[1]
    return Columns(np.concatenate(list(parts.values()), axis=1), blocks, tuple(plates))


def _indicators(labels: np.ndarray, names: list[str]) -> np.ndarray:
    return (labels[:, None] == np.array(names)[None, :]).astype(float)


def _plates(outcomes: Outcomes) -> list[str]:
    """The plates, where there are two or more: the effect of a single one is part of the mean."""
    if outcomes.plate is None:
        return []
    plates = levels(outcomes.plate[outcomes.plate != ""])
    return plates if len(plates) > 1 else []
