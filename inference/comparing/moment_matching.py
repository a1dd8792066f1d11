"""Draws of one posterior moved towards another by an affine map, and the weights of what they are then draws of."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cochange.inference.comparing.weights import Weights, smoothed
from cochange.models.parts.frozen import frozen
from cochange.models.parts.prior_sets import PriorsLike, families

# Draws that find the map, and draws that are weighted, which had no part in it.
FINDING, WEIGHTED = 2000, 10000
LEAST_APART = 3
ROUNDS = 4
# A round whose weights are worth this share of the draws is the last.
EFFICIENT = 0.2
# Moments of fewer effective draws than this say nothing.
LEAST_EFFECTIVE = 10
# Under this many standard errors from no change, a moment is left as it is.
CLEAR = 1.5
# One draw in so many stays where it is.
STAYS = 8
# Effective draws for each term of a fitted sum of parabolas, of which there are two a coordinate.
DRAWS_A_TERM = 3
# Least share of a precision that may be left: the quadratic of a log ratio is only an approximation.
LEAST_PRECISION = 0.05
TAIL = 0.005

LogDensity = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Affine:
    """The map of a point ``x`` to ``matrix @ x + shift``."""

    matrix: np.ndarray
    shift: np.ndarray

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Points moved, shape ``(point, dimension)``."""
        return np.asarray(points @ self.matrix.T + self.shift)

    def back(self, points: np.ndarray) -> np.ndarray:
        """Points moved the other way."""
        return np.linalg.solve(self.matrix, (points - self.shift).T).T

    @property
    def log_volume(self) -> float:
        """Logarithm of the factor by which volumes grow."""
        return float(np.linalg.slogdet(self.matrix)[1])

    def scaled(self, factor: np.ndarray, centre: np.ndarray, shift: np.ndarray) -> "Affine":
        """The map followed by a stretch of each coordinate about a centre, and a shift."""
        return Affine(factor[:, None] * self.matrix, factor * (self.shift - centre) + centre + shift)


