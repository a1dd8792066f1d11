"""Probability and moments of normal variables under bounds, against numerical integration."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, special, stats

from cochange.models.parts.likelihood.observations import MOST_CENSORED
from cochange.models.parts.likelihood.truncated import moments, shape_of

Moments = tuple[float, np.ndarray, np.ndarray]


def found(bound: np.ndarray, covariance: np.ndarray) -> Moments:
    d = len(bound)
    first, second = np.full(d, np.nan), np.full((d, d), np.nan)
    log_probability = moments(np.array(bound, dtype=float), shape_of(np.ascontiguousarray(covariance)), first, second)
    return log_probability, first, second


# Nodes for each variable of the reference but the last; its own error is under a tenth of what is compared.
REFERENCE_NODES = {2: 200, 3: 90, 4: 44, 5: 26, 6: 16}


def integrated(bound: np.ndarray, covariance: np.ndarray) -> Moments:
    """By a product of Gauss-Legendre rules over all variables but the last, on their own scale."""
    d = len(bound)
    sd = np.sqrt(np.diag(covariance))
    h, correlation = np.asarray(bound) / sd, covariance / np.outer(sd, sd)
    node, weight = np.polynomial.legendre.leggauss(REFERENCE_NODES[d])
    low = -7.0 if d > 4 else min(-8.5, h.min() - 4)
    length = h[:-1] - low
    x = np.stack(np.meshgrid(*(low + size * (node + 1) / 2 for size in length), indexing="ij")).reshape(d - 1, -1)
    shares = np.prod(np.meshgrid(*(weight * size / 2 for size in length), indexing="ij"), axis=0).ravel()
    others = correlation[:-1, :-1]
    shares *= np.exp(-np.sum(x * (np.linalg.inv(others) @ x), axis=0) / 2) / np.sqrt(np.linalg.det(2 * np.pi * others))
    gain = np.linalg.solve(others, correlation[:-1, -1])
    mean, spread = gain @ x, np.sqrt(1 - gain @ correlation[:-1, -1])
    z = (h[-1] - mean) / spread
    under, edge = special.ndtr(z), spread * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)
    inner = [under, mean * under - edge, (mean**2 + spread**2) * under - edge * (h[-1] + mean)]
    probability = shares @ inner[0]
    first = np.append(x @ (shares * inner[0]), shares @ inner[1]) / probability
    second = np.empty((d, d))
    second[:-1, :-1] = (x * (shares * inner[0])) @ x.T / probability
    second[-1, :-1] = second[:-1, -1] = x @ (shares * inner[1]) / probability
    second[-1, -1] = shares @ inner[2] / probability
    return float(np.log(probability)), first * sd, second * np.outer(sd, sd)


def errors(bound: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Of the log probability, and the largest of the means and the products in units of the SD."""
    sd = np.sqrt(np.diag(covariance))
    (log, first, second), (own_log, own_first, own_second) = found(bound, covariance), integrated(bound, covariance)
    off_first, off_second = np.abs(first - own_first) / sd, np.abs(second - own_second) / np.outer(sd, sd)
    return np.array([abs(log - own_log), off_first.max(), off_second.max()])


def lagged(d: int, correlation: float) -> np.ndarray:
    return correlation ** np.abs(np.subtract.outer(np.arange(d), np.arange(d)))


def equal(d: int, correlation: float) -> np.ndarray:
    return np.full((d, d), correlation) + (1 - correlation) * np.eye(d)


def random_correlation(rng: np.random.Generator, d: int) -> np.ndarray:
    spread = rng.normal(size=(d, d + 8))
    return np.corrcoef(spread)


@pytest.mark.parametrize("variance", [1.0, 0.3])
@pytest.mark.parametrize("z", [-30.0, -8.0, -5.0, -1.3, 0.0, 0.9, 4.0, 9.0])
def test_one_bound_is_the_integral_of_its_density(z: float, variance: float) -> None:
    sd = np.sqrt(variance)
    log_probability, first, second = found(np.array([z * sd]), np.array([[variance]]))
    top = stats.norm.logpdf(min(z, 0))
    # In units of the distance over which the density falls off.
    length = 1 / max(1, -z)

    def integral(power: int) -> float:
        points = [z] + [z - length * step for step in (1, 3, 10, 40)] + [z - length * 40 - 10]
        return sum(
            integrate.quad(lambda x: x**power * np.exp(-x * x / 2 + min(z, 0) ** 2 / 2), low, high, epsabs=0)[0]
            for high, low in pairwise(points)
        )

    mass = integral(0)
    assert log_probability == pytest.approx(top + np.log(mass), rel=1e-11, abs=1e-14)
    assert first[0] == pytest.approx(sd * integral(1) / mass, rel=1e-9, abs=1e-12)
    assert second[0, 0] == pytest.approx(variance * integral(2) / mass, rel=1e-9)


