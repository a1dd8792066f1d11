import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cochange.data.inspection.counts import counts
from cochange.data.read import read_study
from cochange.data.simulate import EXAMPLE_DATA_FILE, ExerciseTrial, example_path, simulate, write_simulated
from cochange.data.simulation.people import draw_included


@pytest.fixture(scope="module")
def people():
    trial = ExerciseTrial()
    return draw_included(trial, 100_000, np.random.default_rng(11))


@pytest.fixture(scope="module")
def simulated():
    return simulate(ExerciseTrial())


def test_the_shipped_example_is_what_the_simulation_writes(tmp_path: Path) -> None:
    made = write_simulated(tmp_path, ExerciseTrial(), EXAMPLE_DATA_FILE)
    for name in (EXAMPLE_DATA_FILE, "study.toml", "truth.json"):
        assert (made.parent / name).read_bytes() == (example_path().parent / name).read_bytes(), name


def test_the_example_reads_without_fault_or_notice() -> None:
    study = read_study(example_path())
    assert study.spec.study.synthetic
    assert study.notices == ()
    assert study.data.sizes["participant"] == 116
    assert (example_path().parent / EXAMPLE_DATA_FILE).read_text(encoding="utf-8").startswith("# SYNTHETIC DATA")
    table = counts(study)
    assert table["complete_pairs"].min() > 70
    assert 4 <= table.loc[("IL-6", "baseline"), "below"] <= 30


def test_the_same_seed_gives_the_same_data_and_another_seed_other_data(simulated) -> None:
    again, other = simulate(ExerciseTrial()), simulate(ExerciseTrial(seed=1))
    assert again.frame.equals(simulated.frame)
    assert again.truth == simulated.truth
    assert not other.frame.equals(simulated.frame)


def test_inclusion_and_size(simulated) -> None:
    assert len(simulated.frame) == 116
    assert simulated.frame["phq9"].astype(int).min() > 9
    assert simulated.frame["id"].is_unique


def test_reliabilities_and_state_are_those_asked_for(people) -> None:
    trial = ExerciseTrial()
    errors = people.marker - people.true_marker
    assert errors.std() == pytest.approx(trial.marker_error_sd, rel=0.02)
    reliability = people.true_marker[:, 0].var() / people.marker[:, 0].var()
    assert reliability == pytest.approx(trial.marker_reliability, abs=0.02)
    free = (people.symptom > 0) & (people.symptom < 60)
    both = free.all(axis=1)
    score_errors = (people.symptom - people.true_symptom)[both]
    for visit in (0, 1):
        assert np.corrcoef(errors[both, visit], score_errors[:, visit])[0, 1] == pytest.approx(0.2, abs=0.03)
    assert np.corrcoef(errors[both, 0], score_errors[:, 1])[0, 1] == pytest.approx(0, abs=0.02)


def test_slopes_of_the_true_scores_are_those_asked_for(people) -> None:
    trial = ExerciseTrial()
    marker, symptom = people.true_marker, people.true_symptom
    dummies = [people.group == i for i in (1, 2)] + [people.site == i for i in (1, 2, 3)]
    change = marker[:, 1] - marker[:, 0]
    design = np.column_stack([change, marker[:, 0], symptom[:, 0], *dummies, people.age, np.ones(len(change))])
    slopes = np.linalg.lstsq(design, symptom[:, 1] - symptom[:, 0])[0]
    ln2 = np.log(2)
    assert -slopes[0] * ln2 == pytest.approx(trial.parallel_slope, abs=0.15)
    assert slopes[1] * ln2 == pytest.approx(trial.prognostic_slope, abs=0.1)
    assert slopes[2] == pytest.approx(trial.symptom_regression, abs=0.02)


def test_naive_targets_are_attenuated(simulated) -> None:
    true, observed = simulated.truth["true_scores"], simulated.truth["observed_scores"]
    included = simulated.truth["included_true_scores"]
    assert set(observed) == {
        "geometric_mean_ratio",
        "symptom_change",
        "prognostic_slope",
        "parallel_slope",
        "change_correlation",
    }
    assert true["prognostic_slope"] < observed["prognostic_slope"] < 0
    assert true["parallel_slope"] < observed["parallel_slope"] < 0
    assert observed["symptom_change"] == pytest.approx(included["symptom_change"], abs=0.4)


def test_without_error_limit_or_inclusion_the_naive_targets_are_the_truth() -> None:
    trial = ExerciseTrial(
        marker_reliability=1, symptom_reliability=1, lower_limit=1e-6, phq9_above=-1, symptom_mean=30, symptom_change=-5
    )
    truth = simulate(trial).truth
    for name, value in truth["observed_scores"].items():
        tolerance = 0.15 if name.endswith(("slope", "symptom_change")) else 0.02
        assert value == pytest.approx(truth["true_scores"][name], abs=tolerance), name


def test_no_coupling_and_no_state_gives_no_naive_slope() -> None:
    trial = ExerciseTrial(baseline_slope=0, prognostic_slope=0, parallel_slope=0, state_correlation=0)
    observed = simulate(trial).truth["observed_scores"]
    assert observed["prognostic_slope"] == pytest.approx(0, abs=0.1)
    assert observed["parallel_slope"] == pytest.approx(0, abs=0.1)
    coupled = simulate(replace(trial, state_correlation=0.5)).truth["observed_scores"]
    # A shared state alone looks like a parallel change: both fall together.
    assert coupled["parallel_slope"] < -0.5


def test_dropout_and_lost_samples_have_the_shares_asked_for() -> None:
    frame = simulate(ExerciseTrial(n=5000)).frame
    gone = frame["madrs_12"] == ""
    assert gone.mean() == pytest.approx(0.2, abs=0.03)
    assert (frame.loc[gone, "il6_12"] == "").all()
    assert (frame["il6_0"] == "").mean() == pytest.approx(0.04, abs=0.01)
    scores = frame["madrs_0"].astype(float)
    assert scores[gone].mean() > scores[~gone].mean() + 0.3


def test_written_files_can_be_read_and_carry_the_truth(tmp_path: Path) -> None:
    path = write_simulated(tmp_path / "new", ExerciseTrial(n=40, seed=5, lower_limit=0.3))
    study = read_study(path)
    assert study.data.sizes["participant"] == 40
    assert study.spec.marker[0].lower_limit == (0.3,)
    assert (path.parent / "trial.csv").exists()
    assert json.loads((path.parent / "truth.json").read_text())["true_scores"]["prognostic_slope"] == -1.0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"marker_reliability": 0}, "marker_reliability must be above 0; got 0"),
        ({"symptom_reliability": 1.2}, "symptom_reliability must lie between 0 and 1; got 1.2"),
        ({"dropout": -0.1}, "dropout must lie between 0 and 1; got -0.1"),
        ({"marker_sd": 0}, "marker_sd must be positive; got 0"),
        ({"n": 0}, "n must be at least 1; got 0"),
        ({"dropout_odds_ratio": 0}, "dropout_odds_ratio must be positive; got 0"),
        ({"phq9_above": 27}, "phq9_above must be below 27, the greatest PHQ-9; got 27"),
        ({"state_correlation": 1}, "state_correlation must lie between -1 and 1; got 1"),
    ],
)
def test_settings_that_describe_no_trial_are_refused(settings: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ExerciseTrial(**settings)
