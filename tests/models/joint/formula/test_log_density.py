"""The joint model's log density, each layer alone and all together, against SciPy and the formula of its docstring."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pymc as pm
import pytest
from pytensor.compile.mode import Mode
from scipy import special, stats

from cochange.models import joint_change

PRIORS = joint_change.PRIORS["reference"]


def log_lkj(correlation: np.ndarray, eta: float) -> float:
    """Log density of a correlation matrix (Lewandowski, Kurowicka and Joe 2009, doi:10.1016/j.jmva.2009.04.008)."""
    d = len(correlation)
    constant = 0.0
    for k in range(1, d):
        half = eta + (d - k - 1) / 2
        constant += (d - k) * ((2 * eta - 2 + d - k) * np.log(2) + special.betaln(half, half))
    return float((eta - 1) * np.linalg.slogdet(correlation)[1] - constant)


def _log_density_of_factors(
    model: pm.Model, point: Mapping[str, np.ndarray], at: Mapping[str, np.ndarray], quick: Mode
) -> float:
    """Of the residual correlations of several markers; their derivative on the sampler's scale by differences."""
    names = [name for name in ("baseline_markers", "marker_changes") if name in at]
    if not names:
        return 0.0
    factors = model.compile_fn(model.unobserved_value_vars, inputs=model.value_vars, mode=quick)
    order = [variable.name for variable in model.unobserved_value_vars]
    lower = np.tril_indices(len(at[names[0]]), -1)
    total = 0.0
    for name in names:
        (key,) = (variable.name for variable in model.value_vars if variable.name.startswith(name))
        slopes = []
        for step in 1e-5 * np.eye(len(point[key])):
            moved = (factors({**point, key: point[key] + change})[order.index(name)] for change in (step, -step))
            up, down = ((factor @ factor.T)[lower] for factor in moved)
            slopes.append((up - down) / 2e-5)
        correlation = at[name] @ at[name].T
        total += log_lkj(correlation, joint_change.CORRELATION_ETA) + np.linalg.slogdet(np.array(slopes))[1]
    return total


def test_the_log_density_is_that_of_the_formula(
    case: Any, formula: Any, points: Any, log_prior: Any, as_draws: Any, quick: Mode
) -> None:
    used = joint_change.select(case.study).used.tolist()
    assert used == case.table["id"].tolist()
    model = joint_change.build(case.study, PRIORS)
    logp = model.compile_logp(mode=quick)
    of_study = formula(case)
    # Three bounds are integrated by coarser quadrature; PyMC rounds some constants to single precision.
    beyond = np.isin(of_study.readings[0], ("below", "above")).sum(axis=1).max()
    rounding, error = (1e-7, 1e-7) if beyond < 3 else (1e-7, 1e-6)
    for point, at in points(model, PRIORS):
        expected = of_study.log_density(at)
        assert np.isfinite(expected).all()
        density = joint_change.log_likelihood(as_draws(at, case.study), case.study)
        assert density.dims == ("chain", "draw", "participant")
        assert density["participant"].to_numpy().tolist() == used
        np.testing.assert_allclose(density.to_numpy()[0, 0], expected, rtol=rounding, atol=rounding)
        prior = log_prior(PRIORS, at, model) + _log_density_of_factors(model, point, at, quick)
        total = prior + expected.sum() + of_study.between_wells(at)
        assert float(logp(point)) == pytest.approx(total, rel=error)


def test_three_bounds_are_integrated_in_some_case(case_of: Callable[[str], Any], formula: Any) -> None:
    """A participant with both markers at both visits, or both visits and the screening score, known within limits."""
    status = formula(case_of("everything, two markers")).readings[0]
    assert np.isin(status, ("below", "above")).sum(axis=1).max() >= 3


@pytest.mark.parametrize("d", [2, 3])
def test_the_quadrature_of_the_oracle_is_that_of_scipy(formula: Any, under: Callable[..., np.ndarray], d: int) -> None:
    rng = np.random.default_rng(d)
    root = rng.normal(size=(d, d))
    covariance, upper = root @ root.T, rng.normal(0.3, 1, size=(6, d))
    scipy = [stats.multivariate_normal(cov=covariance, abseps=1e-7, maxpts=10**6).cdf(row) for row in upper]
    np.testing.assert_allclose(np.exp(under(upper, covariance)), scipy, atol=1e-5)
