"""Draws moved to another posterior, where both are known in closed form and plain weights fail."""

from dataclasses import replace

import numpy as np
import pytest
from arviz_stats.base import array_stats
from scipy import stats

from cochange.inference.comparing.moment_matching import (
    STAYS,
    Affine,
    found_map,
    matched,
    mixture,
    most_dimensions,
    normal_map,
    nowhere_wider,
    parted,
)
from cochange.inference.comparing.weighted import sizes_of_moved
from cochange.inference.comparing.weights import moments, smoothed
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import Normal

DRAWS = 6000


class Regression:
    """Fifteen coefficients of a regression with known SD, prior N(0, 1) each, and N(0.3, 0.1) to reach."""

    def __init__(self, seed=1, dimension=15, n=40):
        rng = np.random.default_rng(seed)
        self.x = rng.normal(size=(n, dimension)) @ np.tril(np.full((dimension, dimension), 0.4))
        self.y = self.x @ rng.normal(0, 0.5, dimension) + rng.normal(size=n)
        self.draws = self.posterior(0, 1).rvs(DRAWS, random_state=rng)

    def posterior(self, mean, sd):
        covariance = np.linalg.inv(self.x.T @ self.x + np.eye(self.x.shape[1]) / sd**2)
        return stats.multivariate_normal(covariance @ (self.x.T @ self.y + mean / sd**2), covariance)

    def log_prior(self, at, mean, sd):
        return stats.norm.logpdf(at, mean, sd).sum(axis=-1)

    def log_density(self, at, mean, sd):
        return self.log_prior(at, mean, sd) - 0.5 * ((self.y - at @ self.x.T) ** 2).sum(axis=-1)


class Rates:
    """Ten Poisson rates in logs, prior Gamma(2, 0.4) each, and Gamma(8, 4) to reach; the posteriors are skewed."""

    counts = np.array([1, 2, 3, 4, 5, 7, 8, 9, 10, 12])

    def __init__(self, seed=1):
        rng = np.random.default_rng(seed)
        self.draws = np.log(self.posterior(2, 0.4).rvs((DRAWS, self.counts.size), random_state=rng))

    def posterior(self, shape, rate):
        return stats.gamma(shape + self.counts, scale=1 / (rate + 1))

    def log_prior(self, at, shape, rate):
        return (stats.gamma.logpdf(np.exp(at), shape, scale=1 / rate) + at).sum(axis=-1)

    def log_density(self, at, shape, rate):
        return self.log_prior(at, shape, rate) + stats.poisson.logpmf(self.counts, np.exp(at)).sum(axis=-1)


