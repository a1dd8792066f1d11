"""What `cochange fit` prints of estimates."""

from types import SimpleNamespace

import numpy as np
import pytest

from cochange.console import OUT
from cochange.estimate_tables import print_estimates
from cochange.inference.verdict import Verdict
from cochange.models.parts.selection import Selection

INTERVAL = "-8.1 (-12.1 to -4.2)".replace("-", "\N{MINUS SIGN}")


@pytest.fixture
def printed(capsys, monkeypatch, example_study):
    """What is printed of estimates of the example at a width of the terminal, and the cells of the tables' lines."""

    def show(*rows, width: int = 120, status: str = "report") -> tuple[str, str, list[list[str]]]:
        monkeypatch.setattr(OUT, "width", width)
        models = {row.model: Selection(np.array(["1", "3"]), {"2": "no CRP value"}) for row in rows}
        reasons = () if status == "report" else ("the chains disagree",)
        results = SimpleNamespace(
            study=example_study, estimates=rows, selections=models, verdict=Verdict(status, reasons), not_fitted={}
        )
        print_estimates(results)
        out, err = capsys.readouterr()
        lines = [line for line in out.splitlines() if line.startswith("│")]
        return " ".join(out.split()), err, [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines]

    return show


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({}, ">0.999 below 0"),
        ({"p_direction": 0.62, "side": "above"}, "0.62 above 0"),
        ({"unit": "ratio", "null": 1.0, "p_direction": 0.975}, "0.975 below 1"),
        ({"null": None, "p_direction": None, "side": None}, ""),
    ],
)
def test_a_probability_says_of_what(printed, estimate_of, row, said):
    _, _, [(*_, chance, _)] = printed(estimate_of(**row))
    assert chance == said


def test_rows_of_one_quantity_stand_together_and_say_whose_they_are(printed, estimate_of):
    rows = [
        estimate_of(visit=visit, marker=marker, prior=prior)
        for prior in ("sceptical", "reference")
        for visit in ("wk [a]", "wk b")
        for marker in ("CRP", "IL-6")
    ]
    out, _, cells = printed(*rows, width=240)
    places = [f"symptom_change (ancova, {m}, at {v})" for v in ("wk [a]", "wk b") for m in ("CRP", "IL-6")]
    assert "Monte Carlo standard errors of the posterior means are at most 1.5% of the posterior SDs." in out
    assert "│ estimand │ unit │ sceptical │ reference │" in out.replace("┃", "│")
    assert [line[1:] for line in cells] == [
        *(["points", INTERVAL, INTERVAL] for _ in places),
        *([">0.999 below 0", ">0.999 below 0"] for _ in places),
    ]
    assert [name for name, *_ in cells] == 2 * places


def test_each_prior_set_has_its_own_numbers_in_its_own_column(printed, estimate_of):
    rows = [
        estimate_of(smallest_important=3.0, below=0.99, inside=0.01, above=0.0),
        estimate_of(prior="sceptical", median=-5.0, smallest_important=3.0, below=0.8, inside=0.1, above=0.1),
        estimate_of(estimand="response_probability", null=None, unit="probability"),
    ]
    _, _, cells = printed(*rows, width=200)
    no_sceptical, medians, sides, masses, *_ = cells
    assert medians[2:] == [INTERVAL, INTERVAL.replace("8.1", "5.0")]
    assert no_sceptical[3] == ""
    assert sides[0] == masses[0] == "symptom_change (ancova)"
    assert masses[1:] == ["3", "0.990 / 0.010 / <0.001", "0.80 / 0.10 / 0.10"]


@pytest.mark.parametrize("width", [80, 120])
def test_every_number_is_shown_unbroken(printed, estimate_of, width):
    rows = [estimate_of(unit="points per doubling"), estimate_of(group="B versus A", estimand="arm_difference")]
    out, _, _ = printed(*rows, width=width)
    for cell in ("points per doubling", INTERVAL, ">0.999 below 0", "0.030"):
        assert out.count(f"│ {cell} │") >= 1


def test_what_the_estimates_are_to_be_read_with_is_said(printed, estimate_of):
    rows = [
        estimate_of(smallest_important=3.0, below=0.99, inside=0.01, above=0.0),
        estimate_of(group="B versus A", estimand="arm_difference"),
        estimate_of(estimand="response_probability", null=None, unit="probability"),
    ]
    out, err, cells = printed(*rows, width=200)
    for said in (
        "symptom_change uses 2 of 3 participants.",
        "Adjusted for the covariates age and sex and differences between the levels of intensity and clinic, partially",
        "Prior set: reference (weakly informative)",
        "MCSE: Monte Carlo standard error of the posterior mean.",
        "symptom_change: below 0, the mean MADRS score fell; above 0, the mean MADRS score rose.",
        "arm_difference: below 0, mean MADRS fell more, or rose less, in arm B than in arm A; above 0, mean MADRS rose",
        "Below, inside, above: probability of a value beyond the smallest important difference",
    ):
        assert said in out
    assert "response_probability:" not in out
    assert ["symptom_change (ancova)", "3", "0.990", "0.010", "<0.001"] in cells
    assert err == (
        "Verdict: may be reported: the chains agree, and no rule of caution applies to the data.\n"
        "Participants left out: 1 of 3 by symptom_change.\n"
    )
    assert "No smallest important" not in out
    out, err, _ = printed(estimate_of(model="mine", estimand="mine", prior="panel"), status="do not report")
    assert "No smallest important difference is declared ([estimand.smallest_important] in the study file)." in out
    assert "What it adjusts for its own file says. Prior set: 'panel' (your own)" in out
    assert err == (
        "Verdict: not to be reported: not usable.\nParticipants left out: 1 of 3 by mine.\n  the chains disagree\n"
    )
