"""JAGS as a peer: its data, its runs and what they leave behind."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from effective import CHAINS

from cochange.data.study import Study

HERE = Path(__file__).resolve().parent

# Of the marker in the OPT trial; it is made.
LIMIT = 3.0
BURN_IN = 1000
PATHS = ("b", "d1", "d2", "g1", "g2", "g3", "g4", "g5", "mu1", "mu2", "mu3", "mu4", "s1", "s2", "s3", "s4")


def dumped(name: str, values: np.ndarray) -> str:
    """One variable as JAGS reads it."""
    texts = ", ".join("NA" if np.isnan(value) else repr(float(value)) for value in values)
    return f'"{name}" <- c({texts})\n'


def jags_data(folder: Path, study: Study, seed: int) -> None:
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
        generator = f'".RNG.name" <- "base::Mersenne-Twister"\n".RNG.seed" <- {CHAINS * seed + worker}\n'
        (folder / f"inits{worker}.R").write_text(inits + generator, encoding="utf-8")


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


def run_all(folder: Path, shares: list[list[int]], draws: int) -> None:
    """One JAGS process for each share of the chains, all at once."""
    running = [run_jags(folder, share, draws) for share in shares]
    for each in running:
        output = each.communicate()[0]
        if each.returncode or "rror" in output:
            sys.exit(f"jags failed:\n{output}")
