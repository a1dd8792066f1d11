"""Numbers written in for a reading: fractions of a limit, constants at the ends, codes."""

from typing import Any

import numpy as np
import pytest


def texts_of(wide: Any) -> list[str]:
    return [notice.message for notice in wide.read().notices]


@pytest.mark.parametrize(
    ("scale", "text", "count", "limit", "words"),
    [
        ("raw", "0.055", 6, "<0.11", "0.055 in 6 of 24 readings (25%), half of the limit 0.11,"),
        ("raw", "0.055", 3, "<0.11", "0.055 in 3 of 24 readings (12%), half of the limit 0.11,"),
        ("raw", "0.078", 3, "<0.11", "0.078 in 3 of 24 readings (12%), 1/sqrt(2) of the limit 0.11,"),
        ("raw", "0.08", 3, "<0.11", "0.08 in 3 of 24 readings (12%), 1/sqrt(2) of the limit 0.11,"),
        ("ln", "-2.9", 3, "<-2.207", "-2.9 in 3 of 24 readings (12%), half of the limit -2.207,"),
        ("log10", "-1.1091", 3, "<-0.9586", "-1.1091 in 3 of 24 readings (12%), 1/sqrt(2) of the limit -0.9586,"),
        ("log2", "-4.184", 3, "<-3.184", "-4.184 in 3 of 24 readings (12%), half of the limit -3.184,"),
    ],
)
def test_a_fraction_of_a_limit_in_the_column_is_asked_about(
    wide: Any, scale: str, text: str, count: int, limit: str, words: str
) -> None:
    wide.spec["marker"][0] |= {"scale": scale, "confirmed": ["scale"]}
    wide.table.loc[: count - 1, "il6_0"] = text
    wide.table.loc[10, "il6_0"] = limit
    (notice,) = wide.read().notices
    assert (notice.file, notice.column, notice.caution) == ("trial.csv", "il6_0", True)
    assert notice.message.startswith(f"IL-6 at 'baseline' has {words} at its low end.")
    assert f"floors = [{text}] if each stands for 'below that value'" in notice.message
    wide.spec["marker"][0]["confirmed"] = ["scale", "floors"]
    assert texts_of(wide) == []


def test_numbers_that_are_no_fraction_pass(wide: Any) -> None:
    wide.table.loc[:2, "il6_0"] = "0.06"
    wide.table.loc[3:5, "il6_0"] = "0.07"
    wide.table.loc[10, "il6_0"] = "<0.11"
    assert texts_of(wide) == []


@pytest.mark.parametrize(("text", "words"), [("0.055", "half"), ("0.0778", "1/sqrt(2)")])
def test_a_fraction_of_the_declared_limit_is_censored_there_and_counted(wide: Any, text: str, words: str) -> None:
    wide.spec["marker"][0]["lower_limit"] = 0.11
    wide.table.loc[:11, "il6_0"] = text
    study = wide.read()
    (notice,) = study.notices
    assert not notice.caution
    assert f"{text} in 12 of 24 readings: {words} of the limit 0.11. They are censored at that" in notice.message
    assert int((study.data["marker_value"] == 0.11).sum()) == 12


def test_a_constant_at_the_high_end(wide: Any) -> None:
    wide.table.loc[:5, "il6_0"] = "200"
    (notice,) = wide.read().notices
    assert (notice.column, notice.caution) == ("il6_0", True)
    assert "200 in 6 of 24 readings (25%) at its high end" in notice.message
    wide.spec["marker"][0]["confirmed"] = ["ceilings"]
    assert texts_of(wide) == []
    wide.spec["marker"][0] |= {"confirmed": [], "ceilings": [200]}
    study = wide.read()
    assert study.notices == ()
    assert int((study.data["marker_status"] == "above").sum()) == 6


