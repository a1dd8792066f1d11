"""The seed paper's questions retold: what is kept of a run is that of a run, and what the page says of it is so."""

import hashlib
import json
from importlib.resources import files
from math import hypot, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from arviz_stats.base import array_stats

from cochange.data.read import read_study
from cochange.inference.estimates import cell_of
from cochange.inference.no_change import DATA_SETS
from cochange.inference.predictive import width_error
from cochange.inference.run import run_study

ROOT = Path(__file__).resolve().parents[2]

# Beyond this many Monte Carlo standard errors two runs of the same fit do not lie by chance, over a hundred rows.
FAR = 5


@pytest.fixture(scope="module")
def kept() -> Any:
    from kept_runs import kept

    return kept("retold")


def estimate(model: str, estimand: str, prior: str = "reference", run: str = "retold") -> Any:
    """A row of everyone together; of the ANCOVA form where there are two."""
    from kept_runs import estimate

    form = "ancova" if model == "symptom_change" else None
    return estimate(run, model, estimand, form, prior=prior)


def statistic(wanted: str, run: str = "retold") -> Any:
    from kept_runs import statistic

    return statistic(run, wanted)


def hold_to(kept: Any, results: Any) -> None:
    """What is kept of a run agrees with another run of the same study, within Monte Carlo error."""
    fresh = {(row.model, row.prior, row.estimand, row.form, row.group): row for row in results.estimates}
    models = {model.name: model for model in results.models}
    derived = {key: models[key[0]].derive(fit.posterior, results.study) for key, fit in results.fits.items()}
    assert kept["seed"] == results.manifest["seed"]
    assert kept["used"] == {name: len(chosen.used) for name, chosen in results.selections.items() if chosen.used.size}
    for row in kept["estimates"]:
        now = fresh[tuple(row[field] for field in ("model", "prior", "estimand", "form", "group"))]
        error = hypot(now.mcse_mean, row["mcse_mean"])
        assert abs(now.mean - row["mean"]) < FAR * error, row
        # Ends of a skewed posterior have errors of their own; those of what is kept are taken to be larger or smaller
        # than these as its mean's is.
        place: Any = {name: getattr(now, name) for name in ("group", "visit", "marker", "form")}
        draws = cell_of(derived[now.model, now.prior][now.estimand], place)
        values, larger = draws.transpose("chain", "draw").values, error / now.mcse_mean
        for end, tail in (("lower", (1 - now.ci_prob) / 2), ("upper", (1 + now.ci_prob) / 2)):
            own = float(array_stats.mcse(values, method="quantile", prob=tail, chain_axis=0, draw_axis=1))
            assert abs(getattr(now, end) - row[end]) < FAR * larger * own, row
    benchmark = {row.statistic: row for row in results.no_change}
    assert list(benchmark) == [row["statistic"] for row in kept["no_change"]]
    for row in kept["no_change"]:
        found = benchmark[row["statistic"]]
        assert (found.n, found.observed) == (row["n"], pytest.approx(row["observed"], rel=1e-9))
        share = row["called_different"]
        error = sqrt(2 * max(share * (1 - share), 0.01) / DATA_SETS)
        assert abs(found.called_different - share) < FAR * error, row


def test_what_is_kept_is_that_of_a_run(kept: Any, example_run: Any) -> None:
    hold_to(kept, example_run.results)


def test_what_the_page_on_opt_says_is_so() -> None:
    from kept_runs import estimate as row

    for model, form in (("marker_change", None), ("joint_change", None)):
        ratio = row("opt", model=model, estimand="arm_ratio", group="T versus C", form=form)
        assert ratio["lower"] < 1 < ratio["upper"]
    for model, form in (("symptom_change", "ancova"), ("joint_change", None)):
        assert row("opt", model=model, estimand="arm_difference", group="T versus C", form=form)["upper"] < 0
    assert estimate("joint_change", "baseline_correlation", run="opt")["lower"] > 0
    assert estimate("parallel_change", "parallel_slope", run="opt")["lower"] > 0
    joint = estimate("joint_change", "parallel_slope", run="opt")
    assert min(-joint["lower"], joint["upper"]) > joint["sd"]
    for name in ("marker_on_baseline", "score_on_baseline"):
        assert statistic(name, "opt")["called_different"] > 0.95
    parallel = statistic("parallel_slope", "opt")
    assert parallel["lower"] < parallel["observed"] < parallel["upper"]
    assert 0.4 < parallel["called_different"] < 0.65


