"""The likelihood of a pair of values, either of which may be censored or missing."""

from collections.abc import Callable
from itertools import pairwise, product

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode
from scipy import integrate, special, stats

from cochange.models.parts.pairs import log_bivariate_cdf, log_cdf, pair_logp, patterns

STATUSES = ("observed", "below", "above")


def bivariate_cdf(h: float, k: float, rho: float) -> float:
    """P(X < h, Y < k) by adaptive quadrature over X; SciPy's own is good to 1e-8 only."""

    def density(x: float) -> float:
        return stats.norm.pdf(x) * special.ndtr((k - rho * x) / np.sqrt(1 - rho**2))

    # Broken where the step of the conditional probability lies, and where the density has its mass.
    breaks = sorted({x for x in (k / rho if rho else 0.0, h - 1, h - 4, -3.0, -1.0, 0.0, 1.0) if h - 12 < x < h})
    edges = [min(-12.0, h - 12), *breaks, h]
    parts = (integrate.quad(density, a, b, epsabs=0, epsrel=1e-11, limit=200)[0] for a, b in pairwise(edges))
    return sum(parts)


@pytest.fixture(scope="module")
def cdf(quick: Mode) -> Callable[..., np.ndarray]:
    h, k, rho = pt.dvector("h"), pt.dvector("k"), pt.dscalar("rho")
    return pytensor.function([h, k, rho], log_bivariate_cdf(h, k, rho), mode=quick)


BOUNDS = np.array([-5.0, -2.5, -1.0, -0.3, 0.0, 0.8, 2.0, 4.0])


@pytest.mark.parametrize("rho", [-0.99, -0.9, -0.6, -0.2, 0.0, 0.2, 0.6, 0.9, 0.95, 0.99])
@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")  # accuracy it cannot certify in far tails
def test_the_bivariate_normal_integral_is_exact_to_1e_13(cdf: Callable[..., np.ndarray], rho: float) -> None:
    h, k = (grid.ravel() for grid in np.meshgrid(BOUNDS, BOUNDS))
    expected = np.array([bivariate_cdf(a, b, rho) for a, b in zip(h, k, strict=True)])
    found = np.exp(cdf(h, k, rho))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-13)
    # Two values on the same side of the same marker: nothing cancels, small probabilities are exact relatively too.
    if rho >= 0:
        np.testing.assert_allclose(found, expected, rtol=1e-10)


@pytest.mark.parametrize("rho", [-0.7, 0.3, 0.95])
def test_known_values_at_the_origin(cdf: Callable[..., np.ndarray], rho: float) -> None:
    expected = 0.25 + np.arcsin(rho) / (2 * np.pi)
    assert np.exp(cdf(np.zeros(1), np.zeros(1), rho)) == pytest.approx(expected, rel=1e-13)


def test_far_in_the_tails_it_stays_finite(cdf: Callable[..., np.ndarray]) -> None:
    far = np.array([-50.0, -1e3, 50.0, -50.0])
    other = np.array([-50.0, 1.0, 50.0, 50.0])
    for rho in (-0.99, 0.5, 0.99):
        assert np.isfinite(cdf(far, other, rho)).all()
    assert cdf(np.array([50.0]), np.array([50.0]), 0.5) == pytest.approx(0, abs=1e-15)


def test_the_normal_log_cdf_is_exact_in_both_tails(quick: Mode) -> None:
    z = pt.dvector("z")
    values = np.array([-300.0, -38.0, -9.0, -1.0000001, -1.0, -0.9999999, 0.0, 1.0, 5.0, 9.0, 40.0])
    found = pytensor.function([z], log_cdf(z), mode=quick)(values)
    np.testing.assert_allclose(found, special.log_ndtr(values), rtol=1e-13)
    gradient = pytensor.function([z], pt.grad(log_cdf(z).sum(), z), mode=quick)(values)
    np.testing.assert_allclose(gradient, np.exp(stats.norm.logpdf(values) - special.log_ndtr(values)), rtol=1e-9)


