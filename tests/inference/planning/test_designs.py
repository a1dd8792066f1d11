"""Data drawn for a design: as many people, as many lost, and as much beyond the limit as the truth says."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cochange.data.simulation.skeleton import Expected, Level, expected_study
from cochange.inference.calibrating.generate import make_generator
from cochange.inference.calibrating.truths import given_truth
from cochange.inference.planning.designs import Design
from cochange.models.parts.contract import load_model
from cochange.models.parts.likelihood.observations import BELOW, MISSING

MODEL = load_model("joint_change")
PRIORS = MODEL.shipped["reference"]
ON_ANOTHER_SCORE = '\n[inclusion]\nscore = "PHQ-9"\ncolumn = "phq9"\nabove = 9\n'
ON_THE_BASELINE = '\n[inclusion]\nscore = "MADRS"\ncolumn = "madrs_0"\nabove = 15\n'
# The marker's change adds to its spread; without one both visits have the same share under the limit.
TRUTH = {
    "marker_mean": 0.0, "marker_sigma": 0.7, "marker_reliability": 0.8, "marker_change": 0.0,
    "marker_change_sigma": 1e-6, "marker_on_marker": 0.0, "marker_on_score": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("inclusion", "limit"), [("", 0.75), ("", 3.0), (ON_ANOTHER_SCORE, 0.75), (ON_THE_BASELINE, 0.75)]
)
def test_data_are_those_of_the_design(study_file: Path, expected: Expected, inclusion: str, limit: float) -> None:
    text = study_file.read_text("utf-8")
    study_file.write_text(text.replace("\n[estimand.", f"{inclusion}\n[estimand.", 1), "utf-8")
    if inclusion == ON_ANOTHER_SCORE:
        expected = Expected(baselines={**expected.baselines, "PHQ-9": Level(14, 3)})
    n, lost = 2000, 500
    design = Design(participants=n, dropout=lost / n, lower_limit=limit)
    truth_study, study = design.studies(expected_study(study_file, expected, n))
    assert MODEL.select(study).problem == ""
    generator = make_generator(MODEL, truth_study, PRIORS, MODEL.build(truth_study, PRIORS))
    drawn, _ = generator.parameters(1)
    truth = given_truth(MODEL, truth_study, TRUTH, drawn).of(drawn)
    data = generator.data(truth, {}, study, 2)
    assert all(np.isfinite(values).all() for values in data.values())
    rows = data["weight"] > 0
    assert data["count"].sum() + rows.sum() == n
    absent = (data["status"][rows] == MISSING).sum(axis=0) + data["count"] @ (1 - data["present"])
    assert absent[:4].tolist() == [0, 0, lost, lost]
    # Reliability is the true share of the variance: an error of measurement widens the spread of what is observed.
    if not inclusion:
        share = stats.norm.cdf(np.log(limit / 1.5) / (0.7 / np.sqrt(0.8)))
        for place, people in ((0, n), (2, n - lost)):
            below = (data["status"][rows, place] == BELOW).sum() / people
            assert abs(below - share) < 4 * np.sqrt(share * (1 - share) / people)
    else:
        inclusion_rows = ~rows
        assert inclusion_rows.any()
        assert data["weight"][inclusion_rows].sum() == -n
