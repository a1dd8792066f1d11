"""Powers of prior densities against those of SciPy."""

import numpy as np
import pytest

from cochange.models.parts.families import (
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
from cochange.models.parts.powered import powered

FAMILIES = (
    Normal(mean=-9, sd=3),
    StudentT(df=4, mean=-9, sd=3),
    HalfNormal(sd=2),
    HalfStudentT(df=3, sd=2),
    Gamma(shape=2, rate=0.1),
    Beta(alpha=16, beta=4),
)


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_the_density_is_the_power_but_for_a_constant(family: Family, alpha: float) -> None:
    at = frozen(family).ppf([0.05, 0.3, 0.6, 0.95])
    raised = alpha * np.log(frozen(family).pdf(at))
    found = np.log(frozen(powered(family, alpha)).pdf(at))
    np.testing.assert_allclose(found - found[0], raised - raised[0], atol=1e-9)


@pytest.mark.parametrize(
    "family",
    [
        RobustNormal(weight=0.5, mean=0, sd=1, vague_mean=0, vague_sd=9),
        StudentT(df=1, mean=0, sd=1),
        HalfStudentT(df=0.5, sd=1),
    ],
    ids=str,
)
def test_what_is_no_prior_of_the_family_is_refused(family: Family) -> None:
    with pytest.raises(ValueError, match=r"to the power of 0\.5 is no "):
        powered(family, 0.5)


def test_powers_that_cannot_be_normalised_are_refused() -> None:
    for family in (Gamma(shape=0.4, rate=1), Beta(alpha=0.4, beta=1)):
        with pytest.raises(ValueError, match="is no"):
            powered(family, 2)
