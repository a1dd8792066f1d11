"""Mixtures of normals against SciPy."""

import itertools
import math

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from cochange.inference.pooling.mixture import NormalMixture

NARROW_AND_WIDE = NormalMixture(np.array([0.2, 0.5, 0.3]), np.array([-1.0, 0.5, 2.0]), np.array([0.02, 1.0, 30.0]))


def reference(x: float) -> float:
    parts = zip(NARROW_AND_WIDE.weight, NARROW_AND_WIDE.mean, NARROW_AND_WIDE.sd, strict=True)
    return sum(w * math.exp(-(((x - m) / sd) ** 2) / 2) / sd / math.sqrt(2 * math.pi) for w, m, sd in parts)


def integral(function: object) -> float:
    points = [-300.0, -20.0, -3.0, -1.2, -1.05, -1.0, -0.95, -0.8, 0.5, 4.0, 20.0, 300.0]
    return sum(integrate.quad(function, *ends, epsabs=1e-6, epsrel=1e-9)[0] for ends in itertools.pairwise(points))


def test_moments_and_density() -> None:
    mean = integral(lambda x: x * reference(x))
    assert NARROW_AND_WIDE.expectation == pytest.approx(mean, rel=1e-8)
    variance = integral(lambda x: (x - mean) ** 2 * reference(x))
    assert NARROW_AND_WIDE.standard_deviation == pytest.approx(np.sqrt(variance), rel=1e-8)
    at = np.array([-1.01, 0.0, 40.0])
    assert NARROW_AND_WIDE.density(at) == pytest.approx([reference(x) for x in at], rel=1e-12)


@pytest.mark.parametrize("probability", [1e-6, 0.025, 0.5, 0.9])
def test_quantiles_invert_the_distribution_function(probability: float) -> None:
    def below(x: float) -> float:
        parts = zip(NARROW_AND_WIDE.weight, NARROW_AND_WIDE.mean, NARROW_AND_WIDE.sd, strict=True)
        return sum(weight * stats.norm(mean, sd).cdf(x) for weight, mean, sd in parts)

    expected = optimize.brentq(lambda x: below(x) - probability, -500, 500, xtol=1e-12)
    assert NARROW_AND_WIDE.quantile(probability) == pytest.approx(expected, abs=1e-8)


def test_the_information_of_one_normal_is_its_precision() -> None:
    one = NormalMixture(np.array([1.0]), np.array([3.0]), np.array([0.4]))
    assert one.information() == pytest.approx(1 / 0.16, rel=1e-10)
    twice = NormalMixture(np.array([0.3, 0.7]), np.array([3.0, 3.0]), np.array([0.4, 0.4]))
    assert twice.information() == pytest.approx(1 / 0.16, rel=1e-10)


def test_the_information_is_the_mean_curvature_of_the_log_density() -> None:
    """Curvatures by differences; none is so steep that a step of 1e-4 is coarse, or so flat that rounding shows."""

    def curvature(x: float) -> float:
        step = 1e-4
        below, here, above = (math.log(reference(x + shift)) for shift in (-step, 0, step))
        return (2 * here - below - above) / step**2 * reference(x)

    # Rounding of a log density of order 10 makes an error of 1e-7 in each curvature.
    assert NARROW_AND_WIDE.information() == pytest.approx(integral(curvature), rel=1e-4)


def test_components_without_weight_are_left_out() -> None:
    mixture = NormalMixture(np.array([1 - 1e-20, 1e-20]), np.array([0.0, 1.0]), np.array([1.0, 1e9]))
    assert len(mixture.without_negligible().weight) == 1
