"""Trials drawn again and again: the standardised expectation covers the truth, Bayesian imputation is anchored."""

from pathlib import Path

import numpy as np
import nutpie
import pandas as pd
import pytest
from scipy import stats

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.inference.missing.expectation import moved, standardised
from cochange.inference.missing.from_models import outcomes_of
from cochange.inference.missing.imputation import analyses
from cochange.inference.missing.strategies import assign, everyone
from cochange.models import repeated_measures
from cochange.models.parts.contract import load_model
from cochange.models.parts.prior_sets import families, prior_sets
from cochange.models.parts.repeated.density import arrays_of
from cochange.models.parts.repeated.frame import make_frame

TRIALS, PER_ARM = 120, 60
EFFECT = -5.0
MEAN = {"C": (30.0, 26.0, 24.0), "T": (30.0, 23.0, 24.0 + EFFECT)}
SD = np.array([5.0, 6.0, 7.0])
CORRELATION = np.array([[1.0, 0.5, 0.4], [0.5, 1.0, 0.6], [0.4, 0.6, 1.0]])
STUDY = """
[study]
title = "Drawn"
design = "randomised"
treatment = "none"
synthetic = true
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = ["w0", "w2", "w6"]
[symptom]
scale = "S"
range = [-100, 200]
direction = "higher is worse"
columns = ["y0", "y1", "y2"]
[arms]
column = "arm"
control = "C"
"""


def draw(arm: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """Scores of an arm; whoever does badly at the second visit is more likely to leave before the third."""
    scores = rng.multivariate_normal(MEAN[arm], np.outer(SD, SD) * CORRELATION, n)
    leaves = rng.random(n) < 1 / (1 + np.exp(-(scores[:, 1] - 28) / 4))
    scores[leaves, 2] = np.nan
    return scores


def write(folder: Path, rng: np.random.Generator) -> Study:
    scores = np.concatenate([draw(arm, PER_ARM, rng) for arm in ("C", "T")])
    table = pd.DataFrame(scores.round(6), columns=["y0", "y1", "y2"])
    table.insert(0, "arm", np.repeat(["C", "T"], PER_ARM))
    table.insert(0, "id", [f"P{i:03}" for i in range(len(table))])
    table.to_csv(folder / "trial.csv", index=False)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return read_study(folder / "study.toml")


@pytest.mark.slow
def test_jump_to_reference_covers_the_truth_and_imputation_is_anchored(tmp_path: Path) -> None:
    rng = np.random.default_rng(8)
    # What the control arm gives from leaving on takes the contrast away in whoever left.
    stayed = 1 - np.isnan(draw("T", 400_000, rng)[:, 2]).mean()
    truth = EFFECT * stayed
    assert 0.6 < stayed < 0.9
    study = write(tmp_path, rng)
    priors = prior_sets("repeated_measures", repeated_measures.PRIORS, study)["diffuse"]
    prior_of = families(priors)
    compiled = nutpie.compile_pymc_model(repeated_measures.build(study, priors))
    model, scenario = load_model("repeated_measures"), everyone("jump to reference")
    means, sds, ranks, anchored = [], [], [], []
    for seed in range(TRIALS):
        study = write(tmp_path, rng)
        frame = make_frame(study, model.select(study).used)
        named = repeated_measures.parameters(study).by_family(prior_of)
        data = compiled.with_data(**arrays_of(frame), **named.hyperparameters(prior_of))
        tree = nutpie.sample(data, draws=400, tune=400, chains=2, cores=2, seed=seed, progress_bar=False)
        draws = named.named(tree["posterior"].to_dataset(), prior_of)
        outcomes = outcomes_of(draws, model, study)
        rules = assign(scenario, outcomes, study)
        at_random = repeated_measures.derive(draws, study)
        found = standardised(at_random, moved(scenario, rules, outcomes, rng).mean, outcomes)
        own = found["arm_difference"].isel(visit=-1, group=0).to_numpy().ravel()
        means.append(own.mean())
        sds.append(own.std(ddof=1))
        ranks.append((own < truth).mean())
        pooled = analyses(scenario, rules, outcomes, rng)["score"].pooled()
        anchored.append(pooled.error[0, -1] / float(at_random["arm_difference"].isel(visit=-1, group=0).std(ddof=1)))
    spread = np.std(means, ddof=1)
    assert abs(np.mean(means) - truth) < 3.5 * spread / np.sqrt(TRIALS)
    # The standard deviation of so many estimates is known to a share of one over the root of twice their number.
    assert abs(np.sqrt(np.mean(np.square(sds))) / spread - 1) < 3.5 / np.sqrt(2 * TRIALS)
    covered = int(((np.array(ranks) > 0.05) & (np.array(ranks) < 0.95)).sum())
    low, high = stats.binom.ppf((0.001, 0.999), TRIALS, 0.9)
    assert low <= covered <= high
    # The standard error of imputation is about that under missing at random, and not so much smaller as who stayed.
    assert np.mean(anchored) == pytest.approx(1, abs=0.1)
    assert stayed < 0.8
