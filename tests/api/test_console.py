"""What is printed of estimates."""

from types import SimpleNamespace

import numpy as np
import pytest

from cochange.console import print_estimates
from cochange.inference.verdict import Verdict
from cochange.models.parts.selection import Selection


def printed(capsys, *rows) -> list[list[str]]:
    """The cells of the lines of the table."""
    selections = {"symptom_change": Selection(np.array(["1", "3"]), {"2": "no CRP value"})}
    verdict = Verdict("report", ())
    print_estimates(SimpleNamespace(estimates=rows, selections=selections, verdict=verdict, not_fitted={}))
    out = capsys.readouterr().out
    assert "P(side): probability of the side of no change or no association that the estimate lies on." in out
    assert "symptom_change uses 2 of 3 participants." in out
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.splitlines() if line.startswith("│")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, ">0.999 below 0"),
        ({"p_direction": 0.62, "side": "above"}, "0.62 above 0"),
        ({"unit": "ratio", "null": 1.0, "p_direction": 0.975}, "0.975 below 1"),
        ({"null": None, "p_direction": None, "side": None}, ""),
    ],
)
def test_a_probability_says_of_what(capsys, estimate_of, row, said):
    ((*_, chance),) = printed(capsys, estimate_of(**row))
    assert chance == said


def test_rows_of_one_quantity_stand_together_and_say_whose_they_are(capsys, estimate_of):
    rows = [
        estimate_of(visit=visit, marker=marker, prior=prior)
        for prior in ("sceptical", "reference")
        for visit in ("wk [a]", "wk b")
        for marker in ("CRP", "IL-6")
    ]
    cells = printed(capsys, *rows)
    places = [f"symptom_change (ancova, {m}, at {v})" for v in ("wk [a]", "wk b") for m in ("CRP", "IL-6")]
    assert [(name, prior) for name, _, _, prior, *_ in cells] == [
        (place, prior) for place in places for prior in ("sceptical", "reference")
    ]
    assert cells[0][4:6] == ["\N{MINUS SIGN}8.1", "\N{MINUS SIGN}12.1 to \N{MINUS SIGN}4.2"]
