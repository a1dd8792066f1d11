"""Draws evenly apart, as many as are asked for."""

import numpy as np
import pytest
import xarray as xr

from cochange.inference.thinning import evenly


@pytest.mark.parametrize(
    ("chains", "draws", "most", "step", "left"),
    [
        (4, 1000, 4000, 1, 4000),
        (4, 1001, 4000, 2, 2004),
        (4, 250, 9000, 1, 1000),
        (1, 7, 2, 4, 2),
        (3, 1000, 1000, 3, 1002),
    ],
)
def test_equal_steps_leave_what_is_asked_for(chains: int, draws: int, most: int, step: int, left: int) -> None:
    own = xr.Dataset({"x": (("chain", "draw"), np.zeros((chains, draws)))}, coords={"draw": np.arange(draws)})
    found = own.isel(draw=evenly(own, most))
    assert set(np.diff(found["draw"])) <= {step}
    assert found["x"].size == left
    assert left < most + chains
