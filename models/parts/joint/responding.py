"""Response and remission in the joint model."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import special

from cochange.data.study import Study
from cochange.models.parts.joint.draws import Named
from cochange.models.parts.joint.frame import Frame
from cochange.models.parts.joint.implied import Implied
from cochange.models.parts.joint.included import BLOCK, beyond
from cochange.models.parts.likelihood.observations import OBSERVED
from cochange.models.parts.responders import thresholds

# Gauss-Legendre points over which a missing screening score is averaged: shares of those who pass, and their weights.
PASSING = np.polynomial.legendre.leggauss(16)


def responder_shares(values: Mapping[str, np.ndarray], by_arm: Sequence[Implied], study: Study, frame: Frame) -> Named:
    """Probability that the follow-up score counts as a response or as remission, given the baseline score.

    Averaged over the participants with a baseline score, and over each group's; an arm's share as if all had been in
    that arm. The follow-up score is the observed one, with its error of measurement. Where a screening score decided
    who was included, it is given too: its value, or where that is missing that it lay over the threshold.
    """
    outcomes = frame.outcomes
    rows = np.flatnonzero(outcomes.status[:, frame.layout.y0] == OBSERVED)
    limits = thresholds(study, outcomes.participant[rows])
    if not limits:
        return {}
    # The limits of a response are those of the change.
    most = outcomes.value[rows, frame.layout.y0] + np.stack(list(limits.values()))
    over = frame.averaged_over()
    members = [who[rows].astype(float) for who, _ in over.values()]
    shares = np.zeros((len(limits), len(by_arm[0].mean), len(over)))
    size = max(1, BLOCK // shares.shape[1])
    for part in (slice(start, start + size) for start in range(0, len(rows), size)):
        # Groups are averaged over with the design columns of everyone.
        under: dict[int, np.ndarray] = {}
        for position, (_, columns) in enumerate(over.values()):
            if id(columns) not in under:
                under[id(columns)] = _under(most[:, part], rows[part], columns, values, by_arm, frame)
            shares[..., position] += under[id(columns)] @ members[position][part]
    shares /= [member.sum() for member in members]
    return {name: (own, {"group": list(over)}) for name, own in zip(limits, shares, strict=True)}


def _under(
    most: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    values: Mapping[str, np.ndarray],
    by_arm: Sequence[Implied],
    frame: Frame,
) -> np.ndarray:
    """Probability that follow-up scores lie at or under their limits, shape ``(limit, draw, row)``.

    Baseline and screening scores stand where they were observed; the follow-up is expected with the given columns.
    """
    found = np.empty((len(most), len(by_arm[0].mean), len(rows)))
    screened = frame.outcomes.status[rows, -1] == OBSERVED if frame.layout.screening else np.full(len(rows), True)
    for implied, alike in zip(by_arm, frame.alike(columns[rows]), strict=True):
        for has_score in (True, False):
            some = alike[screened[alike] == has_score]
            if len(some):
                own = _given(most[:, some], rows[some], columns[rows[some]], values, implied, frame, has_score)
                found[..., some] = own
    return found


def _given(
    most: np.ndarray,
    rows: np.ndarray,
    columns: np.ndarray,
    values: Mapping[str, np.ndarray],
    implied: Implied,
    frame: Frame,
    has_score: bool,
) -> np.ndarray:
    """The same of participants with one covariance, all with or all without a screening score where there is one."""
    outcomes, y0, y1 = frame.outcomes, frame.layout.y0, frame.layout.y1
    # What the baseline score leaves open of the follow-up and of the screening score.
    later = np.array([y1, -1] if frame.layout.screening else [y1])
    variance = implied.covariance[:, y0, y0]
    slope = implied.covariance[:, later, y0] / variance[:, None]
    left = implied.covariance[:, later[:, None], later] - slope[:, :, None] * slope[:, None] * variance[:, None, None]
    own = frame.columns.values[rows]
    deviation = outcomes.value[rows, y0] - implied.mean[:, :, y0] @ own.T
    room = most[:, None] - implied.mean[:, :, y1] @ columns.T - slope[:, [0]] * deviation
    # Of Student-t outcomes the scale depends on what is given, each of which adds a degree of freedom.
    nu, scale = None, np.ones(1)
    if "nu" in values:
        nu = values["nu"][:, None] + 1
        scale = np.sqrt((nu - 1 + deviation**2 / variance[:, None]) / nu)
    if not frame.layout.screening:
        return _under_standard(room / (np.sqrt(left[:, 0, 0])[:, None] * scale), nu)
    screening_sd = np.sqrt(left[:, 1, 1])[:, None] * scale
    screening = outcomes.value[rows, -1] - implied.mean[:, :, -1] @ own.T - slope[:, [1]] * deviation
    z = screening / screening_sd
    by_sd = (left[:, 0, 1] / np.sqrt(left[:, 1, 1]))[:, None]
    spread = np.sqrt(left[:, 0, 0, None] - by_sd**2)

    def given(z: np.ndarray) -> np.ndarray:
        further = scale if nu is None else scale * np.sqrt((nu + z**2) / (nu + 1))
        return _under_standard((room - by_sd * scale * z) / (spread * further), None if nu is None else nu + 1)

    if has_score:
        return given(z)
    # A missing screening score stands at the threshold.
    shares, weights = (PASSING[0] + 1) / 2, PASSING[1] / 2
    points = zip(shares, weights, strict=True)
    return np.asarray(sum(weight * given(beyond(z, share, nu)) for share, weight in points))


def _under_standard(z: np.ndarray, nu: np.ndarray | None) -> np.ndarray:
    """Probability of a standard normal, or Student-t, variable to lie at or under `z`."""
    return np.asarray(special.ndtr(z) if nu is None else special.stdtr(nu, z))
