"""What a fit of a model depends on, as one hash."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cochange import models
from cochange.inference.manifest import PACKAGES
from cochange.inference.sources import source_hash
from cochange.models.parts.contract import load_model


def fingerprint_of(model: str, own: Iterable[str], content: Mapping[str, Any]) -> str:
    """Hash of a model and what it is built from, of the code of its fits, of the versions, and of what they are given.

    Parameters
    ----------
    model : str
        A model's name or file.
    own : iterable of str
        Files with the code of the fits.
    content : mapping
        What else they depend on, as JSON holds it.
    """
    whole = {
        **content,
        "model": hashlib.sha256(load_model(model).source.read_bytes()).hexdigest(),
        "parts": source_hash(Path(models.__path__[0]) / "parts"),
        "own": [Path(file).read_text("utf-8") for file in own],
        "versions": {name: version(name) for name in PACKAGES},
    }
    return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()
