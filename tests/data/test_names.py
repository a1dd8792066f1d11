import pytest

from cochange.data.names import advice, listing, nearest


@pytest.mark.parametrize(
    ("name", "expected"), [("delimitor", "delimiter"), ("DECIMAL", "decimal"), ("zzz", None), ("", None)]
)
def test_nearest_ignores_case_and_stays_silent_when_nothing_is_near(name: str, expected: str | None) -> None:
    assert nearest(name, ["delimiter", "decimal"]) == expected


def test_advice_begins_with_the_nearest_name_if_there_is_one() -> None:
    assert advice("delimitor", ["delimiter"], "list it") == "did you mean 'delimiter'? List it"
    assert advice("zzz", ["delimiter"], "list it") == "list it"


def test_a_long_listing_is_cut_with_a_count() -> None:
    assert listing("abc") == "'a', 'b', 'c'"
    assert listing("abc", limit=1) == "'a' and 2 more"
