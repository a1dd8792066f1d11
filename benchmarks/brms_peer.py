"""brms as a peer: one R process that compiles and samples a model of several changes."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import xarray as xr
from effective import Sampled, least_effective

HERE = Path(__file__).resolve().parent


class Brms:
    """The peer's R process, which waits for what it is to do."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        start = time.perf_counter()
        self.process = subprocess.Popen(
            ("Rscript", str(HERE / "peers" / "brms_changes.R")),
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


def has_brms() -> bool:
    if shutil.which("Rscript") is None:
        return False
    found = subprocess.run(
        ("Rscript", "-e", "quit(status = !requireNamespace('brms', quietly = TRUE))"), capture_output=True, check=False
    )
    return found.returncode == 0
