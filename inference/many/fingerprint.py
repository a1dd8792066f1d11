"""What a record of one of many fits depends on besides its number, as one hash."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cochange import models
from cochange.data.study import Study
from cochange.inference.manifest import PACKAGES
from cochange.inference.sources import source_hash
from cochange.models.parts.contract import load_model
from cochange.models.parts.families import Family


def fingerprint_of(model: str, studies: Sequence[Study | None], files: Sequence[str], asked: Mapping[str, Any]) -> str:
    """Hash of a model and what it is built from, its studies, the code of the work, what is asked, and the versions.

    Parameters
    ----------
    model : str
        A model's name or file.
    studies : sequence of Study or None
        Designs and data, as they are analysed.
    files : sequence of str
        Python files that do the work.
    asked : mapping
        Prior values, seed and whatever else the work takes, as JSON holds it.
    """
    content = {
        "model": hashlib.sha256(load_model(model).source.read_bytes()).hexdigest(),
        "parts": source_hash(Path(models.__path__[0]) / "parts"),
        "own": [Path(file).read_text("utf-8") for file in files],
        "studies": [study and [study.content_hash, study.spec.model_dump_json()] for study in studies],
        "asked": asked,
        "versions": {name: version(name) for name in PACKAGES},
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def values_of(families: Mapping[str, Family]) -> dict[str, Any]:
    """Family and hyperparameters of every parameter, as JSON holds them."""
    return {name: [type(family).__name__, family.values()] for name, family in families.items()}
