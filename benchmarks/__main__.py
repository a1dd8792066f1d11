"""The table of times: every row beside its peers in one run, kept in figures.json and printed into docs/benchmarks.md.

    python -m benchmarks
    python -m benchmarks --rows help,regression --peers PYTHON

A row can be measured alone: what the others were found to be is kept, each with its own date and machine. `--peers`
names a Python that has bambi, simuk and nutpie, of which the first two are no dependencies of cochange; brms, rstanarm
and JAGS are looked for on the path. A peer that is not there is named in the table.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Measure the rows asked for, keep them, and write the page."""
    # The scripts of this folder are no package, so that each can be run by its path.
    sys.path.insert(0, str(HERE))
    import page
    from circumstances import others
    from found import Setting
    from rich.console import Console
    from rows import ROWS

    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default=",".join(ROWS), help=f"which rows, of {','.join(ROWS)} (default: all)")
    parser.add_argument("--peers", type=Path, help="a Python that has bambi and simuk")
    parser.add_argument("--runs", type=int, default=3, help="repetitions of each (default: 3)")
    parser.add_argument("--cores", type=int, default=os.cpu_count(), help="cores for both sides (default: all)")
    parser.add_argument("--fits", type=int, default=200, help="calibration fits (default: 200)")
    parser.add_argument("--realdata", type=Path, default=os.environ.get("COCHANGE_REALDATA"), help="for the row limits")
    parser.add_argument("--page-only", action="store_true", help="measure nothing; write the page again")
    asked = parser.parse_args()
    chosen = [] if asked.page_only else asked.rows.split(",")
    if unknown := [name for name in chosen if name not in ROWS]:
        parser.error(f"no row named {', '.join(unknown)}; there are {', '.join(ROWS)}")
    if asked.fits < 40:
        parser.error(f"--fits must be at least 40; got {asked.fits}")
    console = Console(width=None if sys.stdout.isatty() else 120)
    realdata = None if asked.realdata is None else Path(asked.realdata)
    for name in chosen:
        with tempfile.TemporaryDirectory() as folder:
            setting = Setting(
                folder=Path(folder),
                runs=asked.runs,
                cores=asked.cores,
                fits=asked.fits,
                peers=asked.peers,
                realdata=realdata,
                say=console.print,
            )
            before = others()
            page.keep(name, ROWS[name](setting), before, asked.cores)
    console.print(f"Written to {page.write()}")


if __name__ == "__main__":
    main()