@pytest.mark.slow
def test_what_is_kept_of_opt_is_that_of_a_run(realdata: Path) -> None:
    from kept_runs import kept

    study = read_study(ROOT / "tests" / "realdata" / "opt_crp.toml", realdata)
    models = ("joint_change", "marker_change", "symptom_change", "parallel_change")
    hold_to(kept("opt"), run_study(study, models=models, priors=["reference"], double=False))


def test_the_figure_is_of_the_same_run_and_says_that_data_are_synthetic(kept: Any) -> None:
    from kept_runs import FIGURE

    assert hashlib.sha256(FIGURE.read_bytes()).hexdigest() == kept["figure"]
    assert "synthetic" in FIGURE.read_text("utf-8").lower()


def test_what_the_page_says_is_so() -> None:
    from retold import SETS

    truth = json.loads((files("cochange.data") / "example" / "truth.json").read_text("utf-8"))["true_scores"]

    def holds(model: str, estimand: str) -> bool:
        row = estimate(model, estimand)
        return bool(row["lower"] < truth[estimand] < row["upper"])

    # Q1: all agree.
    for one, other, estimand in [
        ("marker_change", "joint_change", "geometric_mean_ratio"),
        ("symptom_change", "joint_change", "symptom_change"),
    ]:
        shift = estimate(one, estimand)["mean"] - estimate(other, estimand)["mean"]
        assert abs(shift) < estimate(other, estimand)["sd"]
    # Q3: nearer to zero in the regression; wider, and holding the truth, in the joint model.
    regression = estimate("symptom_change", "prognostic_slope")
    joint = estimate("joint_change", "prognostic_slope")
    assert abs(regression["median"]) < abs(joint["median"])
    assert joint["upper"] - joint["lower"] > regression["upper"] - regression["lower"]
    assert holds("joint_change", "prognostic_slope")
    # Q4: the regression looks informative and misses the truth; the joint model has learned hardly anything.
    assert estimate("parallel_change", "parallel_slope")["learned"] > 0.6
    assert not holds("parallel_change", "parallel_slope")
    assert holds("joint_change", "parallel_slope")
    assert estimate("joint_change", "parallel_slope")["learned"] < 0.1
    # Had nothing changed.
    together = statistic("change_correlation")
    assert together["called_different"] > 0.15
    assert together["as_far"] > 0.5
    assert statistic("marker_on_baseline")["called_different"] > 0.9
    assert statistic("score_on_baseline")["called_different"] > 0.7
    # Under every set the same direction of the prognostic slope, and never surely.
    sides = [estimate("joint_change", "prognostic_slope", prior) for prior in SETS]
    assert {row["side"] for row in sides} == {"below"}
    assert max(row["p_direction"] for row in sides) < 0.975


def test_the_error_of_a_priors_width_is_what_many_priors_have() -> None:
    draws = np.random.default_rng(1).standard_normal((4000, 1000))
    widths = np.ptp(np.quantile(draws, [0.025, 0.975], axis=1), axis=0)
    known = width_error(1000, 0.95)
    # The standard deviation of 4,000 values has a relative standard error of 1 / sqrt(8,000).
    assert widths.std() / widths.mean() == pytest.approx(known, rel=5 / sqrt(8000))
    assert f"standard error of {known:.0%}" in " ".join(
        (ROOT / "docs" / "choosing-priors.md").read_text("utf-8").split()
    )
