"""Posteriors of a counted score: a known truth is recovered, and truths from the prior rank evenly.

References
----------
Talts S, Betancourt M, Simpson D, Vehtari A, Gelman A (2018). Validating Bayesian inference algorithms with
simulation-based calibration. arXiv:1804.06788
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import nutpie
import pandas as pd
import pytest
import xarray as xr
from scipy import special, stats

from cochange.data.study import Study
from cochange.models import symptom_change
from cochange.models.parts.bounded import counted
from cochange.models.parts.prior_sets import families

COUNTED = {"distribution": "beta_binomial", "remission": 10}
PARTS = ("symptom", "marker", "arms", "groups")
TRUTH = {
    "intercept": -0.7,
    "prognostic": 0.2,
    "baseline_symptom": -0.4,
    "arm_difference": -0.6,
    "precision": 15.0,
    "group_sd": 0.0,
}
FITS, N, RANKS = 100, 80, 99
GROUPS = ("light", "moderate", "vigorous")
ESTIMANDS = {
    "symptom_change": "overall",
    "arm_difference": "T versus C",
    "prognostic_slope": "",
    "response_probability": "overall",
    "remission_probability": "arm T",
}


def design_of(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Log odds of the baseline score, and the predictors centred, from the table."""
    y0 = table["madrs_0"].to_numpy(dtype=float)
    log_odds = np.log((y0 + 0.5) / (60 - y0 + 0.5))
    m0, arm = np.log2(table["il6_0"].to_numpy()), (table["arm"] == "T").to_numpy(dtype=float)
    return {
        "y0": y0,
        "log_odds": log_odds,
        "intercept": np.ones(len(table)),
        "prognostic": m0 - m0.mean(),
        "baseline_symptom": log_odds - log_odds.mean(),
        "arm_difference": arm - arm.mean(),
    }


