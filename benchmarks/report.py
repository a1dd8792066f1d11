"""How long a user waits for commands that sample nothing: the report of a finished run, and the verbs that look.

    cochange demo --out runs/demo
    python benchmarks/report.py runs/demo --out figures.json

The report is written three ways: from the draws alone, as after a change of the code; from the rows of results.json
with every figure drawn and printed anew; and once more with nothing changed. A copy of the run is worked on.
"""

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table
from whole_process import COMMAND, Measured, process, repeat

from cochange.data.simulate import example_path
from cochange.inference.store import load_results, save_results
from cochange.inference.stored_rows import RECORD as ROWS
from cochange.reports.plots.earlier import RECORD

PRINTS = f"figures/{RECORD}"
FROM_DRAWS = "report, from the draws alone"
VERBS = {"--help": ("--help",), "models": ("models",), "check": ("check", str(example_path()))}


def measure(run: Path, runs: int, console: Console) -> list[Measured]:
    """Whole processes; elapsed and processor seconds of each."""

    def report(without: Sequence[str]) -> tuple[float, float]:
        for name in without:
            (run / name).unlink(missing_ok=True)
        return process((*COMMAND, "report", str(run), "--quiet"), dict(os.environ))

    def verb(words: Sequence[str]) -> tuple[float, float]:
        return process((*COMMAND, *words), dict(os.environ))

    rows = [repeat(FROM_DRAWS, runs, lambda _: report((ROWS, PRINTS)), console)]
    save_results(run, load_results(run))
    rows.append(repeat("report, from the rows", runs, lambda _: report((PRINTS,)), console))
    rows.append(repeat("report, nothing changed", runs, lambda _: report(()), console))
    for name, words in VERBS.items():
        rows.append(repeat(f"cochange {name}", runs, lambda _, words=words: verb(words), console))  # type: ignore[misc]
    return rows


def main() -> None:
    """Measure, print, and write the figures where asked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path, help="the --out of a finished run")
    parser.add_argument("--runs", type=int, default=3, help="repetitions of each (default: 3)")
    parser.add_argument("--out", type=Path, help="write the figures to this JSON file")
    options = parser.parse_args()
    console = Console(width=120)
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(shutil.copytree(options.run, Path(folder) / "run")), options.runs, console)
    table = Table("what", "median, s", "range, s", "processor, median s", "over the first, processor")
    for row in rows:
        share = row.processor_median / rows[0].processor_median
        table.add_row(row.what, f"{row.median:.2f}", row.range, f"{row.processor_median:.2f}", f"{share:.2f}")
    console.print(table)
    if options.out is not None:
        options.out.write_text(json.dumps([asdict(row) for row in rows], indent=2))


if __name__ == "__main__":
    main()
