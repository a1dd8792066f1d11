"""Functions of the normal and gamma distributions against SciPy."""

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, optimize, special, stats

from cochange.models.parts.likelihood.special import (
    correlation_rules,
    digamma,
    log_bivariate_normal_cdf,
    log_cdf_and_hazard,
    normal_cdf,
    normal_density,
    normal_quantile,
)

LOG_SQRT_2PI = math.log(2 * math.pi) / 2


def log_bivariate(h: float, k: float, correlation: float) -> float:
    """By adaptive integration over one variable on the log scale, between the points where the integrand falls off."""
    spread = math.sqrt(1 - correlation**2)

    def log_integrand(x: float) -> float:
        return -x * x / 2 - LOG_SQRT_2PI + float(special.log_ndtr((k - correlation * x) / spread))

    peak = optimize.minimize_scalar(lambda x: -log_integrand(x), bounds=(min(h, 0) - 60, h), method="bounded").x
    peak = max(peak, h, key=log_integrand)
    top = log_integrand(peak)

    def fall(direction: int, drop: float) -> float:
        width = 1e-6
        while (direction < 0 or peak + width < h) and log_integrand(peak + direction * width) > top - drop:
            width *= 1.5
        return float(min(peak + direction * width, h))

    points = sorted({peak} | {fall(way, drop) for way in (-1, 1) for drop in (1, 3, 8, 16, 30, 42)})
    parts = [
        integrate.quad(lambda x: math.exp(log_integrand(x) - top), left, right, epsabs=0, epsrel=1e-12)[0]
        for left, right in pairwise(points)
        if right > left
    ]
    return float(top + np.log(sum(parts)))


def test_density_and_distribution_function_are_those_of_scipy() -> None:
    z = np.linspace(-37, 9, 400)
    np.testing.assert_allclose([normal_density(x) for x in z], stats.norm.pdf(z), rtol=1e-12)
    np.testing.assert_allclose([normal_cdf(x) for x in z], stats.norm.cdf(z), rtol=1e-12)


def test_the_log_distribution_function_and_the_hazard_hold_to_rounding_far_into_the_lower_tail() -> None:
    z = np.concatenate([-np.logspace(6, np.log10(38), 20), np.linspace(-38, 2, 801), [-5, np.nextafter(-5, -9)]])
    log_cdf, hazard = np.array([log_cdf_and_hazard(x) for x in z]).T
    np.testing.assert_allclose(log_cdf, stats.norm.logcdf(z), rtol=1e-13)
    near = z > -38.1
    np.testing.assert_allclose(hazard[near], np.exp(stats.norm.logpdf(z) - stats.norm.logcdf(z))[near], rtol=1e-11)
    # Mills' ratio, where both logarithms are too large to subtract.
    far = -z[~near]
    np.testing.assert_allclose(hazard[~near], far / (1 - far**-2 + 3 * far**-4), rtol=1e-8)


def test_the_log_distribution_function_keeps_its_absolute_error_in_the_upper_tail() -> None:
    """Its logarithm goes to zero there: relative errors are 1e-7 at 6 and all of it at 9."""
    z = np.linspace(2, 40, 200)
    log_cdf, hazard = np.array([log_cdf_and_hazard(x) for x in z]).T
    np.testing.assert_allclose(log_cdf, stats.norm.logcdf(z), rtol=0, atol=3e-16)
    np.testing.assert_allclose(hazard, stats.norm.pdf(z) / stats.norm.cdf(z), rtol=1e-12)


def test_quantiles_are_those_of_scipy() -> None:
    lower = np.concatenate([10.0 ** -np.arange(299, 0, -1.7), np.linspace(0.01, 0.5, 99)])
    found = [normal_quantile(p) for p in lower]
    np.testing.assert_allclose(found, stats.norm.ppf(lower), rtol=1e-13, atol=1e-15)
    upper = np.concatenate([np.linspace(0.5, 0.99, 99), 1 - 10.0 ** -np.arange(3.0, 15.0)])
    found = [normal_quantile(p) for p in upper]
    np.testing.assert_allclose(found, stats.norm.ppf(upper), rtol=1e-13, atol=1e-15)


def test_digamma_is_that_of_scipy() -> None:
    x = np.concatenate([np.logspace(-3, 5, 400), [7.999999, 8.0, 8.000001]])
    expected = special.digamma(x)
    np.testing.assert_allclose([digamma(one) for one in x], expected, rtol=1e-12, atol=1e-13)


def log_cdf(h: float, k: float, correlation: float) -> float:
    return log_bivariate_normal_cdf(h, k, correlation, correlation_rules(correlation))


POINTS = np.array([-8, -5, -3.2, -2, -1, -0.4, 0, 0.7, 1.5, 3, 5])
CORRELATIONS = (-0.95, -0.8, -0.5, -0.1, 0.0, 0.3, 0.7, 0.84, 0.9, 0.95, 0.98)


def over_the_plane(correlation: float) -> list[tuple[float, float, float, float]]:
    """Two bounds, the logarithm of the probability found, and the expected one."""
    pairs = [(h, k) for h in POINTS for k in POINTS if h <= k]
    found = [log_cdf(h, k, correlation) for h, k in pairs]
    return [(*pair, one, log_bivariate(*pair, correlation)) for pair, one in zip(pairs, found, strict=True)]


@pytest.mark.parametrize("correlation", CORRELATIONS)
def test_the_bivariate_distribution_function_is_the_integral(correlation: float) -> None:
    """Positive correlations hold in the tails to 1e-12; negative ones are a difference, which holds in the middle."""
    least = -np.inf if correlation >= 0 else np.log(1e-7)
    compared = [(found, expected) for _, _, found, expected in over_the_plane(correlation) if expected > least]
    assert len(compared) > 30
    found, expected = np.array(compared).T
    np.testing.assert_allclose(np.exp(found - expected), 1, rtol=1e-12 if correlation >= 0 else 1e-9)


@pytest.mark.parametrize("correlation", [-0.5, -0.8, -0.95])
def test_the_bivariate_distribution_function_holds_in_the_corner_of_a_negative_correlation(correlation: float) -> None:
    compared = [(found, expected) for _, _, found, expected in over_the_plane(correlation) if expected > np.log(1e-30)]
    found, expected = np.array(compared).T
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_the_bivariate_distribution_function_is_symmetric_and_sums_to_its_margins() -> None:
    rng = np.random.default_rng(2)
    for _ in range(50):
        (h, k), correlation = rng.normal(0, 1.5, 2), rng.uniform(-0.95, 0.95)
        one = np.exp(log_cdf(h, k, correlation))
        assert np.exp(log_cdf(k, h, correlation)) == pytest.approx(one, rel=1e-13)
        assert one + np.exp(log_cdf(h, -k, -correlation)) == pytest.approx(stats.norm.cdf(h), rel=1e-12)
