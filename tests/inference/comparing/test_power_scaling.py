"""Power-scaling in the conjugate case, where the scaled posteriors are known exactly."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from cochange.inference.comparing.comparison import compare_priors
from cochange.inference.comparing.log_prior import log_prior_of
from cochange.inference.comparing.power_scaling import ALPHAS, diagnose, log_likelihood_of, power_scaling
from cochange.inference.compiled import compile_model
from cochange.inference.settings import Settings
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import Normal

SETTINGS = Settings(draws=1000, tune=500, chains=4, seed=3)
N, MEAN_OF_DATA = 20, 0.6


def scaled(mean, sd, prior=1.0, likelihood=1.0):
    precision = likelihood * N + prior / sd**2
    return stats.norm((likelihood * N * MEAN_OF_DATA + prior * mean / sd**2) / precision, precision**-0.5)


def sensitivity(mean, sd, component):
    """Gradient of the cumulative Jensen-Shannon distance by the log to base 2 of the power, by quadrature.

    The distance is normalised by the area under the two distribution functions between the ends of the draws, here the
    quantiles that 4,000 draws end near.
    """
    base, gradients = scaled(mean, sd), []
    x = np.linspace(*base.ppf([1 / 8000, 1 - 1 / 8000]), 100001)
    for alpha in ALPHAS:
        moved = scaled(mean, sd, **{component: alpha})
        p, q = base.cdf(x), moved.cdf(x)
        sides = [divergence(*pair, x) / np.trapezoid(sum(pair), x) for pair in ((p, q), (1 - p, 1 - q))]
        gradients.append(np.sqrt(max(sides)) / abs(np.log2(alpha)))
    return np.mean(gradients)


def divergence(p, q, x):
    """Symmetric cumulative Jensen-Shannon divergence of two distribution functions (Nguyen and Vreeken 2015)."""
    one_way = [a * np.log2(2 * a / (a + b)) + (b - a) / (2 * np.log(2)) for a, b in ((p, q), (q, p))]
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


def test_sensitivity_to_the_prior_grows_with_conflict(found):
    assert found["reference"].prior < found["sceptical"].prior < found["far"].prior


def test_diagnoses(found):
    assert found["reference"].diagnosis == "none"
    assert found["far"].diagnosis == "prior-data conflict"
    assert diagnose(0.2, 0.01) == "strong prior or weak likelihood"
    assert "may pull apart" in found["far"].said
    assert all(item.trusted for item in found.values())
    assert "nothing is to be said" in replace(found["far"], trusted=False).said


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
