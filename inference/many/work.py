"""A piece of work that is done many times over, and what a worker does with it."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

# The seed of the whole where none is given, and the fewest fits that a share is made of.
SEED = 20170312
LEAST_FITS = 20
# What one piece of work gave: names and what JSON can hold. Draws do not belong here.
Record = Mapping[str, Any]
# Does the piece of work of a number.
Perform = Callable[[int], Record]


class Work(Protocol):
    """Pieces of work that differ by their number alone. It is pickled once for every worker."""

    @property
    def name(self) -> str:
        """What is being done, for the progress shown."""

    def fingerprint(self) -> str:
        """Hash of everything a record depends on besides its number."""

    def open(self) -> Perform:
        """Prepare once in each process, compiling or loading what is needed."""


def seeds_of(seed: int, number: int, names: int) -> list[int]:
    """Seeds of one piece of work, whoever does it and in whatever order.

    Parameters
    ----------
    seed : int
        Seed of the whole.
    number : int
        Number of the piece of work.
    names : int
        How many seeds it needs.
    """
    sequence = np.random.SeedSequence(seed, spawn_key=(number,))
    return [int(state) for state in sequence.generate_state(names)]


_opened: dict[str, Perform] = {}
_lock = threading.Lock()


def perform(work: Work, fingerprint: str, number: int) -> Record:
    """Do one piece of work in this process; what it needs is prepared the first time.

    One at a time: a worker with several threads must neither compile twice nor share a sampler.
    """
    with _lock:
        if fingerprint not in _opened:
            _opened.clear()
            _opened[fingerprint] = work.open()
        return _opened[fingerprint](number)
