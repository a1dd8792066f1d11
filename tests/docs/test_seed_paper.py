"""The seed paper's questions retold: what is kept of a run is that of a run, and what the page says of it is so."""

import hashlib
import json
from importlib.resources import files
from math import hypot, sqrt
from typing import Any

import pytest

from cochange.inference.no_change import DATA_SETS

# Beyond this many Monte Carlo standard errors two runs of the same fit do not lie by chance, over a hundred rows.
FAR = 5


@pytest.fixture(scope="module")
def kept() -> Any:
    from retold import kept

    return kept()


def estimate(kept: Any, model: str, estimand: str, prior: str = "reference") -> Any:
    (row,) = [
        row
        for row in kept["estimates"]
        if (row["model"], row["estimand"], row["prior"]) == (model, estimand, prior) and row["form"] in (None, "ancova")
    ]
    return row


def statistic(kept: Any, name: str) -> Any:
    (row,) = [row for row in kept["no_change"] if row["statistic"] == name]
    return row


def test_the_estimates_kept_are_those_of_a_run(kept: Any, example_run: Any) -> None:
    fresh = {
        (row.model, row.prior, row.estimand, row.form): row
        for row in example_run.results.estimates
        if row.group == "overall"
    }
    assert kept["seed"] == example_run.results.manifest["seed"]
    for row in kept["estimates"]:
        now = fresh[row["model"], row["prior"], row["estimand"], row["form"]]
        error = hypot(now.mcse_mean, row["mcse_mean"])
        assert abs(now.mean - row["mean"]) < FAR * error, row
        # An end of a 95% interval has about three times the error of the mean.
        for end in ("lower", "upper"):
            assert abs(getattr(now, end) - row[end]) < FAR * 3 * error, row
    assert len(kept["estimates"]) == len(fresh)


def test_the_benchmark_kept_is_that_of_a_run(kept: Any, example_run: Any) -> None:
    fresh = {row.statistic: row for row in example_run.results.no_change}
    assert list(fresh) == [row["statistic"] for row in kept["no_change"]]
    for row in kept["no_change"]:
        now = fresh[row["statistic"]]
        assert (now.n, now.observed) == (row["n"], pytest.approx(row["observed"], rel=1e-9))
        share = row["called_different"]
        assert abs(now.called_different - share) < FAR * sqrt(2 * max(share * (1 - share), 0.01) / DATA_SETS), row


def test_the_figure_is_of_the_same_run_and_says_that_data_are_synthetic(kept: Any) -> None:
    from retold import FIGURE

    assert hashlib.sha256(FIGURE.read_bytes()).hexdigest() == kept["figure"]
    assert "synthetic" in FIGURE.read_text("utf-8").lower()


def test_what_the_page_says_is_so(kept: Any) -> None:
    truth = json.loads((files("cochange.data") / "example" / "truth.json").read_text("utf-8"))["true_scores"]

    def holds(model: str, estimand: str) -> bool:
        row = estimate(kept, model, estimand)
        return bool(row["lower"] < truth[estimand] < row["upper"])

    # Q1: all agree.
    for one, other, estimand in [
        ("marker_change", "joint_change", "geometric_mean_ratio"),
        ("symptom_change", "joint_change", "symptom_change"),
    ]:
        shift = estimate(kept, one, estimand)["mean"] - estimate(kept, other, estimand)["mean"]
        assert abs(shift) < estimate(kept, other, estimand)["sd"]
    # Q3: nearer to zero in the regression; wider, and holding the truth, in the joint model.
    regression = estimate(kept, "symptom_change", "prognostic_slope")
    joint = estimate(kept, "joint_change", "prognostic_slope")
    assert abs(regression["median"]) < abs(joint["median"])
    assert joint["upper"] - joint["lower"] > regression["upper"] - regression["lower"]
    assert holds("joint_change", "prognostic_slope")
    # Q4: the regression looks informative and misses the truth; the joint model has learned hardly anything.
    assert estimate(kept, "parallel_change", "parallel_slope")["learned"] > 0.6
    assert not holds("parallel_change", "parallel_slope")
    assert holds("joint_change", "parallel_slope")
    assert estimate(kept, "joint_change", "parallel_slope")["learned"] < 0.1
    # Had nothing changed.
    together = statistic(kept, "change_correlation")
    assert together["called_different"] > 0.15
    assert together["as_far"] > 0.5
    assert statistic(kept, "marker_on_baseline")["called_different"] > 0.9
    assert statistic(kept, "score_on_baseline")["called_different"] > 0.7
    # Under every set the same direction of the prognostic slope, and never surely.
    sides = [estimate(kept, "joint_change", "prognostic_slope", prior) for prior in _sets()]
    assert {row["side"] for row in sides} == {"below"}
    assert max(row["p_direction"] for row in sides) < 0.975


def _sets() -> tuple[str, ...]:
    from retold import SETS

    return SETS
