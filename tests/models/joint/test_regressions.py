"""The joint model on observed scores is a path analysis: its equations against least squares and censored regression.

One compilation: studies of the same structure enter it as data.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
import xarray as xr
from scipy import optimize, special

from cochange.models import joint_change
from cochange.models.parts.families import Normal

pytestmark = pytest.mark.slow

# Flat where the likelihood is: standard errors are under 1, posteriors move by less than 1e-3 of them.
PRIORS = replace(
    joint_change.PRIORS["diffuse"],
    **dict.fromkeys(
        ("baseline_slope", "marker_on_marker", "marker_on_score", "prognostic", "score_on_score", "parallel"),
        Normal(mean=0, sd=30),
    ),
)
LN2 = float(np.log(2))
SCORE = {"scale": "S", "range": [-100, 200], "direction": "higher is worse"}


def trial(n: int, seed: int) -> pd.DataFrame:
    """Log markers m0, m1 and scores y0, y1 of n people."""
    rng = np.random.default_rng(seed)
    m0 = rng.normal(0.4, 0.8, n)
    y0 = 24 + 1.2 * (m0 - 0.4) + rng.normal(0, 4, n)
    e3 = rng.normal(0, 0.6, n)
    m1 = m0 - 0.2 - 0.4 * (m0 - 0.4) + 0.02 * (y0 - 24) + e3
    y1 = y0 - 8 - 1.0 * (m0 - 0.4) - 0.3 * (y0 - 24) + 2.0 * e3 + rng.normal(0, 4, n)
    return pd.DataFrame({"m0": m0, "y0": y0, "m1": m1, "y1": y1})


def written(values: pd.DataFrame, limit: float = -np.inf) -> pd.DataFrame:
    """As the table of a study, with seventeen digits and follow-up markers under the limit as text."""
    digits = np.vectorize(lambda x: f"{x:.17g}")
    follow_up = np.exp(np.maximum(values["m1"], limit))
    return pd.DataFrame(
        {
            "id": [f"P{i:04d}" for i in range(len(values))],
            "il6_0": digits(np.exp(values["m0"])),
            "il6_12": np.where(values["m1"] < limit, "<", "").astype(object) + digits(follow_up).astype(object),
            "madrs_0": digits(values["y0"]),
            "madrs_12": digits(values["y1"]),
        }
    )


@pytest.fixture(scope="module")
def fit(make_case: Any, sampler_of: Any, arrays_of: Any) -> Callable[[pd.DataFrame, int], Any]:
    """Draws of a table's parameters, and the estimands, under flat priors."""
    made: dict[str, Any] = {}

    def draws(table: pd.DataFrame, seed: int) -> tuple[xr.Dataset, Mapping[str, xr.DataArray]]:
        study = make_case(table, measurement=False, symptom=SCORE).study
        if not made:
            made["sampler"] = sampler_of(study, PRIORS)
        posterior, diverged = made["sampler"].draw(arrays_of(study), PRIORS, seed, draws=2500)
        assert diverged == 0
        return posterior.isel(marker=0, drop=True), joint_change.derive(posterior, study)

    return draws


class LeastSquares:
    """Exact posterior of a normal regression under flat priors of the coefficients and of sigma.

    With n observations and p coefficients sigma^2 is scaled inverse chi-squared with n - p - 1 degrees of freedom.
    """

    def __init__(self, outcome: pd.Series, *columns: pd.Series) -> None:
        self.fit = sm.OLS(outcome.to_numpy(), np.column_stack([np.ones(len(outcome)), *columns])).fit()
        free = self.fit.df_resid - 1
        self.mean, self.sd = self.fit.params, self.fit.bse * np.sqrt(self.fit.df_resid / (free - 2))
        log_ratio = special.gammaln((free - 1) / 2) - special.gammaln(free / 2)
        self.sigma = np.sqrt(self.fit.ssr / 2) * np.exp(log_ratio)
        self.sigma_sd = np.sqrt(self.fit.ssr / (free - 2) - self.sigma**2)


@pytest.fixture(scope="module")
def complete() -> pd.DataFrame:
    return trial(300, 5)


