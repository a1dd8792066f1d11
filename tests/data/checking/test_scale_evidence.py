"""The rules must stay silent on what they are told, and speak on the plain cases."""

import numpy as np
import pytest

from cochange.data.checking.scale_evidence import NATURAL_LOGS, looks_logged, looks_raw

LOG = {"ln": np.log, "log10": np.log10, "log2": np.log2, "log(x+1)": np.log1p}


@pytest.mark.parametrize("n", [30, 116, 1000])
@pytest.mark.parametrize("sd", [0.5, 0.72, 1.5])
def test_silent_on_log_normal_readings_declared_right(n: int, sd: float) -> None:
    rng = np.random.default_rng(n)
    for mean in (-1.0, 0.4, 3.0):
        for readings in rng.lognormal(mean, sd, size=(20, n)):
            assert looks_logged(readings) is None
            for scale, log in LOG.items():
                assert looks_raw(log(readings), scale) is None


@pytest.mark.parametrize("scale", ["ln", "log10", "log2"])
def test_logged_il6_declared_raw_is_seen(scale: str) -> None:
    readings = np.random.default_rng(2).lognormal(0.4, 0.72, 116)
    evidence = looks_logged(LOG[scale](readings))
    assert evidence is not None
    assert "of 116 values are negative" in evidence


def test_logs_without_negative_values_are_seen_by_their_small_spread() -> None:
    evidence = looks_logged(np.random.default_rng(3).normal(7, 0.72, 116))
    assert evidence is not None
    assert evidence.startswith("the SD of the natural log of the 116 values would be 0.1")


def test_logs_without_negative_values_are_seen_by_their_skewness() -> None:
    values = np.random.default_rng(4).normal(2.5, 0.8, 1000)
    evidence = looks_logged(values[values > 0])
    assert evidence is not None
    assert "have a skewness of " in evidence


@pytest.mark.parametrize("scale", list(NATURAL_LOGS))
def test_raw_crp_declared_logged_is_seen_by_its_absurd_maximum(scale: str) -> None:
    readings = np.random.default_rng(5).lognormal(1.8, 1.0, 116)
    evidence = looks_raw(readings, scale)
    assert evidence is not None
    assert "times their median" in evidence


def test_raw_il6_declared_logged_is_seen_by_its_skewness() -> None:
    readings = np.random.default_rng(6).lognormal(-1, 1.0, 300)
    evidence = looks_raw(readings, "ln")
    assert evidence is not None
    assert "300 values are positive, with a skewness of 4.5" in evidence


@pytest.mark.parametrize("n", [0, 5, 19])
def test_silent_on_too_few_values(n: int) -> None:
    values = np.linspace(-3, 3, n)
    assert looks_logged(values) is None
    assert looks_raw(values * 100, "ln") is None


def test_two_negative_values_are_no_evidence_of_logs() -> None:
    readings = np.random.default_rng(7).lognormal(0.4, 0.72, 116)
    readings[:2] = -0.1
    assert looks_logged(readings) is None
