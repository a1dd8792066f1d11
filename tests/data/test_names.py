import pytest

from cochange.data.names import listing, nearest


@pytest.mark.parametrize(
    ("name", "expected"), [("delimitor", "delimiter"), ("DECIMAL", "decimal"), ("zzz", None), ("", None)]
)
def test_nearest_ignores_case_and_stays_silent_when_nothing_is_near(name: str, expected: str | None) -> None:
    assert nearest(name, ["delimiter", "decimal"]) == expected


def test_a_long_listing_is_cut_with_a_count() -> None:
    assert listing("abc") == "'a', 'b', 'c'"
    assert listing("abc", limit=1) == "'a' and 2 more"