def reached(model, own, other):
    """Weighted draws of the posterior under the other prior, from those under the model's own."""
    points = model.draws
    finding, weighted = points[: DRAWS // 3], points[DRAWS // 3 :]
    ratio = model.log_prior(finding, *other) - model.log_prior(finding, *own)
    start = normal_map(points.mean(axis=0), np.cov(points, rowvar=False), finding, ratio)
    found = found_map(start, finding, model.log_density(finding, *own), lambda at: model.log_density(at, *other))
    at, log_base, log_mixture = mixture(
        found, weighted, model.log_density(weighted, *own), lambda at: model.log_density(at, *own)
    )
    np.testing.assert_allclose(log_base, model.log_density(at, *own), rtol=1e-9)
    ratio = model.log_prior(at, *other) - model.log_prior(at, *own)
    return at, smoothed(log_base + ratio - log_mixture)


@pytest.mark.parametrize(
    ("model", "own", "other"),
    [(Regression(), (0, 1), (0.3, 0.1)), (Rates(), (2, 0.4), (8, 4))],
    ids=["normal", "gamma"],
)
def test_the_exact_posterior_is_reached_where_plain_weights_fail(model, own, other):
    plain = smoothed(model.log_prior(model.draws, *other) - model.log_prior(model.draws, *own))
    assert plain.k > 0.7
    at, weights = reached(model, own, other)
    assert weights.hold
    known = model.posterior(*other)
    if isinstance(model, Rates):
        values, mean, sd = np.exp(at), known.mean(), known.std()
    else:
        values, mean, sd = at, known.mean, np.sqrt(np.diag(known.cov))
    sizes = []
    for place, draws in enumerate(values.T):
        size = sizes_of_moved(draws.reshape(4, -1), weights)
        centre, spread = moments(draws, weights.values)
        assert centre == pytest.approx(mean[place], abs=4 * spread / np.sqrt(size.mean))
        # Kurtosis of a gamma distribution is above that of a normal one.
        assert spread == pytest.approx(sd[place], rel=8 / np.sqrt(size.tail))
        sizes.append(min(size.mean, size.tail))
    assert min(sizes) >= 400
    # The weights of the draws as they are would be far off.
    off = [moments(np.exp(x) if isinstance(model, Rates) else x, plain.values)[0] for x in model.draws.T]
    assert np.abs((np.array(off) - mean) / sd).max() > 0.3


def test_the_first_map_is_exact_for_normal_posteriors_and_priors():
    model = Regression()
    base, target = model.posterior(0, 1), model.posterior(0.3, 0.1)
    ratio = model.log_prior(model.draws, 0.3, 0.1) - model.log_prior(model.draws, 0, 1)
    found = normal_map(base.mean, base.cov, model.draws, ratio)
    np.testing.assert_allclose(found(base.mean), target.mean, atol=1e-8)
    np.testing.assert_allclose(found.matrix @ base.cov @ found.matrix.T, target.cov, atol=1e-10)
    assert found.log_volume == pytest.approx(0.5 * np.linalg.slogdet(target.cov @ np.linalg.inv(base.cov))[1])


def test_the_mixture_has_the_density_of_its_parts():
    found = Affine(np.array([[0.5]]), np.array([2.0]))
    points = np.random.default_rng(3).normal(size=(4000, 1))

    def base(at):
        return stats.norm.logpdf(at[:, 0])

    at, log_base, log_mixture = mixture(found, points, base(points), base)
    share = 1 - 1 / STAYS
    density = share * stats.norm.pdf(at[:, 0], 2, 0.5) + (1 - share) * stats.norm.pdf(at[:, 0])
    np.testing.assert_allclose(np.exp(log_mixture), density, rtol=1e-9)
    np.testing.assert_allclose(log_base, base(at), rtol=1e-9)
    assert (at == points).mean() == 1 / STAYS
    np.testing.assert_allclose(found.back(found(points)), points, rtol=1e-9, atol=1e-12)


def test_moments_that_are_not_clearly_others_stay():
    rng = np.random.default_rng(4)
    points = rng.normal(size=(2000, 2))
    same = Affine(np.eye(2), np.zeros(2))
    # The first coordinate is to go to N(1, 0.5), the second stays: the weights tell no more of it than noise.
    weights = smoothed(stats.norm.logpdf(points[:, 0], 1, 0.5) - stats.norm.logpdf(points[:, 0]))
    found = matched(same, points, weights)
    moved = found(points)
    size = weights.efficiency * len(points)
    assert moved[:, 0].mean() == pytest.approx(1, abs=4 / np.sqrt(size))
    assert moved[:, 0].std() == pytest.approx(0.5, rel=4 / np.sqrt(size))
    assert np.abs(moved[:, 1] - points[:, 1]).max() < 4 / np.sqrt(size)
    none = smoothed(rng.normal(0, 1e-3, 2000))
    np.testing.assert_allclose(matched(same, points, none)(points), points, atol=1e-3)


def test_draws_that_find_the_map_are_not_weighted():
    for chains, draws in ((4, 3000), (4, 1000), (2, 101), (4, 25000)):
        finding, weighted = parted(chains, draws)
        assert not set(finding) & set(weighted)
        assert set(finding) | set(weighted) <= set(range(draws))
        assert chains * finding.size <= max(2000 + chains, chains * draws / 3 + chains)
        assert chains * weighted.size <= 10_000
        assert weighted.size == min(draws - finding.size, 10_000 // chains)


def test_no_map_is_sought_in_more_coordinates_than_the_draws_tell_of():
    assert most_dimensions(2000) == 332
    assert most_dimensions(100) == 15


def test_sizes_tell_the_error_of_a_weighted_mean():
    """Of 400 replications, with autocorrelated draws and weights that hang on them."""
    rng, chains, draws, rho = np.random.default_rng(5), 4, 500, 0.6
    means, errors = [], []
    for _ in range(400):
        x = rng.normal(size=(chains, draws))
        for step in range(1, draws):
            x[:, step] = rho * x[:, step - 1] + np.sqrt(1 - rho**2) * x[:, step]
        weights = smoothed(stats.norm.logpdf(x, 0.5, 0.8) - stats.norm.logpdf(x))
        mean, sd = moments(x.ravel(), weights.values)
        means.append(mean)
        errors.append(sd / np.sqrt(sizes_of_moved(x, weights).mean))
    # The SD of 400 means has a relative error of 3.5%.
    assert np.std(means) == pytest.approx(np.sqrt(np.mean(np.square(errors))), rel=0.15)
    assert np.mean(means) == pytest.approx(0.5, abs=4 * np.std(means) / 20)


def test_sizes_of_draws_that_weigh_alike_are_the_usual_ones():
    x = np.random.default_rng(6).normal(size=(4, 500))
    sizes = sizes_of_moved(x, smoothed(np.zeros(2000)))
    assert sizes.mean == pytest.approx(array_stats.ess(x, method="mean"), rel=1e-3)
    assert sizes.tail == pytest.approx(array_stats.ess(x, method="tail", prob=(0.05, 0.95)), rel=0.02)


def test_which_sets_are_nowhere_wider(conjugate):
    reference = load_model(conjugate).shipped["reference"]

    def normal(mean, sd):
        return replace(reference, mean=Normal(mean=mean, sd=sd))

    assert nowhere_wider(normal(0, 0.5), reference)
    assert nowhere_wider(normal(-3, 1), reference)
    assert nowhere_wider(reference, reference)
    assert not nowhere_wider(normal(0, 1.01), reference)
    joint = load_model("joint_change").shipped
    assert nowhere_wider(joint["sceptical"], joint["reference"])
    assert not nowhere_wider(joint["diffuse"], joint["reference"])
    assert nowhere_wider(joint["reference"], joint["diffuse"])