def test_the_gradient_of_the_integral_agrees_with_differences(quick: Mode) -> None:
    h, k, rho = pt.dvector("h"), pt.dvector("k"), pt.dscalar("rho")
    total = log_bivariate_cdf(h, k, rho).sum()
    gradient = pytensor.function([h, k, rho], pt.grad(total, [h, k, rho]), mode=quick)
    value = pytensor.function([h, k, rho], total, mode=quick)
    at, step = (np.array([-1.2]), np.array([-0.4]), 0.55), 1e-5
    for position, found in enumerate(gradient(*at)):
        up, down = (value(*(x + sign * step if i == position else x for i, x in enumerate(at))) for sign in (1, -1))
        # Central differences: the error is of the order of the step squared.
        assert float(np.sum(found)) == pytest.approx((up - down) / (2 * step), rel=1e-6)


def _reference(value: np.ndarray, mean: np.ndarray, sd: np.ndarray, rho: float, statuses: tuple[str, str]) -> float:
    """Written from the definitions with SciPy, without the conditional factorisation."""
    single = [stats.norm(mean[i], sd[i]) for i in range(2)]
    by_status = {"observed": "logpdf", "below": "logcdf", "above": "logsf"}
    covariance = rho * sd[0] * sd[1]
    if statuses == ("observed", "observed"):
        matrix = [[sd[0] ** 2, covariance], [covariance, sd[1] ** 2]]
        return stats.multivariate_normal.logpdf(value, mean, matrix)
    if "observed" in statuses:
        seen = statuses.index("observed")
        other = 1 - seen
        slope = covariance / sd[seen] ** 2
        given = stats.norm(
            mean[other] + slope * (value[seen] - mean[seen]), np.sqrt(sd[other] ** 2 - slope * covariance)
        )
        return single[seen].logpdf(value[seen]) + getattr(given, by_status[statuses[other]])(value[other])
    # P(lower tail, lower tail) by inclusion and exclusion from the joint distribution function.
    z = (value - mean) / sd
    both = bivariate_cdf(z[0], z[1], rho)
    under = special.ndtr(z)
    probability = {
        ("below", "below"): both,
        ("below", "above"): under[0] - both,
        ("above", "below"): under[1] - both,
        ("above", "above"): 1 - under[0] - under[1] + both,
    }
    return float(np.log(probability[statuses]))


@pytest.mark.parametrize("rho", [-0.6, 0.0, 0.5, 0.9])
def test_every_pattern_has_its_density(quick: Mode, rho: float) -> None:
    rng = np.random.default_rng(4)
    kinds = list(product(STATUSES, STATUSES))
    status = np.array(kinds * 3)[rng.permutation(3 * len(kinds))]
    n = len(status)
    value, mean = rng.normal(0.3, 0.8, (n, 2)), rng.normal(0.2, 0.3, (n, 2))
    sd = rng.uniform(0.6, 1.6, (n, 2))
    arguments = [pt.dmatrix("value"), pt.dmatrix("mean"), pt.dmatrix("sd"), pt.dscalar("rho")]
    logp = pytensor.function(arguments, pair_logp(*arguments, patterns(status)), mode=quick)
    found = logp(value, mean, sd, rho)
    expected = [_reference(value[i], mean[i], sd[i], rho, tuple(status[i].tolist())) for i in range(n)]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11)


def test_a_pattern_holds_the_participants_that_share_it() -> None:
    status = np.array([["observed", "below"], ["below", "below"], ["observed", "observed"], ["observed", "below"]])
    found = {pattern.statuses: pattern.rows.tolist() for pattern in patterns(status)}
    assert found == {("observed", "below"): [0, 3], ("observed", "observed"): [2], ("below", "below"): [1]}


def test_participants_alike_have_the_density_computed_once(quick: Mode) -> None:
    rng = np.random.default_rng(5)
    kinds = rng.integers(0, 4, 40)
    status = np.array([["below", "below"], ["below", "above"], ["observed", "below"], ["below", "below"]])[kinds]
    value, mean = rng.normal(size=(4, 2))[kinds], rng.normal(size=(4, 2))[kinds]
    sd = np.full((40, 2), 1.3)
    groups = patterns(status, kinds)
    assert sum(len(group.distinct) for group in groups) == 4
    arguments = [pt.dmatrix("value"), pt.dmatrix("mean"), pt.dmatrix("sd"), pt.dscalar("rho")]
    once = pytensor.function(arguments, pair_logp(*arguments, groups), mode=quick)
    each = pytensor.function(arguments, pair_logp(*arguments, patterns(status)), mode=quick)
    np.testing.assert_allclose(once(value, mean, sd, 0.4), each(value, mean, sd, 0.4), rtol=1e-14)
