"""How a run came about: versions, seeds, settings, machine."""

import os
import platform
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from cochange.data.study import Study
from cochange.inference.settings import Settings
from cochange.models.parts.prior_sets import PriorsLike, families

PACKAGES = ("cochange", "pymc", "pytensor", "nutpie", "numba", "numpy", "scipy", "xarray", "arviz-stats", "arviz-plots")


def make_manifest(
    study: Study,
    settings: Settings,
    sets: Mapping[str, Mapping[str, PriorsLike]],
    not_fitted: Mapping[str, str],
    command: str = "",
    doubled: str | None = None,
) -> dict[str, Any]:
    """Record how a run comes about.

    Parameters
    ----------
    study : Study
        The study.
    settings : Settings
        How it is sampled.
    sets : mapping of str to mapping of str to Priors
        Model and prior sets to fit.
    not_fitted : mapping of str to str
        Models the study does not allow.
    command : str
        The command that started it; empty from Python.
    doubled : str, optional
        The model sampled again with twice the draws.

    Returns
    -------
    dict
        Keys ``created`` (UTC), ``command``, ``study_file``, ``data_file``, ``joined_files``, ``input_hash``, ``seed``,
        ``settings``, ``fits`` (model: prior sets; none where it was not fitted), ``priors`` (model: prior set:
        parameter: family and values), ``doubled``, ``versions``, ``python``, ``platform``, ``cpu`` and ``cores``.
    """
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "study_file": study.path.name,
        "data_file": study.spec.data.file,
        "joined_files": [file for joined in study.spec.data.join for file in joined.files],
        "input_hash": study.input_hash,
        "seed": settings.seed,
        "settings": asdict(settings),
        "fits": {name: list(priors) for name, priors in sets.items()} | {name: [] for name in not_fitted},
        "priors": {name: {prior: _values(one) for prior, one in priors.items()} for name, priors in sets.items()},
        "doubled": doubled,
        "versions": {name: version(name) for name in PACKAGES},
        "python": platform.python_version(),
        "platform": platform.platform(),
        "cpu": cpu_name(),
        "cores": os.cpu_count(),
    }


def _values(priors: PriorsLike) -> dict[str, dict[str, Any]]:
    """Family and hyperparameters of each parameter, in full."""
    return {name: {"family": type(one).__name__, **one.values()} for name, one in families(priors).items()}


def cpu_name() -> str:
    """Name of the processor."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()