def draw_scores(
    table: pd.DataFrame, truth: Mapping[str, float], of_groups: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Follow-up scores of the formula, by SciPy."""
    column = design_of(table)
    terms = ("intercept", "prognostic", "baseline_symptom", "arm_difference")
    eta = column["log_odds"] + sum(truth[name] * column[name] for name in terms)
    p = special.expit(eta + of_groups[[GROUPS.index(label) for label in table["intensity"]]])
    return np.asarray(stats.betabinom.rvs(60, p * truth["precision"], (1 - p) * truth["precision"], random_state=rng))


@pytest.fixture(scope="module")
def recovered(
    make_study: Callable[..., Study], make_people: Callable[..., pd.DataFrame], sample: Callable[..., xr.Dataset]
) -> tuple[Study, pd.DataFrame, xr.Dataset]:
    table = make_people(800, seed=31)
    table["madrs_12"] = draw_scores(table, TRUTH, np.zeros(3), np.random.default_rng(32))
    study = make_study(table, has=("symptom", "marker", "arms"), symptom=COUNTED)
    return study, table, sample(symptom_change.build(study, symptom_change.PRIORS["diffuse"]))


@pytest.mark.slow
def test_a_known_truth_is_recovered(recovered: tuple[Study, pd.DataFrame, xr.Dataset]) -> None:
    _, _, posterior = recovered
    for name in ("intercept", "prognostic", "baseline_symptom", "arm_difference", "precision"):
        draws = posterior[name].to_numpy()
        distance = (draws.mean() - TRUTH[name]) / draws.std()
        print(f"{name}: truth {TRUTH[name]:g}, posterior {draws.mean():.3f} +- {draws.std():.3f}")
        assert abs(distance) < 3, name
        assert draws.std() < 0.15 * max(1.0, abs(TRUTH[name])), name


@pytest.mark.slow
def test_estimands_of_a_known_truth_are_recovered(recovered: tuple[Study, pd.DataFrame, xr.Dataset]) -> None:
    study, table, posterior = recovered
    found = symptom_change.derive(posterior, study)
    column = design_of(table)

    def p(arm: float | None = None) -> np.ndarray:
        shown = column["arm_difference"] if arm is None else arm - (table["arm"] == "T").mean()
        eta = column["log_odds"] + TRUTH["arm_difference"] * shown
        eta = eta + sum(TRUTH[name] * column[name] for name in ("intercept", "prognostic", "baseline_symptom"))
        return np.asarray(special.expit(eta))

    share = stats.betabinom(60, p() * 15, (1 - p()) * 15).cdf(np.where(column["y0"] > 0, column["y0"] // 2, -1)).mean()
    truth = {
        "symptom_change": (60 * p() - column["y0"]).mean(),
        "arm_difference": 60 * (p(1.0) - p(0.0)).mean(),
        "prognostic_slope": 60 * TRUTH["prognostic"] * (p() * (1 - p())).mean(),
        "response_probability": share,
    }
    for name, value in truth.items():
        draws = found[name].sel(group=ESTIMANDS[name]) if ESTIMANDS[name] else found[name]
        mean, sd = float(draws.mean()), float(draws.std())
        print(f"{name}: truth {value:.3f}, posterior {mean:.3f} +- {sd:.3f}")
        assert abs(mean - value) < 3 * sd, name
    seen = float((table["madrs_12"] <= np.where(column["y0"] > 0, column["y0"] // 2, -1)).mean())
    assert float(found["response_probability"].sel(group="overall").mean()) == pytest.approx(seen, abs=0.04)


@pytest.fixture(scope="module")
def ranks(make_study: Callable[..., Study], make_people: Callable[..., pd.DataFrame]) -> Mapping[str, np.ndarray]:
    """Rank of each truth among evenly spread draws of its posterior; one compilation, data swapped in."""
    table = make_people(N, seed=41)
    study = make_study(table, has=PARTS, symptom=COUNTED)
    priors = symptom_change.PRIORS["reference"]
    compiled = nutpie.compile_pymc_model(symptom_change.build(study, priors))
    assert counted(study, symptom_change.select(study).used) is not None
    y0 = table["madrs_0"].to_numpy(dtype=float)
    found: dict[str, list[int]] = {}
    diverged = 0
    for fit in range(FITS):
        rng = np.random.default_rng([43, fit])
        truth, standard = from_prior(families(priors), rng)
        y1 = draw_scores(table, truth, truth["group_sd"] * standard, rng)
        data = compiled.with_data(change_in_each_form=(y1 - y0)[None, :])
        tree = nutpie.sample(
            data, draws=1000, tune=800, chains=2, cores=2, seed=fit, target_accept=0.95, progress_bar=False
        )
        diverged += int(tree["sample_stats"]["diverging"].sum())
        posterior = tree["posterior"].to_dataset()
        at = xr.Dataset(
            {
                name: posterior[name].isel(chain=[0], draw=[0]) * 0
                + (xr.DataArray(standard, dims="group") if name == "group_standard" else truth[name])
                for name in (*truth, "group_standard")
            }
        )
        draws, values = symptom_change.derive(posterior, study), symptom_change.derive(at, study)
        both = {name: (posterior[name], at[name]) for name in truth}
        for name, group in ESTIMANDS.items():
            # In points, an arm's difference is another quantity than the parameter of its name.
            both[f"E {name}"] = tuple(item[name].sel(group=group) if group else item[name] for item in (draws, values))
        for name, (sampled, true) in both.items():
            flat = sampled.to_numpy().ravel()
            chosen = flat[np.linspace(0, flat.size - 1, RANKS).round().astype(int)]
            found.setdefault(name, []).append(int((chosen < true.item()).sum()))
    print(f"\n{FITS} fits, {diverged} divergences")
    assert diverged < 1e-3 * FITS * 2000
    return {name: np.array(values) for name, values in found.items()}


def from_prior(prior_of: Mapping[str, Any], rng: np.random.Generator) -> tuple[dict[str, float], np.ndarray]:
    """Parameters drawn from the prior, and effects of three groups that sum to zero with unit SD."""
    truth = {}
    for name in ("intercept", "prognostic", "baseline_symptom", "arm"):
        family = prior_of[f"log_odds_{name}"]
        truth["arm_difference" if name == "arm" else name] = float(rng.normal(family.mean, family.sd))
    truth["group_sd"] = abs(float(rng.normal(0, prior_of["log_odds_group_sd"].sd)))
    truth["precision"] = float(rng.gamma(prior_of["precision"].shape, 1 / prior_of["precision"].rate))
    standard = rng.normal(0, np.sqrt(len(GROUPS) / (len(GROUPS) - 1)), len(GROUPS))
    return truth, standard - standard.mean()


@pytest.mark.slow
def test_truths_from_the_prior_rank_evenly(ranks: Mapping[str, np.ndarray], evenness: Any) -> None:
    probability = {}
    for name, values in ranks.items():
        probability[name] = evenness(values, RANKS)
        print(f"{name}: p = {probability[name]:.3f}, mean rank {values.mean() / RANKS:.3f}")
    assert min(probability.values()) > 0.005 / len(probability), probability
