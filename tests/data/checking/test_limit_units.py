"""A limit in another unit than the readings is told as such."""

import pytest

VALUES = [f"{1 + i / 10:g}" for i in range(24)]
LATER = [f"{1 + i / 11:.3f}" for i in range(24)]


@pytest.fixture
def measured(wide):
    wide.table["il6_0"], wide.table["il6_12"] = VALUES, LATER
    wide.table.loc[[2, 5], "il6_0"] = "<0.7"
    return wide


def test_a_limit_over_all_numbers_is_the_fault_not_what_it_makes_of_them(measured) -> None:
    measured.spec["marker"][0]["lower_limit"] = 700
    fault = measured.only_fault()
    assert (fault.column, fault.required) == ("il6_0", "a lower limit of IL-6 that readings lie above")
    assert fault.found == ("all 22 numbers of 'il6_0' (1 to 3.3) and all 24 numbers of 'il6_12' (1 to 3.091) below 700")
    assert "another unit: it is read in the unit and on the scale of the column (pg/mL, raw)" in fault.action


def test_an_upper_limit_under_all_numbers_is_the_fault(measured) -> None:
    measured.spec["marker"][0]["upper_limit"] = 0.004
    measured.table.loc[[2, 5], "il6_0"] = ""
    assert measured.only_fault().required == "an upper limit of IL-6 that readings lie below"


def test_a_limit_over_the_numbers_of_one_visit_is_told_of_its_column(measured) -> None:
    measured.spec["marker"][0]["lower_limit"] = [0.7, 700]
    fault = measured.only_fault()
    assert (fault.column, fault.found) == ("il6_12", "all 24 numbers of 'il6_12' (1 to 3.091) below 700")


@pytest.mark.parametrize(("scale", "limit"), [("raw", 0.0007), ("ln", -7)])
def test_a_limit_far_under_all_numbers_and_marks_is_a_caution(measured, scale: str, limit: float) -> None:
    measured.spec["marker"][0] |= {"scale": scale, "lower_limit": limit, "confirmed": ["scale"]}
    (found,) = _far(measured)
    assert found.caution
    assert f"lower_limit {limit:g} lies under every measured number and every mark by a factor of 100" in found.message
    assert f"(pg/mL, {scale})" in found.message


def test_a_low_limit_that_censors_nothing_is_no_caution(measured) -> None:
    measured.spec["marker"][0]["lower_limit"] = 0.0007
    measured.table.loc[[2, 5], "il6_0"] = "1.5"
    (found,) = _far(measured)
    assert not found.caution


@pytest.mark.parametrize("limits", [{"lower_limit": 0.1}, {"lower_limit": 0.7, "upper_limit": 10000}])
def test_limits_near_the_numbers_and_wide_assays_are_not_told(measured, limits) -> None:
    measured.spec["marker"][0] |= limits
    assert not _far(measured)


def test_an_upper_limit_far_over_all_marks_is_a_caution(measured) -> None:
    measured.spec["marker"][0] |= {"lower_limit": 0.7, "upper_limit": 10000}
    measured.table.loc[3, "il6_0"] = ">10"
    (found,) = _far(measured)
    assert found.caution
    assert "upper_limit 10000 lies over every" in found.message


def _far(study):
    return [notice for notice in study.read().notices if "another unit" in notice.message]
