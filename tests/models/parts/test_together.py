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
    Parameter("standard", ("marker", "column"), scale="between", precision=(0.0, 2.0)),
    Parameter("between", ("marker",), "between"),
    Parameter("heavy", (), "heavy"),
)
PRIORS: Mapping[str, Family] = {
    "slope": Normal(mean=1, sd=2),
    "spread": HalfNormal(sd=3),
    "effect": Normal(mean=-1, sd=0.5),
    "between": HalfNormal(sd=1),
    "heavy": StudentT(df=4, mean=2, sd=1.5),
}


@pytest.fixture
def together() -> Parameters:
    return Parameters(ITEMS, COORDS).by_family(PRIORS)


def drawn_sd(between: np.ndarray) -> np.ndarray:
    """SD of what is drawn for the standard normal parameter, three columns a marker."""
    return np.repeat(np.sqrt(1 + (np.array([0.0, 2.0]) * between) ** 2), 3)


def test_parameters_of_a_family_stand_beside_each_other(together: Parameters) -> None:
    assert [item.name for item in together.items] == ["slope", "effect", "spread", "between", "heavy", "standard"]
    assert together.size == 2 + 6 + 1 + 2 + 1 + 6


def test_the_density_is_that_of_each_parameter_apart(together: Parameters, quick: object) -> None:
    with pm.Model() as model:
        together.variable(PRIORS)
    rng = np.random.default_rng(1)
    normal, spread, heavy, scaled = rng.normal(size=8), abs(rng.normal(size=3)) + 0.1, rng.normal(), rng.normal(size=6)
    found = model.compile_logp(jacobian=False, mode=quick)(
        {"normal": normal, "halfnormal_log__": np.log(spread), "studentt": [heavy], "scaled": scaled}
    )
    expected = stats.norm(1, 2).logpdf(normal[:2]).sum() + stats.norm(-1, 0.5).logpdf(normal[2:8]).sum()
    expected += stats.halfnorm(scale=3).logpdf(spread[0]) + stats.halfnorm(scale=1).logpdf(spread[1:]).sum()
    expected += stats.t(4, 2, 1.5).logpdf(heavy) + stats.norm(0, drawn_sd(spread[1:])).logpdf(scaled).sum()
    assert found == pytest.approx(expected)


def test_a_parameter_with_a_scale_is_standard_normal_whatever_is_drawn_for_it(together: Parameters) -> None:
    with pm.Model() as model:
        together.variable(PRIORS)
    names = [variable.name for variable in model.free_RVs]
    drawn = dict(zip(names, pm.draw([model[name] for name in names], 4000, random_seed=1), strict=True))
    draws = xr.Dataset({name: (("chain", "draw", f"of_{name}"), values[None]) for name, values in drawn.items()})
    assert drawn["scaled"].std(axis=0)[3:].min() > 1.3
    standard = together.named(draws, PRIORS)["standard"].values.reshape(4000, 6)
    for column in standard.T:
        assert stats.kstest(column, "norm").pvalue > 1e-4


def test_prior_draws_are_distributed_as_the_priors_are(together: Parameters) -> None:
    drawn = together.drawn(PRIORS, 4000, np.random.default_rng(5))
    expected = {
        "slope": stats.norm(1, 2),
        "spread": stats.halfnorm(scale=3),
        "effect": stats.norm(-1, 0.5),
        "standard": stats.norm(0, 1),
        "between": stats.halfnorm(scale=1),
        "heavy": stats.t(4, 2, 1.5),
    }
    assert set(drawn.data_vars) == set(expected)
    columns = []
    for name, distribution in expected.items():
        assert drawn[name].dims[:2] == ("chain", "draw")
        elements = drawn[name].values.reshape(4000, -1).T
        columns += list(elements)
        for element in elements:
            assert stats.kstest(element, distribution.cdf).pvalue > 1e-4
    ranks = stats.spearmanr(np.stack(columns, axis=1)).statistic
    assert np.abs(ranks - np.eye(len(columns))).max() < 5 / np.sqrt(4000)
    assert drawn["effect"].dims == ("chain", "draw", "marker", "column")


def test_prior_draws_are_those_of_the_graph(together: Parameters) -> None:
    with pm.Model() as model:
        together.variable(PRIORS)
    assert together.variables(PRIORS) == {variable.name for variable in model.free_RVs}
    names = sorted(together.variables(PRIORS))
    drawn = dict(zip(names, pm.draw([model[name] for name in names], 4000, random_seed=3), strict=True))
    draws = xr.Dataset({name: (("chain", "draw", f"of_{name}"), values[None]) for name, values in drawn.items()})
    of_graph, ours = together.named(draws, PRIORS), together.drawn(PRIORS, 4000, np.random.default_rng(6))
    for name in ours.data_vars:
        pairs = zip(of_graph[name].values.reshape(4000, -1).T, ours[name].values.reshape(4000, -1).T, strict=True)
        assert all(stats.ks_2samp(first, second).pvalue > 1e-4 for first, second in pairs)


def test_draws_bear_the_parameters_names_again(together: Parameters) -> None:
    rng = np.random.default_rng(2)
    dims = ("chain", "draw")
    draws = xr.Dataset(
        {
            "normal": ((*dims, "Normal"), rng.normal(size=(2, 5, 8))),
            "halfnormal": ((*dims, "HalfNormal"), rng.random(size=(2, 5, 3))),
            "studentt": ((*dims, "StudentT"), rng.normal(size=(2, 5, 1))),
            "scaled": ((*dims, "Scaled"), rng.normal(size=(2, 5, 6))),
            "other": (dims, rng.normal(size=(2, 5))),
        }
    )
    named = together.named(draws, PRIORS)
    assert set(named.data_vars) == {"slope", "spread", "effect", "standard", "between", "heavy", "other"}
    assert named["effect"].dims == (*dims, "marker", "column")
    of_b_and_x = named["effect"].sel(marker="b", column="x")
    np.testing.assert_array_equal(of_b_and_x, draws["normal"].isel(Normal=5))
    for chain, draw in ((0, 0), (1, 3)):
        at = {"chain": chain, "draw": draw}
        expected = draws["scaled"].isel(at).values / drawn_sd(named["between"].isel(at).values)
        np.testing.assert_allclose(named["standard"].isel(at).values.ravel(), expected)
    flat = {name: named[name].values.reshape(10, *named[name].shape[2:]) for name in named.data_vars}
    np.testing.assert_array_equal(together.vector(flat)[:, :8], draws["normal"].values.reshape(10, 8))


def test_a_parameter_is_taken_out_of_the_vector(together: Parameters) -> None:
    vector = np.arange(float(together.size))
    np.testing.assert_array_equal(vector @ together.pick("effect"), together.places["effect"].ravel())
    np.testing.assert_array_equal(vector @ together.pick("heavy", "slope"), [11, 0, 1])


def test_hyperparameters_follow_a_prior_set(together: Parameters) -> None:
    values = together.hyperparameters({**PRIORS, "slope": Normal(mean=7, sd=8)})
    assert values["Normal_mean"].tolist() == [7, 7] + [-1] * 6
    assert values["Normal_sd"].tolist() == [8, 8] + [0.5] * 6
    assert values["HalfNormal_sd"].tolist() == [3, 1, 1]
    assert values["precision"].tolist() == [0] * 3 + [2] * 3
    assert all(value.dtype == np.float64 for value in values.values())
