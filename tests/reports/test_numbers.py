import math
from dataclasses import replace
from typing import Any

import pytest

from cochange.inference.estimates import Estimate
from cochange.inference.results import Results
from cochange.reports.numbers import (
    ABSENT,
    beside,
    fixed,
    of_variances,
    probability,
    share,
    significant,
    spread,
    told_apart,
    whole_share,
    with_counts,
    with_interval,
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
    assert [whole_share(value) for value in (0.0, 0.002, 0.463, 0.997, 1.0)] == [
        "0%", "under 1%", "46%", "over 99%", "100%",
    ]  # fmt: skip


def printed(row: Estimate, *beside: Estimate) -> str:
    return plain(with_interval(row, (row, *beside)))


@pytest.fixture
def change(results: Results) -> Estimate:
    """A mean change that chains agree on."""
    row = next(row for row in results.estimates if (row.estimand, row.prior) == ("symptom_change", "reference"))
    return replace(row, median=-8.634, lower=-10.123, upper=-7.071, null=0.0, mcse_mean=0.01, ess_bulk=4e3, r_hat=1.0)


def test_decimals_follow_interval_and_monte_carlo_error(change: Estimate) -> None:
    assert printed(change) == "~8.6 (~10.1 to ~7.1)"
    assert printed(replace(change, mcse_mean=0.3)) == "~9 (~10 to ~7)"
    assert printed(replace(change, mcse_mean=0.0)) == "~8.6 (~10.1 to ~7.1)"
    near = replace(change, median=-1.0, lower=-1.9, upper=-0.03)
    assert printed(near) == "~1.00 (~1.90 to ~0.03)"
    # A limit that is the value of no change may be printed as it.
    assert printed(replace(near, upper=0.0)) == "~1.0 (~1.9 to 0.0)"


def test_rows_of_an_estimand_have_the_decimals_of_the_middle_one(change: Estimate) -> None:
    narrow = replace(change, prior="sceptical", lower=-9.0, upper=-8.2)
    wide = replace(change, prior="diffuse", median=-1.1, lower=-17.99, upper=16.31, mcse_mean=0.24)
    rows = (change, narrow, wide)
    assert [printed(row, *rows) for row in rows] == [
        "~8.6 (~10.1 to ~7.1)", "~8.6 (~9.0 to ~8.2)", "~1.1 (~18.0 to 16.3)",
    ]  # fmt: skip
    assert (spread(change, rows), spread(wide, rows)) == (f"{change.sd:.2f}", f"{wide.sd:.2f}")


def test_monte_carlo_error_shakes_the_last_decimal_at_most(change: Estimate) -> None:
    sharp = [replace(change, prior=name, lower=-8.70, upper=-8.55, mcse_mean=0.001) for name in ("a", "b", "c")]
    assert printed(sharp[0], *sharp) == "~8.63 (~8.70 to ~8.55)"
    # With an error of 1 the last steady digit is the first before the point.
    vague = replace(change, prior="d", lower=-60.0, upper=40.0, mcse_mean=1.0)
    assert [printed(row, *sharp, vague) for row in (sharp[0], vague)] == ["~8.6 (~8.7 to ~8.6)", "~8.6 (~60.0 to 40.0)"]
    # A fit that is not to be reported takes no digits of others.
    failed = [replace(vague, ess_bulk=50.0), replace(vague, r_hat=1.2)]
    assert printed(sharp[0], *sharp, *failed) == "~8.63 (~8.70 to ~8.55)"


def test_a_limit_beside_no_change_gives_every_row_one_more_decimal(change: Estimate) -> None:
    near = replace(change, prior="sceptical", median=-1.0, lower=-1.9, upper=-0.03)
    assert printed(change, near) == "~8.63 (~10.12 to ~7.07)"
    assert printed(near, change) == "~1.00 (~1.90 to ~0.03)"
    # Where the least sure row has none to give, the row alone has it.
    unsure = replace(change, prior="diffuse", lower=-20.0, upper=12.0, mcse_mean=0.2)
    assert printed(change, near, unsure) == "~8.6 (~10.1 to ~7.1)"
    assert printed(near, change, unsure) == "~1.00 (~1.90 to ~0.03)"


def test_other_estimands_and_parts_of_the_sample_have_decimals_of_their_own(change: Estimate) -> None:
    part = replace(change, group="North", lower=-20.0, upper=3.0, mcse_mean=0.06)
    other = replace(part, estimand="arm_difference", group="overall")
    assert printed(change, part, part, other, other) == printed(change)
    assert printed(part, change, change) == "~9 (~20 to 3)"


def test_every_column_of_estimates_has_one_number_of_decimals(report: Any) -> None:
    for model in report.results.models:
        (table,) = (one for one in report.blocks["Estimates"].tables if one.name == f"estimates_{model.name}")
        for group in table.groups:
            cells = [(median, mean, *limits.split(" to ")) for _, median, mean, _, limits, *_ in group.rows]
            assert len({len(cell.partition(".")[2]) for row in cells for cell in row}) == 1, group.label


@pytest.mark.parametrize(
    ("value", "limits", "decimals"),
    [
        (0.1, (-0.28, 0.44), 2),
        (-0.82, (-0.80, 0.71), 2),
        (-0.8004, (-0.80, 0.71), 4),
        (0.7049, (-0.8, 0.7052), 2),
        # On a limit, exactly or but for rounding of the machine.
        (0.71, (-0.80, 0.71), 1),
        (0.1 + 0.2, (-0.80, 0.3), 1),
        (-8.2, (-8.0, 7.1), 1),
        (12.31, (-9.0, 12.28), 2),
        # No more than four digits where they tell.
        (1234.56, (1233.0, 1234.3), 0),
    ],
)
def test_a_value_is_told_from_a_limit_it_does_not_lie_on(value: float, limits: tuple[float, float], decimals: int):
    assert told_apart(value, *limits) == decimals
