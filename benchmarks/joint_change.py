"""How fast `joint_change` samples beside brms and JAGS, and what more participants and more priors cost.

    python benchmarks/joint_change.py --realdata FOLDER --out figures.json
    python benchmarks/joint_change.py --quick --parts brms scaling

Four parts, all in one run, peers and `joint_change` alternating; `--quick` makes one repetition of each and smaller
samples, for a look at whether everything works.

brms     Effective draws per second, least parameter, of 116 simulated complete participants without a limit of
         detection and without a measurement layer, beside the bivariate change model of brms: the most it can do. Two
         designs: covariates alone, and with groups and sites pooled besides. Both make 4 chains of 1,000 draws after
         1,000 of warm-up on the same number of cores. brms has two clocks: the whole call, and what Stan itself counts
         (of the core that took longest), which leaves out the start of its R processes; `joint_change` has the whole
         call alone. `joint_change` draws the baselines' distribution too, which brms takes as given.
jags     The same on the OPT trial with a made limit of 3, beside JAGS with the model of `peers/opt_limits.jags` and its
         module of block updates: 4 chains in one process, as it comes, and in one process a core. Reading and
         initialising are taken off. The data are not part of this repository: `--realdata`, or COCHANGE_REALDATA,
         names the folder that has `opt_trial/opt.csv`.
scaling  Sampling time at 100 to 100,000 participants, of one compiled model given other data.
process  Whole processes with a warm cache and one more prior, on the shipped trial, as `whole_process.py` has them;
         beside a whole process of brms and its fit under one more prior, where the part `brms` is measured as well.

Needs the dependencies of cochange; `Rscript` with brms, and `jags`, for the peers. One that is absent is named and
skipped. Effective draws are ArviZ's bulk effective sample size for both sides. Times are elapsed seconds, so nothing
else should be at work; processor seconds of all threads stand beside them where both sides have them, and are less
disturbed.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import nutpie
import pandas as pd
import xarray as xr
from brms_peer import Brms, has_brms
from circumstances import circumstances, others
from effective import CHAINS, Sampled, least_effective
from jags_peer import PATHS, jags_data, run_all
from made_studies import change_table, simulated
from rich.console import Console
from rich.table import Table
from whole_process import caches, fit_command, measure_priors, process, repeat, timed

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.inference.fit import draw_chains
from cochange.inference.progress import Silent
from cochange.inference.settings import TARGET_ACCEPTS, Settings
from cochange.models import joint_change
from cochange.models.parts.families import HalfNormal, Normal
from cochange.models.parts.joint.frame import make_frame
from cochange.models.parts.joint.sets import gather
from cochange.models.parts.prior_sets import families

HERE = Path(__file__).resolve().parent
OPT = HERE.parent / "tests" / "realdata" / "opt_crp_under_3.toml"
PARTS = ("brms", "jags", "scaling", "process")
DESIGNS = ("plain", "pooled")
SIZES = (100, 1_000, 10_000, 100_000)
# As near to the priors of `peers/opt_limits.jags` as their families allow.
OPT_PRIORS = replace(
    joint_change.PRIORS["reference"],
    **dict.fromkeys(("marker_mean", "score_mean", "marker_change", "score_change"), Normal(mean=0, sd=100)),
    **dict.fromkeys(("baseline_slope", "prognostic", "parallel", "marker_arm", "score_arm"), Normal(mean=0, sd=31.6)),
    **dict.fromkeys(("marker_on_marker", "marker_on_score", "score_on_score"), Normal(mean=0, sd=31.6)),
    **dict.fromkeys(("marker_sigma", "score_sigma", "marker_change_sigma", "score_change_sigma"), HalfNormal(sd=100)),
)


@dataclass(frozen=True)
class Row:
    """One line of the table; the ratio is the larger the better unless the target is a most."""

    what: str
    ours: float
    peer: float | None
    unit: str
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Options:
    """What to measure and how often."""

    parts: tuple[str, ...]
    runs: int
    cores: int
    quick: bool
    realdata: Path | None


class Sampler:
    """A model compiled for one study, sampled as a run of the package samples it; `joint_change` by default."""

    def __init__(self, study: Study, priors: Any, cores: int, model: ModuleType = joint_change) -> None:
        self.study, self.priors, self.model = study, families(priors), model
        self.sampler = nutpie.compile_pymc_model(model.build(study, priors))
        self.settings = Settings(chains=CHAINS, cores=cores)

    def tree(self, seed: int, sampler: Any = None) -> tuple[xr.DataTree, tuple[float, float]]:
        """Draws, with elapsed and processor seconds."""
        used = sampler or self.sampler
        return timed(lambda: draw_chains(used, self.settings.draws, TARGET_ACCEPTS[0], seed, self.settings, Silent()))

    def sample(self, seed: int) -> Sampled:
        tree, seconds = self.tree(seed)
        together = self.model.parameters(self.study).by_family(self.priors)
        named = together.named(tree["posterior"].to_dataset(), self.priors)
        return Sampled(least_effective(named), *seconds)


def measure_brms(folder: Path, options: Options, say: Callable[[str], None]) -> tuple[list[Row], dict[str, float]]:
    """Effective draws per second beside brms, and what a whole process and another prior take it."""
    rows: list[Row] = []
    peers: dict[str, float] = {}
    present = has_brms()
    if not present:
        say("brms: not installed, skipped")
    for design in DESIGNS[:1] if options.quick else DESIGNS:
        place = folder / design
        study = simulated(place, 116, design == "pooled", complete=True)
        ours = Sampler(study, joint_change.PRIORS["reference"], options.cores)
        ours.sample(0)
        peer = Brms(place) if present else None
        compiling = peer.ask("compile", change_table(place, study), design)[0] if peer else 0.0
        mine: list[Sampled] = []
        theirs: dict[str, list[Sampled]] = {"whole calls": [], "Stan's own clock": []}
        for run in range(options.runs):
            mine.append(ours.sample(run + 1))
            say(f"{design}, joint_change: {mine[-1].effective:.0f} in {mine[-1].seconds:.2f} s")
            if peer:
                by_clock = peer.sample("sample", run + 1, options.cores)
                for clock, sampled in zip(theirs, by_clock, strict=True):
                    theirs[clock].append(sampled)
                    say(f"{design}, brms, {clock}: {sampled.effective:.0f} in {sampled.seconds:.2f} s")
        if peer:
            rows += [_beside(f"{design} design, beside brms, {clock}", mine, theirs[clock], 5) for clock in theirs]
        else:
            rate = statistics.median(each.rate for each in mine)
            rows.append(Row(f"{design} design", rate, None, "ESS/s", None, "at least 5"))
        if peer:
            first = theirs["whole calls"][0].seconds
            refit = peer.sample("refit", 99, options.cores)[0].seconds
            peers = {"compile": compiling, "whole process": peer.starting + compiling + first, "one more prior": refit}
            say(f"{design}, brms: compiled in {compiling:.1f} s, one more prior {refit:.1f} s")
            peer.close()
    return rows, peers


def sample_jags(folder: Path, cores: int, draws: int) -> Sampled:
    """All chains, in as many processes as there are cores; their longest time less that of initialising."""
    shares = [list(range(CHAINS))[worker::cores] for worker in range(min(cores, CHAINS))]
    seconds = {}
    for wanted in (0, draws):
        _, seconds[wanted] = timed(partial(run_all, folder, shares, wanted), resource.RUSAGE_CHILDREN)
    chains = []
    for share in shares:
        index = pd.read_csv(folder / f"w{share[0]}_index.txt", sep=r"\s+", header=None, index_col=0)
        for place in range(1, len(share) + 1):
            values = pd.read_csv(folder / f"w{share[0]}_chain{place}.txt", sep=r"\s+", header=None)[1].to_numpy()
            chains.append({name: values[start - 1 : end] for name, start, end in index.itertuples()})
    together = {name: (("chain", "draw"), np.stack([chain[name] for chain in chains])) for name in PATHS}
    elapsed, processor = (whole - start for whole, start in zip(seconds[draws], seconds[0], strict=True))
    return Sampled(least_effective(xr.Dataset(together)), elapsed, processor)


def measure_jags(folder: Path, options: Options, say: Callable[[str], None]) -> list[Row]:
    """Effective draws per second with a limit of detection, beside JAGS."""
    if options.realdata is None or not (options.realdata / "opt_trial" / "opt.csv").is_file():
        say("jags: no opt_trial/opt.csv in --realdata, skipped")
        return []
    study = read_study(OPT, options.realdata)
    ours = Sampler(study, OPT_PRIORS, options.cores)
    ours.sample(0)
    present = shutil.which("jags") is not None
    if not present:
        say("jags: not installed, skipped")
    arrangements = {"one process": 1, "one process a core": options.cores} if present else {}
    mine: list[Sampled] = []
    theirs: dict[str, list[Sampled]] = {name: [] for name in arrangements}
    for run in range(options.runs):
        mine.append(ours.sample(run + 1))
        say(f"OPT, joint_change: {mine[-1].effective:.0f} in {mine[-1].seconds:.2f} s")
        for name, cores in arrangements.items():
            jags_data(folder, study, run + 1)
            theirs[name].append(sample_jags(folder, cores, 1000 if options.quick else 4000))
            say(f"OPT, JAGS in {name}: {theirs[name][-1].effective:.0f} in {theirs[name][-1].seconds:.2f} s")
    rate = statistics.median(each.rate for each in mine)
    rows = [_beside(f"OPT with a limit, JAGS in {name}", mine, sampled, least=10) for name, sampled in theirs.items()]
    for sampled in list(theirs.values())[:1]:
        by_processor = ([each.by_processor for each in side] for side in (mine, sampled))
        rows.append(_beside("OPT with a limit, JAGS, by processor seconds", *by_processor, least=10))
    return rows or [Row("OPT with a limit", rate, None, "ESS/s", None, "at least 10")]


def _beside(what: str, mine: list[Sampled], theirs: list[Sampled], least: float) -> Row:
    """Median effective draws per second of both, and the median of the ratios of neighbours in time."""
    ratio = statistics.median(own.rate / peer.rate for own, peer in zip(mine, theirs, strict=True))
    rates = (statistics.median(each.rate for each in side) for side in (mine, theirs))
    return Row(what, *rates, "ESS/s", ratio, f"at least {least:g}", ratio >= least)


def measure_scaling(folder: Path, options: Options, say: Callable[[str], None]) -> list[Row]:
    """Sampling time of one compiled model on more and more participants."""
    sizes = SIZES[:3] if options.quick else SIZES
    rows = []
    for design in DESIGNS[:1] if options.quick else DESIGNS:
        studies = {n: simulated(folder / f"{design}{n}", n, design == "pooled", complete=False) for n in sizes}
        compiled = Sampler(studies[sizes[0]], joint_change.PRIORS["reference"], options.cores)
        samplers = {}
        for n, study in studies.items():
            frame = make_frame(study, joint_change.select(study).used)
            observed = gather(frame.outcomes, frame.columns.values)
            assert len(observed.columns) == 0
            priors = joint_change.parameters(study).by_family(compiled.priors).hyperparameters(compiled.priors)
            samplers[n] = compiled.sampler.with_data(**observed.arrays, **priors)
        compiled.tree(0)
        seconds: dict[int, list[tuple[float, float]]] = {n: [] for n in sizes}
        for run in range(options.runs + 2):
            for n in sizes:
                seconds[n].append(compiled.tree(run + 1, samplers[n])[1])
        for clock, name in enumerate(("elapsed", "processor")):
            medians = {n: statistics.median(each[clock] for each in values) for n, values in seconds.items()}
            base = medians[sizes[0]]
            for n in sizes[1:]:
                what = f"{design} design, {n:,} beside {sizes[0]:,}, {name}"
                ratio, judged = medians[n] / base, n == SIZES[-1]
                met = ratio <= 2 if judged else None
                rows.append(Row(what, medians[n], base, "s", ratio, "at most 2" if judged else "", met))
        say(f"{design}: sampled at {len(sizes)} sizes")
    return rows


def measure_process(folder: Path, options: Options, peers: dict[str, float], console: Console) -> list[Row]:
    """Whole processes and one more prior with a warm cache; the ratio is how many times longer brms takes."""
    command, warm = fit_command("joint_change"), caches(folder / "warm")
    process(command, warm)
    whole = repeat("one fit, warm cache", options.runs, lambda _: process(command, warm), console)
    priors = {row.what: row for row in measure_priors(folder, options.runs, "joint_change")}
    rows = []
    for measured, peer, seconds, factor in (
        (whole, "whole process", 3.0, 15),
        (priors["one more prior"], "one more prior", 0.3, 100),
    ):
        other = peers.get(peer)
        ratio = None if other is None else other / measured.median
        met = measured.median <= seconds and (ratio is None or ratio >= factor)
        target = f"at most {seconds:g} s, at least {factor}"
        rows.append(Row(f"{peer}, shipped trial", measured.median, other, "s", ratio, target, met))
    compiling = priors["compiling, warm cache"].median
    rows.append(Row("of which compiling", compiling, peers.get("compile"), "s"))
    return rows


def show(rows: list[Row], console: Console) -> None:
    """Print the table."""
    columns = ("what", "joint_change", "beside", "unit", "ratio", "target of the ratio", "met")
    table = Table(*columns, title="joint_change, 4 chains")
    for row in rows:
        peer, ratio = (f"{value:.2f}" if value is not None else "-" for value in (row.peer, row.ratio))
        met = {None: "", True: "yes", False: "no"}[row.met]
        table.add_row(row.what, f"{row.ours:.2f}", peer, row.unit, ratio, row.target, met)
    console.print(table)


def measure(options: Options, console: Console) -> list[Row]:
    """Every part asked for."""
    rows: list[Row] = []
    peers: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folders = {part: Path(name) / part for part in PARTS}
        for folder in folders.values():
            folder.mkdir()
        if "brms" in options.parts:
            found, peers = measure_brms(folders["brms"], options, console.print)
            rows += found
        if "jags" in options.parts:
            rows += measure_jags(folders["jags"], options, console.print)
        if "scaling" in options.parts:
            rows += measure_scaling(folders["scaling"], options, console.print)
        if "process" in options.parts:
            rows += measure_process(folders["process"], options, peers, console)
    return rows


def main() -> None:
    """Measure, print, and write the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="what to measure (default: all)")
    parser.add_argument("--runs", type=int, default=3, help="repetitions of each (default: 3)")
    parser.add_argument("--cores", type=int, default=os.cpu_count(), help="cores for both sides (default: all)")
    parser.add_argument("--quick", action="store_true", help="one repetition, smaller samples, one design")
    parser.add_argument(
        "--realdata", type=Path, default=os.environ.get("COCHANGE_REALDATA"), help="folder of real data"
    )
    parser.add_argument("--out", type=Path, help="write the figures to this JSON file")
    asked = parser.parse_args()
    realdata = None if asked.realdata is None else Path(asked.realdata)
    runs = 1 if asked.quick else asked.runs
    console = Console(width=None if sys.stdout.isatty() else 130)
    others_before = others()
    rows = measure(Options(tuple(asked.parts), runs, asked.cores, asked.quick, realdata), console)
    show(rows, console)
    if asked.out is not None:
        content = {**circumstances(others_before, asked.cores), "rows": [asdict(row) for row in rows]}
        asked.out.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        console.print(f"Written to {asked.out}")


if __name__ == "__main__":
    main()
