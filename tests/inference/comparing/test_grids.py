"""Grids of priors on the example and on real data, through one compilation."""

from pathlib import Path

from cochange.data.read import read_study
from cochange.inference.comparing.comparison import compare_priors
from cochange.inference.comparing.grid import Vary

STUDIES = Path(__file__).resolve().parents[2] / "realdata"


def rows_of(comparison, estimand):
    return [row for row in comparison.rows if (row.quantity[1], row.quantity[-1]) == (estimand, "overall")]


def check(comparison, grid):
    assert [under.prior for under in comparison.under][1:] == list(comparison.sets)[1:]
    assert len(comparison.under) == 1 + grid
    assert len(comparison.compiled) == 1
    for under in comparison.under:
        assert under.diagnostics.status == "report"
        for row in under.rows:
            assert min(row.estimate.ess_bulk, row.estimate.ess_tail) >= 400


def test_eleven_priors_of_the_joint_model_on_the_example(example_study):
    vary = [Vary("score_change_sd", (4, 8, 15, 30)), Vary("parallel_sd", (1, 2.5, 3.5))]
    comparison = compare_priors(example_study, "joint_change", ["reference"], vary)
    check(comparison, 11)
    # A wider prior of the parallel slope leaves a wider interval, whatever the prior of the change.
    rows = {row.estimate.prior: row for row in rows_of(comparison, "parallel_slope")}
    # The point of the grid that is the reference set stands in its row.
    rows["score_change_sd=15, parallel_sd=2.5"] = rows["reference"]
    for sd in (4, 8, 15, 30):
        widths = [rows[f"score_change_sd={sd}, parallel_sd={other}"].width for other in ("1", "2.5", "3.5")]
        assert widths == sorted(widths)


def test_twelve_priors_on_opt(realdata):
    study = read_study(STUDIES / "opt_crp.toml", realdata)
    vary = [Vary("change_sd", (0.02, 0.1, 0.5, 2)), Vary("arm_sd", (0.05, 0.2, 1))]
    comparison = compare_priors(study, "marker_change", ["reference"], vary)
    check(comparison, 12)
    # A wider prior of the contrast leaves a wider interval; the trial's paper found no difference between the arms.
    ratios = {row.estimate.prior: row.estimate for row in comparison.rows if row.estimate.estimand == "arm_ratio"}
    widths = [ratios[f"change_sd=0.5, arm_sd={sd}"] for sd in ("0.05", "0.2", "1")]
    assert [row.upper - row.lower for row in widths] == sorted(row.upper - row.lower for row in widths)
    assert all(row.lower < 1 < row.upper for row in ratios.values())
