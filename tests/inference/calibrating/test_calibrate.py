"""A calibration from the design to the verdict, on a model that compiles in seconds."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from cochange.data.faults import InputError
from cochange.data.study import Study
from cochange.inference.calibrating.calibrate import CalibrationError, calibrate
from cochange.inference.calibrating.certificate import make_certificate
from cochange.inference.calibrating.design import (
    DesignError,
    around_the_centre,
    centred,
    check_design,
    reference_design,
)
from cochange.inference.calibrating.fits import CalibrationFits, parameters_apart, rank_of
from cochange.inference.calibrating.generate import make_generator
from cochange.inference.calibrating.judge import FALSE_ALARM
from cochange.inference.compiled import of_graph
from cochange.inference.many.fingerprint import values_of
from cochange.inference.plan import OF_MANY_VISITS
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import Normal
from cochange.models.parts.prior_sets import families, prior_sets
from cochange.reports.calibration import calibration_sentences, write_calibration
from cochange.reports.numbers import MINUS

FITS = 50


def test_a_right_model_has_even_ranks_and_its_files_say_so(own_model: str, tmp_path: Path) -> None:
    found = calibrate(own_model, FITS, directory=tmp_path, cores=1)
    assert found.uneven == []
    assert {row.quantity for row in found.rows} == {"symptom_change", "sd"}
    assert [row.estimand for row in found.rows] == [True, False]
    assert found.failed <= 3
    path = write_calibration(found, tmp_path)
    page = path.read_text("utf-8")
    for sentence in calibration_sentences(found):
        assert sentence in page
        assert sentence in (tmp_path / "calibration.md").read_text("utf-8").replace("\\", "")
    # The standard error of a share of 0.95 of 50 is the root of 0.95 * 0.05 / 50.
    few = "standard error of 3.1 percentage points: so few fits show gross faults alone."
    assert few in calibration_sentences(found)[1]
    assert "even ranks (so few fits show gross faults alone)" in page
    everyone, used = found.study.data.sizes["participant"], len(found.model.select(found.study).used)
    whom = f"{everyone} participants" + f", of whom {found.model.name} uses {used}," * (used < everyone)
    assert f"The reference design: {whom} at 2 visits, with limits of detection, missing values and a rule" in page
    assert "of inclusion; without covariates, groups, sites and arms. Each fit draws" in page
    many = replace(found, rows=[replace(row, fits=400) for row in found.rows])
    assert calibration_sentences(many)[1].endswith("standard error of 1.1 percentage points.")
    assert "SYNTHETIC DATA" in page
    assert "<script" not in page
    assert {item.name for item in (tmp_path / "figures").glob("*.svg")} == {
        "ranks_of_estimands.svg",
        "ranks_of_parameters.svg",
    }
    record = json.loads((tmp_path / "calibration.json").read_text("utf-8"))
    assert record["fits"] == FITS
    assert record["priors"] == values_of(families(found.priors))
    lines = (tmp_path / "fits.jsonl").read_text("utf-8").splitlines()
    kept = [json.loads(line) for line in lines[1:]]
    assert sorted(item["number"] for item in kept) == list(range(FITS))
    # What the table says of a bias comes from what is stored of each fit.
    errors = [item["mean"]["sd"] - item["truth"]["sd"] for item in kept]
    (told,) = (item for item in record["quantities"] if item["quantity"] == "sd")
    assert told["bias"] == pytest.approx(np.mean(errors))
    # Going on from the folder does nothing again, and finds the same.
    again = calibrate(own_model, FITS, directory=tmp_path, cores=1)
    assert again.rows == found.rows


IN_A_PROCESS = """
import json, sys
from cochange.inference.calibrating.calibrate import calibrate
if __name__ == "__main__":
    found = calibrate(sys.argv[1], 20, cores=int(sys.argv[2]))
    print(json.dumps([{**record, "seconds": 0} for record in found.records]))
