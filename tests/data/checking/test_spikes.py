import numpy as np
import pytest

from cochange.data.checking.spikes import low_spikes


def sample(*constants: tuple[float, int], rest: int = 80) -> np.ndarray:
    readings = np.random.default_rng(0).lognormal(2, 0.5, rest) + 2
    return np.concatenate([np.full(count, value) for value, count in constants] + [readings])


@pytest.mark.parametrize(
    ("constants", "expected"),
    [
        ([(1.0, 20)], [(1.0, 20)]),
        ([(1.0, 20), (1.4, 10)], [(1.0, 20), (1.4, 10)]),
        ([(1.0, 20), (1.4, 10), (1.8, 15)], [(1.0, 20), (1.8, 15)]),
        ([(1.0, 20), (3.0, 10)], [(1.0, 20)]),
        ([(1.0, 4)], []),
        ([(0.9, 1), (1.0, 20)], []),
        ([], []),
    ],
)
def test_constants_at_the_low_end(constants: list[tuple[float, int]], expected: list[tuple[float, int]]) -> None:
    values = sample(*constants)
    spikes = low_spikes(values, values, len(values))
    assert [(spike.value, spike.count) for spike in spikes] == expected


def test_a_share_under_five_percent_is_no_spike() -> None:
    values = sample((1.0, 5), rest=96)
    assert low_spikes(values, values, len(values)) == ()
    assert len(low_spikes(values[:-1], values[:-1], len(values) - 1)) == 1


def test_nearness_is_judged_on_the_raw_scale() -> None:
    raw = sample((0.2, 20), (0.35, 20))
    spikes = low_spikes(np.log(raw), raw, len(raw))
    assert [spike.count for spike in spikes] == [20, 20]
    assert str(spikes[0]) == "-1.60944 in 20 of 120 readings (17%)"


def test_no_readings_no_spike() -> None:
    assert low_spikes(np.array([]), np.array([]), 0) == ()
