"""Posteriors of the regressions against least squares and a grid."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import xarray as xr
from scipy import special, stats

from cochange.data.study import Study
from cochange.models import parallel_change, symptom_change

N = 300


@pytest.fixture(scope="module")
def table(make_people: Callable[..., pd.DataFrame]) -> pd.DataFrame:
    return make_people(N, seed=21)


@pytest.fixture(scope="module")
def study(make_study: Callable[..., Study], table: pd.DataFrame) -> Study:
    """Two scores and two measured markers, no structure: the likelihood is that of a linear regression."""
    return make_study(table)


@pytest.fixture(scope="module")
def doublings(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Baseline marker and its change."""
    m0, m1 = np.log2(table["il6_0"].to_numpy()), np.log2(table["il6_12"].to_numpy())
    return m0 - m0.mean(), m1 - m0


class FlatPriorRegression:
    """Exact posterior of a normal regression under flat priors of the coefficients and of sigma.

    With n observations, p coefficients and residual sum of squares RSS, sigma^2 is scaled inverse chi-squared with
    n - p - 1 degrees of freedom, so a coefficient's SD is its least-squares standard error times
    sqrt((n - p) / (n - p - 3)). The diffuse priors have an SD of 100 or 10 where standard errors are under 1 and 0.1:
    they shift a posterior by less than 1e-4 of its SD, far under an MCSE.
    """

    def __init__(self, outcome: np.ndarray, *columns: np.ndarray) -> None:
        self.fit = sm.OLS(outcome, np.column_stack([np.ones(len(outcome)), *columns])).fit()
        n_less_p = self.fit.df_resid
        self.mean, self.sd = self.fit.params, self.fit.bse * np.sqrt(n_less_p / (n_less_p - 3))
        nu = n_less_p - 1
        self.sigma_mean = np.sqrt(self.fit.ssr / 2) * np.exp(special.gammaln((nu - 1) / 2) - special.gammaln(nu / 2))
        self.sigma_sd = np.sqrt(self.fit.ssr / (nu - 2) - self.sigma_mean**2)


@pytest.fixture(scope="module")
def symptom_posterior(study: Study, sample: Callable[..., xr.Dataset]) -> xr.Dataset:
    return sample(symptom_change.build(study, symptom_change.PRIORS["diffuse"]))


def test_ancova_is_least_squares(
    agrees: Callable[..., None],
    symptom_posterior: xr.Dataset,
    table: pd.DataFrame,
    doublings: tuple[np.ndarray, np.ndarray],
) -> None:
    y0 = table["madrs_0"].to_numpy()
    reference = FlatPriorRegression((table["madrs_12"] - y0).to_numpy(), doublings[0], y0 - y0.mean())
    posterior = symptom_posterior.sel(form="ancova")
    for i, name in enumerate(("intercept", "prognostic", "baseline_symptom")):
        agrees(posterior[name], reference.mean[i], reference.sd[i])
    agrees(posterior["sigma"], reference.sigma_mean, reference.sigma_sd)


def test_the_change_score_is_least_squares_without_the_baseline(
    agrees: Callable[..., None],
    symptom_posterior: xr.Dataset,
    table: pd.DataFrame,
    doublings: tuple[np.ndarray, np.ndarray],
) -> None:
    reference = FlatPriorRegression((table["madrs_12"] - table["madrs_0"]).to_numpy(), doublings[0])
    posterior = symptom_posterior.sel(form="change score")
    for i, name in enumerate(("intercept", "prognostic")):
        agrees(posterior[name], reference.mean[i], reference.sd[i])
    agrees(posterior["sigma"], reference.sigma_mean, reference.sigma_sd)


def test_the_estimated_response_is_the_observed_one(
    symptom_posterior: xr.Dataset, study: Study, table: pd.DataFrame
) -> None:
    """A normal model of normal residuals predicts the share of responders within its binomial standard error."""
    share = symptom_change.derive(symptom_posterior, study)["response_probability"].sel(group="overall")
    observed = (table["madrs_12"] <= table["madrs_0"] / 2).mean()
    assert 0.1 < observed < 0.9
    assert float(share.mean()) == pytest.approx(observed, abs=2 * np.sqrt(observed * (1 - observed) / N))


@pytest.fixture(scope="module")
def parallel_posterior(study: Study, sample: Callable[..., xr.Dataset]) -> xr.Dataset:
    return sample(parallel_change.build(study, parallel_change.PRIORS["diffuse"]))


def test_the_parallel_slope_is_least_squares(
    agrees: Callable[..., None],
    parallel_posterior: xr.Dataset,
    table: pd.DataFrame,
    doublings: tuple[np.ndarray, np.ndarray],
) -> None:
    y0, (m0, dm) = table["madrs_0"].to_numpy(), doublings
    reference = FlatPriorRegression((table["madrs_12"] - y0).to_numpy(), dm.mean() - dm, m0, y0 - y0.mean())
    for i, name in enumerate(("intercept", "parallel", "baseline_marker", "baseline_symptom")):
        agrees(parallel_posterior[name], reference.mean[i], reference.sd[i])
    agrees(parallel_posterior["sigma"], reference.sigma_mean, reference.sigma_sd)


def test_the_change_correlation_is_that_of_a_grid_and_near_pearsons(
    agrees: Callable[..., None],
    parallel_posterior: xr.Dataset,
    table: pd.DataFrame,
    doublings: tuple[np.ndarray, np.ndarray],
    study: Study,
) -> None:
    r = stats.pearsonr(doublings[1], table["madrs_12"] - table["madrs_0"]).statistic
    # Means are integrated out under their flat priors: the two standardised changes leave n - 1 degrees of freedom.
    z = np.arctanh(r) + np.linspace(-8, 8, 161)[:, None, None] / np.sqrt(N)
    log_sd = np.linspace(-8, 8, 101) / np.sqrt(2 * N)
    s1, s2 = np.exp(log_sd)[None, :, None], np.exp(log_sd)[None, None, :]
    rho = np.tanh(z)
    quadratic = (N - 1) * (1 / s1**2 + 1 / s2**2 - 2 * r * rho / (s1 * s2)) / (1 - rho**2)
    log_density = -(N - 1) * (np.log(s1 * s2) + 0.5 * np.log1p(-(rho**2))) - 0.5 * quadratic
    log_density = log_density + stats.norm(0, 1.5).logpdf(z) + np.log(s1 * s2)
    log_density = log_density + stats.halfnorm(scale=10).logpdf(s1) + stats.halfnorm(scale=10).logpdf(s2)
    weight = np.exp(log_density - log_density.max())
    weight /= weight.sum()
    mean = float((weight * rho).sum())
    sd = float(np.sqrt((weight * (rho - mean) ** 2).sum()))
    found = parallel_change.derive(parallel_posterior, study)["change_correlation"]
    agrees(found, mean, sd)
    # The posterior of a correlation is centred at r but for a term of the order of 1/n.
    assert abs(float(found.mean()) - r) < 2 / N
