"""The rows of results.json, taken as they are where everything they were made from is still the same."""

import hashlib
import json
import math
from dataclasses import dataclass, fields, is_dataclass
from importlib.metadata import version
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin

import cochange.inference
import cochange.models
from cochange.inference.doubled import Doubling
from cochange.inference.estimand_draws import FILE as DRAWS
from cochange.inference.estimates import Estimate
from cochange.inference.loo import FormComparison
from cochange.inference.manifest import PACKAGES
from cochange.inference.missing.analysis import UnderScenario
from cochange.inference.missing.surface import Surface
from cochange.inference.no_change import NaiveStatistic
from cochange.inference.sources import source_hash
from cochange.inference.verdict import Diagnostics

RECORD = "sources.json"
FILES = ("results.json", "manifest.json", DRAWS, "study/*", "posterior/*.nc", "model_files/*.py")


@dataclass(frozen=True)
class Rows:
    """The rows that summarise the draws of a run, as in `Results`.

    Attributes
    ----------
    estimates : tuple of Estimate
        Of every fit.
    diagnostics : tuple of Diagnostics
        Of every fit.
    no_change : tuple of NaiveStatistic
        Of the models that can draw data sets without change.
    comparison : tuple of FormComparison
        Of the forms of a model.
    doubled : tuple of Doubling
        Of the main fit and that with twice the draws.
    under_scenarios : tuple of UnderScenario
        Estimates if those who left are different.
    surfaces : tuple of Surface
        Conclusions while their values are shifted.
    """

    estimates: tuple[Estimate, ...]
    diagnostics: tuple[Diagnostics, ...]
    no_change: tuple[NaiveStatistic, ...]
    comparison: tuple[FormComparison, ...]
    doubled: tuple[Doubling, ...]
    under_scenarios: tuple[UnderScenario, ...]
    surfaces: tuple[Surface, ...]


KINDS = {
    "estimates": Estimate,
    "diagnostics": Diagnostics,
    "no_change": NaiveStatistic,
    "comparison": FormComparison,
    "doubled": Doubling,
    "under_scenarios": UnderScenario,
    "surfaces": Surface,
}


def sources_of(directory: Path) -> dict[str, str]:
    """What the rows of a run directory rest on: hashes of ``results.json``, draws, study and code, and versions."""
    found = {name: version(name) for name in PACKAGES}
    for package in (cochange.models, cochange.inference):
        found[package.__name__] = source_hash(Path(package.__path__[0]))
    for pattern in FILES:
        found |= {path.relative_to(directory).as_posix(): _hash(path) for path in sorted(directory.glob(pattern))}
    return found


def stored_rows(directory: Path) -> Rows | None:
    """The rows of ``results.json``; None where draws, study, code or the file itself changed after it was written.

    Parameters
    ----------
    directory : Path
        The run directory.
    """
    record = directory / RECORD
    if not record.is_file() or json.loads(record.read_text("utf-8")) != sources_of(directory):
        return None
    content = json.loads((directory / "results.json").read_text("utf-8"))
    return Rows(**{name: tuple(_of(kind, table) for table in content[name]) for name, kind in KINDS.items()})


def _of(kind: Any, value: Any) -> Any:
    """A row, or a part of one, from its table; null stands for numbers that JSON has no form for."""
    if get_origin(kind) is UnionType:
        return None if value is None else _of(get_args(kind)[0], value)
    if is_dataclass(kind):
        return kind(**{item.name: _of(item.type, value[item.name]) for item in fields(kind)})  # type: ignore[operator]
    if isinstance(value, list):
        return tuple(_of(get_args(kind)[0], part) for part in value)
    return math.nan if value is None and kind is float else value


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
