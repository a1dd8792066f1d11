"""Finite mixtures of normals: the exact shape of every posterior of the pooled model, given a grid of spreads."""

from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from cochange.models.parts.families import RobustNormal

NEGLIGIBLE = 1e-16
# Standard deviations on either side of a component, beyond which less than 1e-22 of it lies.
REACH = 10.0
# Of each panel of the integral, none wider than the narrowest component that reaches there.
NODES, WEIGHTS = np.polynomial.legendre.leggauss(10)


@dataclass(frozen=True, eq=False)
class NormalMixture:
    """A mixture of normal distributions.

    Attributes
    ----------
    weight, mean, sd : numpy.ndarray
        Of its components, shape ``(component,)``; the weights sum to one.
    """

    weight: np.ndarray
    mean: np.ndarray
    sd: np.ndarray

    @classmethod
    def of(cls, family: RobustNormal) -> "NormalMixture":
        """The mixture a robust prior is."""
        weight = np.array([family.weight, 1 - family.weight])
        return cls(weight, np.array([family.mean, family.vague_mean]), np.array([family.sd, family.vague_sd]))

    @property
    def expectation(self) -> float:
        """Mean of the mixture."""
        return float(self.weight @ self.mean)

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of the mixture: variances within components and between them."""
        return float(np.sqrt(self.weight @ (self.sd**2 + (self.mean - self.expectation) ** 2)))

    def density(self, at: np.ndarray) -> np.ndarray:
        """Density at points of shape ``(point,)``."""
        return self._densities(at).sum(axis=1)

    def cdf(self, at: float) -> float:
        """Probability of a value at or below `at`."""
        return float(self.weight @ special.ndtr((at - self.mean) / self.sd))

    def quantile(self, probability: float) -> float:
        """The value that is not exceeded with a probability."""
        z = special.ndtri(probability)
        low, high = np.min(self.mean + z * self.sd), np.max(self.mean + z * self.sd)
        if low == high:
            return float(low)
        return float(optimize.brentq(lambda x: self.cdf(x) - probability, low, high, xtol=1e-12 * (high - low)))

    def interval(self, mass: float) -> tuple[float, float]:
        """Equal-tailed interval of a mass."""
        return self.quantile((1 - mass) / 2), self.quantile((1 + mass) / 2)

    def information(self) -> float:
        """Fisher information of its location, the expectation of the squared slope of the log density.

        Where the tails fall off, it is also the expectation of the negative curvature of the log density, and unlike
        that it has no negative parts to cancel. Integrated by Gauss-Legendre quadrature over panels.
        """
        edges = self._edges()
        half = np.diff(edges)[:, None] / 2
        points = (edges[:-1, None] + half * (1 + NODES)).ravel()
        parts = self._densities(points)
        slope = (parts * (self.mean - points[:, None]) / self.sd**2).sum(axis=1)
        density = parts.sum(axis=1)
        held = density > 0
        return float((slope[held] ** 2 / density[held]) @ (half * WEIGHTS).ravel()[held])

    def without_negligible(self) -> "NormalMixture":
        """Without the components that have no weight in double precision."""
        kept = self.weight > NEGLIGIBLE
        weight = self.weight[kept]
        return NormalMixture(weight / weight.sum(), self.mean[kept], self.sd[kept])

    def _densities(self, at: np.ndarray) -> np.ndarray:
        z = (at[:, None] - self.mean) / self.sd
        densities: np.ndarray = self.weight * np.exp(-0.5 * z**2) / (self.sd * np.sqrt(2 * np.pi))
        return densities

    def _edges(self) -> np.ndarray:
        """Edges of panels that grow with the distance from the narrow components."""
        octaves = int(np.ceil(np.log2(self.sd.max() / self.sd.min())))
        edges = []
        for sd in self.sd.min() * 2.0 ** np.arange(octaves + 1):
            near = self.sd <= 2 * sd
            low, high = self.mean[near].min() - REACH * sd, self.mean[near].max() + REACH * sd
            edges.append(np.linspace(low, high, 1 + int(np.ceil((high - low) / sd))))
        return np.unique(np.concatenate(edges))
