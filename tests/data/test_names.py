import pytest

from cochange.data.names import advice, choice, counted, listing, nearest


@pytest.mark.parametrize(
    ("name", "expected"), [("delimitor", "delimiter"), ("DECIMAL", "decimal"), ("zzz", None), ("", None)]
)
def test_nearest_ignores_case_and_stays_silent_when_nothing_is_near(name: str, expected: str | None) -> None:
    assert nearest(name, ["delimiter", "decimal"]) == expected


@pytest.mark.parametrize(
    ("name", "known"),
    [("nope.toml", "pyproject.toml"), ("a.toml", "b.toml"), ("--tune", "--quiet"), ("--on", "--by")],
)
def test_what_all_names_of_a_kind_have_makes_none_near(name: str, known: str) -> None:
    assert nearest(name, [known]) is None


@pytest.mark.parametrize(
    ("name", "known"),
    [("studdy.toml", "study.toml"), ("study.tml", "study.toml"), ("--modle", "--model"), ("model", "--model")],
)
def test_a_mistyped_option_or_file_is_known_still(name: str, known: str) -> None:
    assert nearest(name, [known]) == known


def test_advice_begins_with_the_nearest_name_if_there_is_one() -> None:
    assert advice("delimitor", ["delimiter"], "list it") == "did you mean 'delimiter'? List it"
    assert advice("zzz", ["delimiter"], "list it") == "list it"


def test_a_long_listing_is_cut_with_a_count() -> None:
    assert listing("abc") == "'a', 'b', 'c'"
    assert listing("abc", limit=1) == "'a' and 2 more"


def test_the_nearest_name_comes_before_a_few_others() -> None:
    many = [f"parameter {letter}" for letter in "abcdefghijklmnop"]
    assert choice("delimitor", ["delimiter"]) == "did you mean 'delimiter'?"
    assert choice("delimitor", ["comment", "delimiter"]) == "did you mean 'delimiter'? Others are 'comment'"
    near = choice("parameter_b", many)
    assert near.startswith("did you mean 'parameter b'? Others are 'parameter a', 'parameter c',")
    assert near.endswith("'parameter g' and 9 more")
    assert choice("zzz", many).endswith("'parameter l' and 4 more")
    assert choice("zzz", ["a", "b"]) == "choose one of 'a', 'b'"


def test_one_is_counted_in_the_singular() -> None:
    assert [counted(number, "fit") for number in (0, 1, 2)] == ["0 fits", "1 fit", "2 fits"]
