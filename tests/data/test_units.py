"""Units: equal names, exact conversions, and what cannot be converted."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from cochange.data.units import conversion_factor, grams_per_mole, known_unit, same_unit


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("pg/mL", "ng/L", True),
        ("pg/mL", "fg/µL", True),
        ("pg/mL", "pg / ml", True),
        ("µg/L", "ng/mL", True),
        ("ug/L", "mcg/L", True),
        ("pM", "pmol/L", True),
        ("IU/mL", "IU/mL", True),
        ("pg/mL", "pg/dL", False),
        ("pg/mL", "pmol/L", False),
        ("IU/mL", "IU/L", False),
    ],
)
def test_names_of_one_unit(one: str, other: str, same: bool) -> None:
    assert same_unit(one, other) is same
    assert same_unit(other, one) is same


@pytest.mark.parametrize(
    ("unit", "to", "mass", "factor"),
    [
        ("pg/mL", "ng/L", None, "1"),
        ("pg/dL", "pg/mL", None, "0.01"),
        ("ng/mL", "pg/mL", None, "1000"),
        ("ng/dL", "pg/mL", None, "10"),
        ("µg/L", "pg/mL", None, "1000"),
        ("mg/L", "pg/mL", None, "1E+6"),
        ("mg/dL", "mg/L", None, "10"),
        ("nM", "pmol/L", None, "1000"),
        ("pmol/L", "pg/mL", "20.9 kDa", "20.9"),
        ("nmol/L", "ng/mL", "362.5 g/mol", "0.3625"),
        ("pg/mL", "pmol/L", "20 kDa", "0.05"),
        ("NPX", "NPX", None, "1"),
        ("pmol/L", "pg/mL", None, None),
        ("IU/mL", "pg/mL", None, None),
        ("pg/mL", "NPX", None, None),
    ],
)
def test_factors_are_exact(unit: str, to: str, mass: str | None, factor: str | None) -> None:
    expected = None if factor is None else Decimal(factor)
    assert conversion_factor(unit, to, mass) == expected


@pytest.mark.parametrize(("text", "grams"), [("20.9 kDa", 20900), ("20.9", None), ("0 kDa", None), ("20900Da", 20900)])
def test_a_molar_mass_has_its_unit(text: str, grams: int | None) -> None:
    assert grams_per_mole(text) == grams


@pytest.mark.parametrize(
    ("scale", "text", "limit", "unit", "value", "lower"),
    [
        ("raw", "0.29", 0.16, "ng/mL", 290, 160),
        ("raw", "<0.57", 0.16, "ng/dL", 5.7, 5.7),
        ("log10", "-1", -2, "ng/mL", 100, 10),
        ("ln", "0", -1, "ng/mL", 1000, 1000 * np.exp(-1)),
        ("log2", "-3", -4, "ng/dL", 1.25, 0.625),
        ("log(x+1)", repr(float(np.log(3))), 0.1, "ng/mL", 2000, 1000 * np.expm1(0.1)),
    ],
)
def test_readings_and_limits_are_converted(
    wide: Any, scale: str, text: str, limit: float, unit: str, value: float, lower: float
) -> None:
    wide.spec["marker"][0] |= {"unit": unit, "convert_to": "pg/mL", "scale": scale, "lower_limit": limit}
    wide.spec["marker"][0]["confirmed"] = ["scale"]
    wide.table.loc[3, "il6_0"] = text
    study = wide.read()
    cell = study.data.isel(participant=3, visit=0, marker=0)
    assert cell["marker_value"].item() == pytest.approx(value, rel=1e-15)
    assert cell["log_marker"].item() == pytest.approx(np.log(value), rel=1e-12)
    assert cell["lower_limit"].item() == pytest.approx(lower, rel=1e-15)
    record = study.audit.records.query("participant == '004' and column == 'il6_0'").iloc[0]
    assert record["decision"].endswith(f"; converted from {unit} to pg/mL")
    sentence = f"readings and limits are converted from {unit} to pg/mL"
    assert study.audit.facts["unit of IL-6"].startswith(sentence)
    assert any(notice.message.startswith(f"IL-6: {sentence}") and not notice.caution for notice in study.notices)
    assert study.spec.marker[0].analysed_unit == "pg/mL"


def test_amounts_become_masses_with_the_molar_mass(wide: Any) -> None:
    wide.spec["marker"][0] |= {"unit": "pmol/L", "convert_to": "pg/mL", "molar_mass": "20.9 kDa"}
    wide.table.loc[3, "il6_0"] = "2 pM"
    study = wide.read()
    assert study.data["marker_value"].isel(participant=3, visit=0, marker=0).item() == pytest.approx(41.8)
    assert "1 pmol/L = 20.9 pg/mL, with a molar mass of 20.9 kDa" in study.audit.facts["unit of IL-6"]


def test_two_names_of_one_unit_change_no_number(wide: Any) -> None:
    before = wide.read().data
    wide.spec["marker"][0] |= {"unit": "ng/L", "convert_to": "pg/mL"}
    study = wide.read()
    assert study.data.identical(before)
    assert study.audit.facts["unit of IL-6"] == "ng/L and pg/mL are names of one unit: no number is changed"


@pytest.mark.parametrize(
    ("keys", "key", "found", "action"),
    [
        ({"convert_to": "IU/mL"}, "convert_to", "'IU/mL'", "units of mass or mol per volume"),
        ({"convert_to": "pmol/L"}, "convert_to", "'pmol/L'", "give the molar mass of the marker with its unit"),
        ({"convert_to": "pmol/L", "molar_mass": "20.9"}, "molar_mass", "'20.9'", "write number and unit in quotes"),
        ({"convert_to": "ng/L", "molar_mass": "20.9 kDa"}, "molar_mass", "'pg/mL' to 'ng/L'", "drop the key"),
        ({"molar_mass": "20.9 kDa"}, "molar_mass", "no convert_to", "drop the key"),
    ],
)
def test_conversions_that_are_refused(wide: Any, keys: dict[str, str], key: str, found: str, action: str) -> None:
    wide.spec["marker"][0] |= keys
    fault = wide.only_fault()
    assert (fault.file, fault.column, fault.found) == ("study.toml", f"marker[1].{key}", found)
    assert fault.action.startswith(action)


@pytest.mark.parametrize(
    "unit", ["pg/mL", "nM", "IU/mL", "mIU/L", "kU/L", "10^9/L", "10e6 cells/mL", "cells/µL", "%", "NPX", "as reported"]
)
def test_units_of_markers_are_known(unit: str) -> None:
    assert known_unit(unit)


@pytest.mark.parametrize("unit", ["furlongs", "pg/m", "pgml", "pg/mLL", "IU", "10/L", "kg/mL"])
def test_what_may_be_a_slip_is_not_known(unit: str) -> None:
    assert not known_unit(unit)
