"""The pooled model: its density against SciPy, its exact posterior against sampling and published draws."""

import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import arviz_stats
import numpy as np
import nutpie
import pymc as pm
import pytest
import xarray as xr
from pytensor.compile.mode import Mode
from scipy import stats

from cochange.inference.pooling.posterior import Posterior, posterior
from cochange.models import joint_change
from cochange.models.parts.contract import ContractError, load_model
from cochange.models.parts.families import HalfStudentT, Normal, RobustNormal
from cochange.models.parts.prior_sets import hyperparameters, notes, structure
from cochange.models.pooled import PRIOR_VARS, PRIORS, Priors, build

ESTIMATE = np.array([-4.05, -2.08, -3.13, 0.4, -6.0])
SE = np.array([0.96, 0.97, 0.99, 2.5, 1.7])
# Rubin 1981; the priors are those of the published draws.
SCHOOLS = Priors(mean=Normal(mean=0, sd=5), heterogeneity=HalfStudentT(df=1, sd=5))


@pytest.mark.parametrize("prior", PRIORS)
def test_the_log_density_is_that_of_the_formula(prior: str, quick: Mode) -> None:
    priors = PRIORS[prior].in_units(8.0)
    logp = build(ESTIMATE, SE, priors).compile_logp(mode=quick)
    for mean, spread in ((-3.0, 0.01), (0.0, 1.0), (5.0, 9.0)):
        expected = stats.norm(ESTIMATE, np.sqrt(SE**2 + spread**2)).logpdf(mean).sum()
        expected += stats.norm(0, 8 * PRIORS[prior].mean.sd).logpdf(mean)
        expected += stats.halfnorm(scale=8 * PRIORS[prior].heterogeneity.sd).logpdf(spread) + np.log(spread)
        found = logp({"mean": np.array(mean), "heterogeneity_log__": np.log(spread)})
        assert found == pytest.approx(expected, rel=1e-6)


def test_other_values_need_no_new_model(quick: Mode) -> None:
    first, second = (PRIORS[name].in_units(8.0) for name in ("reference", "diffuse"))
    model = build(ESTIMATE, SE, first)
    assert all(model[name].dtype == "float64" for name in hyperparameters(first))
    pm.set_data(hyperparameters(second), model=model)
    point = {"mean": np.array(-2.0), "heterogeneity_log__": np.array(0.3)}
    assert model.compile_logp(mode=quick)(point) == pytest.approx(
        build(ESTIMATE, SE, second).compile_logp(mode=quick)(point)
    )


def test_its_sets_share_a_structure_and_their_parameters_are_noted() -> None:
    assert len({structure(priors) for priors in PRIORS.values()}) == 1
    assert tuple(notes(PRIORS["reference"])) == PRIOR_VARS


def test_it_is_no_model_of_a_study() -> None:
    with pytest.raises(ContractError, match="pooled takes a table of published estimates and no study"):
        load_model("pooled")


def has_quantile(draws: xr.DataArray, probability: float, expected: float) -> None:
    """The quantile of the draws is the expected one within four Monte Carlo standard errors."""
    data = draws.drop_vars(list(draws.coords)).rename("x").to_dataset()
    error = float(arviz_stats.mcse(data, method="quantile", prob=probability)["x"])
    assert float(data["x"].quantile(probability)) == pytest.approx(expected, abs=4 * error)


@pytest.fixture(scope="module")
def sampled() -> xr.Dataset:
    """With short steps: the log of the heterogeneity has a long flat end, where longer ones diverge."""
    compiled = nutpie.compile_pymc_model(build(ESTIMATE, SE, PRIORS["reference"].in_units(16.0)))
    how = {"draws": 5000, "tune": 2000, "chains": 4, "cores": 2, "seed": 1, "target_accept": 0.995}
    fit = nutpie.sample(compiled, progress_bar=False, **how)
    assert int(fit["sample_stats"]["diverging"].sum()) == 0
    return fit["posterior"].to_dataset()


@pytest.fixture(scope="module")
def exact() -> Posterior:
    return posterior(ESTIMATE, SE, PRIORS["reference"].in_units(16.0))


def test_the_exact_posterior_is_the_sampled_one(
    sampled: xr.Dataset, exact: Posterior, agrees: Callable[..., None]
) -> None:
    agrees(sampled["mean"], exact.pooled_mean.expectation, exact.pooled_mean.standard_deviation)
    agrees(sampled["heterogeneity"], exact.heterogeneity_mean, exact.heterogeneity_sd)
    for probability in (0.025, 0.5, 0.975):
        has_quantile(sampled["mean"], probability, exact.pooled_mean.quantile(probability))
        has_quantile(sampled["heterogeneity"], probability, exact.heterogeneity_quantile(probability))


def test_the_new_study_is_the_one_drawn_from_the_samples(
    sampled: xr.Dataset, exact: Posterior, agrees: Callable[..., None]
) -> None:
    noise = np.random.default_rng(5).normal(size=sampled["mean"].shape)
    drawn = sampled["mean"] + sampled["heterogeneity"] * noise
    agrees(drawn, exact.new_study.expectation, exact.new_study.standard_deviation)


@pytest.fixture(scope="module")
def schools(realdata: Path) -> tuple[Posterior, dict[str, xr.DataArray]]:
    folder = realdata / "posteriordb"

    def stored(path: Path) -> Any:
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read(archive.namelist()[0]))

    data = stored(folder / "data" / "eight_schools.json.zip")
    chains = stored(folder / "draws" / "eight_schools-eight_schools_noncentered.json.zip")
    draws = {name: xr.DataArray([chain[name] for chain in chains], dims=("chain", "draw")) for name in chains[0]}
    return posterior(np.array(data["y"], float), np.array(data["sigma"], float), SCHOOLS), draws


def test_eight_schools_have_the_published_posterior(
    schools: tuple[Posterior, dict[str, xr.DataArray]], agrees: Callable[..., None]
) -> None:
    exact, draws = schools
    agrees(draws["mu"], exact.pooled_mean.expectation, exact.pooled_mean.standard_deviation)
    agrees(draws["tau"], exact.heterogeneity_mean, exact.heterogeneity_sd)
    for index in range(8):
        effect = exact.effect(index)
        agrees(draws[f"theta[{index + 1}]"], effect.expectation, effect.standard_deviation)


@pytest.mark.parametrize("probability", [0.05, 0.5, 0.95])
def test_eight_schools_have_the_published_quantiles(
    schools: tuple[Posterior, dict[str, xr.DataArray]], probability: float
) -> None:
    exact, draws = schools
    quantiles = {"mu": exact.pooled_mean.quantile(probability), "tau": exact.heterogeneity_quantile(probability)}
    quantiles["theta[1]"] = exact.effect(0).quantile(probability)
    for name, expected in quantiles.items():
        has_quantile(draws[name], probability, expected)


def test_a_robust_prior_of_the_joint_model_has_the_density_of_its_mixture(example: Any, quick: Mode) -> None:
    robust = RobustNormal(weight=0.8, mean=-9, sd=3, vague_mean=-9, vague_sd=8)
    priors = replace(joint_change.PRIORS["reference"], score_change=robust)
    model = joint_change.build(example, priors)
    logp = model.compile_logp(vars=[model["robustnormal"]], mode=quick)
    for value in (-20.0, -9.0, 3.0):
        expected = np.log(0.8 * stats.norm(-9, 3).pdf(value) + 0.2 * stats.norm(-9, 8).pdf(value))
        assert logp(model.initial_point() | {"robustnormal": np.array([value])}) == pytest.approx(expected, rel=1e-6)
