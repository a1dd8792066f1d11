"""Prior draws and replications."""

from types import SimpleNamespace

import numpy as np
import xarray as xr

from cochange.inference import predictive
from cochange.inference.settings import Settings


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