"""


def records_of(model: str, cores: int) -> str:
    """Records of twenty fits of a process of its own, without their times."""
    command = [sys.executable, "-c", IN_A_PROCESS, model, str(cores)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1]


def test_processes_of_their_own_find_the_same(own_model: str) -> None:
    # Code just compiled may round otherwise than the same code loaded again: all is compiled before.
    records_of(own_model, 2)
    assert records_of(own_model, 1) == records_of(own_model, 2)


def test_a_model_that_draws_data_its_likelihood_does_not_know_is_set_apart(wrong_model: str) -> None:
    found = calibrate(wrong_model, FITS, cores=1)
    # The spread comes out twice as large; the mean has no bias, and its interval is as wide as the data ask for.
    assert [row.quantity for row in found.uneven] == ["sd"]
    (sd,) = (row for row in found.rows if row.quantity == "sd")
    assert sd.mean_rank < 0.2
    assert sd.coverage[-1].held < 0.5
    assert sd.bias > 4 * sd.bias_mcse
    assert "Ranks are uneven for 1 of 2 quantities: sd" in calibration_sentences(found)[0]
    assert sd.p_value < FALSE_ALARM / 2


def with_known_spread(prior_sd: float) -> Study:
    """The reference design with a prior of the mean change alone: the spread is 8, known to half a percent."""
    own = {"mean_change": {"mean": 0, "sd": prior_sd}, "sd": {"family": "Gamma", "shape": 40000, "rate": 5000}}
    study = reference_design("joint_change")
    analysis = study.spec.analysis.model_copy(update={"prior_sets": {"known": {"own_model": own}}})
    return replace(study, spec=study.spec.model_copy(update={"analysis": analysis}))


def test_bias_and_coverage_at_a_given_truth_are_what_a_normal_posterior_has(own_model: str, tmp_path: Path) -> None:
    study, truth, fits = with_known_spread(1.0), -2.5, 200
    n = len(load_model(own_model).select(study).used)
    pulled = (8**2 / n) / (1 + 8**2 / n)
    found = calibrate(own_model, fits, "known", study, cores=1, truth={"symptom_change": truth})
    (row,) = (row for row in found.rows if row.quantity == "symptom_change")
    assert abs(row.bias + pulled * truth) < 4 * row.bias_mcse
    # The posterior mean is pulled towards zero; its interval holds the truth where the sample mean allows.
    half = stats.norm.ppf(0.975) * np.sqrt(pulled)
    limits = (truth + np.array([-half, half])) / (1 - pulled)
    known = float(np.diff(stats.norm.cdf(limits, truth, 8 / np.sqrt(n)))[0])
    held = row.coverage[-1].held
    assert known < 0.8
    # Ranks of 79 draws give the interval's limits with an error of their own, about a draw's worth of coverage.
    assert abs(held - known) < 4 * np.sqrt(known * (1 - known) / fits) + 1 / 80
    assert not found.as_assumed
    page = write_calibration(found, tmp_path).read_text("utf-8")
    assert f"The truth of symptom_change is {MINUS}2.5: symptom_change has a bias of" in page
    with pytest.raises(ValueError, match="or a given truth"):
        make_certificate(found)


def test_what_cannot_be_done_is_said(own_model: str) -> None:
    with pytest.raises(InputError, match=r"^prior: a prior set of own_model.*found 'referense'"):
        calibrate(own_model, 20, "referense")
    with pytest.raises(CalibrationError, match="fits must be at least 20; got 5"):
        calibrate(own_model, 5)
    with pytest.raises(CalibrationError, match="misspecified must be one of measurement, outliers; got 'luck'"):
        calibrate(own_model, 20, misspecified="luck")
    with pytest.raises(DesignError, match="holds fixed which values are beyond a limit"):
        check_design(load_model("marker_change"), reference_design("joint_change"))


def test_the_reference_design_is_that_of_the_trial_without_its_covariates() -> None:
    study = reference_design("joint_change")
    frame = load_model("joint_change").parameters
    assert frame is not None
    names = {item.name for item in frame(study).items}
    assert {"screening_slope", "marker_reliability", "state_z"} <= names
    assert not {name for name in names if "group" in name or "site" in name or "covariate" in name}
    assert study.data["marker_status"].isin(["below"]).any()
    assert study.spec.study.synthetic


@pytest.mark.parametrize("model", sorted(OF_MANY_VISITS))
def test_the_reference_design_of_many_visits_has_half_of_the_trial_at_three(model: str) -> None:
    study, of_two = reference_design(model), reference_design("joint_change")
    assert study.data.sizes["participant"] == 58
    assert tuple(study.data["visit"].values) == study.spec.data.visits
    assert study.spec.time is not None
    assert study.spec.time.visits == (0, 6, 12)
    missing = study.data["symptom"].isnull().sum("participant").values
    lost = of_two.data["symptom"].isel(participant=slice(None, None, 2), visit=-1).isnull().sum().item()
    assert missing.tolist() == [0, lost // 2, lost]
    assert study.data["marker_status"].isin(["below"]).any()
    check_design(load_model(model), study)


@pytest.mark.parametrize(("model", "apart"), [("joint_change", True), ("repeated_measures", False)])
def test_a_parameter_that_is_an_estimand_counts_once(model: str, apart: bool) -> None:
    """The rule of inclusion sets a mean change apart from its parameter, in few draws by much; rounding does not."""
    chosen, study = load_model(model), reference_design(model)
    priors = around_the_centre(chosen, chosen.shipped["reference"])
    compiled = of_graph(chosen, study, priors, chosen.build(study, priors), None)
    found = parameters_apart(compiled, priors, seed=1)
    assert ("score_change" in found) == apart
    assert "marker_mean" in found


def test_draws_equal_to_the_truth_lie_on_either_side() -> None:
    rng = np.random.default_rng(3)
    draws = np.concatenate([np.zeros(20), np.ones(59)])
    assert {rank_of(0.5, draws, rng) for _ in range(50)} == {20}
    ranks = np.array([rank_of(1.0, draws, rng) for _ in range(6000)])
    counts = np.bincount(ranks, minlength=80)
    assert counts[:20].sum() == 0
    assert stats.chisquare(counts[20:]).pvalue > 0.001


def test_only_priors_around_the_data_are_narrowed() -> None:
    study = reference_design("joint_change")
    model = load_model("joint_change")
    for name, priors in prior_sets(model.name, model.shipped, study).items():
        before, after = families(priors), families(around_the_centre(model, priors))
        changed = {parameter for parameter in before if before[parameter] != after[parameter]}
        assert changed == {"marker_mean", "score_mean", "screening_mean"}, name
        assert all(after[parameter].values()["sd"] < before[parameter].values()["sd"] for parameter in changed)


def test_a_prior_of_an_own_model_is_used_as_it_is_whatever_its_name(own_model: str, tmp_path: Path) -> None:
    path = tmp_path / "named_as_ours.py"
    path.write_text(Path(own_model).read_text("utf-8").replace("mean_change", "baseline"), "utf-8")
    model = load_model(str(path))
    priors = model.shipped["reference"]
    assert families(priors)["baseline"] == Normal(mean=0, sd=15)
    assert around_the_centre(model, priors) == priors
    assert not centred(model, priors)
    ours = load_model("marker_change")
    assert list(centred(ours, ours.shipped["reference"])) == ["baseline"]


def test_fingerprints_tell_seeds_priors_and_designs_apart(own_model: str) -> None:
    study = reference_design("joint_change")
    reference, sceptical = (families(load_model(own_model).shipped[name]) for name in ("reference", "sceptical"))
    one = CalibrationFits(model=own_model, study=study, prior="reference", families=reference, seed=1)
    others = [replace(one, seed=2), replace(one, families=sceptical), replace(one, truth=study)]
    assert len({one.fingerprint(), *(other.fingerprint() for other in others)}) == 4


@pytest.mark.parametrize("seed", range(3))
def test_an_outcome_that_predicts_another_is_drawn_first(seed: int) -> None:
    """`parallel_change`: the raw change of the score is drawn given the raw change of the marker drawn with it."""
    study = reference_design("joint_change")
    model = load_model("parallel_change")
    priors = model.shipped["reference"]
    generator = make_generator(model, study, priors, model.build(study, priors))
    truth, outcomes = generator.parameters(seed)
    n = len(outcomes["standard_marker_change"])
    correlation = np.corrcoef(outcomes["standard_marker_change"], outcomes["standard_symptom_change"])[0, 1]
    true = float(truth["raw_z"].item())
    assert abs(np.arctanh(correlation) - true) < 4 / np.sqrt(n - 3)
    again, same = generator.parameters(seed)
    assert truth.equals(again)
    assert all((outcomes[name] == same[name]).all() for name in outcomes)
