"""Posteriors of the marker model with values under a limit, against importance sampling and maximum likelihood."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import nutpie
import pandas as pd
import pytest
import xarray as xr
from pytensor.compile.mode import Mode
from scipy import optimize, special, stats

from cochange.data.study import Study
from cochange.models import marker_change, symptom_change

NODE, WEIGHT = np.polynomial.legendre.leggauss(32)
LogDensity = Callable[[np.ndarray], float]


def log_likelihood(theta: np.ndarray, value: np.ndarray, below: np.ndarray) -> float:
    """Of pairs that may lie below a limit; theta is (mean0, change, log sd0, log sd1, Fisher's z)."""
    sd, rho = np.exp(theta[2:4]), np.tanh(theta[4])
    u = (value - np.array([theta[0], theta[0] + theta[1]])) / sd
    given = np.sqrt(1 - rho**2)
    log_density = -0.5 * u**2 - 0.5 * np.log(2 * np.pi)
    total = (log_density - np.log(sd))[~below].sum()
    seen = ~below.any(axis=1)
    ratio = (u[seen, 1] - rho * u[seen, 0]) / given
    total += (0.5 * u[seen, 1] ** 2 - 0.5 * ratio**2 - np.log(given)).sum()
    for visit in (0, 1):
        one = ~below[:, visit] & below[:, 1 - visit]
        total += special.log_ndtr((u[one, 1 - visit] - rho * u[one, visit]) / given).sum()
    # P(U0 < h, U1 < k) by Gauss-Legendre over the eight units under h: there is no mass further down.
    neither = below.all(axis=1)
    h, k = u[neither, 0], u[neither, 1]
    x = h[:, None] - 4 * (1 - NODE)
    inside = WEIGHT * 4 * np.exp(-0.5 * x**2) / np.sqrt(2 * np.pi) * special.ndtr((k[:, None] - rho * x) / given)
    return total + np.log(inside.sum(axis=1)).sum()


def log_prior(theta: np.ndarray, centre: float, priors: marker_change.Priors) -> float:
    """Of the same parameters; the log of each SD brings its derivative."""
    sigma = stats.halfnorm(scale=priors.sigma.sd).logpdf(np.exp(theta[2:4])) + theta[2:4]
    location = stats.norm(priors.baseline.mean, priors.baseline.sd).logpdf(theta[0] - centre)
    change = stats.norm(priors.change.mean, priors.change.sd).logpdf(theta[1])
    return sigma.sum() + location + change + stats.norm(priors.retest_z.mean, priors.retest_z.sd).logpdf(theta[4])


def maximum(function: LogDensity, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a function is greatest, and the inverse of minus its Hessian there, from second differences."""
    best = optimize.minimize(lambda x: -function(x), start, method="BFGS", options={"gtol": 1e-4}).x
    unit = 1e-3 * np.eye(len(best))
    rows = [
        [
            function(best + a + b) - function(best + a - b) - function(best - a + b) + function(best - a - b)
            for b in unit
        ]
        for a in unit
    ]
    return best, np.linalg.inv(-np.array(rows) / 4e-6)


class Importance:
    """A posterior by importance sampling from a Student-t around its mode."""

    def __init__(self, log_density: LogDensity, start: np.ndarray, draws: int = 4_000) -> None:
        mode, covariance = maximum(log_density, start)
        proposal = stats.multivariate_t(mode, 1.2 * covariance, df=6, seed=np.random.default_rng(7))
        self.draws = proposal.rvs(draws)
        log_weight = np.array([log_density(x) for x in self.draws]) - proposal.logpdf(self.draws)
        weight = np.exp(log_weight - log_weight.max())
        self.weight = weight / weight.sum()
        assert 1 / (self.weight**2).sum() > 0.3 * draws

    def of(self, values: np.ndarray) -> tuple[float, float, tuple[float, float]]:
        """Mean and SD of a function of the draws, and the Monte Carlo errors of both."""
        mean = float(self.weight @ values)
        squares = (values - mean) ** 2
        sd = float(np.sqrt(self.weight @ squares))
        error = float(np.sqrt(self.weight**2 @ squares))
        return mean, sd, (error, float(np.sqrt(self.weight**2 @ (squares - sd**2) ** 2)) / (2 * sd))


TRUE = np.array([0.4, -0.3, np.log(0.9), np.log(1.1), np.arctanh(0.5)])
PATTERNS = ((False, False), (True, False), (False, True), (True, True))


def draw_pairs(n: int, limit: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Log markers of n people, those under the limit at it, and which are."""
    sd, rho = np.exp(TRUE[2:4]), np.tanh(TRUE[4])
    covariance = np.diag(sd**2) + rho * np.prod(sd) * (1 - np.eye(2))
    mean = [TRUE[0], TRUE[0] + TRUE[1]]
    value = np.random.default_rng(seed).multivariate_normal(mean, covariance, n)
    return np.maximum(value, np.log(limit)), value < np.log(limit)


def marker_study(make_study: Callable[..., Study], value: np.ndarray, below: np.ndarray) -> Study:
    # Seventeen digits: the value is read back as it was written.
    cells = np.where(below, "<", "").astype(object) + np.vectorize(lambda x: f"{x:.17g}")(np.exp(value)).astype(object)
    ids = [f"P{i:04d}" for i in range(len(value))]
    return make_study(pd.DataFrame({"id": ids, "il6_0": cells[:, 0], "il6_12": cells[:, 1]}), has=("marker",))


N, LIMIT = 600, 0.6


@pytest.fixture(scope="module")
def censored() -> tuple[np.ndarray, np.ndarray]:
    """A fifth or more of the values at either visit below the limit, some participants at both."""
    value, below = draw_pairs(N, LIMIT, 31)
    assert (below.mean(axis=0) > 0.15).all()
    assert below.all(axis=1).sum() > 40
    return value, below


@pytest.fixture(scope="module")
def posterior(
    make_study: Callable[..., Study], censored: tuple[np.ndarray, np.ndarray], sample: Callable[..., xr.Dataset]
) -> xr.Dataset:
    return sample(marker_change.build(marker_study(make_study, *censored), marker_change.PRIORS["diffuse"]))


def test_the_censored_posterior_is_that_of_importance_sampling(
    posterior: xr.Dataset, censored: tuple[np.ndarray, np.ndarray], agrees: Callable[..., None]
) -> None:
    value, below = censored
    centre = float(np.median(value[:, 0]))
    priors = marker_change.PRIORS["diffuse"]
    reference = Importance(lambda x: log_likelihood(x, value, below) + log_prior(x, centre, priors), TRUE)
    agrees(posterior["baseline"] + centre, *reference.of(reference.draws[:, 0]))
    agrees(posterior["change"], *reference.of(reference.draws[:, 1]))
    for visit in (0, 1):
        agrees(posterior["sigma"].isel(visit=visit), *reference.of(np.exp(reference.draws[:, 2 + visit])))
    agrees(np.tanh(posterior["retest_z"]), *reference.of(np.tanh(reference.draws[:, 4])))
    agrees(np.exp(posterior["change"]), *reference.of(np.exp(reference.draws[:, 1])))


def test_the_censored_posterior_is_near_maximum_likelihood(
    posterior: xr.Dataset, censored: tuple[np.ndarray, np.ndarray]
) -> None:
    value, below = censored
    best, covariance = maximum(lambda x: log_likelihood(x, value, below), TRUE)
    error = np.sqrt(np.diag(covariance))
    centre = float(np.median(value[:, 0]))
    sigma = np.log(posterior["sigma"])
    found = [posterior["baseline"] + centre, posterior["change"], *(sigma.isel(visit=i) for i in (0, 1))]
    found.append(posterior["retest_z"])
    for i, draws in enumerate(found):
        # Mean and mode differ by terms of the order 1/n: some 1/sqrt(n) = 0.04 of a standard error each.
        assert float(draws.mean()) == pytest.approx(best[i], abs=0.25 * error[i])
        assert float(draws.std()) == pytest.approx(error[i], rel=0.05)
    # Half the limit in place of censored values is what a naive analysis does; here it misses by many standard errors.
    naive = np.where(below, np.log(LIMIT / 2), value).std(axis=0, ddof=1)
    assert abs(np.log(naive[1]) - best[3]) > abs(float(found[3].mean()) - best[3])


@pytest.fixture(scope="module")
def wells(realdata: Path, make_study: Callable[..., Study]) -> tuple[Study, np.ndarray, np.ndarray]:
    """Atrazine in 24 wells in June and September, 9 and 5 of them under 0.01 (NADA)."""
    table = pd.read_csv(realdata / "nada" / "Atra.csv")
    below = table[["JuneCen", "SeptCen"]].to_numpy(dtype=bool)
    assert below.sum(axis=0).tolist() == [9, 5]
    value = np.log(table[["June", "Sept"]].to_numpy())
    return marker_study(make_study, value, below), value, below


def test_real_wells_have_the_same_maximum_likelihood_through_the_model(
    wells: tuple[Study, np.ndarray, np.ndarray], quick: Mode
) -> None:
    study, value, below = wells
    model = marker_change.build(study, marker_change.PRIORS["reference"])
    logp = model.compile_logp(vars=model["log_marker"], mode=quick)
    centre = float(np.median(value[:, 0]))

    def through_the_model(x: np.ndarray) -> float:
        point = {"baseline": x[0] - centre, "change": x[1], "sigma_log__": x[2:4], "retest_z": x[4]}
        return float(logp({name: np.asarray(at) for name, at in point.items()}))

    start = np.array([value[:, 0].mean(), 0.5, 0.3, 0.5, 0.3])
    best, covariance = maximum(lambda x: log_likelihood(x, value, below), start)
    assert through_the_model(best) == pytest.approx(log_likelihood(best, value, below), abs=1e-9)
    found, _ = maximum(through_the_model, start)
    np.testing.assert_allclose(found, best, atol=0.01 * np.sqrt(np.diag(covariance)).min())
    # More atrazine in September than in June.
    assert best[1] > 1.96 * np.sqrt(covariance[1, 1])


@pytest.mark.slow
def test_real_wells_are_sampled_as_by_importance_sampling(
    wells: tuple[Study, np.ndarray, np.ndarray], sample: Callable[..., xr.Dataset], agrees: Callable[..., None]
) -> None:
    study, value, below = wells
    priors, centre = marker_change.PRIORS["reference"], float(np.median(value[:, 0]))
    posterior = sample(marker_change.build(study, priors))
    start = np.array([value[:, 0].mean(), 0.5, 0.3, 0.5, 0.3])
    reference = Importance(lambda x: log_likelihood(x, value, below) + log_prior(x, centre, priors), start)
    agrees(posterior["change"], *reference.of(reference.draws[:, 1]))
    agrees(posterior["retest_z"], *reference.of(reference.draws[:, 4]))
    agrees(posterior["sigma"].isel(visit=0), *reference.of(np.exp(reference.draws[:, 2])))


@pytest.mark.slow
def test_a_known_truth_is_recovered_with_half_of_the_values_censored(
    make_study: Callable[..., Study], run: Callable[..., xr.Dataset]
) -> None:
    """Sixty data sets through one compiled model: each pattern of censoring has its expected number of people."""
    n, seeds, limit = 200, 60, float(np.exp(TRUE[0]))
    _, below = draw_pairs(200_000, limit, 1)
    shares = {pattern: (below == pattern).all(axis=1).mean() for pattern in PATTERNS}
    sizes = {pattern: round(n * share) for pattern, share in shares.items()}

    def stratified(seed: int) -> tuple[np.ndarray, np.ndarray]:
        value, below = draw_pairs(4 * n, limit, 1000 + seed)
        rows = [np.flatnonzero((below == each).all(axis=1))[:size] for each, size in sizes.items()]
        assert [len(row) for row in rows] == list(sizes.values())
        chosen = np.concatenate(rows)
        return value[chosen], below[chosen]

    first = stratified(0)
    assert first[1].mean() > 0.45
    study = marker_study(make_study, *first)
    model = marker_change.build(study, marker_change.PRIORS["reference"])
    centre = marker_change.marker_pair(study).centre
    compiled = nutpie.compile_pymc_model(model)
    np.testing.assert_allclose(model["pair_values"].get_value(), first[0], atol=1e-12)
    estimates, errors = [], []
    for seed in range(seeds):
        posterior = run(compiled.with_data(pair_values=stratified(seed)[0]), seed, draws=500)
        every = xr.Dataset(
            {
                "mean0": posterior["baseline"] + centre,
                "change": posterior["change"],
                "log_sd0": np.log(posterior["sigma"].isel(visit=0, drop=True)),
                "log_sd1": np.log(posterior["sigma"].isel(visit=1, drop=True)),
                "z": posterior["retest_z"],
            }
        )
        estimates.append(every.mean().to_array().to_numpy())
        errors.append(every.std().to_array().to_numpy())
    error = np.mean(errors, axis=0)
    bias = (np.mean(estimates, axis=0) - TRUE) / error
    # Four standard errors of the mean of sixty, and a twentieth of a posterior SD for what the prior pulls.
    assert (np.abs(bias) < 4 / np.sqrt(seeds) + 0.05).all(), dict(zip(every, bias, strict=True))
    # The limit over the root of two in place of censored values, on the same data, is off by more than the band.
    naive = [
        np.log(np.where(b, np.log(limit) - 0.5 * np.log(2), v)[:, 1].std()) for v, b in map(stratified, range(seeds))
    ]
    assert abs(np.mean(naive) - TRUE[3]) / error[3] > 4 / np.sqrt(seeds) + 0.05


@pytest.mark.slow
def test_student_t_regression_in_arms_is_that_of_importance_sampling(
    make_study: Callable[..., Study],
    make_people: Callable[..., pd.DataFrame],
    sample: Callable[..., xr.Dataset],
    agrees: Callable[..., None],
) -> None:
    table = make_people(200, seed=41)
    heavy = np.random.default_rng(5).standard_t(3, 200)
    table["madrs_12"] = np.clip(np.round(table["madrs_0"] - 8 + 3 * (table["arm"] == "T") + 3 * heavy), 0, 60)
    study = make_study(table, has=("marker", "symptom", "arms"), analysis={"likelihood": "student_t"})
    priors = symptom_change.PRIORS["reference"]
    posterior = sample(symptom_change.build(study, priors)).sel(form="change score")
    change = (table["madrs_12"] - table["madrs_0"]).to_numpy()
    m0, treated = np.log2(table["il6_0"].to_numpy()), (table["arm"] == "T").to_numpy(dtype=float)
    columns = np.column_stack([np.ones(200), m0 - m0.mean(), treated - treated.mean()])
    families: list[Any] = [priors.intercept, priors.prognostic, priors.arm]
    locations = stats.norm([family.mean for family in families], [family.sd for family in families])
    gamma = stats.gamma(priors.nu.shape, scale=1 / priors.nu.rate)

    def log_density(x: np.ndarray) -> float:
        sigma, nu = np.exp(x[3:])
        likelihood = stats.t(nu, columns @ x[:3], sigma).logpdf(change).sum()
        spread = stats.halfnorm(scale=priors.sigma.sd).logpdf(sigma) + gamma.logpdf(nu) + x[3:].sum()
        return likelihood + locations.logpdf(x[:3]).sum() + spread

    reference = Importance(log_density, np.array([change.mean(), 0, 0, 1, 1.5]))
    agrees(posterior["intercept"], *reference.of(reference.draws[:, 0]))
    agrees(posterior["prognostic"], *reference.of(reference.draws[:, 1]))
    agrees(posterior["arm_difference"].sel(arm_effect="T"), *reference.of(reference.draws[:, 2]))
    agrees(posterior["sigma"], *reference.of(np.exp(reference.draws[:, 3])))
    agrees(np.log(posterior["nu"]), *reference.of(reference.draws[:, 4]))
