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
skipped. Effective draws are
ArviZ's bulk effective sample size for both sides; times are elapsed seconds, so nothing else should be at work.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import arviz_stats
import numpy as np
import nutpie
import pandas as pd
import xarray as xr
from rich.console import Console
from rich.table import Table
from whole_process import caches, fit_command, measure_priors, process, repeat

from cochange.data.read import read_study
from cochange.data.simulate import ExerciseTrial, simulate
from cochange.data.study import Study
from cochange.inference.fit import draw_chains
from cochange.inference.manifest import PACKAGES, cpu_name
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
CHAINS = 4
LIMIT = 3.0
BURN_IN = 1000
PATHS = ("b", "d1", "d2", "g1", "g2", "g3", "g4", "g5", "mu1", "mu2", "mu3", "mu4", "s1", "s2", "s3", "s4")
# As near to the priors of `peers/opt_limits.jags` as their families allow.
OPT_PRIORS = replace(
    joint_change.PRIORS["reference"],
    **dict.fromkeys(("marker_mean", "score_mean", "marker_change", "score_change"), Normal(mean=0, sd=100)),
    **dict.fromkeys(("baseline_slope", "prognostic", "parallel", "marker_arm", "score_arm"), Normal(mean=0, sd=31.6)),
    **dict.fromkeys(("marker_on_marker", "marker_on_score", "score_on_score"), Normal(mean=0, sd=31.6)),
    **dict.fromkeys(("marker_sigma", "score_sigma", "marker_change_sigma", "score_change_sigma"), HalfNormal(sd=100)),
)

STUDY = """\
[study]
title = "Synthetic exercise trial without a limit of detection"
design = "single arm"
treatment = "exercise"
synthetic = true
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = ["baseline", "12 weeks"]
[[marker]]
name = "IL-6"
unit = "pg/mL"
scale = "raw"
columns = ["il6_0", "il6_12"]
[symptom]
scale = "MADRS"
columns = ["madrs_0", "madrs_12"]
[covariates]
numeric = ["age"]
categorical = ["sex"]
[analysis]
measurement = "off"
"""
POOLED = """\
[groups]
column = "intensity"
[sites]
column = "clinic"
"""


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


@dataclass(frozen=True)
class Sampled:
    """Least effective draws of one call, and its seconds."""

    effective: float
    seconds: float

    @property
    def rate(self) -> float:
        return self.effective / self.seconds


class Sampler:
    """`joint_change` compiled for one study, sampled as a run of the package samples it."""

    def __init__(self, study: Study, priors: joint_change.Priors, cores: int) -> None:
        self.study, self.priors = study, families(priors)
        self.sampler = nutpie.compile_pymc_model(joint_change.build(study, priors))
        self.settings = Settings(chains=CHAINS, cores=cores)

    def tree(self, seed: int, sampler: Any = None) -> tuple[xr.DataTree, float]:
        start = time.perf_counter()
        used = sampler or self.sampler
        tree = draw_chains(used, self.settings.draws, TARGET_ACCEPTS[0], seed, self.settings, Silent())
        return tree, time.perf_counter() - start

    def sample(self, seed: int) -> Sampled:
        tree, seconds = self.tree(seed)
        together = joint_change.parameters(self.study).by_family(self.priors)
        named = together.named(tree["posterior"].to_dataset(), self.priors)
        return Sampled(least_effective(named), seconds)


class Brms:
    """The peer's R process, which waits for what it is to do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        start = time.perf_counter()
        self.process = subprocess.Popen(
            ("Rscript", str(HERE / "peers" / "brms_bivariate.R")),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._answer()
        self.starting = time.perf_counter() - start

    def ask(self, *words: object) -> tuple[float, float]:
        """Seconds of the call, and by Stan's own clock those of the core that took longest."""
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def sample(self, what: str, seed: int, cores: int) -> tuple[Sampled, Sampled]:
        """Effective draws by the seconds of the call, and by Stan's own."""
        out = self.folder / "brms.csv"
        call, own = self.ask(what, seed, cores, out)
        table = pd.read_csv(out)
        chains = len(table) // table[".chain"].nunique()
        columns = [name for name in table if not name.startswith((".", "lp"))]
        effective = least_effective(
            xr.Dataset({name: (("chain", "draw"), table[name].to_numpy().reshape(-1, chains)) for name in columns})
        )
        return Sampled(effective, call), Sampled(effective, own)

    def close(self) -> None:
        self.process.communicate()

    def _answer(self) -> tuple[float, float]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("done "):
                _, call, own, _ = line.split()
                return float(call), float(own)
        assert self.process.stderr is not None
        sys.exit(f"brms ended early:\n{self.process.stderr.read()}")


