"""What one more prior costs after the first fit of `joint_change`, beside a refit of its own and one of brms.

    python benchmarks/prior_swap.py --out figures.json

Ours is `cochange.compare_priors` on two trials of 116 participants: the shipped one, with its limit of detection, and
one made without, which brms is given too. Two things are measured on each: the shipped prior sets, reached from
`reference`, and a grid of one hyperparameter. A set is reweighted where importance sampling holds, moment-matched where
it holds after that, and sampled otherwise; the table says which, with the Pareto shape of the weights before and after.
Every shipped set is also sampled anew in the same run. A set's time runs from its values to its finished rows of all
estimands, its prior draws included. brms is its bivariate change model, refitted under another prior with `update()`,
which compiles anew, since there a prior is part of the program.

Needs the dependencies of cochange; `Rscript` with brms for the peer, which is named and skipped where it is absent.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from brms_peer import Brms, has_brms
from made_studies import change_table, simulated
from rich.console import Console
from rich.table import Table

from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study
from cochange.inference.comparing.comparison import Under, compare_priors
from cochange.inference.comparing.grid import Vary
from cochange.inference.progress import Silent

SETS = ("reference", "literature", "sceptical", "diffuse")
VARIED = Vary("parallel_sd", (0.5, 0.7, 1.0, 1.4, 2.0, 2.8))
TARGET, FACTOR = 0.3, 100
WIDTH = 160


class Clock(Silent):
    """Processor seconds of each set."""

    def __init__(self) -> None:
        self.read = [time.process_time()]

    def finished(self) -> None:
        self.read.append(time.process_time())

    @property
    def seconds(self) -> list[float]:
        return [after - before for before, after in zip(self.read, self.read[1:], strict=False)]


@dataclass(frozen=True, kw_only=True)
class Reached:
    """A prior set after the main one: how it was reached, and what it cost."""

    prior: str
    how: str
    k_before: float | None
    k: float | None
    least_ess: float
    seconds: float
    processor: float
    refit_seconds: float | None = None
    refit_processor: float | None = None


def reached(study: Study, priors: Sequence[str], vary: Sequence[Vary] = (), refit: bool = False) -> list[Reached]:
    """Each set after the main one."""
    clock = Clock()
    under = compare_priors(study, "joint_change", priors=priors, vary=vary, refit=refit, progress=clock).under
    return [_reached(one, processor) for one, processor in zip(under[1:], clock.seconds[1:], strict=True)]


def _reached(under: Under, processor: float) -> Reached:
    plain = under.refused or under.weights
    return Reached(
        prior=under.prior,
        how=under.how,
        k_before=None if plain is None else plain.k,
        k=None if under.weights is None else under.weights.k,
        least_ess=under.least_ess,
        seconds=under.seconds,
        processor=processor,
    )


def shipped(study: Study) -> list[Reached]:
    """Each shipped set from `reference`, and what sampling it anew costs."""
    found, refitted = reached(study, SETS), reached(study, SETS, refit=True)
    return [
        Reached(**{**asdict(one), "refit_seconds": again.seconds, "refit_processor": again.processor})
        for one, again in zip(found, refitted, strict=True)
    ]


def brms_refit(folder: Path, study: Study, cores: int) -> float:
    """Seconds of a refit under another prior, after compiling and a first fit."""
    peer = Brms(folder)
    peer.ask("compile", change_table(folder, study), "pooled")
    peer.sample("sample", 1, cores)
    refit = peer.sample("refit", 2, cores)[0].seconds
    peer.close()
    return refit


def show_sets(found: Mapping[str, Sequence[Reached]], console: Console) -> None:
    labels = ("trial", "set", "how", "k before", "k", "least ESS", "s", "processor, s", "refit, s", "its processor, s")
    table = Table(*labels, "ratio", "of processor", title="Shipped sets of joint_change from reference")
    for trial, sets in found.items():
        for one in sets:
            assert one.refit_seconds is not None
            assert one.refit_processor is not None
            shapes = ("-" if k is None else f"{k:.2f}" for k in (one.k_before, one.k))
            times = (one.seconds, one.processor, one.refit_seconds, one.refit_processor)
            ratios = (one.refit_seconds / one.seconds, one.refit_processor / one.processor)
            table.add_row(
                trial, one.prior, one.how, *shapes, f"{one.least_ess:.0f}", *(f"{value:.2f}" for value in times),
                *(f"{ratio:.1f}" for ratio in ratios),
            )  # fmt: skip
    console.print(table)


def show_grid(found: Mapping[str, Sequence[Reached]], refit: float | None, console: Console) -> None:
    labels = ("trial", "how", "sets", "median, s", "processor, s", "brms refit, s", "ratio")
    table = Table(*labels, title=f"A grid of {VARIED.name} of joint_change")
    for trial, sets in found.items():
        for how in dict.fromkeys(one.how for one in sets):
            alike = [one for one in sets if one.how == how]
            median = statistics.median(one.seconds for one in alike)
            processor = statistics.median(one.processor for one in alike)
            peer, ratio = ("-", "-") if refit is None else (f"{refit:.1f}", f"{refit / median:.0f}")
            table.add_row(trial, how, str(len(alike)), f"{median:.2f}", f"{processor:.2f}", peer, ratio)
    console.print(table, f"Targets: {TARGET} s, and {FACTOR} times faster than brms.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cores", type=int, default=os.cpu_count() or 1, help="processors for brms")
    parser.add_argument("--out", type=Path, help="file for the figures, in JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = simulated(folder / "made", 116, pooled=True, complete=True)
        studies = {"shipped": read_study(example_path()), "made, complete": made}
        sets = {trial: shipped(study) for trial, study in studies.items()}
        grids = {trial: reached(study, SETS[:1], (VARIED,)) for trial, study in studies.items()}
        refit = brms_refit(folder / "made", made, options.cores) if has_brms() else None
    console = Console(width=WIDTH)
    show_sets(sets, console)
    show_grid(grids, refit, console)
    if options.out is not None:
        figures = {"sets": sets, "grids": grids}
        kept = {
            what: {trial: [asdict(one) for one in found] for trial, found in trials.items()}
            for what, trials in figures.items()
        }
        options.out.write_text(json.dumps({**kept, "brms_refit": refit}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
