"""Certificates: what a calibration of a shipped model found, kept with the package and bound to the model's code."""

import ast
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

import cochange.models
from cochange.inference.calibrating.calibrate import Calibration
from cochange.inference.calibrating.fits import KEPT
from cochange.inference.calibrating.judge import ranks_of
from cochange.models.parts.estimand import Estimand

SCHEMA = "cochange.certificate/1"
FOLDER = "certificates"
# The models and prior sets that have one, and how many fits it takes; `make certificates` makes them again. No diffuse
# set is among them: most of the data drawn from it lie far beyond any scale or assay.
_FITS = {"reference": 1000, "sceptical": 300, "literature": 300}
_MODELS = ("marker_change", "symptom_change", "parallel_change", "joint_change", "growth", "repeated_measures")
CERTIFIED = {(model, prior): fits for model in _MODELS for prior, fits in _FITS.items()}
BINS = 10
PACKAGE = "cochange.models"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A calibration on record.

    Attributes
    ----------
    schema : str
        Form of the record.
    model, prior : str
        What was calibrated.
    code : str
        Hash of the model's code, from `code_of`.
    version, date : str
        Version of the program, and the day.
    seed, fits, failed : int
        Seed, number of fits, and how many ended with a failed diagnostic.
    uneven : list of str
        Quantities whose ranks were uneven.
    quantities : list of dict
        Those of `Ranked`, and ``ranks``, the counts of ranks in ten bins.
    """

    schema: str
    model: str
    prior: str
    code: str
    version: str
    date: str
    seed: int
    fits: int
    failed: int
    uneven: list[str]
    quantities: list[dict[str, Any]]

    @property
    def current(self) -> bool:
        """Whether the model's code is still what was calibrated."""
        return self.code == code_of(self.model)


def make_certificate(calibration: Calibration) -> Certificate:
    """Put a calibration on record.

    Raises
    ------
    ValueError
        If it is not of the reference design, or of data that the fits do not know the nature of.
    """
    if not calibration.reference or not calibration.as_assumed:
        raise ValueError("a certificate is of the reference design, without misspecification or a given truth")
    ranks = ranks_of(calibration.records)
    edges = np.linspace(0, KEPT + 1, BINS + 1)
    counts = {name: np.histogram(values, edges)[0].tolist() for name, values in ranks.items()}
    return Certificate(
        schema=SCHEMA,
        model=calibration.model.name,
        prior=calibration.prior,
        code=code_of(calibration.model.name),
        version=version("cochange"),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        seed=calibration.seed,
        fits=len(calibration.records),
        failed=calibration.failed,
        uneven=[row.quantity for row in calibration.uneven],
        quantities=[asdict(row) | {"ranks": counts[row.quantity]} for row in calibration.rows],
    )


def certificate_name(model: str, prior: str) -> str:
    """Name of the file of a certificate in its folder."""
    return f"{model}-{prior}.json"


def certificate_of(model: str, prior: str) -> Certificate | None:
    """The certificate that ships of a model under a prior set; None where there is none."""
    place = files("cochange.inference.calibrating") / FOLDER / certificate_name(model, prior)
    if (model, prior) not in CERTIFIED or not place.is_file():
        return None
    record = json.loads(place.read_text("utf-8"))
    return Certificate(**{item.name: record[item.name] for item in fields(Certificate)})


def code_of(model: str) -> str:
    """Hash of a shipped model's code and of all it takes from `cochange.models`; words about it do not count.

    Parameters
    ----------
    model : str
        Name of the model.
    """
    trees: dict[str, str] = {}
    waiting = [f"{PACKAGE}.{model}"]
    while waiting:
        name = waiting.pop()
        if name not in trees:
            tree = ast.parse(_file_of(name).read_text("utf-8"))
            trees[name] = ast.dump(_without_words(tree))
            waiting += _taken(tree)
    return hashlib.sha256(json.dumps(trees, sort_keys=True).encode()).hexdigest()


def _file_of(name: str) -> Path:
    """The file of a module of the models."""
    place = Path(cochange.models.__path__[0]).joinpath(*name.removeprefix(PACKAGE).strip(".").split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def _taken(tree: ast.Module) -> Iterator[str]:
    """Modules of the models that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if _file_of(inner).is_file() else str(node.module)


def _without_words(tree: ast.Module) -> ast.Module:
    """The code without its docstrings and without what its estimands are said to mean."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [  # type: ignore[attr-defined]
                line for line in body if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
            ]
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == Estimand.__name__:
            node.args = node.args[1:]
    return tree
