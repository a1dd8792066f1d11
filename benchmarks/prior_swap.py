"""What one more prior costs after the first fit of `joint_change`, beside a refit of brms.

    python benchmarks/prior_swap.py --out figures.json

Ours is `cochange.compare_priors` on two trials of 116 participants: the shipped one, with its limit of detection, and
one made without, which brms is given too. A grid of priors is compared, with one hyperparameter varied; a set is
reweighted where importance sampling holds and sampled where it does not, and the two are told apart. A set's time runs
from its values to its finished rows of all estimands, its prior draws included. brms is its bivariate change model,
refitted under another prior with `update()`, which compiles anew, since there a prior is part of the program.

Needs the dependencies of cochange; `Rscript` with brms for the peer, which is named and skipped where it is absent.
"""

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path

from brms_peer import Brms, has_brms
from made_studies import change_table, simulated
from rich.console import Console
from rich.table import Table

from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.comparing.comparison import compare_priors
from cochange.inference.comparing.grid import Vary

VARIED = Vary("parallel_sd", (0.5, 0.7, 1.0, 1.4, 2.0, 2.8))
TARGET, FACTOR = 0.3, 100


def seconds_of(study: Study) -> dict[str, list[float]]:
    """Seconds of each set after the main one, by how it came about."""
    found: dict[str, list[float]] = {"reweighted": [], "sampled": []}
    for under in compare_priors(study, "joint_change", priors=("reference",), vary=(VARIED,)).under[1:]:
        found["sampled" if under.weights is None else "reweighted"].append(under.seconds)
    return found


def brms_refit(folder: Path, study: Study, cores: int) -> float:
    """Seconds of a refit under another prior, after compiling and a first fit."""
    peer = Brms(folder)
    peer.ask("compile", change_table(folder, study), "pooled")
    peer.sample("sample", 1, cores)
    refit = peer.sample("refit", 2, cores)[0].seconds
    peer.close()
    return refit


def show(found: Mapping[str, Mapping[str, list[float]]], refit: float | None, console: Console) -> None:
    table = Table("trial", "how", "sets", "median, s", "brms refit, s", "ratio", title="One more prior of joint_change")
    for trial, ways in found.items():
        for how, seconds in ways.items():
            if seconds:
                median = statistics.median(seconds)
                peer, ratio = ("-", "-") if refit is None else (f"{refit:.1f}", f"{refit / median:.0f}")
                table.add_row(trial, how, str(len(seconds)), f"{median:.2f}", peer, ratio)
    console.print(table, f"Targets: {TARGET} s, and {FACTOR} times faster than brms.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="processors for brms")
    parser.add_argument("--out", type=Path, help="file for the figures, in JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = simulated(folder / "made", 116, pooled=True, complete=True)
        found = {"shipped": seconds_of(read_study(example_path())), "made, complete": seconds_of(made)}
        refit = brms_refit(folder / "made", made, options.cores) if has_brms() else None
    show(found, refit, Console())
    if options.out is not None:
        options.out.write_text(json.dumps({"seconds": found, "brms_refit": refit}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
