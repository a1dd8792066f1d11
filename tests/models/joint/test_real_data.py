"""The joint model on real public data: it samples well, and where the data teach little its intervals stay wide."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.inference.results import Results
from cochange.inference.run import run_study
from cochange.models import joint_change, marker_change

STUDIES = Path(__file__).resolve().parents[2] / "realdata"


@pytest.fixture(scope="module")
def wells(realdata: Path) -> pd.DataFrame:
    """Atrazine in 24 wells in June and September, 9 and 5 of them under 0.01 (NADA); as a marker before and after."""
    table = pd.read_csv(realdata / "nada" / "Atra.csv")
    cells = {}
    for column, censored, name in (("June", "JuneCen", "il6_0"), ("Sept", "SeptCen", "il6_12")):
        digits = table[column].map(lambda value: f"{value:.17g}")
        cells[name] = np.where(table[censored], "<" + digits, digits)
    return pd.DataFrame({"id": [f"W{i:02d}" for i in range(len(table))], **cells})


def test_without_a_score_the_joint_model_says_that_it_needs_one(
    wells: pd.DataFrame, make_study: Callable[..., Study]
) -> None:
    study = make_study(wells, has=("marker",))
    assert joint_change.select(study).problem == "needs a symptom score, the study declares none"
    assert not marker_change.select(study).problem


def judged(study: Study, *models: str) -> Results:
    """A run under the reference priors; its verdict stands and nothing diverged."""
    results = run_study(study, models=list(models), priors=["reference"])
    assert set(results.selections) == set(models)
    for diagnostics in results.diagnostics:
        print(f"\n{diagnostics}")
        assert diagnostics.divergences == 0
        assert diagnostics.r_hat <= 1.01
    print(results.verdict)
    for row in results.estimates:
        print(row.model, row.estimand, row.group, f"{row.median:.3g} ({row.lower:.3g} to {row.upper:.3g})")
    assert results.verdict.status != "do not report"
    return results


@pytest.mark.slow
def test_paired_wells_with_a_made_up_score(wells: pd.DataFrame, make_case: Any) -> None:
    """The score is SYNTHETIC: unrelated noise, so that the marker's change is that of the marker alone."""
    rng = np.random.default_rng(24)
    score = np.column_stack([rng.normal(24, 4, 24), rng.normal(16, 5, 24)]).round()
    table = wells.assign(madrs_0=score[:, 0].astype(int), madrs_12=score[:, 1].astype(int))
    results = judged(make_case(table).study, "marker_change", "joint_change")
    alone, joint = (
        results.estimates_of(model=model, estimand="geometric_mean_ratio")[0]
        for model in ("marker_change", "joint_change")
    )
    # More atrazine in September than in June, whichever model is asked; both shrink the change a little.
    assert min(alone.p_direction, joint.p_direction) > 0.9
    assert min(alone.median, joint.median) > 1.5
    assert abs(np.log(joint.median / alone.median)) < np.log(alone.upper / alone.lower) / 4
    for name in ("prognostic_slope", "parallel_slope"):
        (slope,) = results.estimates_of(model="joint_change", estimand=name)
        assert slope.lower < 0 < slope.upper


@pytest.mark.slow
def test_crp_and_bleeding_at_four_clinics(realdata: Path) -> None:
    """Treatment cut the bleeding and changed no biomarker (Michalowicz et al. 2009, PMC2922720)."""
    study = read_study(STUDIES / "opt_crp.toml", realdata)
    results = judged(study, "joint_change")
    assert len(results.selections["joint_change"].used) == 823
    (ratio,) = results.estimates_of(estimand="arm_ratio")
    (difference,) = results.estimates_of(estimand="arm_difference")
    assert ratio.lower < 1 < ratio.upper
    assert difference.upper < -15
    # Least squares on everyone with both scores gives the same contrast of the arms within its standard error.
    score = study.data["symptom"].sel(visit=[study.baseline, study.follow_up]).to_numpy()
    treated = (study.data["arm"] == "T").to_numpy().astype(float)
    clinics = pd.get_dummies(study.data["site"].to_numpy(), dtype=float).to_numpy()
    seen = np.isfinite(score).all(axis=1)
    design = np.column_stack([clinics, treated, score[:, 0]])[seen]
    found, squares, *_ = np.linalg.lstsq(design, (score[:, 1] - score[:, 0])[seen])
    error = np.sqrt(np.linalg.inv(design.T @ design)[-2, -2] * squares[0] / (seen.sum() - design.shape[1]))
    assert difference.median == pytest.approx(found[-2], abs=2 * error)


@pytest.mark.slow
def test_il6_at_two_limits_leaves_the_answers_wide(realdata: Path) -> None:
    """Of the values 93% and 96% are under a limit: what is said of them rests on the prior, and shows it."""
    study = read_study(STUDIES / "opt_il6_floors.toml", realdata)
    results = judged(study, "joint_change")
    assert results.verdict.status == "caution"
    assert any(reason.startswith("93% of the IL-6 values at baseline") for reason in results.verdict.reasons)
    overall = results.estimates_of(estimand="geometric_mean_ratio")[0]
    assert overall.upper / overall.lower > 2
    (ratio,) = results.estimates_of(estimand="arm_ratio")
    assert ratio.lower < 1 < ratio.upper
    (prognostic,), (parallel,) = (
        results.estimates_of(estimand=name) for name in ("prognostic_slope", "parallel_slope")
    )
    assert prognostic.lower < 0 < prognostic.upper
    assert parallel.lower < 0 < parallel.upper
    # Of the changes next to nothing is seen: the interval is the prior's.
    assert parallel.learned < 0.2
    # The score has no limit: its contrast is as sharp as without the marker.
    (difference,) = results.estimates_of(estimand="arm_difference")
    assert difference.upper < -15
