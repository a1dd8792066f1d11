"""Prior draws and replications."""

from types import SimpleNamespace

import numpy as np
import xarray as xr

from cochange.inference import predictive
from cochange.inference.settings import Settings
from cochange.inference.stored_names import as_named


def test_parameters_and_replications_are_drawn_from_different_random_numbers():
    draws = xr.Dataset({"mean": (("chain", "draw"), np.zeros((2, 10)))})
    first = []

    def drawn_from(rng):
        first.append(rng.random())
        return draws

    model = SimpleNamespace(
        name="model", replicate=lambda _, __, rng: drawn_from(rng), observed_data=lambda _: xr.Dataset()
    )
    compiled = SimpleNamespace(
        model=model, study=None, draw_priors=lambda _, __, seed: drawn_from(np.random.default_rng(seed))
    )
    predictive.predict(compiled, draws, Settings(), "reference", None)
    assert len(first) == len(set(first)) == 3


def test_outcomes_named_with_a_slash_stand_in_a_tree_and_are_read_under_their_names():
    values = xr.Dataset({"CRP/albumin ratio at baseline": (("chain", "draw", "participant"), np.ones((2, 10, 3)))})
    seen = values.isel(chain=0, draw=0)
    model = SimpleNamespace(name="model", replicate=lambda *_: values, observed_data=lambda _: seen)
    compiled = SimpleNamespace(model=model, study=None, draw_priors=lambda *_: xr.Dataset())
    posterior = xr.Dataset({"mean": (("chain", "draw"), np.zeros((2, 10)))})
    groups = predictive.predict(compiled, posterior, Settings(), "reference", None)
    tree = xr.DataTree.from_dict(dict(groups))
    for group, drawn in (("prior_predictive", values), ("posterior_predictive", values), ("observed_data", seen)):
        assert as_named(tree[group].to_dataset()).identical(drawn)