def least_effective(draws: xr.Dataset) -> float:
    """The least bulk effective sample size of all parameters."""
    return min(float(value.min()) for value in arviz_stats.ess(draws).data_vars.values())


def has_brms() -> bool:
    if shutil.which("Rscript") is None:
        return False
    found = subprocess.run(
        ("Rscript", "-e", "quit(status = !requireNamespace('brms', quietly = TRUE))"), capture_output=True, check=False
    )
    return found.returncode == 0


def simulated(folder: Path, n: int, pooled: bool, complete: bool) -> Study:
    """A simulated trial without a limit of detection; where not complete, some are lost and some samples missing."""
    trial = ExerciseTrial(n=n, lower_limit=1e-6)
    if complete:
        trial = replace(trial, dropout=0.0, missing_samples=0.0)
    folder.mkdir(parents=True, exist_ok=True)
    simulate(trial).frame.to_csv(folder / "trial.csv", index=False)
    (folder / "study.toml").write_text(STUDY + (POOLED if pooled else ""), encoding="utf-8")
    return read_study(folder / "study.toml")


def change_table(folder: Path, study: Study) -> Path:
    """What brms takes: baselines around their means, changes, and the design."""
    raw = pd.read_csv(folder / "trial.csv")
    m0, m1 = np.log(raw["il6_0"]), np.log(raw["il6_12"])
    y0, y1 = raw["madrs_0"], raw["madrs_12"]
    assert len(raw) == study.data.sizes["participant"]
    male = (raw["sex"] == "male").astype(float)
    table = pd.DataFrame(
        {
            "m0": m0 - m0.mean(),
            "y0": y0 - y0.mean(),
            "dm": m1 - m0,
            "dy": y1 - y0,
            "age": (raw["age"] - raw["age"].mean()) / raw["age"].std(),
            "sex": (male - male.mean()) / male.std(),
            "intensity": raw["intensity"],
            "clinic": raw["clinic"],
        }
    )
    path = folder / "changes.csv"
    table.to_csv(path, index=False)
    return path


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


def dumped(name: str, values: np.ndarray) -> str:
    """One variable as JAGS reads it."""
    texts = ", ".join("NA" if np.isnan(value) else repr(float(value)) for value in values)
    return f'"{name}" <- c({texts})\n'


def jags_data(folder: Path, study: Study) -> None:
    """The data file, and inits that put every censored value under the limit."""
    data = study.data.sel(marker="CRP")
    marker, score = (data[name].transpose("visit", "participant").to_numpy() for name in ("log_marker", "symptom"))
    limit = float(np.log(LIMIT))
    # A value at the limit is one under it as well as one that was cut: the status tells.
    low = data["marker_status"].transpose("visit", "participant").to_numpy() == "below"
    marker = np.where(low, np.nan, marker)
    text = f"n <- {marker.shape[1]}\nlimit <- {limit!r}\n"
    text += dumped("treated", (data["arm"].to_numpy() == "T").astype(float))
    inits = ""
    for visit in (0, 1):
        places = np.flatnonzero(low[visit])
        text += dumped(f"m{visit}", marker[visit]) + dumped(f"y{visit}", score[visit])
        text += dumped(f"low{visit}", places + 1.0) + dumped(f"under{visit}", np.zeros(len(places)))
        inits += dumped(f"m{visit}", np.where(low[visit], limit - 0.5, np.nan))
    (folder / "data.R").write_text(text, encoding="utf-8")
    for worker in range(CHAINS):
        seed = f'".RNG.name" <- "base::Mersenne-Twister"\n".RNG.seed" <- {worker + 1}\n'
        (folder / f"inits{worker}.R").write_text(inits + seed, encoding="utf-8")


