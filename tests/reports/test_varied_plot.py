"""The figure of an estimate against a hyperparameter, on a model whose posterior is known."""

from dataclasses import replace

import numpy as np
import pytest

from cochange.data.study import Study
from cochange.inference.comparing.grid import Vary
from cochange.inference.comparing.rows import Compared, Sample, compared
from cochange.inference.estimates import Estimate, decide
from cochange.inference.results import Results
from cochange.reports.plots.varied import varied_plot

VARY = Vary("parallel_sd", (5.0, 0.5, 1.0))


def row_of(estimate: Estimate, median: float) -> Compared:
    draws = np.random.default_rng(1).normal(median, 1, 500)
    sample = Sample(draws, draws, np.full(500, 1 / 500))
    decision = decide(replace(estimate, median=median, lower=median - 2, upper=median + 2), True)
    return compared(decision, decision, sample, sample, "sampled", None)


@pytest.fixture
def rows(results: Results) -> list[Compared]:
    estimate = next(row for row in results.estimates if row.estimand == "parallel_slope")
    return [row_of(estimate, median) for median in (3.0, 4.0, 1.0, 2.5)]


def test_values_are_told_in_their_order_each_with_its_own_estimate(rows: list[Compared], example_study: Study) -> None:
    figure = varied_plot(rows, VARY, 2.5, "points per halving", example_study, [row.estimate for row in rows])
    assert figure.alt.endswith(
        "by parallel_sd. 0.5: 1.0 (\N{MINUS SIGN}1.0 to 3.0); 1: 2.5 (0.5 to 4.5); 5: 4.0 (2.0 to 6.0)."
    )
    assert "whose value is 2.5" in figure.caption
    assert figure.name.startswith("varied_parallel_sd_")
    assert figure.picture.svg.startswith(b"<?xml")


def test_two_values_are_no_line(rows: list[Compared], example_study: Study) -> None:
    with pytest.raises(ValueError, match="3 or more values"):
        varied_plot(rows[:3], Vary("parallel_sd", (1.0, 2.0)), 2.5, "", example_study, [])