BOUNDS = [(0.0, 0.0), (0.7, -0.4), (-1.2, 1.5), (2.0, 2.5), (-0.8, -0.5), (1.1, -6.0)]
CORRELATIONS = [-0.9, -0.5, 0.0, 0.3, 0.8, 0.95, 0.99]
# The corner of a negative correlation is tested below.
PAIRS = [
    (bound, correlation) for bound in BOUNDS for correlation in CORRELATIONS if correlation >= 0 or sum(bound) > -1
]


@pytest.mark.parametrize(("bound", "correlation"), PAIRS)
def test_two_bounds_are_the_integral_over_one_variable(bound: tuple[float, float], correlation: float) -> None:
    covariance = np.array([[1.0, correlation * 0.5], [correlation * 0.5, 0.25]])
    off = errors(np.array(bound) * [1, 0.5], covariance)
    assert (off < [1e-10, 1e-9, 1e-8]).all(), off
    probability = stats.multivariate_normal.cdf(np.array(bound) * [1, 0.5], cov=covariance)
    if probability > 1e-5:
        assert found(np.array(bound) * [1, 0.5], covariance)[0] == pytest.approx(np.log(probability), abs=1e-9)


@pytest.mark.parametrize("bound", [(-8.0, -7.0), (-12.0, 1.0), (-20.0, -19.0)])
@pytest.mark.parametrize("correlation", [0.0, 0.4, 0.9])
def test_two_bounds_far_in_the_tail_give_means_under_them(bound: tuple[float, float], correlation: float) -> None:
    """The conditional variances lie between none and those without bounds."""
    log_probability, first, second = found(np.array(bound), equal(2, correlation))
    smallest = stats.norm.logcdf(min(bound))
    assert smallest + stats.norm.logcdf(max(bound)) - 1e-9 <= log_probability <= smallest + 1e-9
    assert (first < bound).all()
    variance = np.diag(second) - first**2
    assert (variance > 0).all()
    assert (variance < 1).all()


# Largest errors of the log probability, the means and the products: twice to five times those measured.
KINDS = {
    "middle": lambda d: (np.linspace(-1, 1, d), lagged(d, 0.5)),
    "alternating": lambda d: (np.linspace(-0.5, 0.5, d), lagged(d, -0.4)),
    "strong lags": lambda d: (np.linspace(-1, 0.5, d), lagged(d, 0.9)),
    "strong": lambda d: (np.linspace(0.5, -1, d), equal(d, 0.8)),
    "tail": lambda d: (np.full(d, -2.0), equal(d, 0.6)),
    "loose": lambda d: (np.linspace(1, 2, d), equal(d, 0.5)),
}
ALLOWED = {
    "middle": {3: (1e-9, 2e-8, 2e-7), 4: (1e-5, 2e-5, 1e-4), 5: (4e-4, 3e-4, 1.5e-3), 6: (1.5e-3, 1e-3, 5e-3)},
    "alternating": {3: (1e-9, 2e-9, 1e-8), 4: (1e-8, 5e-8, 2e-7), 5: (4e-7, 2e-6, 1e-5), 6: (5e-6, 4e-5, 2e-4)},
    "strong lags": {3: (1e-9, 2e-8, 2e-7), 4: (1.5e-3, 2e-3, 5e-3), 5: (7e-3, 7e-3, 0.015), 6: (0.02, 0.012, 0.025)},
    "strong": {3: (1e-9, 1e-7, 1e-6), 4: (1.5e-3, 1e-3, 3e-3), 5: (7e-3, 4e-3, 0.012), 6: (0.015, 0.01, 0.025)},
    "tail": {3: (2e-9, 2e-7, 2e-6), 4: (5e-7, 5e-6, 5e-5), 5: (4e-5, 1e-4, 1e-3), 6: (3e-4, 5e-4, 4e-3)},
    "loose": {3: (4e-6, 1e-6, 3e-5), 4: (3e-4, 4e-3, 0.012), 5: (1.5e-3, 0.015, 0.04), 6: (4e-3, 0.03, 0.07)},
}


