"""What is said of one quantity under several prior sets, against rows given by hand."""

import pytest

from cochange.inference.estimates import decide
from cochange.reports.numbers import MINUS
from cochange.reports.sensitivity import FEW, under_others


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
