"""What pages tell of runs: kept in docs/results, and held to a run of the same study by a test.

`python docs/building/kept_runs.py NAME DIR` keeps of the run in DIR what the pages need: NAME is `retold` for
`cochange demo --out DIR`, whose figure of the no-change benchmark is kept with it, and `opt` for the OPT trial.
"""

import json
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[1]
FIGURE = DOCS / "figures" / "report.svg"
FIELDS = (
    "model", "prior", "estimand", "form", "group", "unit", "mean", "median", "sd", "lower", "upper", "p_direction",
    "side", "mcse_mean", "learned",
)  # fmt: skip
# Everyone together, and the contrast of the arms of OPT.
GROUPS = ("overall", "T versus C")


def keep(name: str, run: Path) -> None:
    """Keep of a run what pages tell of it."""
    results = json.loads((run / "results.json").read_text("utf-8"))
    rows = [row for row in results["estimates"] if row["group"] in GROUPS]
    if name == "opt":
        rows = [row for row in rows if row["prior"] == results["estimates"][0]["prior"]]
    content = {
        "seed": results["manifest"]["seed"],
        "used": results["audit"]["used"],
        "verdict": results["verdict"],
        "estimates": [{field: row[field] for field in FIELDS} for row in rows],
        "no_change": results["no_change"],
    }
    if name == "retold":
        figure = (run / "figures" / "no_change_IL_6.svg").read_bytes()
        FIGURE.write_bytes(figure)
        content["figure"] = sha256(figure).hexdigest()
    _place(name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")


def kept(name: str) -> Mapping[str, Any]:
    """What is kept of a run."""
    found: Mapping[str, Any] = json.loads(_place(name).read_text("utf-8"))
    return found


def estimate(
    name: str,
    model: str,
    estimand: str,
    form: str | None = None,
    group: str = "overall",
    prior: str = "reference",
) -> Mapping[str, Any]:
    """The one row of a run's estimates with these fields."""
    asked = {"model": model, "estimand": estimand, "form": form, "group": group, "prior": prior}
    (row,) = [row for row in kept(name)["estimates"] if all(row[key] == value for key, value in asked.items())]
    return row


def statistic(name: str, wanted: str) -> Mapping[str, Any]:
    """One row of a run's no-change benchmark."""
    (row,) = [row for row in kept(name)["no_change"] if row["statistic"] == wanted]
    return row


def said(row: Mapping[str, Any]) -> str:
    """Median and interval."""
    return f"{row['median']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})"


def benchmark(name: str) -> str:
    """What the usual statistics show in data sets without any true change, as a table."""
    lines = [
        "| statistic | observed | with no true change: median (95%) | called different from zero |\n",
        "| --- | --- | --- | --- |\n",
    ]
    for row in kept(name)["no_change"]:
        words = row["statistic"].replace("_", " ")
        lines.append(f"| {words} | {row['observed']:.2f} | {said(row)} | {row['called_different']:.0%} |\n")
    return "".join(lines)


def _place(name: str) -> Path:
    return DOCS / "results" / f"{name}.json"


if __name__ == "__main__":
    keep(sys.argv[1], Path(sys.argv[2]))
