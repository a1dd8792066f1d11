"""Leave-one-out cross-validation under several prior sets, where leaving one out is known in closed form."""

from dataclasses import replace

import arviz_stats as azs
import numpy as np
import pytest
import xarray as xr
from scipy import stats

from cochange.inference.comparing.comparison import compare_priors
from cochange.inference.comparing.foretelling import compare_loo, leave_one_out, loo_sentence
from cochange.inference.settings import Settings

SETTINGS = Settings(draws=1000, tune=500, chains=4, seed=5)
VALUES = np.array([1.9, -0.4, 0.7, 0.2, 1.1, -0.9, 1.4, 0.8])
PRIORS = {"reference": (0, 1), "near": (0.8, 0.4), "far": (-3, 0.2)}


def exact(mean, sd):
    """Log density of each value, the others given."""
    precision = len(VALUES) - 1 + sd**-2
    centre = (VALUES.sum() - VALUES + mean / sd**2) / precision
    return stats.norm.logpdf(VALUES, centre, np.sqrt(1 + 1 / precision))


def error_of(mean, sd):
    """Monte Carlo standard error of the elpd: the SD of all log densities together over the root of 1,000 draws.

    So many of the 4,000 are worth their weights where a set is moment-matched. A mean moves all densities at once.
    """
    precision = len(VALUES) + sd**-2
    slope = VALUES.sum() - len(VALUES) * (VALUES.sum() + mean / sd**2) / precision
    return abs(slope) / np.sqrt(precision) / np.sqrt(1000)


@pytest.fixture(scope="module")
def comparison(foretold, important_study):
    return compare_priors(important_study, foretold, ["reference", "near", "far", "robust"], (), SETTINGS)


@pytest.fixture(scope="module")
def rows(comparison):
    return {row.prior: row for row in compare_loo(comparison)}


def test_every_kind_of_draws_is_there(rows):
    assert {prior: row.how for prior, row in rows.items()} == {
        "reference": "sampled",
        "near": "reweighted",
        "far": "moment-matched",
        "robust": "sampled",
    }


@pytest.mark.parametrize("prior", PRIORS)
def test_the_elpd_is_that_of_the_exact_predictive_densities(rows, prior):
    row, known, main = rows[prior], exact(*PRIORS[prior]), exact(*PRIORS["reference"])
    error, of_main = error_of(*PRIORS[prior]), error_of(*PRIORS["reference"])
    # Over the standard error of the first order, what eight logarithms of means add.
    assert row.elpd == pytest.approx(known.sum(), abs=3 * error + 0.02)
    assert row.difference == pytest.approx((known - main).sum(), abs=3 * np.hypot(error, of_main) + 0.02)
    assert row.se == pytest.approx(np.sqrt(8) * known.std(ddof=1), rel=0.03)
    assert row.difference_se == pytest.approx(np.sqrt(8) * (known - main).std(ddof=1), rel=0.05, abs=0.01)
    assert row.k_high == 0


def test_a_reweighted_set_has_the_elpd_of_a_refit(foretold, important_study, rows):
    refit = compare_priors(important_study, foretold, ["reference", "near"], (), SETTINGS, refit=True)
    again = {row.prior: row for row in compare_loo(refit)}
    assert again["near"].how == "sampled"
    assert rows["near"].elpd == pytest.approx(again["near"].elpd, abs=0.05)
    # Without the prior's ratio the elpd would stay that of the main set.
    assert abs(exact(*PRIORS["near"]).sum() - exact(*PRIORS["reference"]).sum()) > 0.1


def test_a_ratio_of_the_prior_is_part_of_the_weights():
    """A wide reweighting: from N(0, 1) to N(0.8, 0.5), with exact draws of the posterior under the first."""
    n = len(VALUES)
    draws = stats.norm(VALUES.sum() / (n + 1), (n + 1) ** -0.5).rvs(40000, random_state=1)
    density = stats.norm.logpdf(VALUES, draws[:, None])
    ratio = stats.norm.logpdf(draws, 0.8, 0.5) - stats.norm.logpdf(draws)
    found = leave_one_out(density, ratio)
    np.testing.assert_allclose(found.elpd_i, exact(0.8, 0.5), atol=0.01)
    assert np.abs(exact(0.8, 0.5) - exact(0, 1)).max() > 0.05


def test_without_a_ratio_it_is_the_usual_one():
    rng = np.random.default_rng(2)
    density = stats.norm.logpdf(VALUES, rng.normal(0.5, 0.35, size=(4, 500, 1)))
    dims = ("chain", "draw", "participant")
    tree = {
        "posterior": xr.Dataset({"mean": (dims[:2], rng.normal(size=(4, 500)))}),
        "log_likelihood": xr.Dataset({"y": (dims, density)}),
    }
    usual = azs.loo(xr.DataTree.from_dict(tree), pointwise=True, reff=1.0)
    found = leave_one_out(density.reshape(-1, len(VALUES)), np.zeros(2000))
    np.testing.assert_allclose(found.elpd_i, usual.elpd_i, rtol=1e-9)
    np.testing.assert_allclose(found.pareto_k, usual.pareto_k, rtol=1e-9)
    assert (found.elpd, found.se, found.p) == pytest.approx((usual.elpd, usual.se, usual.p))
    assert found.good_k == pytest.approx(usual.good_k)


def test_weights_add_up_and_leave_out_what_foretells_badly(rows):
    assert sum(row.weight for row in rows.values()) == pytest.approx(1)
    assert rows["far"].weight < 0.01


def test_what_the_sentence_says(rows):
    said = loo_sentence(list(rows.values()))
    assert said.startswith("far foretells participants worse than reference by ")
    assert "near" not in said
    same = loo_sentence([rows["reference"], rows["near"]])
    assert same.startswith("The data do not tell these priors apart")
    shaky = replace(rows["near"], difference=5.0, difference_se=4.0, k_high=1)
    said = loo_sentence([rows["reference"], shaky])
    assert "better than reference by 5.0 of elpd (SE 4.0), which is within two standard errors." in said
    assert "Some Pareto shapes are over the bound under near" in said


def test_a_model_without_the_density_of_a_participant_has_none(conjugate, important_study):
    assert compare_loo(compare_priors(important_study, conjugate, ["reference"], (), SETTINGS)) == ()
