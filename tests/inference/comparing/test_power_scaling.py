"""Power-scaling in the conjugate case, where the scaled posteriors are known exactly."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy import special, stats

from cochange.inference.comparing.comparison import compare_priors
from cochange.inference.comparing.log_prior import log_prior_of
from cochange.inference.comparing.power_scaling import (
    ALPHAS,
    diagnose,
    distance,
    log_likelihood_of,
    power_scaling,
    sampled_sensitivities,
)
from cochange.inference.comparing.weights import smoothed
from cochange.inference.compiled import compile_model
from cochange.inference.settings import Settings
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import Normal, RobustNormal

SETTINGS = Settings(draws=1000, tune=500, chains=4, seed=3)
N, MEAN_OF_DATA = 20, 0.6


def scaled(mean, sd, prior=1.0, likelihood=1.0):
    precision = likelihood * N + prior / sd**2
    return stats.norm((likelihood * N * MEAN_OF_DATA + prior * mean / sd**2) / precision, precision**-0.5)


def sensitivity(mean, sd, component, alphas=ALPHAS):
    """Gradient of the cumulative Jensen-Shannon distance by the log to base 2 of the power, by quadrature.

    The distance is normalised by the area under the two distribution functions between the ends of the draws, here the
    quantiles that 4,000 draws end near.
    """
    base, gradients = scaled(mean, sd), []
    for alpha in alphas:
        moved = scaled(mean, sd, **{component: alpha})
        ends = np.array([item.ppf([1 / 8000, 1 - 1 / 8000]) for item in (base, moved)])
        x = np.linspace(ends.min(), ends.max(), 100001)
        p, q = base.cdf(x), moved.cdf(x)
        sides = [divergence(*pair, x) / np.trapezoid(sum(pair), x) for pair in ((p, q), (1 - p, 1 - q))]
        gradients.append(np.sqrt(max(sides)) / abs(np.log2(alpha)))
    return np.mean(gradients)


def divergence(p, q, x):
    """Symmetric cumulative Jensen-Shannon divergence of two distribution functions (Nguyen and Vreeken 2015)."""
    one_way = [(special.rel_entr(a, (a + b) / 2) + (b - a) / 2) / np.log(2) for a, b in ((p, q), (q, p))]
    return np.trapezoid(sum(one_way), x)


@pytest.fixture(scope="module")
def found(conjugate, important_study):
    """Sensitivities of the mean under priors that are further and further from the data."""

    def under(prior):
        return power_scaling(compare_priors(important_study, conjugate, [prior], settings=SETTINGS))[0]

    return {prior: under(prior) for prior in ("reference", "sceptical", "far")}


@pytest.mark.parametrize(("prior", "mean", "sd"), [("reference", 0, 1), ("sceptical", 0, 0.1), ("far", -3, 0.2)])
def test_sensitivities_are_those_of_the_exact_posteriors(found, prior, mean, sd):
    item = found[prior]
    assert item.quantity[1] == "mean"
    assert item.prior == pytest.approx(sensitivity(mean, sd, "prior"), rel=0.15)
    assert item.likelihood == pytest.approx(sensitivity(mean, sd, "likelihood"), rel=0.15)


@pytest.mark.parametrize(("prior", "mean", "sd"), [("sceptical", 0, 0.1), ("far", -3, 0.2)])
def test_sampled_scaled_priors_give_the_exact_distance_of_halving_and_doubling(
    conjugate, important_study, prior, mean, sd
):
    comparison = compare_priors(important_study, conjugate, [prior], settings=SETTINGS)
    item = power_scaling(comparison, SETTINGS, refit=True)[0]
    assert (item.refitted, item.trusted) == (True, True)
    known = sensitivity(mean, sd, "prior", (0.5, 2.0))
    # Two samples of some thousand draws from the same distribution are about 0.01 apart; the area that normalises a
    # large distance ends at the most extreme draws, whose place is known to some per cent.
    assert item.prior == pytest.approx(known, abs=0.02, rel=0.05)
    assert known > 0.1


def test_a_prior_whose_weights_fail_is_sampled_and_a_mixture_cannot_be(conjugate, important_study, monkeypatch):
    comparison = compare_priors(important_study, conjugate, ["far", "robust"], settings=SETTINGS)
    priors, compiled = comparison.sets["far"], next(iter(comparison.compiled.values()))
    mixture = replace(priors, mean=RobustNormal(weight=0.5, mean=0, sd=1, vague_mean=0, vague_sd=9))
    assert sampled_sensitivities(compiled, mixture, comparison.main, SETTINGS) is None
    assert not power_scaling(comparison, SETTINGS)[0].refitted
    # Weights that do not hold for the prior; those of the likelihood do.
    fails = [replace(item, k=0.9) for item in (smoothed(np.zeros(100)),) * 2]
    shapes = iter([*fails, *(smoothed(np.zeros(100)),) * 2])
    monkeypatch.setattr("cochange.inference.comparing.power_scaling.smoothed", lambda ratio: next(shapes))
    item = power_scaling(comparison, SETTINGS)[0]
    assert (item.refitted, item.trusted, item.prior_k) == (True, True, 0.9)


def test_the_distance_of_two_samples_is_that_of_their_distributions():
    one, other = (stats.norm(mean, sd).ppf((np.arange(20000) + 0.5) / 20000) for mean, sd in ((0, 1), (0.5, 1.2)))
    x = np.linspace(-6, 7, 200001)
    p, q = stats.norm.cdf(x), stats.norm.cdf(x, 0.5, 1.2)
    # The samples end at their extremes, and so does the area the distance is normalised by.
    inside = (x >= min(one[0], other[0])) & (x <= max(one[-1], other[-1]))
    p, q, x = p[inside], q[inside], x[inside]
    sides = [divergence(*pair, x) / np.trapezoid(sum(pair), x) for pair in ((p, q), (1 - p, 1 - q))]
    assert distance(one, other) == pytest.approx(np.sqrt(max(sides)), rel=1e-3)
    assert distance(one, one) == 0


def test_sensitivity_to_the_prior_grows_with_conflict(found):
    assert found["reference"].prior < found["sceptical"].prior < found["far"].prior


def test_diagnoses(found):
    assert found["reference"].diagnosis == "none"
    assert found["far"].diagnosis == "prior-data conflict"
    assert diagnose(0.2, 0.01) == "strong prior or weak likelihood"
    assert "may pull apart" in found["far"].said
    assert all(item.trusted for item in found.values())
    assert "nothing can be said" in replace(found["far"], trusted=False).said


def test_log_densities_are_those_of_the_normal(conjugate, important_study):
    model = load_model(conjugate)
    priors = replace(model.shipped["reference"], mean=Normal(mean=0.5, sd=1.75))
    compiled = compile_model(model, important_study, model.shipped["reference"])
    means = np.linspace(-1, 1, 8).reshape(2, 4)
    draws = xr.Dataset({"mean": (("chain", "draw"), means)})
    np.testing.assert_allclose(log_prior_of(compiled, priors).of(draws, priors), stats.norm.logpdf(means, 0.5, 1.75))
    values = np.full(N, MEAN_OF_DATA)
    expected = stats.norm.logpdf(values, means[..., None], 1).sum(axis=-1)
    np.testing.assert_allclose(log_likelihood_of(compiled, draws, draws), expected)
