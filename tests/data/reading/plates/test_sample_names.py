"""Names of samples into participant and visit."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cochange.data.faults import InputError
from cochange.data.reading.plates.sample_names import split_sample_names
from cochange.data.specification.sample_pattern import pattern_lacks

BOTH = "{participant}-{visit}"


def wells(*samples: str, kind: str = "sample") -> pd.DataFrame:
    return pd.DataFrame({"file": "plate", "row": range(5, 5 + len(samples)), "sample": samples, "kind": kind})


def pairs(table: pd.DataFrame) -> list[list[str]]:
    return table[["participant", "visit"]].to_numpy().tolist()


@pytest.mark.parametrize(
    "pattern", [BOTH, "{participant}_V{visit}", "{participant}", "{visit}/S {participant}", "x{participant}"]
)
def test_patterns_that_can_be_used(pattern: str) -> None:
    assert pattern_lacks(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "lacking"),
    [
        ("", "{participant} exactly once"),
        ("{visit}", "{participant} exactly once"),
        ("{participant}-{participant}", "{participant} exactly once"),
        ("{participant}-{visit}-{visit}", "{visit} at most once"),
        ("{participant}-{arm}", "no other braces than those of {participant} and {visit}"),
        ("{participant}-{visit", "no other braces than those of {participant} and {visit}"),
        ("{participant}{visit}", "text between {participant} and {visit}"),
        ("{visit} {participant}", "text between {participant} and {visit}"),
    ],
)
def test_patterns_that_lack_something(pattern: str, lacking: str) -> None:
    assert pattern_lacks(pattern) == lacking
    with pytest.raises(InputError) as caught:
        split_sample_names(wells("P1-0"), pattern)
    assert caught.value.faults[0].required == f"a pattern with {lacking}"


def test_the_whole_name_is_split_and_the_participant_is_longest() -> None:
    found = split_sample_names(wells("P1-0", "A-7-12", "P1-0"), BOTH)
    assert pairs(found) == [["P1", "0"], ["A-7", "12"], ["P1", "0"]]
    assert not found["ignored"].any()
    assert pairs(split_sample_names(wells("P.1_V2"), "{participant}_V{visit}")) == [["P.1", "2"]]
    assert pairs(split_sample_names(wells("0/S P1"), "{visit}/S {participant}")) == [["P1", "0"]]
    assert pairs(split_sample_names(wells("P-1"), "{participant}")) == [["P-1", ""]]


def test_known_visits_decide_or_leave_an_ambiguity() -> None:
    assert pairs(split_sample_names(wells("P1-a-b"), BOTH, visits=["a-b"])) == [["P1", "a-b"]]
    with pytest.raises(InputError) as caught:
        split_sample_names(wells("P1-a-b", "P1-c"), BOTH, visits=["a-b", "b"])
    ambiguous, unknown = caught.value.faults
    assert ambiguous.found == "'P1-a-b' in 1 row (5), which can be 'P1-a' at 'b' or 'P1' at 'a-b'"
    assert unknown.found == "'P1-c' in 1 row (6), whose visit would be 'c'"


def test_names_that_do_not_fit_stand_together() -> None:
    with pytest.raises(InputError) as caught:
        split_sample_names(wells("P1", "P1-0", "P1-0 repeat", "P1", "-0"), BOTH)
    assert [fault.found for fault in caught.value.faults] == [
        "'P1' in 2 rows (5, 8)",
        "'P1-0 repeat' in 1 row (7)",
        "'-0' in 1 row (9)",
    ]


def test_ignored_samples_and_other_kinds_stay_in_the_table() -> None:
    table = pd.concat([wells("P1-0", "pool"), wells("Standard1", kind="standard")], ignore_index=True)
    found = split_sample_names(table, BOTH, ignore_samples=["pool"])
    assert found["ignored"].tolist() == [False, True, True]
    assert pairs(found) == [["P1", "0"], ["", ""], ["", ""]]
    with pytest.raises(InputError) as caught:
        split_sample_names(table, BOTH, ignore_samples=["pool", "Pool"])
    assert caught.value.faults[0].required == "the sample 'Pool' to ignore"


PART = st.text(
    st.characters(codec="utf-8", exclude_categories=["Z", "C"], exclude_characters="-"), min_size=1, max_size=5
)


@given(PART, PART)
def test_what_was_put_together_comes_apart_again(participant: str, visit: str) -> None:
    found = split_sample_names(wells(f"{participant}-{visit}"), BOTH)
    assert pairs(found) == [[participant, visit]]
