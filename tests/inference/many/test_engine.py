"""Many pieces of work: the same records in any order and by any workers, kept over kills, and done once."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cochange.inference.many.engine import do_many
from cochange.inference.many.local import LostWorkersError
from cochange.inference.many.records import RecordsError, append, appending, read_records
from cochange.inference.many.work import seeds_of

COUNT = 40
# Runs the work as a program of its own, to be killed.
PROGRAM = """
import signal
import sys
from pathlib import Path
import conjugate_work
from cochange.inference.many.engine import do_many

if __name__ == "__main__":
    # A shell's background jobs are deaf to Ctrl-C, and so would be what they start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    folder = Path(sys.argv[1])
    do_many(conjugate_work.Conjugate(folder, pause=0.1), 40, folder / "fits.jsonl", cores=2)
"""


def done(folder: Path) -> list[int]:
    file = folder / "done"
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def wait_until(true: Any, seconds: float = 60) -> None:
    start = time.monotonic()
    while not true():
        assert time.monotonic() - start < seconds, "waited in vain"
        time.sleep(0.05)


def alive(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def test_seeds_depend_on_the_number_alone_and_differ() -> None:
    seeds = [seed for number in range(200) for seed in seeds_of(1, number, 3)]
    assert len(set(seeds)) == len(seeds)
    assert seeds_of(1, 7, 3) == seeds[21:24]
    assert seeds_of(2, 7, 3) != seeds_of(1, 7, 3)
    # Asking for one seed more leaves the others as they are.
    assert seeds_of(1, 7, 4)[:3] == seeds_of(1, 7, 3)


def test_records_are_the_same_by_one_process_or_two_and_in_order(conjugate: ModuleType, tmp_path: Path) -> None:
    here = do_many(conjugate.Conjugate(tmp_path), COUNT, cores=1)
    apart = do_many(conjugate.Conjugate(tmp_path), COUNT, cores=2)
    assert here == apart
    assert [record["number"] for record in apart] == list(range(COUNT))
    work = conjugate.Conjugate(tmp_path).open()
    assert [work(number) for number in reversed(range(COUNT))] == here[::-1]


def test_each_process_opens_the_work_once(conjugate: ModuleType, tmp_path: Path) -> None:
    do_many(conjugate.Conjugate(tmp_path, pause=0.02), COUNT, cores=2)
    # This process opens it to compile; the two workers load it.
    assert len(list(tmp_path.glob("opened-*"))) == 3


def test_what_is_stored_is_not_done_again_and_more_can_be_asked_for(conjugate: ModuleType, tmp_path: Path) -> None:
    work, path = conjugate.Conjugate(tmp_path), tmp_path / "fits.jsonl"
    first = do_many(work, 10, path, cores=1)
    assert done(tmp_path) == list(range(10))
    more = do_many(work, 15, path, cores=1)
    assert done(tmp_path) == list(range(15))
    assert more[:10] == first
    assert do_many(work, 15, path) == more == do_many(conjugate.Conjugate(tmp_path), 15, cores=1)


def test_a_line_cut_short_is_done_again(conjugate: ModuleType, tmp_path: Path) -> None:
    work, path = conjugate.Conjugate(tmp_path), tmp_path / "fits.jsonl"
    whole = do_many(work, 10, path, cores=1)
    text = path.read_text()
    path.write_text(text[: text.rstrip().rfind("\n") + 20])
    assert sorted(read_records(path, work.fingerprint())) == list(range(9))
    assert do_many(work, 10, path, cores=1) == whole
    assert done(tmp_path) == [*range(10), 9]
    assert path.read_text() == text


@pytest.mark.parametrize("kept", [0, 1, 20, -1])
def test_a_file_whose_first_line_was_cut_short_is_begun_anew(conjugate: ModuleType, tmp_path: Path, kept: int) -> None:
    work, path = conjugate.Conjugate(tmp_path), tmp_path / "fits.jsonl"
    whole = do_many(work, 3, path, cores=1)
    text = path.read_text()
    path.write_text(text.splitlines()[0][:kept])
    assert do_many(work, 3, path, cores=1) == whole
    assert path.read_text() == text


def test_a_file_of_other_work_is_refused(conjugate: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "fits.jsonl"
    do_many(conjugate.Conjugate(tmp_path), 3, path, cores=1)
    with pytest.raises(RecordsError, match="holds fits of other settings"):
        do_many(conjugate.Conjugate(tmp_path, seed=4), 3, path, cores=1)
    path.write_text("not of ours\n")
    with pytest.raises(RecordsError, match=r"fits\.jsonl"):
        do_many(conjugate.Conjugate(tmp_path), 3, path, cores=1)


@pytest.mark.parametrize("more", ["", '{"number": 0, "ra'])
def test_a_file_of_other_work_without_a_record_is_begun_anew(conjugate: ModuleType, tmp_path: Path, more: str) -> None:
    path = tmp_path / "fits.jsonl"
    path.write_text(json.dumps({"fingerprint": "of other work"}) + "\n" + more)
    work = conjugate.Conjugate(tmp_path)
    whole = do_many(work, 3, path, cores=1)
    assert list(read_records(path, work.fingerprint()).values()) == whole


@pytest.mark.parametrize("cores", [1, 2])
def test_work_that_cannot_be_begun_leaves_no_file(conjugate: ModuleType, tmp_path: Path, cores: int) -> None:
    class Impossible(conjugate.Conjugate):  # type: ignore[misc,name-defined]
        def open(self) -> None:
            raise RecordsError("no such truth")

    path = tmp_path / "fits" / "fits.jsonl"
    with pytest.raises(RecordsError, match="no such truth"):
        do_many(Impossible(tmp_path), 3, path, cores=cores)
    assert not path.exists()


def test_numbers_that_json_lacks_are_an_error_and_leave_no_line(tmp_path: Path) -> None:
    path = tmp_path / "fits.jsonl"
    with appending(path, "key") as file, pytest.raises(ValueError, match="JSON"):
        append(file, {"number": 0, "mean": float("nan")})
    assert path.read_text() == json.dumps({"fingerprint": "key"}) + "\n"


def test_what_a_killed_worker_was_doing_is_done_again(conjugate: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "fits.jsonl"
    records = do_many(conjugate.Conjugate(tmp_path, kills=(5, 17)), COUNT, path, cores=2)
    assert (tmp_path / "killed-5").exists()
    assert (tmp_path / "killed-17").exists()
    (tmp_path / "apart").mkdir()
    assert records == do_many(conjugate.Conjugate(tmp_path / "apart"), COUNT, cores=1)
    assert len(path.read_text().splitlines()) == COUNT + 1


def test_workers_that_die_again_and_again_end_the_run(conjugate: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(LostWorkersError, match="died 3 times before a fit was done"):
        do_many(conjugate.Conjugate(tmp_path, kills=(0, 1), always=True), 2, cores=2)


def started(conjugate: ModuleType, folder: Path) -> subprocess.Popen[bytes]:
    program = folder / "program.py"
    program.write_text(PROGRAM)
    places = os.pathsep.join([str(Path(str(conjugate.__file__)).parent), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, str(program), str(folder)]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": places}, stderr=subprocess.PIPE)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=["killed", "Ctrl-C"])
def test_a_run_that_ends_in_the_middle_goes_on_and_leaves_no_process(
    conjugate: ModuleType, tmp_path: Path, how: signal.Signals
) -> None:
    process = started(conjugate, tmp_path)
    path = tmp_path / "fits.jsonl"
    wait_until(lambda: path.exists() and len(path.read_text().splitlines()) > 5)
    workers = [int(mark.name.partition("-")[2]) for mark in tmp_path.glob("opened-*")]
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0
    assert (b"KeyboardInterrupt" in said) is (how is signal.SIGINT)
    wait_until(lambda: not any(alive(worker) for worker in workers))
    work = conjugate.Conjugate(tmp_path)
    kept = read_records(path, work.fingerprint())
    assert 5 <= len(kept) < COUNT
    before = len(done(tmp_path))
    records = do_many(work, COUNT, path, cores=1)
    assert len(done(tmp_path)) - before == COUNT - len(kept)
    (tmp_path / "apart").mkdir()
    assert records == do_many(conjugate.Conjugate(tmp_path / "apart"), COUNT, cores=1)


def test_progress_counts_every_piece_once(conjugate: ModuleType, tmp_path: Path) -> None:
    class Counted:
        finishes = 0

        def step(self, text: str) -> None:
            assert text.startswith("conjugate")

        def draws(self, done: int, total: int, divergences: int) -> None:
            raise AssertionError

        def finished(self) -> None:
            self.finishes += 1

    path = tmp_path / "fits.jsonl"
    for expected in (8, 12):
        counted = Counted()
        do_many(conjugate.Conjugate(tmp_path), expected, path, cores=1, progress=counted)
        assert counted.finishes == expected


def test_the_ranks_of_a_conjugate_model_are_even(conjugate: ModuleType, tmp_path: Path) -> None:
    ranks = np.array([record["rank"] for record in do_many(conjugate.Conjugate(tmp_path), 2000, cores=1)])
    mcse = np.sqrt((80**2 - 1) / 12 / len(ranks))
    assert abs(ranks.mean() - 39.5) < 4 * mcse
    assert (ranks.min(), ranks.max()) == (0, 79)
