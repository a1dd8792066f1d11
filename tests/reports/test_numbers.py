import math
from dataclasses import replace

import pytest

from cochange.inference.results import Results
from cochange.reports.numbers import (
    ABSENT,
    beside,
    centre,
    fixed,
    interval,
    of_variances,
    probability,
    share,
    significant,
    whole_share,
    with_counts,
    with_minus,
)


def plain(text: str) -> str:
    """With the minus sign as ~ and the multiplication sign as *."""
    return text.replace("\N{MINUS SIGN}", "~").replace("\N{MULTIPLICATION SIGN}", "*")


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (-9.53, 1, "~9.5"),
        (-0.04, 1, "0.0"),
        (1234.5, 0, "1,234"),
        (math.nan, 2, ABSENT),
        (math.inf, 2, ABSENT),
        (3.2e80, 1, "3.2*10⁸⁰"),
    ],
)
def test_fixed(value: float, decimals: int, text: str) -> None:
    assert plain(fixed(value, decimals)) == text


def test_a_text_keeps_hyphens_that_are_no_signs() -> None:
    given = "normal, mean -0.2, SD 1e-05; -.5 to -14 (12-week change, IL-6, well -free)"
    assert plain(with_minus(given)) == "normal, mean ~0.2, SD 1e-05; ~.5 to ~14 (12-week change, IL-6, well -free)"


def test_significant_goes_to_powers_of_ten_where_zeros_would_fill_the_line() -> None:
    assert plain(significant(-0.0123)) == "~0.0123"
    assert plain(significant(4.4e-30)) == "4.4*10⁻³⁰"
    assert significant(0.0) == "0.00"


def test_a_number_beside_its_sd() -> None:
    assert beside(0.1114, 2.53) == "0.1"
    assert beside(307.0, math.inf) == "307"


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.00004, "<0.001"), (0.0312, "0.031"), (0.5, "0.50"), (0.9748, "0.975"), (0.99996, ">0.999"), (None, ABSENT)],
)
def test_probability(value: float | None, text: str) -> None:
    assert probability(value) == text


def test_reasons_and_how_often() -> None:
    assert with_counts({"R-hat above 1.05": 1, "divergent transitions": 2}) == (
        "R-hat above 1.05: 1; divergent transitions: 2"
    )


def test_share() -> None:
    assert (share(0.0), share(0.0002), share(0.168)) == ("0.0%", "under 0.1%", "16.8%")
    assert (share(0.99996), share(1.0)) == ("over 99.9%", "100.0%")


def test_no_more_digits_than_a_thousand_draws_give() -> None:
    values = (-0.04, 0.27, 9.94, 12.6, 291.4, 320.7, math.inf)
    assert [of_variances(value) for value in values] == ["0.0", "0.3", "9.9", "13", "290", "320", ABSENT]
    assert [whole_share(value) for value in (0.0, 0.002, 0.463, 1.0)] == ["0%", "under 1%", "46%", "100%"]


def test_decimals_follow_interval_and_monte_carlo_error(results: Results) -> None:
    row = replace(results.estimates[0], median=-8.634, lower=-10.123, upper=-7.071, null=0.0, mcse_mean=0.01)
    assert (plain(centre(row)), plain(interval(row))) == ("~8.6", "~10.1 to ~7.1")
    shaky = replace(row, mcse_mean=0.3)
    assert (plain(centre(shaky)), plain(interval(shaky))) == ("~9", "~10 to ~7")
    near = replace(row, median=-1.0, lower=-1.9, upper=-0.03)
    assert plain(interval(near)) == "~1.90 to ~0.03"
