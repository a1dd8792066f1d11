"""What machine code depends on besides what it was compiled from: the versions, the processor, the environment."""

import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import version

PACKAGES = ("numba", "llvmlite", "numpy", "scipy", "pytensor", "pymc", "nutpie")
_ENVIRONMENT = ("NUMBA_OPT", "NUMBA_LOOP_VECTORIZE", "NUMBA_SLP_VECTORIZE", "NUMBA_BOUNDSCHECK", "NUMBA_CPU_NAME")


def machine() -> Iterator[str]:
    """One line each: Python, the packages, the processor and its features, what the environment asks of Numba."""
    # Imported here, for it is slow to import and only needed where something is compiled.
    from llvmlite import binding

    yield f"python {sys.version}"
    yield from (f"{name} {version(name)}" for name in PACKAGES)
    yield f"{platform.machine()} {binding.get_host_cpu_name()} {binding.get_host_cpu_features().flatten()}"
    yield from (f"{name} {os.environ.get(name, '')}" for name in _ENVIRONMENT)
