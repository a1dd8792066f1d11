"""Prior families: checks, scaling, densities, and tables of a study file."""

import numpy as np
import pymc as pm
import pytest
from pytensor.compile.mode import Mode
from scipy import stats

from cochange.models.parts.families import (
    Family,
    Gamma,
    HalfNormal,
    HalfStudentT,
    Normal,
    RobustNormal,
    StudentT,
    family_from,
)


class TwoNormals:
    """SciPy has no mixture with fixed weights."""

    def logpdf(self, x: float) -> float:
        return float(np.log(0.7 * stats.norm(1, 0.5).pdf(x) + 0.3 * stats.norm(-1, 4).pdf(x)))


# Family and the SciPy distribution it stands for.
TABLE = [
    (Normal(mean=-1.5, sd=2), stats.norm(-1.5, 2)),
    (StudentT(df=3, mean=0.5, sd=2), stats.t(3, 0.5, 2)),
    (HalfNormal(sd=3), stats.halfnorm(scale=3)),
    (Gamma(shape=2, rate=0.1), stats.gamma(2, scale=10)),
    (RobustNormal(weight=0.7, mean=1, sd=0.5, vague_mean=-1, vague_sd=4), TwoNormals()),
]
ROBUST = {"weight": 0.8, "mean": 0, "sd": 1, "vague_mean": 0, "vague_sd": 5}
SPREADS = (HalfNormal, HalfStudentT, Gamma)


def named(value: object) -> str:
    """Families by their words; an object that prints with its address has another name in every process."""
    return str(value) if isinstance(value, Family) else type(value).__name__


@pytest.mark.parametrize(("family", "reference"), [*TABLE, (HalfStudentT(df=4, sd=2), None)], ids=named)
def test_the_variable_has_the_density_of_the_reference(family: Family, reference: object, quick: Mode) -> None:
    with pm.Model(check_bounds=False) as model:
        family.variable("theta")
    logp = model.compile_logp(jacobian=False, mode=quick)
    (name,) = (value.name for value in model.value_vars)
    for x in (0.03, 0.7, 2.0, 11.0):
        expected = np.log(2) + stats.t.logpdf(x, 4, scale=2) if reference is None else reference.logpdf(x)
        point = {name: np.array(np.log(x) if isinstance(family, SPREADS) else x)}
        # PyMC rounds some constants to single precision.
        assert logp(point) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("family", "reference"), TABLE, ids=named)
def test_times_is_the_distribution_of_the_multiple(family: Family, reference: object, quick: Mode) -> None:
    factor = 0.45
    with pm.Model(check_bounds=False) as model:
        family.times(factor).variable("theta")
    logp = model.compile_logp(jacobian=False, mode=quick)
    (name,) = (value.name for value in model.value_vars)
    for x in (0.1, 1.0, 4.0):
        point = {name: np.array(np.log(x) if isinstance(family, SPREADS) else x)}
        assert logp(point) == pytest.approx(reference.logpdf(x / factor) - np.log(factor), abs=1e-6)


def test_times_keeps_degrees_of_freedom_and_source() -> None:
    assert StudentT(df=3, mean=1, sd=2, source="a paper").times(2) == StudentT(df=3, mean=2, sd=4, source="a paper")
    assert HalfStudentT(df=3, sd=2).times(0.5) == HalfStudentT(df=3, sd=1)


def test_times_a_negative_number_turns_the_location_and_leaves_spreads_positive() -> None:
    assert Normal(mean=-9, sd=3).times(-0.5) == Normal(mean=4.5, sd=1.5)
    assert str(Normal(mean=0, sd=1).times(-1)) == "Normal(0, 1)"
    assert HalfNormal(sd=2).times(-2) == HalfNormal(sd=4)
    assert Gamma(shape=2, rate=1).times(-2) == Gamma(shape=2, rate=0.5)


@pytest.mark.parametrize(
    ("family", "keys", "message"),
    [
        (Normal, {"mean": 0, "sd": 0}, "Normal: sd must be finite and above 0, got 0"),
        (Normal, {"mean": 0, "sd": -1.0}, "Normal: sd must be finite and above 0, got -1.0"),
        (Normal, {"mean": float("nan"), "sd": 1}, "Normal: mean must be finite, got nan"),
        (Normal, {"mean": 0, "sd": float("inf")}, "Normal: sd must be finite and above 0, got inf"),
        (StudentT, {"df": 0, "mean": 0, "sd": 1}, "StudentT: df must be finite and above 0, got 0"),
        (HalfNormal, {"sd": -2}, "HalfNormal: sd must be finite and above 0, got -2"),
        (HalfStudentT, {"df": -1, "sd": 1}, "HalfStudentT: df must be finite and above 0, got -1"),
        (Gamma, {"shape": 2, "rate": 0}, "Gamma: rate must be finite and above 0, got 0"),
        (Gamma, {"shape": 0, "rate": 1}, "Gamma: shape must be finite and above 0, got 0"),
        (RobustNormal, ROBUST | {"weight": 1}, "RobustNormal: weight must be between 0 and 1, got 1"),
        (RobustNormal, ROBUST | {"vague_sd": 0}, "RobustNormal: vague_sd must be finite and above 0, got 0"),
    ],
)
def test_impossible_hyperparameters_are_refused(family: type[Family], keys: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        family(**keys)


def test_hyperparameters_are_float64_scalars_under_the_names_of_their_data() -> None:
    family = StudentT(df=3, mean=1, sd=2)
    found = family.hyperparameters("slope")
    assert {name: float(value) for name, value in found.items()} == {"slope_df": 3, "slope_mean": 1, "slope_sd": 2}
    assert all(value.dtype == np.float64 and value.shape == () for value in found.values())
    with pm.Model() as model:
        family.variable("slope")
    assert all(model[name].dtype == "float64" for name in found)


def test_it_is_written_with_its_values() -> None:
    assert str(Normal(mean=-0.1, sd=2 / 3, source="a paper")) == "Normal(-0.1, 0.6667)"


def test_a_table_of_a_study_file_gives_the_family() -> None:
    base = Normal(mean=0, sd=1, source="a paper")
    assert family_from({"mean": 1, "sd": 2}, base) == Normal(mean=1, sd=2, source="the study file")
    other = family_from({"family": "StudentT", "df": 3, "mean": 1, "sd": 2, "source": "us"}, base)
    assert other == StudentT(df=3, mean=1, sd=2, source="us")
    assert family_from({"family": "Gamma", "shape": 2, "rate": 1}, HalfNormal(sd=1)) == Gamma(
        shape=2, rate=1, source="the study file"
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            {"family": "Cauchy", "mean": 0, "sd": 1},
            "family must be one of Normal, StudentT, RobustNormal, got 'Cauchy'",
        ),
        ({"family": "HalfNormal", "sd": 1}, "family must be one of Normal, StudentT, RobustNormal, got 'HalfNormal'"),
        ({"mean": 0}, "Normal takes mean, sd, got mean"),
        ({}, "Normal takes mean, sd, got nothing"),
        ({"mean": 0, "sigma": 1}, "Normal takes mean, sd, got mean, sigma"),
        ({"mean": 0, "sd": "1"}, "sd must be a number, got '1'"),
        ({"mean": True, "sd": 1}, "mean must be a number, got True"),
        ({"mean": 0, "sd": -1}, "Normal: sd must be finite and above 0, got -1.0"),
        (3, "must be a table of hyperparameters, got 3"),
    ],
)
def test_a_table_that_fits_no_family_is_refused(table: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        family_from(table, Normal(mean=0, sd=1))
