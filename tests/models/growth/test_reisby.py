"""The imipramine study of Reisby et al.: published maximum likelihood, and posteriors by importance sampling.

References
----------
Hedeker D, Gibbons RD (2006). Longitudinal Data Analysis. Wiley, chapter 4.
Reisby N, Gram LF, Bech P, et al. (1977). Imipramine: clinical effects and pharmacokinetic variability.
Psychopharmacology 54, 263-272. doi:10.1007/BF00426574
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
import xarray as xr
from scipy import optimize, stats

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.models import growth
from cochange.models.parts.growth.frame import make_frame
from cochange.models.parts.growth.gather import gather
from cochange.models.parts.likelihood.schedules import schedules_likelihood

# Maximum likelihood as published: estimates, and standard errors of the means.
PUBLISHED = {"level": (23.58, 0.55), "slope": (-2.38, 0.21)}
VARIANCES = {"level": 12.63, "slope": 2.08, "covariance": -1.42, "residual": 12.22}
DEVIANCE = 2219.038
PRIORS = growth.PRIORS["diffuse"]
DRAWS = 60_000


@pytest.fixture(scope="module")
def scores(realdata: Path) -> pd.DataFrame:
    """Hamilton scores of weeks 0 to 5, a row a reading."""
    text = pd.read_csv(realdata / "reisby" / "riesby.dat", sep=r"\s+", header=None, na_values=".")
    return text[[0, 1, 3]].set_axis(["id", "score", "week"], axis=1).dropna()


@pytest.fixture(scope="module")
def drugs(realdata: Path) -> pd.DataFrame:
    """Change of the Hamilton score and ln desipramine at four weeks of treatment, a row a reading."""
    text = pd.read_csv(realdata / "reisby" / "RIESBYT4.dat", sep=r"\s+", header=None, na_values=".")
    return text[[0, 1, 3, 7]].set_axis(["id", "score", "week", "marker"], axis=1).dropna()


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Callable[[pd.DataFrame], Study]:
    """The study of a table with a row a reading."""

    def make(table: pd.DataFrame) -> Study:
        folder = tmp_path_factory.mktemp("reisby")
        table.to_csv(folder / "readings.csv", index=False)
        weeks = sorted(int(week) for week in table["week"].unique())
        lines = [
            '[study]\ntitle = "Imipramine"\ndesign = "single arm"\ntreatment = "imipramine"',
            '[data]\nfile = "readings.csv"\nlayout = "long"\nparticipant = "id"\nvisit = "week"',
            f"visits = {[str(week) for week in weeks]}",
            '[symptom]\nscale = "HDRS"\nrange = [-60, 60]\ndirection = "higher is worse"\ncolumns = ["score"]',
            f'[time]\nunit = "weeks"\nvisits = {weeks}',
        ]
        if "marker" in table:
            lines.append('[[marker]]\nname = "DMI"\nunit = "ug/L"\nscale = "ln"\ncolumns = ["marker"]')
            lines.append('confirmed = ["scale", "floors", "ceilings"]')
        path = folder / "study.toml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return read_study(path)

    return make


def log_prior(theta: np.ndarray, names: list[str]) -> np.ndarray:
    """Log prior density of parameters, spreads on the logarithm; shape ``(draw,)``."""
    total = np.zeros(len(theta))
    for value, name in zip(theta.T, names, strict=True):
        family = getattr(PRIORS, name.split("[")[0])
        if name.endswith("_sigma"):
            total += stats.halfnorm(scale=family.sd).logpdf(np.exp(value)) + value
        else:
            total += stats.norm(family.mean, family.sd).logpdf(value)
    return total


@dataclass(frozen=True, eq=False)
class Exact:
    """The posterior of a growth model with a linear course, written out for many draws at once.

    `readings` has shape ``(participant, visit, outcome)``, NaN where missing, and `g` runs from 0 to 1 over the visits.
    """

    readings: np.ndarray
    g: np.ndarray

    @property
    def outcomes(self) -> list[str]:
        return ["marker", "score"][-self.readings.shape[2] :]

    @property
    def names(self) -> list[str]:
        """Means and changes, spreads (drawn as logarithms), then Fisher's z."""
        kinds = ("mean", "change", "level_sigma", "change_sigma", "residual_sigma")
        own = [f"{outcome}_{kind}" for kind in kinds for outcome in self.outcomes]
        if len(self.outcomes) == 1:
            return [*own, "level_and_slope_z"]
        return [*own, "levels_z", *(f"level_and_slope_z[{i}]" for i in range(4)), "slopes_z", "within_z"]

    def split(self, theta: np.ndarray) -> Mapping[str, np.ndarray]:
        return dict(zip(self.names, theta.T, strict=True))

    def covariances(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Between and within persons, shapes ``(draw, 2 * outcome, 2 * outcome)`` and ``(draw, outcome, outcome)``."""
        at, size = self.split(theta), len(self.outcomes)
        z = {(0, 1): "level_and_slope_z"}
        if size == 2:
            z = {(0, 1): "levels_z", (2, 3): "slopes_z"}
            z |= {pair: f"level_and_slope_z[{i}]" for i, pair in enumerate([(0, 2), (1, 2), (0, 3), (1, 3)])}
        partial = {pair: np.tanh(at[name]) for pair, name in z.items()}
        correlation = np.tile(np.eye(2 * size), (len(theta), 1, 1))
        for (i, j), r in partial.items():
            for k in range(i - 1, -1, -1):
                a, b = partial[k, i], partial[k, j]
                r = r * np.sqrt((1 - a**2) * (1 - b**2)) + a * b
            correlation[:, i, j] = correlation[:, j, i] = r
        sd = np.exp(np.stack([at[f"{o}_{kind}_sigma"] for kind in ("level", "change") for o in self.outcomes], axis=1))
        residual = np.exp(np.stack([at[f"{o}_residual_sigma"] for o in self.outcomes], axis=1))
        within = np.tile(np.eye(size), (len(theta), 1, 1))
        if size == 2:
            within[:, 0, 1] = within[:, 1, 0] = np.tanh(at["within_z"])
        return correlation * sd[:, :, None] * sd[:, None, :], within * residual[:, :, None] * residual[:, None, :]

    def log_likelihood(self, theta: np.ndarray) -> np.ndarray:
        """Multivariate normal density of everybody's readings, those with the same gaps together."""
        size, visits = len(self.outcomes), len(self.g)
        loadings = np.kron(np.column_stack([np.ones(visits), self.g]), np.eye(size))
        between, within = self.covariances(theta)
        covariance = loadings @ between @ loadings.T + np.kron(np.eye(visits), within)
        mean = theta[:, : 2 * size] @ loadings.T
        flat = self.readings.reshape(len(self.readings), -1)
        total = np.zeros(len(theta))
        for seen, members in self.patterns(flat):
            root = np.linalg.cholesky(covariance[:, seen][:, :, seen])
            deviation = members[None] - mean[:, None, seen]
            standard = np.linalg.solve(root, deviation.swapaxes(1, 2))
            total -= 0.5 * (standard**2).sum(axis=(1, 2))
            log_root = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
            total -= len(members) * (log_root + 0.5 * len(seen) * np.log(2 * np.pi))
        return total

    @staticmethod
    def patterns(flat: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        kinds, kind = np.unique(~np.isnan(flat), axis=0, return_inverse=True)
        for number, own in enumerate(kinds):
            seen = np.flatnonzero(own)
            if len(seen):
                yield seen, flat[kind == number][:, seen]

    def start(self) -> np.ndarray:
        spread = np.nanstd(self.readings, axis=(0, 1))
        size = len(self.outcomes)
        means = np.concatenate([np.nanmean(self.readings, axis=(0, 1)), np.zeros(size)])
        rest = len(self.names) - 5 * size
        return np.concatenate([means, np.tile(np.log(spread), 3) - 0.5, np.zeros(rest)])

    def weighted(self, rng: np.random.Generator, rounds: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Draws of a Student-t distribution and their importance weights: around the mode, then around their mean."""

        def minus(one: np.ndarray) -> float:
            value = self.log_likelihood(one[None]) + log_prior(one[None], self.names)
            return -float(value[0]) if np.isfinite(value[0]) else 1e10

        found = optimize.minimize(minus, self.start(), method="BFGS", options={"gtol": 1e-3, "maxiter": 2000})
        centre, spread = found.x, _inverse_hessian(minus, found.x)
        for _ in range(rounds):
            theta, weight = self._around(centre, spread, rng)
            # The next draws have the moments of these, a little wider.
            centre = weight @ theta
            spread = 1.1 * (theta - centre).T @ (weight[:, None] * (theta - centre))
        return theta, weight

    def _around(
        self, centre: np.ndarray, spread: np.ndarray, rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draws of a Student-t distribution and their importance weights."""
        df, size = 8.0, len(centre)
        z = rng.normal(size=(DRAWS, size)) / np.sqrt(rng.chisquare(df, DRAWS) / df)[:, None]
        theta = centre + z @ np.linalg.cholesky(spread).T
        proposal = -(df + size) / 2 * np.log1p((z**2).sum(axis=1) / df)
        parts = [self.log_likelihood(part) for part in np.array_split(theta, 30)]
        log_weight = np.concatenate(parts) + log_prior(theta, self.names) - proposal
        weight = np.exp(log_weight - log_weight.max())
        return theta, weight / weight.sum()


def _inverse_hessian(function: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    """By central differences."""
    size, h = len(at), 1e-3
    steps = np.eye(size) * h
    hessian = np.empty((size, size))
    for i in range(size):
        for j in range(i + 1):
            a, b = steps[i], steps[j]
            value = function(at + a + b) - function(at + a - b) - function(at - a + b) + function(at - a - b)
            hessian[i, j] = hessian[j, i] = value / (4 * h * h)
    return np.linalg.inv(hessian)


def exact_moments(values: np.ndarray, weight: np.ndarray) -> tuple[float, float, tuple[float, float]]:
    """Posterior mean and SD of a quantity by importance sampling, and the Monte Carlo errors of both."""
    mean = float(weight @ values)
    variance = float(weight @ (values - mean) ** 2)
    sd = np.sqrt(variance)
    error = np.sqrt(((weight * (values - mean)) ** 2).sum())
    of_sd = np.sqrt(((weight * ((values - mean) ** 2 - variance)) ** 2).sum()) / (2 * sd)
    return mean, float(sd), (float(error), float(of_sd))


def cube(table: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Readings by participant, visit and outcome."""
    wide = [table.set_index(["id", "week"])[name].unstack().to_numpy(dtype=float) for name in names]  # noqa: PD010
    return np.stack(wide, axis=-1)


def test_maximum_likelihood_is_the_published_one(scores: pd.DataFrame, read: Callable[..., Study]) -> None:
    study = read(scores)
    frame = make_frame(study, growth.select(study).used)
    arrays = gather(frame)[0].arrays.values()
    centre = frame.series["score"].centre

    def minus(theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Minus the log density, and its gradient by level, slope, and the Cholesky factor and SD of what varies."""
        mean = theta[None, :2] - [centre, 0]
        root = np.array([[theta[2], 0], [theta[3], theta[4]]])
        value, to_mean, to_effects, to_residual, *_ = schedules_likelihood(
            mean, root @ root.T, np.array([[theta[5] ** 2]]), 0.0, *arrays
        )
        of_root = 2 * to_effects @ root
        slope = [*to_mean[0], of_root[0, 0], of_root[1, 0], of_root[1, 1], 2 * theta[5] * to_residual[0, 0]]
        return -value, -np.array(slope)

    start = np.array([20.0, 0.0, 3.0, 0.0, 5.0, 4.0])
    assert optimize.check_grad(lambda x: minus(x)[0], lambda x: minus(x)[1], start) < 1e-3
    found = optimize.minimize(minus, start, jac=True, method="BFGS", options={"gtol": 1e-6})
    assert 2 * found.fun == pytest.approx(DEVIANCE, abs=6e-4)
    level, slope, a, b, c, residual = found.x
    # A slope is over the five weeks of the study.
    assert (level, slope / 5) == pytest.approx([value for value, _ in PUBLISHED.values()], abs=0.005)
    between = [a * a, (b * b + c * c) / 25, a * b / 5, residual**2]
    assert between == pytest.approx(list(VARIANCES.values()), abs=0.005)
    again = smf.mixedlm("score ~ week", scores, groups="id", re_formula="~week").fit(reml=False)
    assert again.llf == pytest.approx(-found.fun, abs=1e-4)
    assert again.fe_params.to_numpy() == pytest.approx([level, slope / 5], rel=1e-4)


@pytest.fixture(scope="module")
def posterior(scores: pd.DataFrame, read: Callable[..., Study], sampler_of: Any) -> tuple[Study, xr.Dataset]:
    study = read(scores)
    frame = make_frame(study, growth.select(study).used)
    draws, diverged = sampler_of(study, PRIORS).draw(gather(frame)[0].arrays, PRIORS, seed=1, draws=2000)
    assert diverged == 0
    return study, draws


def test_means_are_the_published_ones(posterior: tuple[Study, xr.Dataset], agrees: Callable[..., None]) -> None:
    """Under diffuse priors a posterior mean is near the estimate; its SD holds more: the spreads are not known."""
    study, draws = posterior
    centre = make_frame(study, growth.select(study).used).series["score"].centre
    found = {"level": draws["score_mean"] + centre, "slope": growth.derive(draws, study)["score_rate"].isel(group=0)}
    for name, (value, error) in PUBLISHED.items():
        mcse = float(found[name].std()) / np.sqrt(2000)
        assert float(found[name].mean()) == pytest.approx(value, abs=4 * mcse + 0.005)
        assert error - 0.005 < float(found[name].std()) < 1.1 * (error + 0.005)


def test_the_posterior_is_that_of_importance_sampling(
    posterior: tuple[Study, xr.Dataset], scores: pd.DataFrame, agrees: Callable[..., None]
) -> None:
    study, draws = posterior
    centre = make_frame(study, growth.select(study).used).series["score"].centre
    exact = Exact(cube(scores, ["score"]) - centre, np.arange(6) / 5)
    theta, weight = exact.weighted(np.random.default_rng(1))
    assert 1 / (weight**2).sum() > 0.2 * DRAWS
    for name, values in exact.split(theta).items():
        values = np.exp(values) if name.endswith("_sigma") else values
        own = draws[name].squeeze(drop=True)
        agrees(own, *exact_moments(values, weight))
    between, _ = exact.covariances(theta)
    derived = growth.derive(draws, study)
    correlation = between[:, 0, 1] / np.sqrt(between[:, 0, 0] * between[:, 1, 1])
    agrees(derived["score_level_change_correlation"], *exact_moments(correlation, weight))


@pytest.mark.slow
def test_score_and_desipramine_are_those_of_importance_sampling(
    drugs: pd.DataFrame, read: Callable[..., Study], sampler_of: Any, agrees: Callable[..., None]
) -> None:
    """Marker and score over the same weeks: between persons, within persons, and what two visits would show."""
    study = read(drugs)
    frame = make_frame(study, growth.select(study).used)
    assert frame.outcomes == ("marker", "score")
    draws, diverged = sampler_of(study, PRIORS).draw(gather(frame)[0].arrays, PRIORS, seed=2, draws=3000)
    assert diverged == 0
    centres = [own.centre for own in frame.series.values()]
    exact = Exact(cube(drugs, ["marker", "score"]) - centres, np.arange(4) / 3)
    theta, weight = exact.weighted(np.random.default_rng(2), rounds=3)
    size = 1 / (weight**2).sum()
    print(f"\n{len(study.data['participant'])} patients; importance sampling: {size:.0f} effective draws of {DRAWS}")
    assert size > 1000
    between, within = exact.covariances(theta)

    def correlation(of: np.ndarray, i: int, j: int) -> np.ndarray:
        return of[:, i, j] / np.sqrt(of[:, i, i] * of[:, j, j])

    raw = between[:, 2:, 2:] + 2 * within
    expected = {
        "slope_correlation": correlation(between, 2, 3),
        "baseline_correlation": correlation(between, 0, 1),
        "within_correlation": correlation(within, 0, 1),
        "within_slope": within[:, 0, 1] / within[:, 0, 0] * np.log(2),
        "change_correlation": correlation(raw, 0, 1),
        "score_rate": exact.split(theta)["score_change"] / 3,
        "marker_rate": np.exp(exact.split(theta)["marker_change"] / 3),
        "score_residual_spread": np.sqrt(within[:, 1, 1]),
        "marker_residual_spread": np.sqrt(within[:, 0, 0]),
    }
    derived = growth.derive(draws, study)
    for name, values in expected.items():
        own = derived[name].squeeze(drop=True)
        mean, sd, error = exact_moments(values, weight)
        print(f"{name}: {float(own.mean()):.4f} ({float(own.std()):.4f}), importance sampling {mean:.4f} ({sd:.4f})")
        agrees(own, mean, sd, error)
