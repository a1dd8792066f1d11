"""How long a user waits: whole processes from start to end, and one more prior after the first fit.

    python benchmarks/whole_process.py --out figures.json
    python benchmarks/whole_process.py --model joint_change

Everything is measured in one run, so that ratios compare like with like. A process is started with the interpreter this
script runs under. With an empty cache every repetition gets new folders for PyTensor, Numba and compiled models; the
warm ones share folders that one unmeasured process has filled. Processor seconds, of all threads, stand beside the
elapsed ones: they say less of what a user waits for, and are less disturbed by other work. The fit is that of
`symptom_change`, or another model named, to the shipped synthetic trial.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from circumstances import circumstances, others
from rich.console import Console
from rich.table import Table

from cochange.data.simulate import example_path

MODEL = "symptom_change"
FIRST, OTHERS = "reference", ("sceptical", "literature", "diffuse")
COMMAND = (sys.executable, "-m", "cochange")
LIBRARIES = (sys.executable, "-c", "import arviz_stats, nutpie, pymc")
# 3 is a fit that must not be reported: it took as long as one that may.
FINISHED = (0, 3)


@dataclass(frozen=True)
class Measured:
    """Elapsed and processor seconds of each repetition of one thing."""

    what: str
    seconds: tuple[float, ...]
    processor: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def processor_median(self) -> float:
        return statistics.median(self.processor)

    @property
    def range(self) -> str:
        return f"{min(self.seconds):.2f} to {max(self.seconds):.2f}"


def fit_command(model: str, study: Path | None = None) -> tuple[str, ...]:
    """The command that fits a model to a study, by default the shipped trial, under one prior set."""
    return (*COMMAND, "fit", str(study or example_path()), "--model", model, "--prior", FIRST, "--quiet")


def caches(folder: Path) -> dict[str, str]:
    """The environment of a process that keeps its compiled code in a folder."""
    return {
        **os.environ,
        "PYTENSOR_FLAGS": f"base_compiledir={folder / 'pytensor'}",
        "NUMBA_CACHE_DIR": str(folder / "numba"),
        "COCHANGE_CACHE": str(folder / "machine-code"),
    }


def processor_seconds(who: int) -> float:
    """Processor seconds used so far by this process or by its finished children."""
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def timed[T](work: Callable[[], T], who: int = resource.RUSAGE_SELF) -> tuple[T, tuple[float, float]]:
    """The value of a piece of work, with its elapsed and processor seconds."""
    start, used = time.perf_counter(), processor_seconds(who)
    value = work()
    return value, (time.perf_counter() - start, processor_seconds(who) - used)


def process(command: tuple[str, ...], environment: dict[str, str]) -> tuple[float, float]:
    """Elapsed and processor seconds of one whole process, which has to finish its work."""
    done, seconds = timed(
        lambda: subprocess.run(command, env=environment, capture_output=True, text=True, check=False),
        resource.RUSAGE_CHILDREN,
    )
    if done.returncode not in FINISHED:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    return seconds


def repeat(what: str, runs: int, once: Callable[[int], tuple[float, float]], console: Console) -> Measured:
    """Measure something several times."""
    measured = []
    for run in range(runs):
        measured.append(once(run))
        console.print(f"{what}, run {run + 1} of {runs}: {measured[-1][0]:.2f} s")
    return collected(what, measured)


def collected(what: str, measured: list[tuple[float, float]]) -> Measured:
    """The repetitions of one thing."""
    elapsed, processor = zip(*measured, strict=True)
    return Measured(what, elapsed, processor)


def measure_processes(folder: Path, runs: int, model: str, console: Console) -> list[Measured]:
    """The whole processes."""
    warm, fit = caches(folder / "warm"), fit_command(model)
    process(fit, warm)
    return [
        repeat("cochange --help", runs, lambda _: process((*COMMAND, "--help"), warm), console),
        repeat("import of PyMC, nutpie and ArviZ alone", runs, lambda _: process(LIBRARIES, warm), console),
        repeat("one fit, empty cache", runs, lambda run: process(fit, caches(folder / f"empty{run}")), console),
        repeat("one fit, warm cache", runs, lambda _: process(fit, warm), console),
    ]


def measure_priors(folder: Path, runs: int, model: str) -> list[Measured]:
    """Compiling, the first fit and each further prior set, in a process of their own."""
    command = (sys.executable, __file__, "--model", model, "--in-process", str(runs))
    done = subprocess.run(command, env=caches(folder / "warm"), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return [collected(what, measured) for what, measured in json.loads(done.stdout).items()]


def in_process(runs: int, name: str) -> dict[str, list[tuple[float, float]]]:
    """Compile once, fit, then fit under other prior sets; each with judgement and replicated data, as in a run."""
    from cochange.data.read import read_study
    from cochange.inference.compiled import compile_model
    from cochange.inference.fit import sample
    from cochange.inference.settings import Settings
    from cochange.models.parts.contract import load_model
    from cochange.models.parts.prior_sets import prior_sets

    study, model = read_study(example_path()), load_model(name)
    sets = prior_sets(model.name, model.shipped, study)
    compiled, compiling = timed(lambda: compile_model(model, study, sets[FIRST]))
    _, first = timed(lambda: sample(compiled, FIRST, sets[FIRST], Settings()))
    more = [
        timed(partial(sample, compiled, prior, sets[prior], Settings(seed=run)))[1]
        for run in range(runs)
        for prior in OTHERS
    ]
    return {"compiling, warm cache": [compiling], "the first prior after compiling": [first], "one more prior": more}


def ratios(rows: dict[str, Measured]) -> dict[str, dict[str, float]]:
    """Medians of the same run, one over another, of elapsed and of processor seconds."""
    pairs = (
        ("one fit, empty cache", "one fit, warm cache"),
        ("one fit, warm cache", "import of PyMC, nutpie and ArviZ alone"),
        ("one fit, warm cache", "one more prior"),
    )
    return {
        f"{above} / {below}": {
            "elapsed": rows[above].median / rows[below].median,
            "processor": rows[above].processor_median / rows[below].processor_median,
        }
        for above, below in pairs
    }


def report(rows: dict[str, Measured], model: str, console: Console) -> None:
    """Print the table."""
    columns = ("what", "runs", "median, s", "range, s", "processor, median s")
    table = Table(*columns, title=f"{model}, shipped trial, 4 chains")
    for row in rows.values():
        table.add_row(row.what, str(len(row.seconds)), f"{row.median:.2f}", row.range, f"{row.processor_median:.2f}")
    console.print(table)
    table = Table("ratio of medians", "elapsed", "processor")
    for name, ratio in ratios(rows).items():
        table.add_row(name, f"{ratio['elapsed']:.1f}", f"{ratio['processor']:.1f}")
    console.print(table)


def main() -> None:
    """Measure, print, and write the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default=MODEL, help=f"the model to fit (default: {MODEL})")
    parser.add_argument("--runs", type=int, default=3, help="repetitions of each (default: 3)")
    parser.add_argument("--out", type=Path, help="write the figures to this JSON file")
    parser.add_argument("--in-process", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.in_process:
        print(json.dumps(in_process(options.in_process, options.model)))
        return
    console = Console(width=None if sys.stdout.isatty() else 120)
    others_before = others()
    with tempfile.TemporaryDirectory() as name:
        measured = measure_processes(Path(name), options.runs, options.model, console)
        measured += measure_priors(Path(name), options.runs, options.model)
    rows = {row.what: row for row in measured}
    report(rows, options.model, console)
    if options.out is not None:
        content = {
            "model": options.model,
            **circumstances(others_before, os.cpu_count() or 1),
            "measured": [
                asdict(row) | {"median": row.median, "processor_median": row.processor_median} for row in measured
            ],
            "ratios": ratios(rows),
        }
        options.out.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        console.print(f"Written to {options.out}")


if __name__ == "__main__":
    main()
