"""Contrasts of arms side by side, counted by hand."""

import numpy as np
import pytest
import xarray as xr

from cochange.inference.contrasts import contrasts

GROUPS = ["T versus C", "S versus C"]


def draws(values: list[list[float]], **dims: list[str]) -> xr.DataArray:
    array = np.array(values, dtype=float)[None]
    return xr.DataArray(array, dims=("chain", "draw", *dims), coords=dims)


def test_draws_are_counted_by_where_they_lie() -> None:
    ratio = draws([[0.5, 2.0], [0.25, 2.0], [0.5, 0.5], [2.0, 2.0], [4.0, 4.0]], group=GROUPS)
    difference = draws([[-1, 1], [-2, 1], [1, -1], [-1, -1], [3, 2]], group=GROUPS)
    first, second = contrasts({"arm_ratio": ratio, "arm_difference": difference})
    assert (first.group, first.marker) == ("T versus C", None)
    np.testing.assert_allclose(first.halvings, [1, 2, 1, -1, -2])
    assert (first.both_lower, first.marker_lower, first.score_lower, first.both_higher) == (0.4, 0.2, 0.2, 0.2)
    assert first.same_way == pytest.approx(0.6)
    assert first.correlation == pytest.approx(np.corrcoef([1, 2, 1, -1, -2], [-1, -2, 1, -1, 3])[0, 1])
    assert (second.both_lower, second.marker_lower, second.score_lower, second.both_higher) == (0.2, 0, 0.2, 0.6)


def test_each_marker_stands_beside_the_same_score() -> None:
    ratio = draws([[[0.5], [2.0]], [[0.5], [2.0]], [[1.5], [0.1]]], marker=["a", "b"], group=["T versus C"])
    difference = draws([[-1], [1], [-1]], group=["T versus C"])
    found = list(contrasts({"arm_ratio": ratio, "arm_difference": difference}))
    assert [item.marker for item in found] == ["a", "b"]
    np.testing.assert_allclose(found[0].score, found[1].score)
    assert found[0].both_lower == pytest.approx(1 / 3)
    assert found[1].both_lower == pytest.approx(1 / 3)
    assert found[1].score_lower == pytest.approx(1 / 3)
