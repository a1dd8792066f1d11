"""Workers on this machine: processes of their own, each of which opens the work once."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress

from cochange.data.faults import CochangeError
from cochange.inference.many.work import Record, Work, perform

# Pieces of work handed out ahead, for each process.
AHEAD = 2
# Times in a row that the processes may die before anything is done.
MOST_DEATHS = 3


class LostWorkersError(CochangeError):
    """Workers die again and again."""


# The work of a worker process, and its fingerprint.
_work: list[tuple[Work, str]] = []


def done_locally(work: Work, numbers: Sequence[int], processes: int) -> Iterator[Record]:
    """Do pieces of work in processes of this machine, and hand on their records in the order they are done.

    Parameters
    ----------
    work : Work
        The work; opened in this process first, so that what it compiles is loaded by the others.
    numbers : sequence of int
        The pieces to do.
    processes : int
        How many at once; with one, this process does them.

    Raises
    ------
    LostWorkersError
        If processes die before they have done anything, three times in a row.
    """
    perform_here = work.open()
    if processes == 1:
        yield from map(perform_here, numbers)
        return
    left, deaths = list(numbers), 0
    while left:
        before = len(left)
        with suppress(BrokenProcessPool):
            for record in _in_pool(work, tuple(left), processes):
                left.remove(record["number"])
                yield record
        deaths = deaths + 1 if len(left) == before else 0
        if deaths == MOST_DEATHS:
            raise LostWorkersError(
                f"{work.name}: processes died {deaths} times before a fit was done; is there memory for {processes}? "
                "Try one at a time"
            )


def _in_pool(work: Work, numbers: Sequence[int], processes: int) -> Iterator[Record]:
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(processes, len(numbers)), context, _begin, (work,))
    ahead = iter(numbers)
    running: set[Future[Record]] = set()
    try:
        while True:
            for number in ahead:
                running.add(pool.submit(_perform, number))
                if len(running) >= AHEAD * processes:
                    break
            if not running:
                return
            done, running = wait(running, return_when=FIRST_COMPLETED)
            # What was done before a death is kept.
            for future in sorted(done, key=lambda future: future.exception() is not None):
                yield future.result()
    finally:
        # Waits for what is running, so that no process is left behind.
        pool.shutdown(wait=True, cancel_futures=True)


def _begin(work: Work) -> None:
    # Ctrl-C goes to every process of a terminal; the one that handed out the work ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work[:] = [(work, work.fingerprint())]


def _perform(number: int) -> Record:
    return perform(*_work[0], number)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