@pytest.mark.parametrize("d", [3, 4, 5, 6])
@pytest.mark.parametrize("kind", KINDS)
def test_several_bounds_are_the_integral(kind: str, d: int) -> None:
    bound, correlation = KINDS[kind](d)
    sd = np.linspace(0.5, 2, d)
    off = errors(bound * sd, correlation * np.outer(sd, sd))
    assert (off < ALLOWED[kind][d]).all(), off


@pytest.mark.parametrize(("d", "n", "allowed"), [(3, 40, 1e-3), (4, 20, 2e-3), (5, 6, 4e-3), (6, 2, 6e-3)])
def test_random_bounds_and_covariances_are_the_integral(d: int, n: int, allowed: float) -> None:
    """Nine in ten; single ones, with a loose bound before a tight one, are off by a hundredth and more."""
    rng = np.random.default_rng(10 * d)
    off = [errors(rng.normal(0, 1, d), random_correlation(rng, d)) for _ in range(n)]
    worst = np.quantile(off, 0.9, axis=0)
    assert (worst < allowed * np.array([1, 5, 15])).all(), worst


@pytest.mark.parametrize("d", [3, 4, 5, 6])
def test_the_log_probability_is_that_of_scipy(d: int) -> None:
    """SciPy's own error is about 1e-5 here."""
    bound, correlation = np.linspace(-1, 1, d), equal(d, 0.3)
    rng = np.random.default_rng(d)
    expected = stats.multivariate_normal.cdf(bound, cov=correlation, maxpts=200_000, abseps=1e-8, releps=1e-6, rng=rng)
    assert found(bound, correlation)[0] == pytest.approx(np.log(expected), abs={3: 3e-5, 4: 5e-5}.get(d, 1e-3))


@pytest.mark.parametrize("d", [4, 6])
def test_moments_are_those_of_random_draws_under_the_bounds(d: int) -> None:
    """Four Monte Carlo standard errors, and what the quadrature may be off by."""
    rng = np.random.default_rng(3)
    bound, correlation = np.linspace(0.8, -0.3, d), lagged(d, 0.6)
    draws = rng.multivariate_normal(np.zeros(d), correlation, 400_000, method="cholesky")
    kept = draws[(draws < bound).all(axis=1)]
    assert len(kept) > 20_000
    _, first, second = found(bound, correlation)
    products = (kept[:, :, None] * kept[:, None, :]).reshape(len(kept), -1)
    for name, own, sample in (("mean", first, kept), ("product", second.ravel(), products)):
        error = sample.std(axis=0) / np.sqrt(len(kept))
        off = np.abs(own - sample.mean(axis=0)) - 4 * error
        assert off.max() < {"mean": 2e-3, "product": 4e-3}[name], name


@pytest.mark.parametrize("d", range(3, MOST_CENSORED + 1))
def test_independent_variables_have_the_moments_of_one_bound(d: int) -> None:
    bound = np.linspace(-1.5, 0.5, d)
    log_probability, first, second = found(bound, np.eye(d))
    alone = [found(bound[[i]], np.eye(1)) for i in range(d)]
    means = np.array([one[1][0] for one in alone])
    expected = np.outer(means, means) - np.diag(means**2) + np.diag([one[2][0, 0] for one in alone])
    assert log_probability == pytest.approx(sum(one[0] for one in alone), abs=1e-12)
    np.testing.assert_allclose(first, means, atol=2e-4)
    np.testing.assert_allclose(second, expected, atol=2e-3)


# Bounds, and correlations over the diagonal. Nothing extreme: the first has a probability of a half.
NEGATIVE_CORNERS = {
    "three": ([0.73, 0.87, 1.34], [-0.67, -0.55, -0.21]),
    "four": ([1.62, 1.69, 1.4, 1.57], [-0.79, -0.39, -0.69, 0.07, 0.38, 0.05]),
    "two": ([-2.6, -2.2], [-0.87]),
}


@pytest.mark.parametrize("case", NEGATIVE_CORNERS)
def test_moments_are_finite_and_lie_under_the_bounds(case: str) -> None:
    bound, above = NEGATIVE_CORNERS[case]
    correlation = np.eye(len(bound))
    correlation[np.triu_indices(len(bound), 1)] = above
    log_probability, first, second = found(np.array(bound), correlation + correlation.T - np.eye(len(bound)))
    assert np.isfinite(log_probability)
    assert (first < bound).all()
    assert (first > np.array(bound) - 10).all()
    assert np.isfinite(second).all()
    assert (np.linalg.eigvalsh(second - np.outer(first, first)) > 0).all()