def parted(chains: int, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Positions along each chain of the draws that find a map, and of those that are weighted, evenly spread."""
    finding = np.arange(0, draws, max(LEAST_APART, -(-chains * draws // FINDING)))
    others = np.setdiff1d(np.arange(draws), finding)
    count = min(others.size, WEIGHTED // chains)
    return finding, others[np.linspace(0, others.size - 1, count).astype(int)]


def most_dimensions(draws: int) -> int:
    """Coordinates for which so many draws can find a map."""
    return draws // (2 * DRAWS_A_TERM) - 1


def nowhere_wider(priors: PriorsLike, base: PriorsLike) -> bool:
    """Whether no parameter has a wider prior than under another set of the same families, by its central 99%."""
    pairs = zip(families(priors).values(), families(base).values(), strict=True)
    widths = ([np.ptp(frozen(family).ppf([TAIL, 1 - TAIL])) for family in pair] for pair in pairs if pair[0] != pair[1])
    return all(own <= other * (1 + 1e-9) for own, other in widths)


def normal_map(mean: np.ndarray, covariance: np.ndarray, points: np.ndarray, log_ratio: np.ndarray) -> Affine:
    """The map that is exact where the posterior is normal and the log ratio of the priors quadratic.

    A sum of parabolas, one a coordinate, is fitted to the log ratio; a normal density times its exponential is normal
    again. Normal priors have such a ratio, whatever the likelihood. Elsewhere the fit is to hold on the way from the
    one posterior to the other: draws are weighted by a root of the ratio.

    Parameters
    ----------
    mean, covariance : numpy.ndarray
        Moments of the draws.
    points : numpy.ndarray
        Draws, shape ``(draw, dimension)``.
    log_ratio : numpy.ndarray
        Log prior of the target over that of the draws, at these points.
    """
    sd = np.sqrt(np.diag(covariance))
    z = (points - mean) / sd
    terms = np.column_stack([np.ones(len(z)), z, z**2])
    root_weight = np.sqrt(_on_the_way(log_ratio, DRAWS_A_TERM * terms.shape[1]))
    fitted = np.linalg.lstsq(root_weight[:, None] * terms, root_weight * log_ratio, rcond=None)[0]
    slope, curvature = np.split(fitted[1:], 2)
    root = np.linalg.cholesky(covariance)
    # In the unit of the draws the precision is one, to which the parabolas add.
    unit = root / sd[:, None]
    precision, axes = np.linalg.eigh(np.eye(len(sd)) - 2 * unit.T @ (curvature[:, None] * unit))
    precision = np.maximum(precision, LEAST_PRECISION)
    axes = root @ axes
    matrix = (axes / np.sqrt(precision)) @ np.linalg.inv(axes)
    centre = mean + (axes / precision) @ (axes.T @ (slope / sd))
    return Affine(matrix, centre - matrix @ mean)


def _on_the_way(log_ratio: np.ndarray, least: float) -> np.ndarray:
    """Weights by the square root of a ratio, or a higher one that leaves an effective number of draws."""
    power = 0.5
    while True:
        weights = np.exp(power * (log_ratio - log_ratio.max()))
        weights /= weights.sum()
        if 1 / (weights**2).sum() >= min(least, len(weights) / 2):
            return np.asarray(weights)
        power /= 2


def matched(found: Affine, points: np.ndarray, weights: Weights) -> Affine:
    """A map followed by what matches mean and standard deviation of each coordinate to those of the weighted draws.

    Moments of few effective draws are noisy, and noise in many coordinates together costs most of the weights: each
    change is shrunk by one less the square of its standard errors, and left out where it is not clear.

    Parameters
    ----------
    found : Affine
        The map so far.
    points : numpy.ndarray
        Draws before the map, shape ``(draw, dimension)``.
    weights : Weights
        Their weights after it.
    """
    moved = found(points)
    mean, sd = moved.mean(axis=0), moved.std(axis=0)
    centre = weights.values @ moved
    shift = (centre - mean) / sd
    growth = 0.5 * np.log(weights.values @ (moved - centre) ** 2 / sd**2)
    size = weights.efficiency * len(points)
    shift *= _clear(shift * np.sqrt(size))
    growth *= _clear(growth * np.sqrt(2 * size))
    return found.scaled(np.exp(growth), mean, shift * sd)


def _clear(errors: np.ndarray) -> np.ndarray:
    """Share of a change that is kept (the non-negative garrotte of Breiman 1995)."""
    return np.maximum(1 - (CLEAR / np.maximum(np.abs(errors), 1e-12)) ** 2, 0)


def found_map(start: Affine, points: np.ndarray, log_base: np.ndarray, target: LogDensity) -> Affine:
    """Match moments round by round until the weights are worth enough of the draws.

    Parameters
    ----------
    start : Affine
        The first map.
    points, log_base : numpy.ndarray
        Draws and their own log density, shapes ``(draw, dimension)`` and ``(draw,)``.
    target : callable
        From points to the log density of the posterior to reach.
    """
    found = start
    for _ in range(ROUNDS):
        weights = smoothed(target(found(points)) + found.log_volume - log_base)
        if weights.efficiency * len(points) < LEAST_EFFECTIVE:
            break
        found = matched(found, points, weights)
        if weights.hold and weights.efficiency >= EFFICIENT:
            break
    return found


def mixture(
    found: Affine, points: np.ndarray, log_base: np.ndarray, base: LogDensity
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Move seven draws in eight; all of them are then draws of the mixture of moved and unmoved ones.

    The eighth that stays keeps the weights bounded where the ratio of the posteriors is, whatever the map.

    Parameters
    ----------
    found : Affine
        The map.
    points, log_base : numpy.ndarray
        Draws and their own log density, shapes ``(draw, dimension)`` and ``(draw,)``.
    base : callable
        That log density at other points.

    Returns
    -------
    points, log_base, log_mixture : numpy.ndarray
        The points after moving, the log density of the unmoved draws there, and that of the mixture.
    """
    moves = np.arange(len(points)) % STAYS > 0
    others = np.where(moves[:, None], found(points), found.back(points))
    log_others = base(others)
    before, here = np.where(moves, log_base, log_others), np.where(moves, log_others, log_base)
    log_mixture = np.logaddexp(np.log1p(-1 / STAYS) + before - found.log_volume, here - np.log(STAYS))
    return np.where(moves[:, None], others, points), here, log_mixture
