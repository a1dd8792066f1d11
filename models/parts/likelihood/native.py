"""Loops compiled to machine code once and kept on disk."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import numba
from pytensor.link.numba.cache import CACHED_SRC_FUNCTIONS

# A compiled function holds those it calls: a change in any file of this folder must reach all of them.
SOURCES = sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()


def native[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function of numbers and arrays; division by zero gives infinity, as in NumPy.

    The machine code is kept in PyTensor's own cache, under the hash of this folder's files.
    """
    CACHED_SRC_FUNCTIONS[function] = SOURCES
    compiled: Callable[P, R] = numba.njit(cache=True, error_model="numpy")(function)
    return compiled
