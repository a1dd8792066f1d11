"""Random parameters and observations, and their density written with SciPy, row by row."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from cochange.models.parts.likelihood.kernel import likelihood
from cochange.models.parts.likelihood.observations import ABOVE, BELOW, OBSERVED, Observations

MOST_BEYOND = 2  # of the censored outcomes of a random row: SciPy is exact up to here


@dataclass(frozen=True)
class Parameters:
    """Coefficients of the design columns, covariance, variance of one well, degrees of freedom (0: normal)."""

    mean: np.ndarray
    covariance: np.ndarray
    noise: np.ndarray
    nu: float = 0.0

    def kernel(self, observations: Observations) -> tuple[Any, ...]:
        """What is tested: log density, gradients, and log density of each row."""
        return likelihood(self.mean, self.covariance, self.noise, float(self.nu), **observations.arrays)


def draw_parameters(seed: int, outcomes: int = 4, columns: int = 2, nu: float = 0.0) -> Parameters:
    rng = np.random.default_rng(seed)
    spread = rng.normal(0, 1, (outcomes, outcomes + 3)) / np.sqrt(outcomes)
    mean, noise = rng.normal(0, 0.5, (columns, outcomes)), rng.uniform(0.1, 0.5, outcomes)
    return Parameters(mean, spread @ spread.T + 0.2 * np.eye(outcomes), noise, nu)


def no_sets(columns: int, outcomes: int) -> dict[str, np.ndarray]:
    """The arrays of the sets where there are none."""
    wide = np.zeros((0, outcomes))
    products = np.zeros((0, columns + outcomes, columns + outcomes))
    return {"count": np.zeros(0), "present": wide, "set_wells": wide, "products": products}


def draw_rows(
    seed: int,
    at: Parameters,
    chances: tuple[float, float, float, float],
    n: int = 10,
    wells: tuple[float, ...] = (0.0,),
    weights: tuple[float, ...] = (1.0,),
) -> Observations:
    """Rows drawn from the parameters; `chances` of an outcome to be missing, observed, below and above its limit."""
    rng = np.random.default_rng(seed)
    n_columns, outcomes = at.mean.shape
    columns = np.concatenate([np.ones((n, 1)), rng.normal(0, 1, (n, n_columns - 1))], axis=1)
    value = columns @ at.mean + rng.multivariate_normal(np.zeros(outcomes), at.covariance, n)
    status = rng.choice(4, (n, outcomes), p=chances)
    for row in range(n):
        status[row, np.flatnonzero(np.isin(status[row], (BELOW, ABOVE)))[MOST_BEYOND:]] = OBSERVED
    shares, weight = rng.choice(wells, (n, outcomes)), rng.choice(weights, n)
    return Observations(**no_sets(n_columns, outcomes), columns=columns, value=value, status=status.astype(float),
                        row_wells=shares, weight=weight)  # fmt: skip


class Reference:
    """Densities with SciPy, and derivatives by differences."""

    def log_density(self, at: Parameters, rows: Observations) -> np.ndarray:
        """Log density of each row."""
        arrays = (rows.columns, rows.value, rows.status, rows.row_wells)
        return np.array([self._row(at, *row) for row in zip(*arrays, strict=True)])

    def _row(self, at: Parameters, columns: np.ndarray, value: np.ndarray, status: np.ndarray, wells: np.ndarray):
        residual = value - columns @ at.mean
        covariance = at.covariance + np.diag(at.noise * wells)
        seen, beyond = np.flatnonzero(status == OBSERVED), np.flatnonzero(np.isin(status, (BELOW, ABOVE)))
        # The censored outcomes given the observed ones.
        own = covariance[np.ix_(seen, seen)]
        gain = np.linalg.solve(own, covariance[np.ix_(seen, beyond)]).T
        turn = np.where(status[beyond] == BELOW, 1.0, -1.0)
        bound = turn * (residual[beyond] - gain @ residual[seen])
        spread = covariance[np.ix_(beyond, beyond)] - gain @ covariance[np.ix_(seen, beyond)]
        spread = spread * np.outer(turn, turn)
        log = 0.0
        if seen.size and at.nu:
            log = stats.multivariate_t.logpdf(residual[seen], shape=own, df=at.nu)
        elif seen.size:
            log = stats.multivariate_normal.logpdf(residual[seen], cov=own)
        if beyond.size and at.nu:
            distance = residual[seen] @ np.linalg.solve(own, residual[seen])
            precision = stats.gamma((at.nu + seen.size) / 2, scale=2 / (at.nu + distance))
            log += np.log(self._over_precisions(precision, bound, spread))
        elif beyond.size:
            log += np.log(self.probability(bound, spread))
        return float(log)

    def probability(self, bound: np.ndarray, covariance: np.ndarray) -> float:
        """Of lying under the bounds; three bounds by the adaptive integral of two over the first variable."""
        if len(bound) == 1:
            return float(stats.norm.cdf(bound[0] / np.sqrt(covariance[0, 0])))
        if len(bound) == 2:
            return float(stats.multivariate_normal.cdf(bound, cov=covariance))
        sd, gain = np.sqrt(covariance[0, 0]), covariance[1:, 0] / covariance[0, 0]
        rest = covariance[1:, 1:] - np.outer(gain, covariance[0, 1:])

        def given(x: float) -> float:
            return float(stats.norm.pdf(x, scale=sd) * self.probability(bound[1:] - gain * x, rest))

        return float(integrate.quad(given, -9 * sd, bound[0], epsabs=0, epsrel=1e-10, limit=200)[0])

    def _over_precisions(self, precision: Any, bound: np.ndarray, covariance: np.ndarray) -> float:
        """The same of Student-t variables: averaged over the logarithm of the precision."""

        def given(log_precision: float) -> float:
            root = np.exp(log_precision / 2)
            return float(precision.pdf(root**2) * root**2 * self.probability(bound * root, covariance))

        low, high = np.log([precision.ppf(1e-15), precision.isf(1e-15)])
        return float(integrate.quad(given, low, high, epsabs=0, epsrel=1e-11, limit=200)[0])

    def slopes(self, function: Callable[[Parameters], float], at: Parameters) -> dict[str, np.ndarray]:
        """Central differences of the fourth order; a covariance moves in both its cells."""
        found = {"mean": np.zeros(at.mean.shape), "covariance": np.zeros(at.covariance.shape)}
        found |= {"noise": np.zeros(at.noise.shape), "nu": np.zeros(())}
        for name, slope in found.items():
            for index in np.ndindex(slope.shape):
                cells = [index] if name != "covariance" else [index, index[::-1]]
                if cells[-1] > index:
                    continue
                slope[index] = slope[cells[-1]] = self._slope(function, at, name, cells)
        return found

    def _slope(self, function: Callable[[Parameters], float], at: Parameters, name: str, cells: list[Any]) -> float:
        step, total = 2e-3, 0.0
        if name == "nu" and not at.nu:
            return 0.0
        for move, share in ((1, 8 / 12), (2, -1 / 12)):
            for sign in (1, -1):
                moved = np.array(getattr(at, name), dtype=float)
                for cell in set(cells):
                    moved[cell] += sign * move * step
                total += sign * share * function(replace(at, **{name: moved if moved.shape else float(moved)}))
        return total / step

    def gradients(self, results: tuple[Any, ...]) -> dict[str, np.ndarray]:
        """Those of the kernel, in the same arrangement as `slopes`."""
        mean, covariance, noise, nu = results[1:5]
        np.testing.assert_allclose(covariance, covariance.T, rtol=1e-9, atol=1e-10 * max(1, np.abs(covariance).max()))
        both = covariance + covariance.T - np.diag(np.diag(covariance))
        return {"mean": mean, "covariance": both, "noise": noise, "nu": np.asarray(nu)}


@pytest.fixture(scope="session")
def reference() -> Reference:
    return Reference()


@pytest.fixture(scope="session")
def parameters() -> Callable[..., Parameters]:
    return draw_parameters


@pytest.fixture(scope="session")
def rows() -> Callable[..., Observations]:
    return draw_rows
