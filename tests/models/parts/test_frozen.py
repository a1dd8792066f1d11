"""Quantiles and masses of priors against the densities PyMC samples from."""

import itertools

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.compile.mode import Mode
from scipy import integrate

from cochange.models.parts.families import (
    ALTERNATIVES,
    Beta,
    Family,
    Gamma,
    HalfNormal,
    HalfStudentT,
    Normal,
    RobustNormal,
    StudentT,
)
from cochange.models.parts.frozen import frozen

FAMILIES = (
    Normal(mean=-9, sd=3),
    StudentT(df=4, mean=-9, sd=3),
    RobustNormal(weight=0.8, mean=1, sd=0.5, vague_mean=-2, vague_sd=4),
    HalfNormal(sd=2),
    HalfStudentT(df=3, sd=2),
    Gamma(shape=2, rate=0.1),
    Beta(alpha=16, beta=4),
)
SHARES = (0.025, 0.3, 0.5, 0.95)


def test_every_family_is_here() -> None:
    assert {type(family) for family in FAMILIES} == set(ALTERNATIVES)


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_quantiles_bound_the_mass_under_the_density(family: Family, quick: Mode) -> None:
    at = pt.dscalar("at")
    with pm.Model():
        logp = pm.logp(family.variable("x"), at)
    density = pytensor.function([at], pt.exp(logp), mode=quick)
    quantiles = frozen(family).ppf(SHARES)
    for (low, high), share in zip(itertools.pairwise(quantiles), np.diff(SHARES), strict=True):
        assert integrate.quad(density, low, high)[0] == pytest.approx(share, abs=1e-7)
    np.testing.assert_allclose(frozen(family).cdf(quantiles), SHARES, rtol=1e-9)
    np.testing.assert_allclose(frozen(family).pdf(quantiles), [density(x) for x in quantiles], rtol=1e-8)


def test_nothing_lies_under_zero_in_a_folded_family() -> None:
    assert frozen(HalfStudentT(df=3, sd=2)).cdf(-1) == 0
