"""A second run in a folder is refused while the first lives, however that ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cochange.data.faults import InputError
from cochange.inference.lock import alone_in
from cochange.inference.many.engine import do_many
from cochange.inference.run import run_study
from cochange.inference.settings import Settings

HOLD = """
import sys, time
from pathlib import Path
from cochange.inference.lock import alone_in
with alone_in(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""
FEW = Settings(draws=100, tune=100, chains=2, max_draws=100, seed=5)


def test_a_second_run_is_told_who_the_first_is(tmp_path: Path, example_study, one_mean) -> None:
    out = tmp_path / "out"
    with alone_in(out), pytest.raises(InputError) as error:
        run_study(example_study, out, [str(one_mean.source)], settings=FEW)
    told = str(error.value)
    assert told.startswith(f"{out}: a folder that no other run writes to is required; found process ")
    assert f"process {os.getpid()} of " in told
    assert " at work in it since 2" in told
    assert told.endswith("; wait until that has ended, or give another path")
    assert not (out / "study").exists()
    run_study(example_study, out, [str(one_mean.source)], settings=FEW, double=False)
    assert not list(out.glob(".running*"))
    with alone_in(None), alone_in(None):
        pass


def test_many_fits_are_alone_in_their_folder_too(tmp_path: Path) -> None:
    class Nothing:
        def fingerprint(self) -> str:
            return "nothing"

    with alone_in(tmp_path), pytest.raises(InputError, match="that no other run writes to"):
        do_many(Nothing(), 0, tmp_path / "fits.jsonl")  # type: ignore[arg-type]
    assert do_many(Nothing(), 0, tmp_path / "fits.jsonl") == []  # type: ignore[arg-type]


def test_a_killed_run_bars_nobody(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(InputError, match=f"process {first.pid} of "), alone_in(tmp_path):
            pass
        first.send_signal(signal.SIGKILL)
        first.wait()
    assert (tmp_path / ".running.json").is_file()
    with alone_in(tmp_path):
        pass


def test_what_fails_inside_opens_the_folder_again(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), alone_in(tmp_path):
        raise KeyboardInterrupt
    with alone_in(tmp_path):
        pass
