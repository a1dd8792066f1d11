"""A rare level that is a letter or two from another: noticed, and named in the fault of an arm of one."""

import pytest

from cochange.data.checking.mistyped_levels import meant_level

SPORT = ["Sport"] * 11 + ["Warteliste"] * 11


@pytest.mark.parametrize("column", ["arm", "intensity", "clinic", "sex"])
def test_a_rare_level_that_is_nearly_another_is_noticed_with_caution(wide, column: str) -> None:
    wide.spec["arms"]["control"] = "Warteliste" if column == "arm" else "C"
    wide.table[column] = [*SPORT, "Sprot", "Sprot"]
    (notice,) = [each for each in wide.read().notices if each.column == column]
    assert notice.caution
    assert notice.message.startswith("'Sprot' in 2 rows (24, 25) is taken for a level of its own")
    assert "nearly like 'Sport', which 11 participants have" in notice.message


def test_a_level_that_is_not_rare_is_another(wide) -> None:
    wide.table["sex"] = [*SPORT[:19], *["Sprot"] * 5]
    assert [each for each in wide.read().notices if each.column == "sex"] == []


def test_an_arm_of_one_is_asked_for_the_arm_that_was_meant(wide) -> None:
    wide.spec["arms"]["control"] = "Warteliste"
    wide.table["arm"] = ["Sport", *SPORT, "Sprot"]
    fault = wide.only_fault()
    assert fault.found == "1 in 'Sprot'"
    assert fault.action.startswith("did you mean 'Sport'? Correct a mistyped arm")


@pytest.mark.parametrize(
    ("level", "other"),
    [
        ("Sprot", "Sport"),
        ("Spot", "Sport"),
        ("Sports", "Sport"),
        ("Wartelsite", "Warteliste"),
        ("Wateliset", "Warteliste"),
        ("femal", "female"),
    ],
)
def test_slips_of_the_keyboard(level: str, other: str) -> None:
    assert meant_level(level, [other]) == other


@pytest.mark.parametrize(
    ("level", "other"),
    [
        ("male", "female"),
        ("T1", "T2"),
        ("Site 12", "Site 21"),
        ("Klinik 1", "Klinik 2"),
        ("Arm A", "Arm B"),
        ("Group I", "Group II"),
        ("Klinik Ost", "Klinik West"),
        ("inactive", "active"),
        ("North", "South"),
        ("Sport", "sport"),
    ],
)
def test_names_that_differ_so_are_two(level: str, other: str) -> None:
    assert meant_level(level, [other]) is None
    assert meant_level(other, [level]) is None
