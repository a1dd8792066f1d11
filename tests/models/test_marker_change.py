"""The marker model: its log density against SciPy, its simulated data, its estimands."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import pytest
import xarray as xr
from pytensor.compile.mode import Mode
from scipy import integrate, special, stats

from cochange.data.study import Study
from cochange.inference.calibrating.design import reference_design
from cochange.models import marker_change
from cochange.models.parts.families import HalfStudentT, StudentT

CASES = ("example", "plain", "arms", "arms alone", "gaps", "student_t")


def bivariate_cdf(h: float, k: float, rho: float) -> float:
    """P(X < h, Y < k) by adaptive quadrature over X."""
    scale = np.sqrt(1 - rho**2)
    found = integrate.quad(
        lambda x: stats.norm.pdf(x) * special.ndtr((k - rho * x) / scale), h - 12, h, epsabs=0, epsrel=1e-10, limit=200
    )
    return found[0]


def one(status: str, value: float, mean: float, sd: float) -> float:
    distribution = stats.norm(mean, sd)
    return {"observed": distribution.logpdf, "below": distribution.logcdf, "above": distribution.logsf}[status](value)


def both(status: list[str], value: np.ndarray, mean: np.ndarray, sd: np.ndarray, rho: float) -> float:
    """Log density of a pair, from the joint density or its integral."""
    covariance = np.diag(sd**2) + rho * np.prod(sd) * (1 - np.eye(2))
    if status == ["observed", "observed"]:
        return stats.multivariate_normal.logpdf(value, mean, covariance)
    if "observed" in status:
        i = status.index("observed")
        slope = covariance[0, 1] / sd[i] ** 2
        given_mean = mean[1 - i] + slope * (value[i] - mean[i])
        given_sd = np.sqrt(sd[1 - i] ** 2 - slope * covariance[0, 1])
        return one("observed", value[i], mean[i], sd[i]) + one(status[1 - i], value[1 - i], given_mean, given_sd)
    sign = np.where(np.array(status) == "below", 1.0, -1.0)
    z = sign * (value - mean) / sd
    return float(np.log(bivariate_cdf(z[0], z[1], sign.prod() * rho)))


def log_likelihood(case: Any, oracle: Any, at: Mapping[str, np.ndarray]) -> float:
    lower = 0.5 if case.study.spec.marker[0].lower_limit else 0.0
    read = [[oracle.reading(cell, lower) for cell in case.table[column]] for column in ("il6_0", "il6_12")]
    centre = np.nanmedian([value for _, value in read[0]])
    keep = [i for i, (first, second) in enumerate(zip(*read, strict=True)) if {first[0], second[0]} != {"missing"}]
    used = case.table.iloc[keep]
    mean0 = centre + at["baseline"] + oracle.effects(case, used, at, 0)
    mean1 = mean0 + at["change"] + oracle.effects(case, used, at, 1)
    total = 0.0
    for position, row in enumerate(keep):
        sd = at["sigma"] / np.sqrt(at["mixing"][position] if "mixing" in at else 1.0)
        mean = np.array([mean0[position], mean1[position]])
        status, value = [read[visit][row][0] for visit in (0, 1)], np.array([read[visit][row][1] for visit in (0, 1)])
        if "missing" in status:
            visit = 1 - status.index("missing")
            total += one(status[visit], value[visit], mean[visit], sd[visit])
        else:
            total += both(status, value, mean, sd, np.tanh(at["retest_z"]))
    return total


@pytest.mark.parametrize("name", CASES)
def test_the_log_density_is_that_of_the_formula(cases: Mapping[str, Any], oracle: Any, quick: Mode, name: str) -> None:
    case, priors = cases[name], marker_change.PRIORS["reference"]
    model = marker_change.build(case.study, priors)
    logp = model.compile_logp(mode=quick)
    for point, at in oracle.points(model):
        expected = oracle.log_prior(priors, at, model) + log_likelihood(case, oracle, at)
        # PyMC's own normal CDF, used for single censored values, is good to 2e-8.
        assert float(logp(point)) == pytest.approx(expected, rel=1e-7)


def test_other_families_enter_the_density(cases: Mapping[str, Any], oracle: Any, quick: Mode) -> None:
    case, base = cases["plain"], marker_change.PRIORS["reference"]
    priors = dataclasses.replace(base, change=StudentT(df=3, mean=0, sd=0.4), sigma=HalfStudentT(df=4, sd=1))
    found = [marker_change.build(case.study, each).compile_logp(mode=quick) for each in (base, priors)]
    ((point, at),) = oracle.points(marker_change.build(case.study, base), 1)
    change = stats.t(3, 0, 0.4).logpdf(at["change"]) - stats.norm(0, 0.5).logpdf(at["change"])
    sigma = np.log(2) + stats.t(4, 0, 1).logpdf(at["sigma"]) - stats.halfnorm(scale=1.5).logpdf(at["sigma"])
    assert float(found[1](point) - found[0](point)) == pytest.approx(change + sigma.sum(), rel=1e-6)


def test_hyperparameters_and_values_are_float64_data(example: Study) -> None:
    model = marker_change.build(example, marker_change.PRIORS["reference"])
    assert {variable.dtype for variable in model.data_vars} == {"float64"}
    assert "nu" not in model.named_vars
    assert set(model.coords["equation"]) == {"baseline", "change"}


N_DRAWS = 4000


@pytest.fixture(scope="module")
def simulated(cases: Mapping[str, Any], quick: Mode) -> tuple[np.ndarray, dict[str, float], pm.Model]:
    """Data drawn at fixed parameters from a study with limits and no structure."""
    model = marker_change.build(cases["gaps"].study, marker_change.PRIORS["reference"])
    truth = {"baseline": 0.3, "change": -0.4, "retest_z": np.arctanh(0.6), "sigma": np.array([0.9, 1.3])}
    fixed = pm.do(model, truth)
    draws = pm.draw(fixed["log_marker"], draws=N_DRAWS, random_seed=5, mode=quick)
    return draws, truth, model


def test_simulated_pairs_have_the_mean_spread_and_correlation_asked_for(
    cases: Mapping[str, Any], simulated: tuple[np.ndarray, dict[str, float], pm.Model]
) -> None:
    draws, truth, model = simulated
    pair = marker_change.marker_pair(cases["gaps"].study).of(np.array(model.coords["pair"]))
    free = np.flatnonzero(np.isinf(pair.lower).all(axis=1) & np.isinf(pair.upper).all(axis=1))
    assert len(free) > 10
    values = draws[:, free].reshape(-1, 2)
    n, sd = len(values), truth["sigma"]
    mean = pair.centre + truth["baseline"] + np.array([0, truth["change"]])
    # Five standard errors of a mean, an SD and a correlation.
    np.testing.assert_allclose((values.mean(axis=0) - mean) / (sd / np.sqrt(n)), 0, atol=5)
    np.testing.assert_allclose((values.std(axis=0) - sd) / (sd / np.sqrt(2 * n)), 0, atol=5)
    assert np.corrcoef(values.T)[0, 1] == pytest.approx(0.6, abs=5 * (1 - 0.6**2) / np.sqrt(n))


def test_simulated_pairs_are_clipped_at_the_limits_of_their_samples(
    cases: Mapping[str, Any], simulated: tuple[np.ndarray, dict[str, float], pm.Model]
) -> None:
    draws, truth, model = simulated
    pair = marker_change.marker_pair(cases["gaps"].study).of(np.array(model.coords["pair"]))
    assert (draws >= pair.lower).all()
    assert (draws <= pair.upper).all()
    mean = pair.centre + truth["baseline"] + np.array([0, truth["change"]])
    below = np.broadcast_to(np.isfinite(pair.lower), draws.shape[1:])
    share = (draws == pair.lower).mean(axis=0)[below]
    expected = stats.norm.cdf((pair.lower - mean) / truth["sigma"])[below]
    assert below.sum() > 5
    np.testing.assert_allclose(share, expected, atol=5 * 0.5 / np.sqrt(N_DRAWS))
    above = np.isfinite(pair.upper)
    share = (draws == pair.upper).mean(axis=0)[above]
    expected = stats.norm.sf((pair.upper - mean) / truth["sigma"])[above]
    np.testing.assert_allclose(share, expected, atol=5 * 0.5 / np.sqrt(N_DRAWS))


def test_the_prior_predictive_has_the_shape_of_the_data(example: Study, quick: Mode) -> None:
    with marker_change.build(example, marker_change.PRIORS["reference"]):
        drawn = pm.sample_prior_predictive(20, random_seed=1, compile_kwargs={"mode": quick})
    values = drawn["prior_predictive"]["log_marker"]
    assert values.dims == ("chain", "draw", "pair", "visit")
    assert np.isfinite(values).all()
    # The shipped example has one lower limit, 0.5 pg/mL, at both visits.
    assert float(values.min()) == pytest.approx(np.log(0.5), abs=1e-8)


@pytest.mark.parametrize("name", ["plain", "example", "arms"])
def test_estimands_are_ratios_of_geometric_means(cases: Mapping[str, Any], name: str) -> None:
    case = cases[name]
    model = marker_change.build(case.study, marker_change.PRIORS["reference"])
    posterior = _draws(model)
    found = marker_change.derive(posterior, case.study)
    assert set(found) == {"geometric_mean_ratio"} | ({"arm_ratio"} if "arms" in case.has else set())
    assert set(found) <= set(marker_change.ESTIMANDS)
    ratio = found["geometric_mean_ratio"]
    assert ratio.dims == ("chain", "draw", "group")
    if name == "plain":
        np.testing.assert_allclose(ratio.sel(group="overall"), np.exp(posterior["change"]))
    if name == "arms":
        between = ratio.sel(group="arm T") / ratio.sel(group="arm C")
        np.testing.assert_allclose(found["arm_ratio"].sel(group="T versus C"), between)
        of_change = posterior["arm_difference"].sel(equation="change", arm_effect="T")
        np.testing.assert_allclose(found["arm_ratio"].sel(group="T versus C"), np.exp(of_change))
    if name == "example":
        used = case.table["id"].isin(marker_change.select(case.study).used)
        sizes = case.table.loc[used, "intensity"].value_counts()
        mean = sum(np.log(ratio.sel(group=level)) * sizes[level] for level in sizes.index) / sizes.sum()
        np.testing.assert_allclose(np.log(ratio.sel(group="overall")), mean, atol=1e-12)


def _draws(model: pm.Model) -> xr.Dataset:
    """Any values in the shape of a posterior."""
    rng = np.random.default_rng(2)
    variables = {}
    for variable in model.free_RVs:
        dims = model.named_vars_to_dims.get(variable.name, ())
        shape = (2, 3, *(len(model.coords[dim]) for dim in dims))
        variables[variable.name] = (("chain", "draw", *dims), np.abs(rng.normal(size=shape)))
    coords = {dim: list(labels) for dim, labels in model.coords.items() if labels is not None}
    return xr.Dataset(variables, coords=coords)


def test_the_students_pair_is_a_scale_mixture(
    make_study: Callable[..., Study], make_people: Callable[..., pd.DataFrame], quick: Mode
) -> None:
    """Integrated over the mixing variable, a pair has the bivariate Student-t density."""
    study = make_study(make_people(12), analysis={"likelihood": "student_t"})
    priors = marker_change.PRIORS["reference"]
    model = marker_change.build(study, priors)
    nu, mean, sd, rho = 4.0, np.array([0.1, -0.3]), np.array([0.8, 1.2]), 0.5
    covariance = np.diag(sd**2) + rho * np.prod(sd) * (1 - np.eye(2))
    pair = marker_change.marker_pair(study)
    values = pair.log_value[0] - pair.centre

    def integrand(mixing: float) -> float:
        weight = stats.gamma(nu / 2, scale=2 / nu).pdf(mixing)
        return weight * stats.multivariate_normal.pdf(values, mean, covariance / mixing)

    by_integration = np.log(integrate.quad(integrand, 0, np.inf, epsrel=1e-10)[0])
    assert by_integration == pytest.approx(stats.multivariate_t(mean, covariance, nu).logpdf(values), abs=1e-7)
    # The model's own terms of that integral for the first participant: differences over the mixing variable alone.
    logp = model.compile_logp(jacobian=False, mode=quick)
    point = {
        "baseline": np.array(mean[0]),
        "change": np.array(mean[1] - mean[0]),
        "sigma_log__": np.log(sd),
        "retest_z": np.array(np.arctanh(rho)),
        "nu_log__": np.array(np.log(nu)),
        "mixing_log__": np.zeros(12),
    }
    base = float(logp(point))
    for mixing in (0.2, 0.7, 3.0):
        changed = np.zeros(12)
        changed[0] = np.log(mixing)
        difference = float(logp(point | {"mixing_log__": changed})) - base
        assert difference == pytest.approx(np.log(integrand(mixing)) - np.log(integrand(1.0)), abs=1e-8)


def test_data_that_take_the_place_of_equal_values_need_not_be_equal(quick: Mode) -> None:
    study = reference_design("marker_change")
    model = marker_change.build(study, marker_change.PRIORS["reference"])
    before = model["pair_values"].get_value()
    assert len(np.unique(before, axis=0)) < len(before)
    values = before + np.random.default_rng(3).normal(size=before.shape)
    pm.set_data({"pair_values": values}, model=model)
    point = model.initial_point()
    mean, sd, retest = model["log_marker"].owner.inputs[-3:]
    at = model.compile_fn(model.replace_rvs_by_values([mean, sd, retest]), inputs=model.value_vars, mode=quick)(point)
    expected = sum(
        stats.multivariate_normal.logpdf(own, m, np.outer(s, s) * (at[2] + (1 - at[2]) * np.eye(2)))
        for own, m, s in zip(values, at[0], at[1], strict=True)
    )
    found = model.compile_logp(vars=[model["log_marker"]], mode=quick)(point)
    assert float(found) == pytest.approx(expected, rel=1e-9)
