"""Priors for a new study and what they are worth, against closed forms and the theory of the effective sample size."""

import numpy as np
import pytest
from scipy import integrate, stats

from cochange.inference.pooling.mixture import NormalMixture
from cochange.inference.pooling.posterior import posterior
from cochange.inference.pooling.prior import effective_sample_size, new_study_prior
from cochange.models.parts.families import Normal, RobustNormal
from cochange.models.pooled import PRIORS

UNIT_SD = 8.0
ROBUST = NormalMixture(np.array([0.8, 0.2]), np.array([-9.0, -9.0]), np.array([2.0, 8.0]))


def test_a_normal_prior_is_worth_the_ratio_of_the_variances() -> None:
    prior = NormalMixture(np.array([1.0]), np.array([-9.0]), np.array([2.0]))
    assert effective_sample_size(prior, UNIT_SD) == pytest.approx(64 / 4, rel=1e-10)


def test_a_robust_prior_is_worth_what_its_curvature_says() -> None:
    def density(x: float) -> tuple[float, float, float]:
        """The density and its two derivatives."""
        p = [weight * stats.norm(-9, sd).pdf(x) for weight, sd in ((0.8, 2), (0.2, 8))]
        first = [-(x + 9) / sd**2 * part for part, sd in zip(p, (2, 8), strict=True)]
        second = [((x + 9) ** 2 / sd**4 - 1 / sd**2) * part for part, sd in zip(p, (2, 8), strict=True)]
        return sum(p), sum(first), sum(second)

    def curvature(x: float) -> float:
        p, first, second = density(x)
        return first**2 / p - second

    expected = 2 * UNIT_SD**2 * integrate.quad(curvature, -9, 91, points=[-5, 0, 10], limit=200)[0]
    assert effective_sample_size(ROBUST, UNIT_SD) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("n", [5, 40])
def test_the_effective_sample_size_is_predictively_consistent(n: int) -> None:
    """Averaged over what n participants will show, the posterior is worth n participants more than the prior."""
    variance = UNIT_SD**2 / n

    def after(shown: float) -> NormalMixture:
        weight = ROBUST.weight * stats.norm.pdf(shown, ROBUST.mean, np.sqrt(ROBUST.sd**2 + variance))
        precision = ROBUST.sd**-2 + 1 / variance
        mean = (ROBUST.mean / ROBUST.sd**2 + shown / variance) / precision
        return NormalMixture(weight / weight.sum(), mean, precision**-0.5)

    shown = np.linspace(-9, 61, 1501)
    spread = np.sqrt(ROBUST.sd**2 + variance)
    predictive = (ROBUST.weight * stats.norm.pdf(shown[:, None], ROBUST.mean, spread)).sum(axis=1)
    worth = np.array([effective_sample_size(after(x), UNIT_SD) for x in shown])
    average = 2 * integrate.simpson(predictive * worth, x=shown)
    assert average - n == pytest.approx(effective_sample_size(ROBUST, UNIT_SD), rel=1e-5)


@pytest.fixture(scope="module")
def predictive() -> NormalMixture:
    known = posterior(np.array([-10.3, -7.1, -8.0]), np.array([0.5, 0.5, 0.9]), PRIORS["reference"].in_units(UNIT_SD))
    return known.new_study


def test_the_normal_prior_is_the_nearest_one(predictive: NormalMixture) -> None:
    made = new_study_prior(predictive, UNIT_SD, 0.8, "us").normal
    at = np.linspace(-80, 60, 1401)
    density = predictive.density(at)

    def divergence(normal: Normal) -> float:
        return -float(np.trapezoid(density * stats.norm(normal.mean, normal.sd).logpdf(at), at))

    shifted = [(a, b) for a in (-0.2, 0, 0.2) for b in (0.9, 1, 1.1) if (a, b) != (0, 1)]
    others = [Normal(mean=made.mean + a, sd=made.sd * b) for a, b in shifted]
    assert all(divergence(made) < divergence(other) for other in others)


def test_the_robust_prior_holds_one_vague_participant(predictive: NormalMixture) -> None:
    made = new_study_prior(predictive, UNIT_SD, 0.8, "us")
    assert made.family == RobustNormal(
        weight=0.8,
        mean=made.normal.mean,
        sd=made.normal.sd,
        vague_mean=made.normal.mean,
        vague_sd=UNIT_SD,
        source="us",
    )
    vague = NormalMixture(np.array([1.0]), np.array([0.0]), np.array([made.family.vague_sd]))
    assert effective_sample_size(vague, UNIT_SD) == pytest.approx(1)
    assert 1 < made.ess < made.ess_normal < made.ess_predictive


def test_the_more_weight_the_more_worth(predictive: NormalMixture) -> None:
    worth = [new_study_prior(predictive, UNIT_SD, weight, "us").ess for weight in (0.2, 0.5, 0.8, 0.99)]
    whole = new_study_prior(predictive, UNIT_SD, 1.0, "us")
    assert whole.family is whole.normal
    assert worth == sorted(worth)
    assert worth[-1] < whole.ess == whole.ess_normal


@pytest.mark.parametrize("weight", [0.0, -0.1, 1.1, float("nan")])
def test_a_weight_is_a_probability(predictive: NormalMixture, weight: float) -> None:
    with pytest.raises(ValueError, match="weight must be above 0 and at most 1"):
        new_study_prior(predictive, UNIT_SD, weight, "us")