@pytest.fixture(scope="module")
def path_analysis(fit: Callable[..., Any], complete: pd.DataFrame) -> Any:
    return fit(written(complete), 11)


def test_every_equation_is_its_least_squares_regression(
    path_analysis: Any, complete: pd.DataFrame, agrees: Callable[..., None]
) -> None:
    draws, _ = path_analysis
    dm, dy = complete["m1"] - complete["m0"], complete["y1"] - complete["y0"]
    of_y0 = LeastSquares(complete["y0"], complete["m0"])
    of_dm = LeastSquares(dm, complete["m0"], complete["y0"])
    of_dy = LeastSquares(dy, complete["m0"], complete["y0"], dm)
    of_m0 = LeastSquares(complete["m0"])
    rows = {
        "baseline_slope": (of_y0, 1, LN2),
        "marker_on_marker": (of_dm, 1, 1.0),
        "marker_on_score": (of_dm, 2, 1.0),
        "parallel": (of_dy, 3, -LN2),
    }
    for name, (regression, position, unit) in rows.items():
        agrees(draws[name], regression.mean[position] * unit, abs(regression.sd[position] * unit))
    for name, regression in (
        ("marker_sigma", of_m0), ("score_sigma", of_y0), ("marker_change_sigma", of_dm), ("score_change_sigma", of_dy),
    ):  # fmt: skip
        agrees(draws[name], regression.sigma, regression.sigma_sd)
    # Given m1 - m0 too, the effects of the baselines are the totals less what goes through the marker's change.
    through = -draws["parallel"] / LN2
    agrees(draws["prognostic"] / LN2 - through * draws["marker_on_marker"], of_dy.mean[1], of_dy.sd[1])
    agrees(draws["score_on_score"] - through * draws["marker_on_score"], of_dy.mean[2], of_dy.sd[2])


def test_the_total_effects_are_the_regression_without_the_markers_change(
    path_analysis: Any, complete: pd.DataFrame, agrees: Callable[..., None]
) -> None:
    draws, derived = path_analysis
    dy = complete["y1"] - complete["y0"]
    total = LeastSquares(dy, complete["m0"], complete["y0"])
    for found, position, unit in ((draws["prognostic"], 1, LN2), (draws["score_on_score"], 2, 1.0)):
        mean, sd = total.mean[position] * unit, total.sd[position] * unit
        assert float(found.mean()) == pytest.approx(mean, abs=0.06 * sd)
        # The two parts have degrees of freedom of their own: standard deviations differ by terms of the order 1/n.
        assert float(found.std()) == pytest.approx(sd, rel=0.05)
    xr.testing.assert_equal(derived["prognostic_slope"], draws["prognostic"])
    agrees(np.log(derived["geometric_mean_ratio"].sel(group="overall")), *_mean_of(complete["m1"] - complete["m0"]))
    agrees(derived["symptom_change"].sel(group="overall"), *_mean_of(dy))


def _mean_of(values: pd.Series) -> tuple[float, float]:
    # Flat priors of all paths and spreads give the mean about its error under the sample covariance.
    regression = LeastSquares(values)
    return float(regression.mean[0]), float(regression.sd[0])


def test_correlations_are_those_of_the_sample(path_analysis: Any, complete: pd.DataFrame) -> None:
    _, derived = path_analysis
    n = len(complete)
    pairs = {
        "baseline_correlation": (complete["m0"], complete["y0"]),
        "change_correlation": (complete["m1"] - complete["m0"], complete["y1"] - complete["y0"]),
    }
    for name, (first, second) in pairs.items():
        r = float(np.corrcoef(first, second)[0, 1])
        error = (1 - r**2) / np.sqrt(n)
        assert float(derived[name].mean()) == pytest.approx(r, abs=0.15 * error)
        assert float(derived[name].std()) == pytest.approx(error, rel=0.1)


