"""Work that costs nothing, in a module that worker processes can import, and a cluster on this machine."""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import distributed
import pytest

# Each piece of work draws a truth, one observation and its posterior in closed form: y | m ~ N(m, 1), m ~ N(0, 1).
CONJUGATE = """
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cochange.inference.many.work import seeds_of


@dataclass(frozen=True)
class Conjugate:
    folder: Path
    seed: int = 3
    pause: float = 0.0
    kills: tuple = ()
    always: bool = False
    name: str = "conjugate"

    def fingerprint(self):
        return f"conjugate {self.seed} {self.folder}"

    def open(self):
        (self.folder / f"opened-{os.getpid()}").touch()
        return self.perform

    def perform(self, number):
        time.sleep(self.pause)
        killed = self.folder / f"killed-{number}"
        if number in self.kills and (self.always or not killed.exists()):
            killed.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        with (self.folder / "done").open("a") as file:
            file.write(f"{number}\\n")
        rng = np.random.default_rng(seeds_of(self.seed, number, 1)[0])
        truth = rng.normal()
        posterior = rng.normal((truth + rng.normal()) / 2, 0.5**0.5, 79)
        return {"number": number, "rank": int((posterior < truth).sum()), "truth": truth}
"""


@pytest.fixture
def conjugate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    folder = tmp_path / "module"
    folder.mkdir()
    (folder / "conjugate_work.py").write_text(CONJUGATE, "utf-8")
    monkeypatch.syspath_prepend(str(folder))
    yield importlib.import_module("conjugate_work")
    del sys.modules["conjugate_work"]


def environment(module: ModuleType) -> dict[str, str]:
    """The environment of a process that can import the module."""
    places = [str(Path(str(module.__file__)).parent), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(place for place in places if place)}


class Cluster:
    """A scheduler and two workers, each a process of its own on the loopback address."""

    def __init__(self, folder: Path, module: ModuleType) -> None:
        self._environment, self._folder = environment(module), folder
        file = folder / "scheduler.json"
        bound = ["--host", "127.0.0.1", "--no-dashboard"]
        self._processes = [self._start("dask_scheduler", *bound, "--port", "0", "--scheduler-file", str(file))]
        until(file.is_file)
        self.address = json.loads(file.read_text("utf-8"))["address"]
        plain = ["--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
        self.workers = [self._start("dask_worker", self.address, *plain) for _ in range(2)]
        self._processes += self.workers
        with distributed.Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)

    def _start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{name}", *arguments]
        with (self._folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(command, env=self._environment, stdout=log, stderr=log, cwd=self._folder)

    def close(self) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait()


def until(true: object, seconds: float = 60) -> None:
    """Wait until something is so."""
    start = time.monotonic()
    while not true():  # type: ignore[operator]
        assert time.monotonic() - start < seconds, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def cluster(tmp_path: Path, conjugate: ModuleType) -> Iterator[Cluster]:
    found = Cluster(tmp_path, conjugate)
    yield found
    found.close()
