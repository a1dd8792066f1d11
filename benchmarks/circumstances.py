"""Under what circumstances something was measured."""

import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import psutil

from cochange.inference.manifest import PACKAGES, cpu_name

# Seconds for which other work is watched.
SECONDS = 3.0


def others() -> float:
    """How many cores other work keeps busy, while nothing is measured."""
    share: float = psutil.cpu_percent(interval=SECONDS)
    return share / 100 * (psutil.cpu_count() or 1)


def circumstances(others_before: float, cores: int) -> dict[str, Any]:
    """Date, machine, versions, and the cores that other work kept busy before and after.

    Parameters
    ----------
    others_before : float
        As `others` gave it before the start.
    cores : int
        Cores the measurement used.
    """
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpu": cpu_name(), "cores": cores, "system": platform.system()},
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
        "others": {"before": others_before, "after": others()},
    }
