"""The antidepressant trial of rbmi: each published number under its own definition, from one set of draws.

Jump to reference for all who left, which are those the vignettes name: the one participant with a gap and a later value
is missing at random there too. Placebo minus drug, HAMD-17 at the last visit. The published analyses have flat priors,
here the diffuse set.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import arviz_stats as azs
import numpy as np
import nutpie
import pandas as pd
import pytest
import xarray as xr

from cochange.data.study import Study
from cochange.inference.missing.expectation import moved, standardised
from cochange.inference.missing.from_models import outcomes_of
from cochange.inference.missing.imputation import Analyses, analyses
from cochange.inference.missing.outcomes import Outcomes
from cochange.inference.missing.strategies import assign, everyone
from cochange.models import repeated_measures
from cochange.models.parts.contract import load_model
from cochange.models.parts.prior_sets import families, prior_sets

# Imputations in the vignette, and Monte Carlo standard errors that a difference may have.
PUBLISHED_IMPUTATIONS, TIMES = 150, 3.5
Drawn = tuple[Study, xr.Dataset, Outcomes]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def drawn(antidepressant: Callable[..., Study]) -> Drawn:
    study = antidepressant('[analysis.repeated_measures]\nbaseline = "covariate"\n')
    priors = prior_sets("repeated_measures", repeated_measures.PRIORS, study)["diffuse"]
    compiled = nutpie.compile_pymc_model(repeated_measures.build(study, priors))
    tree = nutpie.sample(compiled, draws=5000, tune=1000, chains=4, cores=2, seed=5, progress_bar=False)
    assert int(tree["sample_stats"]["diverging"].sum()) == 0
    named = repeated_measures.parameters(study).by_family(families(priors))
    draws = named.named(tree["posterior"].to_dataset(), families(priors))
    return study, draws, outcomes_of(draws, load_model("repeated_measures"), study)


def expected(strategy: str, drawn: Drawn) -> xr.DataArray:
    study, draws, outcomes = drawn
    scenario = everyone(strategy)
    rules = assign(scenario, outcomes, study)
    added = moved(scenario, rules, outcomes, np.random.default_rng(1)).mean
    found = standardised(repeated_measures.derive(draws, study), added, outcomes)
    return -found["arm_difference"].sel(group="DRUG versus PLACEBO", drop=True)


def imputed(strategy: str, drawn: Drawn) -> Analyses:
    study, _, outcomes = drawn
    scenario = everyone(strategy)
    return analyses(scenario, assign(scenario, outcomes, study), outcomes, np.random.default_rng(2))["score"]


def test_those_who_left_are_those_of_the_vignettes(drawn: Drawn, realdata: Path) -> None:
    _, _, outcomes = drawn
    table = pd.read_csv(realdata / "rbmi_antidepressant" / "antidepressant_data.csv", dtype=str)
    stayed = set(table.loc[table["VISIT"] == "7", "PATIENT"])
    assert set(outcomes.participant[outcomes.left]) == set(table["PATIENT"]) - stayed
    by_arm = {arm: int((outcomes.left & (outcomes.arm == arm)).sum()) for arm in outcomes.arms}
    assert by_arm == {"PLACEBO": 23, "DRUG": 20}


def test_missing_at_random_is_the_mixed_models_effect_by_either_estimator(drawn: Drawn) -> None:
    """REML by nlme: -0.092 (0.683), 1.403 (0.924), 2.225 (1.000), 2.802 (1.114)."""
    means, errors = np.array([-0.092, 1.403, 2.225, 2.802]), np.array([0.683, 0.924, 1.000, 1.114])
    close(expected("missing at random", drawn), means, errors)
    pooled = imputed("missing at random", drawn).pooled()
    own = mcse(expected("missing at random", drawn))
    assert np.all(np.abs(-pooled.estimate[0] - means) < TIMES * np.hypot(own[0], 5e-4))
    assert np.all(np.abs(pooled.error[0] - errors) < TIMES * np.hypot(own[1], 5e-4))


def test_standardised_expectation_is_conditional_mean_imputation_with_the_jackknife(drawn: Drawn) -> None:
    """rbmi, method_condmean(type = "jackknife"), jump to reference: 2.126, SE 0.858."""
    close(expected("jump to reference", drawn).isel(visit=-1), 2.126, 0.858)


def test_bayesian_imputation_is_that_of_rbmi_at_every_visit(drawn: Drawn) -> None:
    """rbmi, method_bayes with 150 imputations: -0.092 (0.683), 1.329 (0.921), 1.945 (0.995), 2.156 (1.113)."""
    own = imputed("jump to reference", drawn)
    # Nobody lacks a value at the first visit: the analysis is that of covariance itself, to the digits printed.
    assert not np.ptp(own.estimate[:, 0, 0])
    assert -own.estimate[0, 0, 0] == pytest.approx(-0.092, abs=5e-4)
    assert own.error[0, 0, 0] == pytest.approx(0.683, abs=5e-4)
    own = replace(own, estimate=own.estimate[..., 1:], error=own.error[..., 1:])
    pooled = own.pooled()
    between = own.estimate.var(axis=0, ddof=1)[0]
    means, errors = np.array([1.329, 1.945, 2.156]), np.array([0.921, 0.995, 1.113])
    of_draws = mcse(-xr.DataArray(own.estimate[:, 0].reshape(4, -1, 3), dims=("chain", "draw", "visit")))
    # Of 150 imputations; their between-imputation variance is known to a share of sqrt(2 / 149).
    of_mean = np.sqrt(between / PUBLISHED_IMPUTATIONS)
    of_error = between * np.sqrt(2 / (PUBLISHED_IMPUTATIONS - 1)) / (2 * pooled.error[0])
    assert np.all(np.abs(-pooled.estimate[0] - means) < TIMES * np.hypot(np.hypot(of_draws[0], of_mean), 5e-4))
    assert np.all(np.abs(pooled.error[0] - errors) < TIMES * np.hypot(np.hypot(of_draws[1], of_error), 5e-4))


def test_the_two_standard_errors_differ_by_what_borrowed_values_count(drawn: Drawn) -> None:
    """Bayesian imputation keeps the standard error of missing at random; the posterior of the estimand has less."""
    at_random, jumped = expected("missing at random", drawn).isel(visit=-1), expected("jump to reference", drawn)
    pooled = imputed("jump to reference", drawn).pooled()
    assert pooled.error[0, -1] == pytest.approx(float(at_random.std(ddof=1)), rel=0.05)
    # The contrast times the share that stayed, 64 of 84, with what is unknown of the share.
    share = 64 / 84
    effect = float(at_random.mean())
    formula = np.sqrt(share**2 * float(at_random.var(ddof=1)) + effect**2 * share * (1 - share) / 85)
    assert float(jumped.isel(visit=-1).std(ddof=1)) == pytest.approx(formula, rel=0.02)


def mcse(draws: xr.DataArray) -> tuple[np.ndarray, np.ndarray]:
    data = draws.rename("x").to_dataset()
    mean, sd = (azs.mcse(data, method=method)["x"].to_numpy() for method in ("mean", "sd"))
    return mean, sd


def close(draws: xr.DataArray, mean: object, sd: object) -> None:
    """Posterior mean and SD are those printed with three decimals."""
    own = mcse(draws)
    sample = ("chain", "draw")
    for found, printed, error in (
        (draws.mean(sample), mean, own[0]), (draws.std(sample, ddof=1), sd, own[1]),
    ):  # fmt: skip
        allowed = TIMES * np.hypot(error, 5e-4)
        assert np.all(np.abs(found.to_numpy() - np.asarray(printed)) < allowed), (found.to_numpy(), printed, allowed)
