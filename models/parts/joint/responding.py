"""Response and remission in the joint model."""

from collections.abc import Mapping

import numpy as np
from scipy import stats

from cochange.data.study import Study
from cochange.models.parts.joint.draws import Named
from cochange.models.parts.joint.frame import Frame
from cochange.models.parts.joint.implied import Implied
from cochange.models.parts.likelihood.observations import OBSERVED
from cochange.models.parts.responders import thresholds


def responder_shares(values: Mapping[str, np.ndarray], implied: Implied, study: Study, frame: Frame) -> Named:
    """Probability that the follow-up score counts as a response or as remission, given the baseline score.

    Averaged over the participants with a baseline score, and over each group's; an arm's share as if all had been in
    that arm. The follow-up score is the observed one, with its error of measurement.
    """
    outcomes, y0, y1 = frame.outcomes, frame.layout.y0, frame.layout.y1
    rows = np.flatnonzero(outcomes.status[:, y0] == OBSERVED)
    baseline = outcomes.value[rows, y0]
    deviation = baseline - implied.mean[:, :, y0] @ frame.columns.values[rows].T
    variance = implied.covariance[:, y0, y0]
    slope = implied.covariance[:, y1, y0] / variance
    spread = np.sqrt(implied.covariance[:, y1, y1] - slope**2 * variance)[:, None] * np.ones(len(rows))
    if "nu" in values:
        nu = values["nu"][:, None]
        spread = spread * np.sqrt((nu + deviation**2 / variance[:, None]) / (nu + 1))
    over = frame.averaged_over()
    found: Named = {}
    # The limits of a response are those of the change.
    for name, limit in thresholds(study, outcomes.participant[rows]).items():
        shares = []
        for who, columns in over.values():
            centre = implied.mean[:, :, y1] @ columns[rows].T + slope[:, None] * deviation - baseline
            z = ((limit - centre) / spread)[:, who[rows]]
            below = stats.norm.cdf(z) if "nu" not in values else stats.t.cdf(z, values["nu"][:, None] + 1)
            shares.append(below.mean(axis=1))
        found[name] = np.stack(shares, axis=-1), {"group": list(over)}
    return found
