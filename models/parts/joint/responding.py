"""Response and remission in the joint model."""

from collections.abc import Mapping

import numpy as np
from scipy import stats

from cochange.data.study import Study
from cochange.models.parts.design import OVERALL, arm_label, levels
from cochange.models.parts.joint.frame import Frame
from cochange.models.parts.joint.implied import Implied
from cochange.models.parts.likelihood.kernel import OBSERVED
from cochange.models.parts.responders import thresholds


def responder_shares(
    values: Mapping[str, np.ndarray], implied: Implied, study: Study, frame: Frame
) -> dict[str, tuple[np.ndarray, list[str]]]:
    """Probability that the follow-up score counts as a response or as remission, given the baseline score.

    Averaged over the participants with a baseline score, and over each group's; an arm's share as if all had been in
    that arm. The follow-up score is the observed one, with its error of measurement.

    Returns
    -------
    dict of str to tuple of numpy.ndarray and list of str
        Shares, shape ``(draw, group)``, and the names of the groups.
    """
    outcomes, y0, y1 = frame.outcomes, frame.layout.y0, frame.layout.y1
    rows = np.flatnonzero(outcomes.status[:, y0] == OBSERVED)
    deviation = outcomes.value[rows, y0] - implied.mean[:, :, y0] @ frame.columns.values[rows].T
    variance = implied.covariance[:, y0, y0]
    slope = implied.covariance[:, y1, y0] / variance
    spread = np.sqrt(implied.covariance[:, y1, y1] - slope**2 * variance)[:, None] * np.ones(len(rows))
    if "nu" in values:
        nu = values["nu"][:, None]
        spread = spread * np.sqrt((nu + deviation**2 / variance[:, None]) / (nu + 1))
    # The limits of a response are those of the change.
    to_change = outcomes.value[rows, y0]
    centre = implied.mean[:, :, y1] @ frame.columns.values[rows].T + slope[:, None] * deviation - to_change

    shares = {}
    for name, limit in thresholds(study, outcomes.participant[rows]).items():
        cells = {
            group: _share(limit - centre - shift, spread, values.get("nu"), who)
            for group, (who, shift) in _groups(implied, frame, rows).items()
        }
        shares[name] = (np.stack(list(cells.values()), axis=-1), list(cells))
    return shares


def _share(room: np.ndarray, spread: np.ndarray, nu: np.ndarray | None, who: np.ndarray) -> np.ndarray:
    z = (room / spread)[:, who]
    below = stats.norm.cdf(z) if nu is None else stats.t.cdf(z, nu[:, None] + 1)
    return np.asarray(below.mean(axis=1))


def _groups(implied: Implied, frame: Frame, rows: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Who is averaged over, and how far the follow-up score is shifted by being in another arm."""
    design, everyone = frame.design, np.full(len(rows), True)
    stay = np.zeros((len(implied.mean), len(rows)))
    groups = {OVERALL: (everyone, stay)}
    if design.group is not None:
        groups |= {level: (design.group[rows] == level, stay) for level in levels(design.group)}
    if "arm_effect" in frame.columns.blocks:
        block = frame.columns.blocks["arm_effect"]
        effect = implied.mean[:, block, frame.layout.y1]
        own = frame.columns.values[rows, block] - design.arms.values.min(axis=0)
        as_control = -effect @ own.T
        groups[arm_label(design.control)] = (everyone, as_control)
        for position, level in enumerate(design.arms["arm_effect"].values.tolist()):
            groups[arm_label(level)] = (everyone, as_control + effect[:, [position]])
    return groups
