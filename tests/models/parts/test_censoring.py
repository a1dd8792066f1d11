"""The marker before and after, with its limits."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from cochange.data.study import Study
from cochange.models.parts.censoring import AT_THE_LIMIT, MarkerPair, marker_pair

Table = Callable[..., pd.DataFrame]


@pytest.fixture
def cells(make_people: Table) -> pd.DataFrame:
    table = make_people(20).astype(object)
    table["il6_0"] = [f"{1.5 + i / 10:.2f}" for i in range(20)]
    table["il6_12"] = [f"{2.5 - i / 20:.2f}" for i in range(20)]
    return table


def test_statuses_values_and_limits_are_those_of_the_cells(
    make_study: Callable[..., Study], cells: pd.DataFrame
) -> None:
    cells.loc[0, "il6_0"] = "<0.3"
    cells.loc[1, "il6_12"] = ">50"
    cells.loc[2, "il6_12"] = ""
    cells.loc[3, "il6_0"] = "0.5"
    cells.loc[4, "il6_0"] = "0.2"
    pair = marker_pair(make_study(cells, marker={"lower_limit": 0.5, "upper_limit": 40}))
    assert pair.status[:5].tolist() == [
        ["below", "observed"],
        ["observed", "above"],
        ["observed", "missing"],
        ["observed", "observed"],
        ["below", "observed"],
    ]
    expected = np.log([0.3, 50, 1.7, 0.5, 0.5])
    found = [
        pair.log_value[0, 0],
        pair.log_value[1, 1],
        pair.log_value[2, 0],
        pair.log_value[3, 0],
        pair.log_value[4, 0],
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    # A censored value lies at its own limit exactly, so that PyMC's Censored takes it for censored.
    assert pair.lower[0, 0] == pair.log_value[0, 0]
    assert pair.lower[4, 0] == pair.log_value[4, 0]
    assert pair.upper[1, 1] == pair.log_value[1, 1]
    # A reading equal to the limit was measured: it lies above the lower limit.
    assert pair.lower[3, 0] < pair.log_value[3, 0] <= pair.lower[3, 0] + 2 * AT_THE_LIMIT
    np.testing.assert_allclose(pair.upper[:, 0], np.log(40), atol=2 * AT_THE_LIMIT)


def test_missing_values_stand_at_the_median_of_the_baseline(
    make_study: Callable[..., Study], cells: pd.DataFrame
) -> None:
    cells.loc[[2, 5], "il6_12"] = ""
    pair = marker_pair(make_study(cells))
    assert pair.centre == pytest.approx(np.log(cells["il6_0"].astype(float)).median())
    assert pair.log_value[[2, 5], 1].tolist() == [pair.centre, pair.centre]
    assert np.isinf(pair.lower).all()
    assert np.isinf(pair.upper).all()


def test_the_centre_moves_with_the_unit(make_study: Callable[..., Study], cells: pd.DataFrame) -> None:
    thousandfold = cells.assign(il6_0=cells["il6_0"].astype(float) * 1000, il6_12=cells["il6_12"].astype(float) * 1000)
    one, other = marker_pair(make_study(cells)), marker_pair(make_study(thousandfold))
    np.testing.assert_allclose(other.log_value - other.centre, one.log_value - one.centre, atol=1e-12)


def test_a_reading_under_a_floor_is_above_its_own_limit(make_study: Callable[..., Study], cells: pd.DataFrame) -> None:
    """Laboratories report values under their lowest floor; a limit over an observed value would give it no density."""
    cells.loc[0:2, "il6_0"] = "0.25"
    cells.loc[3, "il6_0"] = "0.1"
    cells.loc[4, "il6_12"] = "90"
    cells.loc[5:7, "il6_12"] = "60"
    pair = marker_pair(make_study(cells, marker={"floors": [0.25], "ceilings": [60]}))
    assert pair.status[:4, 0].tolist() == ["below", "below", "below", "observed"]
    observed = pair.status == "observed"
    assert (pair.lower[observed] < pair.log_value[observed]).all()
    assert (pair.upper[observed] > pair.log_value[observed]).all()


def test_a_selection_keeps_the_order_it_is_given(example: Study) -> None:
    pair = marker_pair(example)
    chosen = pair.of(np.array(["P007", "P003"]))
    assert isinstance(chosen, MarkerPair)
    assert chosen.participant.tolist() == ["P007", "P003"]
    for name in ("log_value", "status", "lower", "upper"):
        np.testing.assert_array_equal(getattr(chosen, name), getattr(pair, name)[[6, 2]])
    assert chosen.centre == pair.centre
