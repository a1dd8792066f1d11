"""Parameters in one vector a family: the same density as one by one, and the same names afterwards."""

from collections.abc import Mapping

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from scipy import stats

from cochange.models.parts.families import Family, HalfNormal, Normal, StudentT
from cochange.models.parts.together import Parameter, Parameters

COORDS = {"marker": ["a", "b"], "column": ["x", "y", "z"]}
ITEMS = (
    Parameter("slope", ("marker",), "slope"),
    Parameter("spread", (), "spread"),
    Parameter("effect", ("marker", "column"), "effect"),
    Parameter("standard", ("column",)),
    Parameter("heavy", (), "heavy"),
)
PRIORS: Mapping[str, Family] = {
    "slope": Normal(mean=1, sd=2),
    "spread": HalfNormal(sd=3),
    "effect": Normal(mean=-1, sd=0.5),
    "heavy": StudentT(df=4, mean=2, sd=1.5),
}


@pytest.fixture
def together() -> Parameters:
    return Parameters(ITEMS, COORDS).by_family(PRIORS)


def test_parameters_of_a_family_stand_beside_each_other(together: Parameters) -> None:
    assert [item.name for item in together.items] == ["slope", "effect", "standard", "spread", "heavy"]
    assert together.size == 2 + 1 + 6 + 3 + 1


def test_the_density_is_that_of_each_parameter_apart(together: Parameters, quick: object) -> None:
    with pm.Model() as model:
        together.variable(PRIORS)
    rng = np.random.default_rng(1)
    normal, spread, heavy = rng.normal(size=11), abs(rng.normal()) + 0.1, rng.normal()
    found = model.compile_logp(jacobian=False, mode=quick)(
        {"normal": normal, "halfnormal_log__": np.log([spread]), "studentt": [heavy]}
    )
    expected = stats.norm(1, 2).logpdf(normal[:2]).sum() + stats.norm(-1, 0.5).logpdf(normal[2:8]).sum()
    expected += stats.norm.logpdf(normal[8:]).sum() + stats.halfnorm(scale=3).logpdf(spread)
    expected += stats.t(4, 2, 1.5).logpdf(heavy)
    assert found == pytest.approx(expected)


def test_draws_bear_the_parameters_names_again(together: Parameters) -> None:
    rng = np.random.default_rng(2)
    dims = ("chain", "draw")
    draws = xr.Dataset(
        {
            "normal": ((*dims, "Normal"), rng.normal(size=(2, 5, 11))),
            "halfnormal": ((*dims, "HalfNormal"), rng.random(size=(2, 5, 1))),
            "studentt": ((*dims, "StudentT"), rng.normal(size=(2, 5, 1))),
            "other": (dims, rng.normal(size=(2, 5))),
        }
    )
    named = together.named(draws, PRIORS)
    assert set(named.data_vars) == {"slope", "spread", "effect", "standard", "heavy", "other"}
    assert named["effect"].dims == (*dims, "marker", "column")
    of_b_and_x = named["effect"].sel(marker="b", column="x")
    np.testing.assert_array_equal(of_b_and_x, draws["normal"].isel(Normal=5))
    flat = {name: named[name].values.reshape(10, *named[name].shape[2:]) for name in named.data_vars}
    np.testing.assert_array_equal(together.vector(flat)[:, :11], draws["normal"].values.reshape(10, 11))


def test_a_parameter_is_taken_out_of_the_vector(together: Parameters) -> None:
    vector = np.arange(float(together.size))
    np.testing.assert_array_equal(vector @ together.pick("effect"), together.places["effect"].ravel())
    np.testing.assert_array_equal(vector @ together.pick("heavy", "slope"), [12, 0, 1])


def test_hyperparameters_follow_a_prior_set(together: Parameters) -> None:
    values = together.hyperparameters({**PRIORS, "slope": Normal(mean=7, sd=8)})
    assert values["Normal_mean"].tolist() == [7, 7] + [-1] * 6 + [0] * 3
    assert values["Normal_sd"].tolist() == [8, 8] + [0.5] * 6 + [1] * 3
    assert values["HalfNormal_sd"].tolist() == [3]
    assert all(value.dtype == np.float64 for value in values.values())
