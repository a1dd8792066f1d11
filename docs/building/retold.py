"""The tables of the seed paper's questions, asked of the synthetic trial and of the OPT trial."""

import json
import textwrap
from collections.abc import Callable, Mapping
from importlib.resources import files

import numpy as np
from kept_runs import benchmark, estimate, kept, said, statistic

from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.inference.predictive import PRIOR_DRAWS, width_error

SETS = ("reference", "sceptical", "literature", "diffuse")
SYMPTOM = ("symptom_change", "prognostic_slope")
# Question, what is asked, the usual statistic, then model, estimand and form of the regression.
ASKED = (
    ("Q1 Did the marker change?", "marker_change", ("marker_change", "geometric_mean_ratio", None)),
    ("Q1 Did the score change?", "symptom_change", ("symptom_change", "symptom_change", "ancova")),
    ("Q3 Does the baseline marker foretell change?", "prognostic_slope", (*SYMPTOM, "change score")),
    ("Q3 The same, given the baseline score", "prognostic_slope_ancova", (*SYMPTOM, "ancova")),
    ("Q4 Do the changes go together?", "change_correlation", ("parallel_change", "change_correlation", None)),
    ("Q4 The same, given both baselines", "parallel_slope", ("parallel_change", "parallel_slope", None)),
)


def answers() -> str:
    """The usual statistic, the regression's posterior and the joint model's, question by question."""
    return _answers("retold")


def opt_answers() -> str:
    """The same of the OPT trial."""
    return _answers("opt")


def opt_arms() -> str:
    """The contrasts of the arms in the OPT trial."""
    lines = ["| T against C | regression on observed values | `joint_change` |\n", "| --- | --- | --- |\n"]
    for asked, model, estimand, form in (
        ("ratio of the marker's geometric mean ratios", "marker_change", "arm_ratio", None),
        ("difference of the score's changes", "symptom_change", "arm_difference", "ancova"),
    ):
        regression = estimate("opt", model=model, estimand=estimand, form=form, group="T versus C")
        joint = estimate("opt", model="joint_change", estimand=estimand, group="T versus C")
        lines.append(f"| {asked} | {said(regression)} | {said(joint)} |\n")
    return "".join(lines)


def opt_used() -> str:
    """Whom each model uses in the OPT trial."""
    counts = kept("opt")["used"]
    return "".join(["| model | participants |\n| --- | --- |\n", *(f"| `{m}` | {n} |\n" for m, n in counts.items())])


def sets() -> str:
    """The two slopes under every prior set."""
    lines = [
        "| prior set | `prognostic_slope`, points per doubling | `parallel_slope`, points per halving |\n",
        "| --- | --- | --- |\n",
    ]
    for prior in SETS:
        cells = []
        for estimand in ("prognostic_slope", "parallel_slope"):
            row = estimate("retold", model="joint_change", estimand=estimand, prior=prior)
            cells.append(f"{said(row)}; {row['side']} 0 with probability {row['p_direction']:.2f}")
        lines.append(f"| `{prior}` | {' | '.join(cells)} |\n")
    return "".join(lines)


def learned() -> str:
    """How much narrower an interval the data leave than the reference prior, as a share."""
    lines = ["| model | estimand | narrower than its prior by |\n", "| --- | --- | --- |\n"]
    for row in kept("retold")["estimates"]:
        told = row["prior"] == "reference" and row["form"] in (None, "ancova")
        if told and not row["estimand"].startswith(("response", "remission", "regression")):
            lines.append(f"| `{row['model']}` | `{row['estimand']}` | {row['learned']:.0%} |\n")
    error = width_error(PRIOR_DRAWS, read_study(example_path()).spec.analysis.ci_prob)
    said = (
        f"The prior's interval is that of {PRIOR_DRAWS:,} draws: were the prior normal, its width would have a Monte "
        f"Carlo standard error of {error:.0%}. For that alone a share near 0% is known to about {100 * error:.0f} "
        f"percentage points, one of 70% to {30 * error:.0f}: small shares differ from seed to seed."
    )
    return "".join([*lines, "\n", textwrap.fill(said, 120), "\n"])


def truth() -> str:
    """What the simulator put in."""
    stored = json.loads((files("cochange.data") / "example" / "truth.json").read_text("utf-8"))
    names = ("geometric_mean_ratio", "symptom_change", "baseline_slope", "prognostic_slope", "parallel_slope")
    names += ("marker_reliability", "score_reliability", "state_correlation")
    lines = ["| quantity | of true scores | of observed values, in a very large trial |\n", "| --- | --- | --- |\n"]
    for name in names:
        observed = stored["observed_scores"].get(name)
        told = "" if observed is None else f"{observed:g}"
        lines.append(f"| `{name}` | {stored['true_scores'][name]:g} | {told} |\n")
    return "".join(lines)


RETOLD: Mapping[str, Callable[[], str]] = {
    "answers": answers,
    "benchmark": lambda: benchmark("retold"),
    "sets": sets,
    "learned": learned,
    "truth": truth,
    "opt_used": opt_used,
    "opt_arms": opt_arms,
    "opt_answers": opt_answers,
    "opt_benchmark": lambda: benchmark("opt"),
}


def _answers(name: str) -> str:
    lines = []
    for asked, usual, (model, estimand, form) in ASKED:
        found = statistic(name, usual)
        value = np.exp(found["observed"]) if usual == "marker_change" else found["observed"]
        regression = said(estimate(name, model=model, estimand=estimand, form=form))
        joint = said(estimate(name, model="joint_change", estimand=estimand))
        lines.append(f"| {asked} | {value:.2f} ({found['n']} participants) | {regression} | {joint} |\n")
    for estimand, asked in (("baseline_correlation", "as a correlation"), ("baseline_slope", "as a slope")):
        joint = said(estimate(name, model="joint_change", estimand=estimand))
        lines.append(f"| Q2 Are they associated before treatment, {asked}? | | | {joint} |\n")
    head = "| question | usual statistic | regression on observed values | `joint_change` |\n"
    return head + "| --- | --- | --- | --- |\n" + "".join(sorted(lines, key=lambda line: line[:4]))
