"""Draws of the estimands come back from their file as they were."""

import numpy as np
import xarray as xr

from cochange.inference.estimand_draws import load_draws, save_draws


def test_draws_come_back_bit_for_bit_with_their_labels(tmp_path):
    rng = np.random.default_rng(1)
    sample = {"chain": [0, 1], "draw": np.arange(0, 15, 3)}
    plain = xr.DataArray(rng.normal(size=(2, 5)), sample, ("chain", "draw"), name="own")
    grouped = xr.DataArray(
        rng.normal(size=(2, 5, 2, 1)).astype(np.float32),
        {**sample, "group": ["overall", "site \N{GREATER-THAN OR EQUAL TO} 2"], "time": [0.5]},
        ("chain", "draw", "group", "time"),
    )
    missing = xr.where(plain > 0, np.nan, plain)
    lone = xr.DataArray(rng.normal(size=(2, 5)), dims=("chain", "draw")).assign_coords(visit="week 6")
    draws = {
        ("m", "b"): {"z": plain, "a": grouped},
        ("m", "a"): {"z": missing},
        ("k", "b"): {"alone": lone},
    }
    save_draws(tmp_path / "draws.npz", draws)
    again = load_draws(tmp_path / "draws.npz")
    assert [(fit, list(estimands)) for fit, estimands in again.items()] == [
        (fit, list(estimands)) for fit, estimands in draws.items()
    ]
    for fit, estimands in draws.items():
        for name, array in estimands.items():
            assert again[fit][name].identical(array)
            assert again[fit][name].dtype == array.dtype


def test_the_same_draws_give_the_same_file(tmp_path):
    draws = {("m", "a"): {"x": xr.DataArray(np.arange(6.0).reshape(2, 3), dims=("chain", "draw"))}}
    for name in ("one", "two"):
        save_draws(tmp_path / name, draws)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