@pytest.mark.parametrize("text", ["999", "9999", "99999", "8888", "7777"])
@pytest.mark.parametrize("keys", [{}, {"upper_limit": 200}])
def test_a_number_that_looks_like_a_code(wide: Any, text: str, keys: dict[str, float]) -> None:
    wide.spec["marker"][0] |= keys
    wide.table.loc[3, "il6_0"] = text
    (notice,) = wide.read().notices
    assert (notice.column, notice.caution) == ("il6_0", True)
    assert notice.message.startswith(
        f"IL-6 at 'baseline' has {text} in 1 of 24 numbers, 1 row (5), on the raw scale a factor"
    )
    read_as = "above the limit 200" if keys else "a true reading"
    assert f"it is analysed as {read_as} now" in notice.message
    assert f'missing = ["NA", "{text}"] under [data]' in notice.message
    wide.spec["marker"][0]["confirmed"] = ["ceilings"]
    assert texts_of(wide) == []
    wide.spec["marker"][0]["confirmed"] = []
    wide.spec["data"]["missing"] = ["NA", text]
    assert texts_of(wide) == []


@pytest.mark.parametrize(("scale", "text"), [("raw", "9999"), ("ln", "-9")])
def test_a_code_repeated_often_is_asked_about_once(wide: Any, scale: str, text: str) -> None:
    wide.spec["marker"][0] |= {"scale": scale, "confirmed": ["scale"]}
    wide.table.loc[:6, "il6_0"] = text
    (message,) = texts_of(wide)
    assert f"{text} in 7 of 24 numbers" in message


def test_a_code_beside_a_zero_that_stands_below_the_limit(wide: Any) -> None:
    wide.spec["marker"][0] |= {"codes": ["remark", "remark"], "below_codes": ["1"], "lower_limit": 0.1}
    wide.table["remark"] = ""
    wide.table.loc[3, ["il6_0", "il6_12", "remark"]] = ["0", "0", "1"]
    wide.table.loc[4, "il6_0"] = "9999"
    (message,) = texts_of(wide)
    assert "9999 in 1 of 24 numbers, 1 row (6)" in message


def test_a_limit_that_is_nothing_on_the_raw_scale_is_no_limit_of_a_fraction(wide: Any) -> None:
    wide.spec["marker"][0] |= {"scale": "ln", "lower_limit": -800, "confirmed": ["scale"]}
    (message,) = texts_of(wide)
    assert message.startswith("IL-6: lower_limit -800 is read on the ln scale")


def test_a_large_reading_among_large_ones_is_no_code(wide: Any) -> None:
    rng = np.random.default_rng(1)
    wide.table["il6_0"] = [f"{x:.0f}" for x in rng.uniform(300, 990, 24)]
    wide.table.loc[3, "il6_0"] = "999"
    assert texts_of(wide) == []
    wide.table.loc[4, "il6_0"] = "999"
    (message,) = texts_of(wide)
    assert "999 in 2 of 24 numbers" in message


@pytest.mark.parametrize("text", ["99", "-99", "999", "-999"])
@pytest.mark.parametrize("scale", ["ln", "log10", "log2"])
def test_a_code_among_logarithms_is_a_fault(wide: Any, scale: str, text: str) -> None:
    wide.spec["marker"][0] |= {"scale": scale, "lower_limit": -3}
    wide.table.loc[[3, 7], "il6_0"] = text
    fault = wide.only_fault()
    assert (fault.file, fault.row, fault.column) == ("trial.csv", 5, "il6_0")
    assert fault.found.startswith(f"'{text}' in 2 rows (5, 9)")
    assert f'missing = ["NA", "{text}"] under [data]' in fault.action


def test_a_low_code_among_logarithms_is_asked_about(wide: Any) -> None:
    wide.spec["marker"][0] |= {"scale": "ln", "confirmed": ["scale"]}
    wide.table.loc[[3, 7], "il6_0"] = "-9"
    (message,) = texts_of(wide)
    assert "-9 in 2 of 24 numbers" in message
    assert 'confirmed = ["floors"]' in message


@pytest.mark.parametrize("scale", ["raw", "log(x+1)"])
def test_zeros_are_a_fault_with_their_count(wide: Any, scale: str) -> None:
    wide.spec["marker"][0] |= {"scale": scale, "confirmed": ["scale"]}
    wide.table.loc[[3, 7, 9], "il6_0"] = "0"
    fault = wide.only_fault()
    assert fault.found == "'0' in 3 rows (5, 9, 11)"
    assert "floors = [0] and lower_limit = L; otherwise declare it a missing code" in fault.action
