"""Response and remission in the joint model."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from cochange.data.study import Study
from cochange.models.parts.joint.draws import Named
from cochange.models.parts.joint.frame import Frame
from cochange.models.parts.joint.implied import Implied
from cochange.models.parts.likelihood.observations import OBSERVED
from cochange.models.parts.responders import thresholds


def responder_shares(values: Mapping[str, np.ndarray], by_arm: Sequence[Implied], study: Study, frame: Frame) -> Named:
    """Probability that the follow-up score counts as a response or as remission, given the baseline score.

    Averaged over the participants with a baseline score, and over each group's; an arm's share as if all had been in
    that arm. The follow-up score is the observed one, with its error of measurement. Nothing else is given: neither the
    marker nor, where a screening score decided, that the participant was included.
    """
    outcomes, y0 = frame.outcomes, frame.layout.y0
    rows = np.flatnonzero(outcomes.status[:, y0] == OBSERVED)
    over = frame.averaged_over()
    found: Named = {}
    # The limits of a response are those of the change.
    for name, limit in thresholds(study, outcomes.participant[rows]).items():
        most = outcomes.value[rows, y0] + limit
        shares = []
        for who, columns in over.values():
            below = np.empty((len(by_arm[0].mean), len(rows)))
            for implied, alike in zip(by_arm, frame.alike(columns[rows]), strict=True):
                below[:, alike] = _share_under(most[alike], rows[alike], columns[rows[alike]], values, implied, frame)
            shares.append(below[:, who[rows]].mean(axis=1))
        found[name] = np.stack(shares, axis=-1), {"group": list(over)}
    return found


def _share_under(
    most: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    values: Mapping[str, np.ndarray],
    implied: Implied,
    frame: Frame,
) -> np.ndarray:
    """Probability that the follow-up scores of some participants lie at or under their limits, by draw.

    The baseline scores stand where they were observed; the follow-up is expected with the given design columns.
    """
    y0, y1 = frame.layout.y0, frame.layout.y1
    deviation = frame.outcomes.value[rows, y0] - implied.mean[:, :, y0] @ frame.columns.values[rows].T
    variance = implied.covariance[:, y0, y0]
    slope = implied.covariance[:, y1, y0] / variance
    spread = np.sqrt(implied.covariance[:, y1, y1] - slope**2 * variance)[:, None] * np.ones(len(rows))
    if "nu" in values:
        nu = values["nu"][:, None]
        spread = spread * np.sqrt((nu + deviation**2 / variance[:, None]) / (nu + 1))
    z = (most - implied.mean[:, :, y1] @ columns.T - slope[:, None] * deviation) / spread
    return np.asarray(stats.norm.cdf(z) if "nu" not in values else stats.t.cdf(z, values["nu"][:, None] + 1))