def run_jags(folder: Path, chains: Sequence[int], draws: int) -> subprocess.Popen[str]:
    """Start one JAGS process for some chains; without draws it initialises and ends."""
    worker = chains[0]
    lines = [
        "load glm",
        f'model in "{HERE / "peers" / "opt_limits.jags"}"',
        'data in "data.R"',
        f"compile, nchains({len(chains)})",
        *(f'parameters in "inits{chain}.R", chain({place})' for place, chain in enumerate(chains, 1)),
        "initialize",
    ]
    if draws:
        monitors = [f"monitor {name}" for name in PATHS]
        lines += [f"update {BURN_IN}", *monitors, f"update {draws}", f'coda *, stem("w{worker}_")']
    script = folder / f"script{worker}.txt"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return subprocess.Popen(
        ("jags", script.name), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def sample_jags(folder: Path, cores: int, draws: int) -> Sampled:
    """All chains, in as many processes as there are cores; their longest time less that of initialising."""
    shares = [list(range(CHAINS))[worker::cores] for worker in range(min(cores, CHAINS))]
    seconds = {}
    for wanted in (0, draws):
        start = time.perf_counter()
        running = [run_jags(folder, share, wanted) for share in shares]
        for each in running:
            output = each.communicate()[0]
            if each.returncode or "rror" in output:
                sys.exit(f"jags failed:\n{output}")
        seconds[wanted] = time.perf_counter() - start
    chains = []
    for share in shares:
        index = pd.read_csv(folder / f"w{share[0]}_index.txt", sep=r"\s+", header=None, index_col=0)
        for place in range(1, len(share) + 1):
            values = pd.read_csv(folder / f"w{share[0]}_chain{place}.txt", sep=r"\s+", header=None)[1].to_numpy()
            chains.append({name: values[start - 1 : end] for name, start, end in index.itertuples()})
    together = {name: (("chain", "draw"), np.stack([chain[name] for chain in chains])) for name in PATHS}
    means = {name: round(float(np.mean(values[1])), 3) for name, values in together.items()}
    print(f"JAGS means: {means}", file=sys.stderr)
    return Sampled(least_effective(xr.Dataset(together)), seconds[draws] - seconds[0])


def measure_jags(folder: Path, options: Options, say: Callable[[str], None]) -> list[Row]:
    """Effective draws per second with a limit of detection, beside JAGS."""
    if options.realdata is None or not (options.realdata / "opt_trial" / "opt.csv").is_file():
        say("jags: no opt_trial/opt.csv in --realdata, skipped")
        return []
    study = read_study(OPT, options.realdata)
    ours = Sampler(study, OPT_PRIORS, options.cores)
    ours.sample(0)
    present = shutil.which("jags") is not None
    if present:
        jags_data(folder, study)
    else:
        say("jags: not installed, skipped")
    arrangements = {"one process": 1, "one process a core": options.cores} if present else {}
    mine: list[Sampled] = []
    theirs: dict[str, list[Sampled]] = {name: [] for name in arrangements}
    for run in range(options.runs):
        mine.append(ours.sample(run + 1))
        say(f"OPT, joint_change: {mine[-1].effective:.0f} in {mine[-1].seconds:.2f} s")
        for name, cores in arrangements.items():
            theirs[name].append(sample_jags(folder, cores, 1000 if options.quick else 4000))
            say(f"OPT, JAGS in {name}: {theirs[name][-1].effective:.0f} in {theirs[name][-1].seconds:.2f} s")
    rate = statistics.median(each.rate for each in mine)
    rows = [
        _beside(f"OPT with a limit, beside JAGS in {name}", mine, sampled, least=10) for name, sampled in theirs.items()
    ]
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
            samplers[n] = compiled.sampler.with_data(**observed.arrays)
        compiled.tree(0)
        seconds: dict[int, list[float]] = {n: [] for n in sizes}
        for run in range(options.runs + 2):
            for n in sizes:
                seconds[n].append(compiled.tree(run + 1, samplers[n])[1])
        medians = {n: statistics.median(values) for n, values in seconds.items()}
        say(f"{design}, sampling: " + ", ".join(f"{n:,}: {value:.2f} s" for n, value in medians.items()))
        for n in sizes[1:]:
            ratio = medians[n] / medians[sizes[0]]
            last = n == SIZES[-1]
            what = f"{design} design, {n:,} participants, beside {sizes[0]:,}"
            rows.append(
                Row(
                    what, medians[n], medians[sizes[0]], "s", ratio, "at most 2" if last else "",
                    ratio <= 2 if last else None,
                )
            )  # fmt: skip
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
    load_before = os.getloadavg()
    rows = measure(Options(tuple(asked.parts), runs, asked.cores, asked.quick, realdata), console)
    show(rows, console)
    if asked.out is not None:
        content = {
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {"cpu": cpu_name(), "cores": asked.cores, "platform": platform.platform()},
            "python": platform.python_version(),
            "versions": {package: version(package) for package in PACKAGES},
            "load": {"before": load_before, "after": os.getloadavg()},
            "rows": [asdict(row) for row in rows],
        }
        asked.out.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        console.print(f"Written to {asked.out}")


if __name__ == "__main__":
    main()
