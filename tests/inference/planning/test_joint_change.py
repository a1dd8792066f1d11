"""Assurance of `joint_change`: a closed form at its conjugate limit, and what reliability does."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cochange.data.simulation.skeleton import Expected
from cochange.inference.planning.assure import Question, plan
from cochange.inference.planning.designs import Designs

# Observed scores taken as true, no slope on anything, and a standard deviation of 8 known to half a percent: the
# changes are then a sample of a normal distribution, whose mean has a normal posterior.
SETS = """
[analysis.prior_sets.{name}.joint_change]
score_change = {{ mean = {mean}, sd = {sd} }}
score_change_sigma = {{ family = "Gamma", shape = 40000, rate = 5000 }}
prognostic = {{ mean = 0, sd = 0.001 }}
parallel = {{ mean = 0, sd = 0.001 }}
score_on_score = {{ mean = 0, sd = 0.001 }}
"""
FITS = 120


@pytest.mark.slow
def test_assurance_at_the_conjugate_limit_is_what_quadrature_gives(study_file: Path, expected: Expected) -> None:
    text = study_file.read_text("utf-8").replace("ci_prob = 0.9", 'ci_prob = 0.9\nmeasurement = "off"')
    text = text[: text.index("# A standard deviation")]
    text += SETS.format(name="design", mean=-5, sd=3) + SETS.format(name="own", mean=0, sd=10)
    study_file.write_text(text, "utf-8")
    question = Question(design_prior="design", prior="own", decision="symptom_change=important decrease")
    found = plan(study_file, Designs(participants=(40,), dropout=(0.25,)), question, expected=expected, fits=FITS)
    (row,) = found.rows
    n, limit = 30, -3.0
    precision = 1 / 10**2 + n / 8**2
    bound = (limit - stats.norm.ppf(0.9) / np.sqrt(precision)) * precision * 8**2 / n
    known = float(stats.norm.cdf(bound, -5, np.sqrt(3**2 + 8**2 / n)))
    assert abs(row.assurance - known) < 4 * np.sqrt(known * (1 - known) / FITS)
    assert row.failed < 0.1 * FITS


@pytest.mark.slow
def test_a_marker_that_is_measured_worse_gives_less(study_file: Path, expected: Expected) -> None:
    question = Question(
        design_prior="reference",
        decision="parallel_slope=increase",
        probability=0.95,
        truth={"parallel_slope": 6.0, "marker_change_sigma": 0.6, "score_change_sigma": 4.0},
    )
    designs = Designs(participants=(100,), marker_reliability=(0.2, 0.9), score_reliability=(0.8,))
    worse, better = plan(study_file, designs, question, expected=expected, fits=40).rows
    assert (worse.design.marker_reliability, better.design.marker_reliability) == (0.2, 0.9)
    assert better.assurance - worse.assurance > 2 * np.hypot(better.mcse, worse.mcse)
