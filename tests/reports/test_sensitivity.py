"""What is said of one quantity under several prior sets, against rows given by hand."""

import pytest

from cochange.inference.estimates import decide
from cochange.reports.numbers import MINUS
from cochange.reports.sensitivity import FEW, implied_beside, under_others


@pytest.mark.parametrize(
    ("others", "told"),
    [
        (2, f"Under the other prior sets: 'p0' {MINUS}1.0 ({MINUS}12.1 to {MINUS}4.2); 'p1' {MINUS}2.0 ("),
        (FEW + 1, f"Under 7 other prior sets: from 'p6' {MINUS}7.0 ({MINUS}12.1 to {MINUS}4.2) to 'p0' {MINUS}1.0 ("),
    ],
)
def test_of_many_sets_the_least_and_the_greatest_are_told(estimate_of, others, told):
    rows = [estimate_of(prior=f"p{place}", median=-1.0 - place) for place in range(others)]
    said = under_others(decide(estimate_of(), True), [decide(row, True) for row in rows], rows)
    assert told in said
    assert "Direction is judged the same under each." in said


@pytest.mark.parametrize("keys", [{}, {"smallest_important": 3.0, "below": 0.3, "inside": 0.5, "above": 0.2}])
def test_what_no_set_decides_is_not_called_the_same(estimate_of, keys):
    rows = [estimate_of(prior=prior, p_direction=0.6, **keys) for prior in ("reference", "sceptical")]
    said = under_others(decide(rows[0], True), [decide(rows[1], True)], rows)
    assert "Its direction is unclear under each." in said
    assert ("Its importance is undecided under each." in said) == bool(keys)
    assert "judged the same" not in said


def test_of_several_sets_the_one_that_moves_it_furthest_is_told_and_no_failed_one(estimate_of):
    main = estimate_of(median=-8.0, sd=2.0, prior_lower=-10.0, prior_upper=10.0)
    wide = estimate_of(prior="diffuse", median=-9.2, prior_lower=-90.0, prior_upper=90.0)
    narrow = estimate_of(prior="mine", median=-3.0, prior_lower=-2.0, prior_upper=2.0)
    rows = [main, wide, narrow]
    both = under_others(decide(main, True), [decide(wide, True), decide(narrow, True)], rows)
    assert f"under 'mine' it lies 5.0 points higher than under {main.prior} (2.5 of its posterior SDs " in both
    assert f" of its posterior SDs under {main.prior}, furthest of all)" in both
    assert "furthest of all). The prior that 'mine' implies for it is narrower than" in both
    one = under_others(decide(main, True), [decide(wide, True), decide(narrow, False)], rows)
    assert f"under diffuse it lies 1.2 points lower than under {main.prior} (0.60 of its " in one
    assert f" of its posterior SDs under {main.prior})." in one


@pytest.mark.parametrize("width", [0.0, float("inf")])
def test_priors_without_width_or_end_are_as_wide_as_each_other(estimate_of, width):
    row = estimate_of(prior_lower=0.0, prior_upper=width)
    assert implied_beside(row, row).startswith("about as wide as")
