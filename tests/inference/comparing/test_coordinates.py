"""The coordinates of a compiled model: those of the sampler, there and back."""

from types import SimpleNamespace

import numpy as np
import nutpie
import pymc as pm
import pytest
import xarray as xr

from cochange.inference.comparing.coordinates import coordinates_of
from cochange.inference.compiled import compile_model
from cochange.inference.fit import sample_posterior
from cochange.inference.quiet import quiet
from cochange.inference.settings import Settings
from cochange.models.parts.contract import load_model
from cochange.models.parts.prior_sets import prior_sets

SETTINGS = Settings(draws=100, tune=100, chains=2, seed=3, max_draws=100)


@pytest.fixture(scope="module", params=["marker_change", "joint_change"])
def sampled(request, example_study):
    model = load_model(request.param)
    sets = prior_sets(model.name, model.shipped, example_study)
    compiled = compile_model(model, example_study, sets["reference"])
    drawn = sample_posterior(compiled, "reference", sets["reference"], SETTINGS)
    return compiled, sets, drawn, coordinates_of(compiled, 2)


def test_draws_come_back_from_their_coordinates(sampled):
    _, _, drawn, coordinates = sampled
    points = coordinates.of(drawn.variables)
    xr.testing.assert_allclose(
        coordinates.variables(points, drawn.variables).drop_vars("chain"),
        drawn.variables.drop_vars(["chain", "draw"]),
        rtol=1e-9,
    )


def test_the_log_density_is_that_of_the_sampler(sampled):
    compiled, sets, drawn, coordinates = sampled
    points = coordinates.of(drawn.variables)
    found = coordinates.log_density(compiled.under(sets["reference"]), points)
    known = drawn.fit.tree["sample_stats"]["logp"].values.ravel()
    np.testing.assert_allclose(found, known, rtol=1e-9)


def test_the_log_density_is_that_of_the_graph_under_another_set(sampled):
    compiled, sets, drawn, coordinates = sampled
    points = coordinates.of(drawn.variables)[:5]
    sampler = compiled.under(sets["sceptical"])
    density = compiled.graph.compile_logp()
    for point, found in zip(points, coordinates.log_density(sampler, points), strict=True):
        values, start = {}, 0
        for variable in compiled.graph.value_vars:
            shape = compiled.sampler.shapes[variable.name]
            size = int(np.prod(shape))
            values[variable.name] = point[start : start + size].reshape(shape)
            start += size
        assert found == pytest.approx(float(density(values)), rel=1e-9)


def test_where_there_is_no_density_it_is_minus_infinity(sampled):
    compiled, sets, drawn, coordinates = sampled
    points = coordinates.of(drawn.variables)[:3]
    points[1] = 1e300
    found = coordinates.log_density(compiled.under(sets["reference"]), points)
    assert np.isfinite(found[[0, 2]]).all()
    assert found[1] == -np.inf


def test_matrices_shares_and_derived_values_come_back_too():
    with quiet():
        with pm.Model(coords={"marker": ["a", "b", "c"], "marker_": ["a", "b", "c"]}) as graph:
            x = pm.Normal("x", 0, 1, shape=4)
            correlation = pm.LKJCorr("correlation", n=3, eta=2, dims=("marker", "marker_"))
            share = pm.Beta("share", 2, 3)
            pm.Deterministic("derived", x.sum() * share)
            pm.Potential("likelihood", -0.5 * (correlation**2).sum())
        sampler = nutpie.compile_pymc_model(graph)
        tree = nutpie.sample(sampler, draws=50, tune=100, chains=2, progress_bar=False, seed=1)
        coordinates = coordinates_of(SimpleNamespace(graph=graph, sampler=sampler), 2)
    drawn = tree["posterior"].to_dataset()
    points = coordinates.of(drawn)
    assert points.shape == (100, 4 + 3 + 1)
    known = tree["sample_stats"]["logp"].values.ravel()
    np.testing.assert_allclose(coordinates.log_density(sampler, points), known, rtol=1e-9)
    back = coordinates.variables(points, drawn)
    for name, values in drawn.items():
        assert back[name].dims == values.dims
        np.testing.assert_allclose(back[name], values, rtol=1e-9, atol=1e-12)
