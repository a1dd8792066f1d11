"""The tables of the seed paper's questions on the synthetic trial, from a stored run.

`python docs/building/retold.py DIR` keeps what they need of the run in DIR, such as that of `cochange demo --out DIR`,
and the figure of its no-change benchmark. A test holds what is kept to a run of the same trial, within Monte Carlo
error.
"""

import json
import sys
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

DOCS = Path(__file__).resolve().parents[1]
KEPT = DOCS / "results" / "retold.json"
FIGURE = DOCS / "figures" / "report.svg"
SETS = ("reference", "sceptical", "literature", "diffuse")
# Question, what is asked, the usual statistic, then model, estimand and form of the regression, and the joint estimand.
ASKED = (
    ("Q1", "Did the marker change?", "marker_change", ("marker_change", "geometric_mean_ratio", None)),
    ("Q1", "Did the score change?", "symptom_change", ("symptom_change", "symptom_change", "ancova")),
    (
        "Q3",
        "Does the baseline marker foretell change?",
        "prognostic_slope",
        ("symptom_change", "prognostic_slope", "change score"),
    ),
    (
        "Q3",
        "The same, given the baseline score",
        "prognostic_slope_ancova",
        ("symptom_change", "prognostic_slope", "ancova"),
    ),
    ("Q4", "Do the changes go together?", "change_correlation", ("parallel_change", "change_correlation", None)),
    ("Q4", "The same, given both baselines", "parallel_slope", ("parallel_change", "parallel_slope", None)),
)


def keep(run: Path) -> None:
    """Keep of a run what the tables are made from."""
    results = json.loads((run / "results.json").read_text("utf-8"))
    fields = ("model", "prior", "estimand", "form", "unit", "mean", "median", "sd", "lower", "upper", "p_direction")
    rows = [row for row in results["estimates"] if row["group"] == "overall"]
    figure = (run / "figures" / "no_change_IL_6.svg").read_bytes()
    kept = {
        "seed": results["manifest"]["seed"],
        "estimates": [{name: row[name] for name in (*fields, "side", "mcse_mean", "learned")} for row in rows],
        "no_change": results["no_change"],
        "figure": sha256(figure).hexdigest(),
    }
    FIGURE.write_bytes(figure)
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")


def kept() -> Mapping[str, Any]:
    """What is kept."""
    found: Mapping[str, Any] = json.loads(KEPT.read_text("utf-8"))
    return found


def answers() -> str:
    """The usual statistic, the regression's posterior and the joint model's, question by question."""
    lines = []
    for question, asked, statistic, (model, estimand, form) in ASKED:
        usual = _statistic(statistic)
        regression = _said(_estimate(model, estimand, form))
        joint = _said(_estimate("joint_change", estimand, None))
        value = np.exp(usual["observed"]) if statistic == "marker_change" else usual["observed"]
        observed = f"{value:.2f} ({usual['n']} participants)"
        lines.append(f"| {question} {asked} | {observed} | {regression} | {joint} |\n")
    for estimand, asked in (("baseline_correlation", "as a correlation"), ("baseline_slope", "as a slope")):
        joint = _said(_estimate("joint_change", estimand, None))
        lines.append(f"| Q2 Are they associated before treatment, {asked}? | | | {joint} |\n")
    head = "| question | usual statistic | regression on observed values | `joint_change` |\n"
    return head + "| --- | --- | --- | --- |\n" + "".join(sorted(lines, key=lambda line: line[:4]))


def benchmark() -> str:
    """What the usual statistics show in data sets without any true change."""
    lines = [
        "| statistic | observed | with no true change: median (95%) | called different from zero |\n",
        "| --- | --- | --- | --- |\n",
    ]
    for row in kept()["no_change"]:
        words = row["statistic"].replace("_", " ")
        still = f"{row['median']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})"
        lines.append(f"| {words} | {row['observed']:.2f} | {still} | {row['called_different']:.0%} |\n")
    return "".join(lines)


def sets() -> str:
    """The two slopes under every prior set."""
    lines = [
        "| prior set | `prognostic_slope`, points per doubling | `parallel_slope`, points per halving |\n",
        "| --- | --- | --- |\n",
    ]
    for prior in SETS:
        cells = []
        for estimand in ("prognostic_slope", "parallel_slope"):
            row = _estimate("joint_change", estimand, None, prior)
            cells.append(f"{_said(row)}; {row['side']} 0 with probability {row['p_direction']:.2f}")
        lines.append(f"| `{prior}` | {' | '.join(cells)} |\n")
    return "".join(lines)


def learned() -> str:
    """How much narrower an interval the data leave than the reference prior, as a share."""
    lines = ["| model | estimand | narrower than its prior by |\n", "| --- | --- | --- |\n"]
    for row in kept()["estimates"]:
        told = row["prior"] == "reference" and row["form"] in (None, "ancova")
        if told and not row["estimand"].startswith(("response", "remission", "regression")):
            lines.append(f"| `{row['model']}` | `{row['estimand']}` | {row['learned']:.0%} |\n")
    return "".join(lines)


def truth() -> str:
    """What the simulator put in."""
    stored = json.loads((files("cochange.data") / "example" / "truth.json").read_text("utf-8"))
    names = ("geometric_mean_ratio", "symptom_change", "baseline_slope", "prognostic_slope", "parallel_slope")
    names += ("marker_reliability", "symptom_reliability", "state_correlation")
    lines = ["| quantity | of true scores | of observed values, in a very large trial |\n", "| --- | --- | --- |\n"]
    for name in names:
        observed = stored["observed_scores"].get(name)
        told = "" if observed is None else f"{observed:g}"
        lines.append(f"| `{name}` | {stored['true_scores'][name]:g} | {told} |\n")
    return "".join(lines)


RETOLD: Mapping[str, Callable[[], str]] = {
    "answers": answers,
    "benchmark": benchmark,
    "sets": sets,
    "learned": learned,
    "truth": truth,
}


def _estimate(model: str, estimand: str, form: str | None, prior: str = "reference") -> Mapping[str, Any]:
    (row,) = [
        row
        for row in kept()["estimates"]
        if (row["model"], row["estimand"], row["form"], row["prior"]) == (model, estimand, form, prior)
    ]
    return row


def _statistic(name: str) -> Mapping[str, Any]:
    (row,) = [row for row in kept()["no_change"] if row["statistic"] == name]
    return row


def _said(row: Mapping[str, Any]) -> str:
    return f"{row['median']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})"


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
