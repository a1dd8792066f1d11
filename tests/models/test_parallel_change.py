"""The model of change on change: its log density against SciPy, its sign, its estimands."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from pytensor.compile.mode import Mode
from scipy import stats

from cochange.data.study import Study
from cochange.models import parallel_change

CASES = ("example", "plain", "arms", "arms alone", "gaps", "student_t")


def used_rows(case: Any, oracle: Any) -> pd.DataFrame:
    """Both scores and measured markers at both visits."""
    lower = 0.5 if case.study.spec.marker[0].lower_limit else 0.0
    complete = (case.table["madrs_0"] != "") & (case.table["madrs_12"] != "")
    for column in ("il6_0", "il6_12"):
        complete &= np.array([oracle.reading(cell, lower)[0] == "observed" for cell in case.table[column]])
    return case.table[complete]


def log_likelihood(case: Any, oracle: Any, at: Mapping[str, np.ndarray]) -> float:
    used = used_rows(case, oracle)
    m0, m1, y0, y1 = (used[c].to_numpy(dtype=float) for c in ("il6_0", "il6_12", "madrs_0", "madrs_12"))
    m0, m1 = np.log2(m0), np.log2(m1)
    dm, dy = m1 - m0, y1 - y0
    # The single equation is the only one: its effects have a leading dimension of one.
    mean = at["intercept"] - at["parallel"] * (dm - dm.mean()) + oracle.effects(case, used, at, 0)
    mean = mean + at["baseline_marker"] * (m0 - m0.mean()) + at["baseline_symptom"] * (y0 - y0.mean())
    of_residual = stats.t(at["nu"]) if "nu" in at else stats.norm()
    total = (of_residual.logpdf((dy - mean) / at["sigma"]) - np.log(at["sigma"])).sum()
    standard = np.column_stack([(d - d.mean()) / d.std(ddof=1) for d in (dm, dy)])
    sd, r = at["raw_sd"], np.tanh(at["raw_z"])
    covariance = np.diag(sd**2) + r * np.prod(sd) * (1 - np.eye(2))
    return total + stats.multivariate_normal(at["raw_mean"], covariance).logpdf(standard).sum()


@pytest.mark.parametrize("name", CASES)
def test_the_log_density_is_that_of_the_formula(cases: Mapping[str, Any], oracle: Any, quick: Mode, name: str) -> None:
    case, priors = cases[name], parallel_change.PRIORS["reference"]
    model = parallel_change.build(case.study, priors)
    logp = model.compile_logp(mode=quick)
    for point, at in oracle.points(model):
        expected = oracle.log_prior(priors, at, model) + log_likelihood(case, oracle, at)
        # PyMC rounds some constants to single precision.
        assert float(logp(point)) == pytest.approx(expected, rel=1e-7)


def test_the_selection_is_that_of_the_oracle(cases: Mapping[str, Any], oracle: Any) -> None:
    for name in CASES:
        used = parallel_change.select(cases[name].study).used.tolist()
        assert used == used_rows(cases[name], oracle)["id"].tolist(), name
    assert len(parallel_change.select(cases["gaps"].study).used) < 40


def test_estimands_are_the_slope_and_the_correlation(example: Study) -> None:
    rng = np.random.default_rng(1)
    posterior = xr.Dataset({name: (("chain", "draw"), rng.normal(size=(2, 5))) for name in ("parallel", "raw_z")})
    found = parallel_change.derive(posterior, example)
    assert set(found) == set(parallel_change.ESTIMANDS)
    xr.testing.assert_equal(found["parallel_slope"], posterior["parallel"])
    np.testing.assert_allclose(found["change_correlation"], np.tanh(posterior["raw_z"]))


def test_scores_that_fall_with_the_marker_give_a_negative_slope_per_halving(
    make_study: Callable[..., Study], make_people: Callable[..., pd.DataFrame], quick: Mode
) -> None:
    """Three points down with each halving of the marker, exactly: the density peaks at -3, not at +3."""
    table = make_people(30)
    doublings = np.log2(table["il6_12"] / table["il6_0"])
    table["madrs_0"] = 30.0
    table.loc[:3, "madrs_0"] = 31.0
    table["madrs_12"] = table["madrs_0"] - 10 + 3 * (doublings - doublings.mean())
    model = parallel_change.build(make_study(table), parallel_change.PRIORS["reference"])
    logp = model.compile_logp(mode=quick, vars=model["change_of_score"])
    point = {value.name: np.zeros(value.type.shape if value.ndim == 0 else 2) for value in model.value_vars}
    point["intercept"] = np.array(-10.0)
    densities = {slope: float(logp(point | {"parallel": np.array(slope)})) for slope in (-4.0, -3.0, -2.0, 3.0)}
    assert max(densities, key=densities.get) == -3.0
    # No residual is left there: the density is that of zeros.
    assert densities[-3.0] == pytest.approx(-30 * 0.5 * np.log(2 * np.pi), rel=1e-6)


def test_the_correlation_does_not_depend_on_the_units(
    make_study: Callable[..., Study], make_people: Callable[..., pd.DataFrame]
) -> None:
    table = make_people(30)
    tenfold = table.assign(il6_0=table["il6_0"] * 10, il6_12=table["il6_12"] * 10)
    first, second = (
        parallel_change.build(make_study(each), parallel_change.PRIORS["reference"]) for each in (table, tenfold)
    )
    for name in ("standard_marker_change", "standard_symptom_change", "halvings", "baseline_marker_column"):
        np.testing.assert_allclose(first[name].get_value(), second[name].get_value(), atol=1e-9)
    standard = first["standard_marker_change"].get_value()
    assert (standard.mean(), standard.std(ddof=1)) == pytest.approx((0, 1), abs=1e-12)
