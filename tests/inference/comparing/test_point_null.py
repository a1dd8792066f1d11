"""Bayes factors of a point null against the exact ones of a normal mean with a normal prior."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from cochange.data.faults import InputError
from cochange.inference.comparing.comparison import compare_priors
from cochange.inference.comparing.grid import Vary, sets_of
from cochange.inference.comparing.local_density import density_at
from cochange.inference.comparing.point_null import (
    LEAST_NEAR,
    PointNull,
    bayes_factors,
    check_nulls,
    priors_of,
    read_null,
    savage_dickey,
)
from cochange.inference.settings import Settings
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import Beta, HalfNormal, Normal, RobustNormal
from cochange.models.parts.frozen import frozen

SETTINGS = Settings(draws=1000, tune=500, chains=4, seed=9)
N, MEAN_OF_DATA = 20, 0.6
NULL = 0.25


def exact(mean, sd, null):
    """Density of the data under the null over that under the prior: the mean of the data is enough for both."""
    under_null = stats.norm.pdf(MEAN_OF_DATA, null, N**-0.5)
    return under_null / stats.norm.pdf(MEAN_OF_DATA, mean, np.sqrt(sd**2 + 1 / N))


@pytest.fixture(scope="module")
def comparison(conjugate, important_study):
    return compare_priors(important_study, conjugate, ["reference", "far"], [Vary("mean_sd", (0.5, 3, 20))], SETTINGS)


@pytest.fixture(scope="module")
def factors(comparison):
    return {item.prior: item for item in bayes_factors(comparison, PointNull("mean", NULL), 0.5)}


@pytest.mark.parametrize(
    ("prior", "sd"), [("reference", 1), ("mean_sd=0.5", 0.5), ("mean_sd=3", 3), ("mean_sd=20", 20)]
)
def test_the_factor_is_the_exact_one(factors, prior, sd):
    item, known = factors[prior], exact(0, sd, NULL)
    assert item.refused == ""
    assert np.log(item.factor) == pytest.approx(np.log(known), abs=4 * item.error)
    assert 0 < item.error < 0.1
    assert item.prior_density == pytest.approx(stats.norm.pdf(NULL, 0, sd))
    assert item.probability == pytest.approx(0.5 * known / (1 + 0.5 * known), abs=item.error)


def test_the_factor_depends_on_the_prior(factors):
    """A wider prior spends its mass on what the data rule out, and so favours the null (Lindley)."""
    found = [factors[prior].factor for prior in ("mean_sd=0.5", "reference", "mean_sd=3", "mean_sd=20")]
    assert found == sorted(found)
    assert found[-1] > 10 * found[0]


def test_too_few_draws_near_the_null_are_no_factor(factors):
    """The posterior under the far prior lies eleven of its SDs from the null; draws that stayed there weigh nothing."""
    item = factors["far"]
    assert np.isnan(item.factor)
    assert item.near < LEAST_NEAR
    assert item.refused.startswith("too few draws near 0.25")


def test_an_estimand_that_is_a_parameter_has_the_factor_of_the_parameter(comparison, factors):
    ratios = [item for item in bayes_factors(comparison, PointNull("ratio", np.exp(NULL))) if not item.refused]
    assert len(ratios) == 4
    for item in ratios:
        assert item.parameter == "mean"
        assert item.at == pytest.approx(NULL)
        assert item.factor == pytest.approx(factors[item.prior].factor, rel=1e-6)


def test_an_estimand_without_an_exact_prior_density_is_refused(comparison):
    found = bayes_factors(comparison, PointNull("share", 0.5))
    assert [item.prior for item in found] == list(comparison.sets)
    for item in found:
        assert "its prior density is not known exactly" in item.refused
        assert np.isnan(item.factor)


def test_the_local_density_of_a_normal_sample_has_no_bias_in_its_tail():
    rng = np.random.default_rng(4)
    inside = 0
    for _ in range(40):
        draws = rng.normal(size=(4, 2500))
        found = density_at(2.0, draws, np.full(draws.shape, 1e-4))
        inside += abs(found.log - stats.norm.logpdf(2)) < 2 * found.error
        assert found.log == pytest.approx(stats.norm.logpdf(2), abs=5 * found.error)
        assert 50 < found.near < 2000
    # 38 of 40 are to be expected; under 32 has a probability of 1e-3 with a true share of 0.95.
    assert inside >= 32


def test_the_local_density_of_weighted_draws_is_that_of_their_target():
    draws = np.random.default_rng(8).normal(size=(4, 10000))
    weights = np.exp(stats.norm.logpdf(draws, 0.4, 0.8) - stats.norm.logpdf(draws))
    found = density_at(-0.5, draws, weights / weights.sum())
    assert found.log == pytest.approx(stats.norm.logpdf(-0.5, 0.4, 0.8), abs=4 * found.error)
    assert found.error < 0.03


@pytest.mark.parametrize(
    ("family", "posterior", "at"),
    [
        (HalfNormal(sd=2), stats.gamma(2, scale=0.4), 0.3),
        (Beta(alpha=2, beta=2), stats.beta(9, 3), 0.6),
        (RobustNormal(weight=0.8, mean=0, sd=0.5, vague_mean=0, vague_sd=5), stats.t(8, 0.5, 0.3), 0.0),
        (Normal(mean=1, sd=2), stats.norm(0.5, 0.3), 0.0),
    ],
    ids=["positive", "share", "mixture", "normal"],
)
def test_densities_of_every_range_are_those_of_the_distributions(family, posterior, at):
    draws = posterior.rvs(size=(4, 10000), random_state=6)
    found = savage_dickey(at, family, draws, np.full(draws.shape, 1 / draws.size))
    assert np.log(found.after) == pytest.approx(posterior.logpdf(at), abs=4 * found.error)
    assert found.before == frozen(family).pdf(at)


def test_names_and_values_are_checked_before_sampling(conjugate, important_study):
    model = load_model(conjugate)
    sets, _ = sets_of(important_study, model, ["reference"])
    check_nulls(important_study, model, sets, [PointNull("mean", 0), PointNull("share", 0.5)])
    with pytest.raises(InputError, match="did you mean 'mean'"):
        check_nulls(important_study, model, sets, [PointNull("meen", 0)])
    positive = {"reference": replace(sets["reference"], mean=HalfNormal(sd=1))}
    with pytest.raises(InputError, match="not on the edge"):
        check_nulls(important_study, model, positive, [PointNull("mean", 0)])


def test_a_null_is_read_from_text():
    assert read_null("prognostic = 0") == PointNull("prognostic", 0.0)
    for text in ("prognostic", "=0", "prognostic=none", "prognostic=inf"):
        with pytest.raises(InputError, match="NAME=VALUE"):
            read_null(text)


def test_a_null_may_be_about_any_parameter_the_study_has(example_study):
    model = load_model("symptom_change")
    sets, _ = sets_of(example_study, model)
    known = priors_of(example_study, model, sets["reference"])
    assert known["covariate_effect"] == "covariate"
    assert known["prognostic"] == "prognostic"
    assert not {"nu", "precision", "arm_difference", "group_standard"} & set(known)
    check_nulls(example_study, model, sets, [PointNull("covariate_effect", 0)])
    with pytest.raises(InputError, match="'covariate'; did you mean 'covariate_effect'"):
        check_nulls(example_study, model, sets, [PointNull("covariate", 0)])
