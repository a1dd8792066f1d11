"""Outcomes given those that were observed: expectations, and draws."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import special

from cochange.inference.missing.outcomes import Outcomes
from cochange.models.parts.likelihood.observations import ABOVE, BELOW, MISSING

# Of the Gibbs sampler that draws values beyond a limit, of those with several of them or with Student-t outcomes.
SWEEPS = 25


@dataclass(frozen=True, eq=False)
class Alike:
    """Participants of one arm with the same values observed, beyond a limit and missing, under the same rule.

    Attributes
    ----------
    rows : numpy.ndarray
        Their positions.
    arm : str
        Their arm.
    last : int
        Position of the last visit before their rule holds: `Outcomes.until`.
    rule : int
        Position of their rule; -1 without one.
    status : numpy.ndarray
        Status of each cell.
    """

    rows: np.ndarray
    arm: str
    last: int
    rule: int
    status: np.ndarray

    @property
    def seen(self) -> np.ndarray:
        """Positions of the cells with a value or a limit."""
        return np.flatnonzero(self.status != MISSING)

    @property
    def missing(self) -> np.ndarray:
        """Positions of the others."""
        return np.flatnonzero(self.status == MISSING)

    @property
    def beyond(self) -> np.ndarray:
        """Places among the cells seen of those beyond a limit."""
        return np.flatnonzero(np.isin(self.status[self.seen], (BELOW, ABOVE)))


def alike(outcomes: Outcomes, rules: np.ndarray, which: np.ndarray) -> Iterator[Alike]:
    """Sort participants into those who can be dealt with at once.

    Parameters
    ----------
    outcomes : Outcomes
        Everyone.
    rules : numpy.ndarray
        Position of each participant's rule, shape ``(n,)``.
    which : numpy.ndarray
        The participants asked for, bool of shape ``(n,)``.
    """
    together: dict[tuple[object, ...], list[int]] = {}
    for row in np.flatnonzero(which):
        key = (outcomes.arm[row], int(outcomes.until[row]), int(rules[row]), outcomes.status[row].tobytes())
        together.setdefault(key, []).append(int(row))
    for rows in together.values():
        first = rows[0]
        yield Alike(
            np.array(rows), str(outcomes.arm[first]), int(outcomes.until[first]), int(rules[first]),
            outcomes.status[first],
        )  # fmt: skip


def regression(covariance: np.ndarray, of: np.ndarray, given: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slopes of some cells on others, shape ``(draw, of, given)``, and their covariance given these."""
    across = covariance[:, of[:, None], given]
    slope = np.linalg.solve(covariance[:, given[:, None], given], across.mT).mT
    return slope, covariance[:, of[:, None], of] - slope @ across.mT


@dataclass(frozen=True, eq=False)
class Seen:
    """What was seen of participants who are alike, with values in the place of limits.

    Attributes
    ----------
    value : numpy.ndarray
        Shape ``(draw, row, seen)``.
    precision : numpy.ndarray
        Precision that all outcomes of a participant share, 1 where they are normal, shape ``(draw, row)``.
    """

    value: np.ndarray
    precision: np.ndarray


def draw_seen(group: Alike, outcomes: Outcomes, rng: np.random.Generator) -> Seen:
    """Draw values beyond a limit, and the precision of Student-t outcomes, given everything seen.

    One value beyond a limit is drawn from its truncated normal distribution; several, or Student-t outcomes, by a Gibbs
    sampler of `SWEEPS` sweeps.
    """
    seen, limit = group.seen, outcomes.value[group.rows][:, group.seen]
    shape = (outcomes.n_draws, len(group.rows))
    value, precision = np.broadcast_to(limit, (*shape, len(seen))).copy(), np.ones(shape)
    if not len(group.beyond) and outcomes.nu is None:
        return Seen(value, precision)
    mean = (outcomes.in_arm[group.arm][group.rows] @ outcomes.mean)[..., seen]
    covariance = outcomes.covariance[group.arm][:, seen[:, None], seen]
    inverse = np.linalg.inv(covariance)
    for _ in range(SWEEPS if len(group.beyond) > 1 or (len(group.beyond) and outcomes.nu is not None) else 1):
        if outcomes.nu is not None:
            off = value - mean
            distance = np.einsum("sri,sij,srj->sr", off, inverse, off)
            nu = outcomes.nu[:, None]
            precision = rng.gamma((nu + len(seen)) / 2, 2 / (nu + distance))
        for place in group.beyond:
            value[..., place] = _beyond(place, value, mean, inverse, precision, limit, group, rng)
    return Seen(value, precision)


def _beyond(
    place: int,
    value: np.ndarray,
    mean: np.ndarray,
    inverse: np.ndarray,
    precision: np.ndarray,
    limit: np.ndarray,
    group: Alike,
    rng: np.random.Generator,
) -> np.ndarray:
    """A value beyond its limit given all others, from the row of the inverse covariance that is its own."""
    own = inverse[:, place, place][:, None]
    others = np.einsum("sj,srj->sr", inverse[:, place], value - mean) - own * (value - mean)[..., place]
    centre = mean[..., place] - others / own
    sd = 1 / np.sqrt(own * precision)
    side = 1.0 if group.status[group.seen[place]] == BELOW else -1.0
    z = side * (limit[:, place] - centre) / sd
    # On the log scale, for a limit may lie far out in the tail.
    drawn = special.ndtri_exp(special.log_ndtr(z) + np.log(rng.uniform(size=z.shape)))
    return np.asarray(centre + side * sd * drawn)


def expected(seen: Seen, mean: np.ndarray, covariance: np.ndarray, group: Alike, cells: np.ndarray) -> np.ndarray:
    """Expectation of some cells given everything seen, shape ``(draw, row, cell)``.

    Parameters
    ----------
    seen : Seen
        What was seen.
    mean : numpy.ndarray
        Means under a strategy, shape ``(draw, row, all cells)``.
    covariance : numpy.ndarray
        Covariance under it.
    group : Alike
        The participants.
    cells : numpy.ndarray
        The cells asked for.
    """
    slope, _ = regression(covariance, cells, group.seen)
    return np.asarray(mean[..., cells] + np.einsum("sco,sro->src", slope, seen.value - mean[..., group.seen]))


def drawn(
    seen: Seen,
    mean: np.ndarray,
    covariance: np.ndarray,
    group: Alike,
    cells: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draws of some cells given everything seen, as `expected`."""
    _, left = regression(covariance, cells, group.seen)
    factor = np.linalg.cholesky(left)
    standard = rng.normal(size=(*seen.precision.shape, len(cells))) / np.sqrt(seen.precision)[..., None]
    spread = np.einsum("sij,srj->sri", factor, standard)
    return np.asarray(expected(seen, mean, covariance, group, cells) + spread)
