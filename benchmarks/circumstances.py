"""Under what circumstances something was measured."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from cochange.inference.manifest import PACKAGES, cpu_name


def circumstances(load_before: tuple[float, float, float], cores: int) -> dict[str, Any]:
    """Date, machine, versions, and the load before and after.

    Parameters
    ----------
    load_before : tuple of float
        As `os.getloadavg` gave it before the start.
    cores : int
        Cores the measurement used.
    """
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": {"cpu": cpu_name(), "cores": cores, "system": platform.system()},
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
        "load": {"before": load_before[0], "after": os.getloadavg()[0]},
    }
