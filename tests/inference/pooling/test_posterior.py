"""The exact posterior against brute-force integration, limits known in closed form, and simulation."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from cochange.inference.pooling.posterior import posterior
from cochange.models.parts.families import Beta, Family, Gamma, HalfNormal, HalfStudentT, Normal
from cochange.models.pooled import PRIORS, Priors

ESTIMATE = np.array([-4.05, -2.08, -3.13, 0.4])
SE = np.array([0.96, 0.97, 0.99, 2.5])
SPREADS = [
    (HalfNormal(sd=1.5), stats.halfnorm(scale=1.5)),
    (HalfStudentT(df=3, sd=1.5), None),
    (Gamma(shape=2, rate=1.2), stats.gamma(2, scale=1 / 1.2)),
    (Gamma(shape=0.5, rate=0.7), stats.gamma(0.5, scale=1 / 0.7)),
]


def named(value: object) -> str:
    """Families by their words; an object that prints with its address has another name in every process."""
    return str(value) if isinstance(value, Family) else type(value).__name__


@pytest.mark.parametrize(("family", "reference"), SPREADS, ids=named)
def test_it_is_the_posterior_of_a_double_integral(family: Family, reference: object) -> None:
    nodes, weights = np.polynomial.legendre.leggauss(600)

    def integral(function: Callable[[np.ndarray, np.ndarray], np.ndarray], top: float = 40.0) -> float:
        # The square of the variable takes away the pole that a gamma density with a shape below 1 has at zero.
        root, mean = np.sqrt(top) * (nodes[:, None] + 1) / 2, 35 * nodes[None, :]
        spread = root**2
        before = 2 * stats.t.pdf(spread, 3, scale=1.5) if reference is None else reference.pdf(spread)
        joint = before * stats.norm.pdf(mean, 1, 4) * 2 * root
        for estimate, se in zip(ESTIMATE, SE, strict=True):
            joint = joint * stats.norm.pdf(estimate, mean, np.sqrt(se**2 + spread**2))
        return float(weights @ (function(mean, spread) * joint) @ weights * 35 * np.sqrt(top) / 2)

    exact = posterior(ESTIMATE, SE, Priors(mean=Normal(mean=1, sd=4), heterogeneity=family))
    evidence = integral(lambda mean, spread: 1 + 0 * mean * spread)
    assert exact.log_evidence == pytest.approx(np.log(evidence), abs=1e-6)
    assert exact.pooled_mean.expectation == pytest.approx(integral(lambda m, s: m + 0 * s) / evidence, rel=1e-6)
    spread = integral(lambda m, s: s + 0 * m) / evidence
    assert exact.heterogeneity_mean == pytest.approx(spread, rel=1e-5)
    square = integral(lambda m, s: m**2 + s**2) / evidence
    new_study = exact.new_study.standard_deviation**2 + exact.new_study.expectation**2
    assert new_study == pytest.approx(square, rel=1e-4)
    median = exact.heterogeneity_quantile(0.5)
    assert integral(lambda m, s: 1 + 0 * m * s, median) / evidence == pytest.approx(0.5, abs=1e-6)
    assert exact.heterogeneity_cdf(median) == pytest.approx(0.5, abs=1e-10)


def test_without_heterogeneity_it_is_the_precision_weighted_mean() -> None:
    exact = posterior(ESTIMATE, SE, Priors(mean=Normal(mean=1, sd=4), heterogeneity=HalfNormal(sd=1e-6)))
    precision = np.append(1 / SE**2, 1 / 16)
    assert exact.pooled_mean.expectation == pytest.approx(np.append(ESTIMATE, 1) @ precision / precision.sum())
    assert exact.pooled_mean.standard_deviation == pytest.approx(precision.sum() ** -0.5)
    assert exact.effect(3).standard_deviation == pytest.approx(precision.sum() ** -0.5)


def test_with_boundless_heterogeneity_a_study_keeps_its_own_estimate() -> None:
    exact = posterior(ESTIMATE, SE, Priors(mean=Normal(mean=0, sd=1e6), heterogeneity=Gamma(shape=1e6, rate=1)))
    assert exact.effect(0).expectation == pytest.approx(ESTIMATE[0], rel=1e-6)
    assert exact.effect(0).standard_deviation == pytest.approx(SE[0], rel=1e-6)


def test_one_study_leaves_the_heterogeneity_to_its_prior() -> None:
    """Under a nearly flat prior of the mean."""
    exact = posterior(
        np.array([2.0]), np.array([0.5]), Priors(mean=Normal(mean=0, sd=1e5), heterogeneity=HalfNormal(sd=3))
    )
    for probability in (0.025, 0.5, 0.975):
        expected = stats.halfnorm(scale=3).ppf(probability)
        assert exact.heterogeneity_quantile(probability) == pytest.approx(expected, rel=1e-6)


def test_i_squared_of_equal_standard_errors() -> None:
    exact = posterior(np.array([1.0, 2.0, 4.0]), np.full(3, 0.5), PRIORS["reference"])
    assert exact.inconsistency(np.array([0.0, 0.5, 1.0])) == pytest.approx([0, 0.5, 0.8])


def test_a_spread_takes_the_prior_of_a_spread_only() -> None:
    with pytest.raises(ValueError, match="a spread has a HalfNormal, HalfStudentT or Gamma prior, got Beta"):
        posterior(ESTIMATE, SE, Priors(mean=Normal(mean=0, sd=1), heterogeneity=Beta(alpha=1, beta=1)))


def test_many_studies_give_the_truth_back() -> None:
    rng = np.random.default_rng(7)
    se = rng.uniform(0.3, 1.5, 1000)
    exact = posterior(rng.normal(rng.normal(-3, 2, 1000), se), se, PRIORS["reference"].in_units(8))
    assert exact.pooled_mean.standard_deviation < 0.1
    assert exact.pooled_mean.expectation == pytest.approx(-3, abs=3 * exact.pooled_mean.standard_deviation)
    assert exact.heterogeneity_mean == pytest.approx(2, abs=3 * exact.heterogeneity_sd)


def test_probabilities_are_calibrated() -> None:
    """Truths drawn from the prior lie at uniform posterior probabilities, exactly, as there is no sampling error."""
    rng = np.random.default_rng(20)
    priors, se = PRIORS["reference"], np.array([0.1, 0.15, 0.2, 0.3, 0.5])
    found = []
    for _ in range(500):
        mean, spread = rng.normal(0, priors.mean.sd), abs(rng.normal(0, priors.heterogeneity.sd))
        effects = rng.normal(mean, spread, 6)
        exact = posterior(rng.normal(effects[:5], se), se, priors)
        mixtures = (exact.pooled_mean, exact.new_study, exact.effect(4))
        below = [mixture.cdf(truth) for mixture, truth in zip(mixtures, (mean, *effects[[5, 4]]), strict=True)]
        found.append([*below, exact.heterogeneity_cdf(spread)])
    for place in np.array(found).T:
        assert stats.kstest(place, "uniform").pvalue > 0.001
