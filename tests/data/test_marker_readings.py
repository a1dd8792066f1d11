"""Marker readings on another scale than declared, or that are no positive number: never taken as low ones."""

import numpy as np
import pytest

CSV = "trial.csv"


@pytest.mark.parametrize("scale", ["raw", "log(x+1)"])
@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("-99", 'declare it a missing code: missing = ["NA", "-99"] under [data]'),
        ("-0.5", "give the logarithm that the column holds as the marker's scale"),
        ("0", "write floors = [0] and lower_limit = L; otherwise declare it a missing code"),
        ("0.00", "write floors = [0] and lower_limit = L"),
    ],
)
def test_a_lower_limit_does_not_swallow_them(wide, scale: str, text: str, action: str) -> None:
    wide.spec["marker"][0] |= {"lower_limit": 0.16, "scale": scale, "confirmed": ["scale"]}
    wide.table.loc[12, "il6_0"] = text
    fault = wide.only_fault()
    assert (fault.row, fault.column, fault.found) == (14, "il6_0", f"'{text}'")
    assert fault.required == "a reading of IL-6 above zero and finite on the raw scale"
    assert action in fault.action


def test_a_negative_number_with_a_decimal_comma(wide) -> None:
    wide.spec["data"] |= {"decimal": ",", "delimiter": ";"}
    wide.spec["marker"][0]["lower_limit"] = 0.16
    for column in ("il6_0", "il6_12"):
        wide.table[column] = wide.table[column].str.replace(".", ",")
    wide.table.loc[12, "il6_0"] = "-1,2"
    assert wide.only_fault().found == "'-1,2'"


def test_negative_readings_of_a_logged_column_under_its_limit_stay_censored(wide) -> None:
    wide.spec["marker"][0] |= {"lower_limit": -1.83, "scale": "ln", "confirmed": ["scale"]}
    wide.table.loc[12, "il6_0"] = "-2"
    cell = wide.read().data.isel(participant=12, visit=0, marker=0)
    assert str(cell["marker_status"].to_numpy()) == "below"
    assert float(cell["log_marker"]) == pytest.approx(-1.83)


@pytest.mark.parametrize("text", ["<0", "<-1"])
def test_a_limit_that_is_not_positive(wide, text: str) -> None:
    wide.spec["marker"][0]["lower_limit"] = 0.16
    wide.table.loc[12, "il6_0"] = text
    fault = wide.only_fault()
    assert (fault.row, fault.found) == (14, f"'{text}'")
    assert fault.action.startswith("name a limit above zero")


def test_a_floor_of_zero_is_censored_at_the_limit_of_its_visit(wide) -> None:
    wide.spec["marker"][0] |= {"lower_limit": [0.16, 0.2], "floors": [0]}
    wide.table.loc[2, ["il6_0", "il6_12"]] = "0"
    cells = wide.read().data.isel(participant=2, marker=0)
    assert cells["marker_status"].to_numpy().tolist() == ["below", "below"]
    assert cells["marker_value"].to_numpy().tolist() == [0.16, 0.2]


def test_a_repeated_missing_code_is_one_fault_and_no_sign_of_logarithms(wide) -> None:
    wide.table.loc[[2, 5, 9], "il6_0"] = "-99"
    fault = wide.only_fault()
    assert (fault.row, fault.column, fault.found) == (4, "il6_0", "'-99' in 3 rows (4, 7, 11)")
    assert 'missing = ["NA", "-99"]' in fault.action
    wide.spec["data"]["missing"] = ["NA", "-99"]
    assert int(np.isnan(wide.read().data["log_marker"]).sum()) == 3


@pytest.mark.parametrize("column", ["madrs_12", "il6_0", "age", "phq9"])
@pytest.mark.parametrize("text", ["n/a", "lost 99999"])
def test_an_unreadable_text_in_several_rows_is_one_fault(wide, column: str, text: str) -> None:
    wide.table.loc[[10, 11, 20], column] = text
    wide.table.loc[3, column] = "?"
    first, second = [fault for fault in wide.faults() if "a value of the covariate" not in fault.required]
    assert (first.row, first.found) == (5, "'?'")
    assert (second.row, second.found) == (12, f"'{text}' in 3 rows (12, 13, 22)")
    advice = f'correct the values or declare it a missing code: missing = ["NA", "{text}"] under [data]'
    if column == "age":
        advice = "correct the values; if it stands for a missing value, fill in the values, or drop the covariate"
    assert second.action.startswith(advice)


def test_a_mark_without_a_limit_in_several_rows_is_one_fault(wide) -> None:
    wide.table.loc[[10, 11], "il6_0"] = "<LOD"
    assert wide.only_fault().found == "'<LOD' in 2 rows (12, 13) without it"


def test_a_raw_column_declared_logged_and_the_reverse(wide) -> None:
    rng = np.random.default_rng(1)
    wide.table["il6_12"] = [f"{x:.3f}" for x in rng.normal(0.4, 0.72, 24)]
    fault = wide.only_fault()
    assert (fault.file, fault.row, fault.column) == (CSV, None, "il6_12")
    assert fault.required == "a column of IL-6 on the scale 'raw', as declared,"
    assert "what looks like logarithms at '12 weeks' (" in fault.found
    assert 'confirmed = ["scale"]' in fault.action
    wide.spec["marker"][0]["scale"] = "ln"
    wide.table["il6_0"] = [f"{x:.2f}" for x in rng.lognormal(3, 1.2, 24)]
    fault = wide.only_fault()
    assert (fault.column, fault.required) == ("il6_0", "a column of IL-6 on the scale 'ln', as declared,")
    assert "what looks like raw readings at 'baseline' (" in fault.found
    wide.spec["marker"][0]["confirmed"] = ["scale"]
    assert wide.read().spec.marker[0].scale == "ln"


def test_a_value_that_overflows_when_transformed_back(wide) -> None:
    wide.spec["marker"][0] |= {"scale": "ln", "confirmed": ["scale"]}
    wide.table.loc[12, "il6_0"] = "1000"
    fault = wide.only_fault()
    assert (fault.row, fault.column, fault.found) == (14, "il6_0", "'1000'")
    assert "finite on the raw scale" in fault.required


def test_both_visits_logged_are_one_fault(wide) -> None:
    rng = np.random.default_rng(1)
    for column in ("il6_0", "il6_12"):
        wide.table[column] = [f"{x:.3f}" for x in rng.normal(0.4, 0.72, 24)]
    fault = wide.only_fault()
    assert (fault.row, fault.column) == (None, "il6_0")
    assert fault.found.startswith("what looks like logarithms at 'baseline' (")
    assert " and at '12 weeks' (" in fault.found