def censored_log_likelihood(theta: np.ndarray, values: pd.DataFrame, limit: float) -> float:
    """Of (m1, y1) given (m0, y0) with m1 censored at the limit: m1 by censored regression given y1 where there is one.

    theta: coefficients of 1, m0, y0 in m1; in y1; log SDs of their residuals; Fisher's z of the correlation of these.
    """
    design = np.column_stack([np.ones(len(values)), values["m0"] - 0.4, values["y0"] - 24])
    sd, rho = np.exp(theta[6:8]), np.tanh(theta[8])
    z = (values["y1"].to_numpy() - design @ theta[3:6]) / sd[1]
    u = (np.maximum(values["m1"].to_numpy(), limit) - design @ theta[:3]) / sd[0]
    given, root = (u - rho * z) / np.sqrt(1 - rho**2), np.log(sd[0] * np.sqrt(1 - rho**2))
    half_log = 0.5 * np.log(2 * np.pi)
    measured = -0.5 * given**2 - half_log - root
    return float(
        (-0.5 * z**2 - half_log - theta[7]).sum()
        + np.where(values["m1"] < limit, special.log_ndtr(given), measured).sum()
    )


def test_a_censored_marker_is_a_censored_regression(fit: Callable[..., Any]) -> None:
    """Maximum likelihood and posterior means differ by terms of the order 1/n, a few hundredths of a standard error."""
    values, limit = trial(2000, 6), 0.0
    below = values["m1"] < limit
    assert 0.35 < below.mean() < 0.5
    draws, _ = fit(written(values, limit), 12)

    def negative(theta: np.ndarray) -> float:
        return -censored_log_likelihood(theta, values, limit)

    start = np.array([0.2, 0.6, 0.0, 16, -1, 0.7, -0.5, 1.5, 0.3])
    best = optimize.minimize(negative, start, method="BFGS", options={"gtol": 1e-3}).x
    best = optimize.minimize(negative, best, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-7}).x
    step = 1e-3 * np.eye(len(best))
    rows = [
        [
            negative(best + a + b) - negative(best + a - b) - negative(best - a + b) + negative(best - a - b)
            for b in step
        ]
        for a in step
    ]
    hessian = np.array(rows) / 4e-6
    error = np.sqrt(np.diag(np.linalg.inv(hessian)))
    m1, y1, (log_sd1, log_sd2, z) = best[:3], best[3:6], best[6:]
    # The score's follow-up given e3 of the marker, and its mean and spread.
    m0, y0 = draws["marker_mean"], draws["score_mean"]
    centre = float(np.median(values["m0"])), float(np.median(values["y0"]))
    away = (m0 + centre[0] - 0.4, y0 + centre[1] - 24)
    sd1, through = draws["marker_change_sigma"], -draws["parallel"] / LN2
    sd2 = np.sqrt((through * sd1) ** 2 + draws["score_change_sigma"] ** 2)
    slopes = {
        "m1 at (0.4, 24)": m0 + centre[0] + draws["marker_change"]
        - (1 + draws["marker_on_marker"]) * away[0] - draws["marker_on_score"] * away[1],
        "m1 on m0": 1 + draws["marker_on_marker"],
        "m1 on y0": draws["marker_on_score"],
        "y1 at (0.4, 24)": y0 + centre[1] + draws["score_change"]
        - draws["prognostic"] / LN2 * away[0] - (1 + draws["score_on_score"]) * away[1],
        "y1 on m0": draws["prognostic"] / LN2,
        "y1 on y0": 1 + draws["score_on_score"],
        "log SD of m1": np.log(sd1),
        "log SD of y1": np.log(sd2),
        "correlation": np.arctanh(through * sd1 / sd2),
    }  # fmt: skip
    expected = [*m1, *y1, log_sd1, log_sd2, z]
    for (name, found), mean, sd in zip(slopes.items(), expected, error, strict=True):
        print(f"{name}: {float(found.mean()):.4f}, maximum {mean:.4f} +- {sd:.4f}, SD {float(found.std()):.4f}")
        assert float(found.mean()) == pytest.approx(mean, abs=0.12 * sd), name
        assert float(found.std()) == pytest.approx(sd, rel=0.06), name
    # The limit itself in place of what is censored misses by many standard errors.
    naive = LeastSquares(np.maximum(values["m1"], limit), values["m0"] - 0.4, values["y0"] - 24)
    assert abs(naive.mean[1] - m1[1]) > 4 * error[1]
