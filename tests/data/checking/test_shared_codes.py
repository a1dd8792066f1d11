"""A number declared a missing code holds in every column: said, and counted where it may have been measured."""

import pytest

TOLD = "holds in every column and made these cells missing: "


def codes_told(study):
    return [notice for notice in study.notices if TOLD in notice.message]


def test_a_code_in_columns_of_two_kinds_is_counted_by_column(wide):
    wide.spec["data"]["missing"] = ["75"]
    wide.table.loc[[3, 5], "madrs_0"] = "75"
    wide.table.loc[8, "il6_12"] = "75"
    (notice,) = codes_told(wide.read())
    assert f"the code '75' of [data] missing {TOLD}il6_12 1, madrs_0 2." in notice.message


def test_a_code_that_may_be_a_reading_is_told_and_one_that_cannot_be_is_not(wide):
    wide.spec["data"]["missing"] = ["75"]
    wide.table.loc[3, "il6_0"] = "75"
    assert f"{TOLD}il6_0 1." in codes_told(wide.read())[0].message
    wide.table.loc[3, "il6_0"] = "3.1"
    wide.table.loc[3, "madrs_0"] = "75"
    assert codes_told(wide.read()) == []


@pytest.mark.parametrize("code", ["-99", "999", "NA"])
def test_usual_codes_are_not_told(wide, code):
    wide.spec["data"]["missing"] = [code]
    for column in ("il6_0", "madrs_0"):
        wide.table.loc[3, column] = code
    assert codes_told(wide.read()) == []


def test_the_advice_says_that_a_number_is_a_code_everywhere(wide):
    wide.table.loc[3, "madrs_0"] = "99"
    assert wide.only_fault().action.endswith("under [data] (a code holds in every column)")
    wide.table.loc[3, "madrs_0"] = "ill"
    assert wide.only_fault().action.endswith("under [data]")
