"""A compiled model of one study, as it is kept: sampled from again without PyMC and without building its graph.

The data of the study are part of it. They are sealed with a hash of the study, so that only who has the study can read
them.
"""

import hashlib
import logging
import os
import pickle
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

import cochange.data
import cochange.models
from cochange.data.study import Study
from cochange.inference.machine_code import folder
from cochange.inference.machine_code.code import put_into
from cochange.inference.machine_code.machine import machine
from cochange.inference.machine_code.start import Start
from cochange.inference.sources import source_hash
from cochange.inference.top_level import TopLevel
from cochange.models.parts.contract import Model
from cochange.models.parts.prior_sets import PriorsLike, structure

LOG = logging.getLogger(__name__)
# Larger studies are built anew: reading their data back would cost what building costs.
MOST_BYTES = 32 * 1024**2
# Goes up when what is kept under a key changes its form.
FORM = 2


@dataclass(frozen=True)
class Ready:
    """What the graph of a model of a study tells, besides its machine code.

    Attributes
    ----------
    code : str
        Key of the machine code.
    data : mapping of str to numpy.ndarray
        Every datum of the graph.
    dims, coords : mapping
        Dims of what is stored, and their coordinates.
    variables : tuple of str
        Names of the random variables that are sampled.
    start : Start
        Where chains start.
    top_level : tuple of TopLevel or None
        Parameters whose priors can be drawn from without the graph; None where some cannot.
    """

    code: str
    data: Mapping[str, np.ndarray]
    dims: Mapping[str, Any]
    coords: Mapping[str, Any]
    variables: tuple[str, ...]
    start: Start
    top_level: tuple[TopLevel, ...] | None = None

    def under(self, sampler: Any, values: Mapping[str, np.ndarray]) -> Any:
        """A compiled model with the values of another prior set, by the names of their data."""
        start = replace(self.start, values={**self.start.values, **values})
        return replace(sampler.with_data(**values), initial_point_func=start)


def read_ready(model: Model, study: Study, priors: PriorsLike) -> tuple[Ready, Any] | None:
    """What is kept of a model of a study, and the compiled model made of it.

    None where there is nothing, or where it is doubtful in any way, with a note to the log at the level "debug".
    """
    if not model.ships:
        return None
    try:
        secret = secret_of(model, study, priors)
        found: Ready = pickle.loads(_sealed(folder.read(_name_of(secret), folder.STUDY_SUFFIX), secret))
        compiled = put_into(folder.read(found.code), found.data, found.dims, found.coords, found.start)
        _label(model, study, secret, found)
        return found, compiled
    except FileNotFoundError:
        LOG.debug("%s was not compiled for this study before", model.name)
    # A file that cannot be used is no reason to fail, whatever is wrong with it.
    except Exception as error:
        LOG.debug("%s is built anew: %s", model.name, error, exc_info=True)
    return None


def keep(model: Model, study: Study, priors: PriorsLike, ready: Ready) -> None:
    """Keep what the graph of a model of a study tells.

    Raises
    ------
    OSError, ValueError
        If the folder cannot be written to, or the data are too many.
    """
    if sum(values.nbytes for values in ready.data.values()) > MOST_BYTES:
        raise ValueError("more data than are read back sooner than built anew")
    secret = secret_of(model, study, priors)
    folder.write(_name_of(secret), _sealed(pickle.dumps(ready), secret), folder.STUDY_SUFFIX)
    _label(model, study, secret, ready)


def secret_of(model: Model, study: Study, priors: PriorsLike) -> bytes:
    """Hash everything the graph of a shipped model of a study depends on but the values of its priors.

    The data themselves are hashed, not the file they were read from: a study may have been changed since.
    """
    return hashlib.sha256("\n".join(_lines(model, study, priors)).encode()).digest()


def _label(model: Model, study: Study, secret: bytes, ready: Ready) -> None:
    title = study.spec.study.title
    folder.label(_name_of(secret), model.name, title, folder.STUDY_SUFFIX)
    folder.label(ready.code, model.name, title)


def _name_of(secret: bytes) -> str:
    return hashlib.sha256(b"name" + secret).hexdigest()


def _sealed(content: bytes, secret: bytes) -> bytes:
    """Content made unreadable, or readable again; a secret seals the one file that bears its name."""
    stream = hashlib.shake_256(secret).digest(len(content))
    return (np.frombuffer(content, np.uint8) ^ np.frombuffer(stream, np.uint8)).tobytes()


def _lines(model: Model, study: Study, priors: PriorsLike) -> Iterator[str]:
    yield f"form {FORM}"
    yield from machine()
    yield from _settings_of_pytensor()
    yield from (source_hash(Path(package.__path__[0])) for package in (cochange.models, cochange.data))
    yield model.name
    yield repr(structure(priors))
    yield study.spec.model_dump_json()
    yield repr(study.data.attrs)
    for name, variable in study.data.variables.items():
        yield f"{name} {hashlib.sha256(pickle.dumps(variable)).hexdigest()}"


def _settings_of_pytensor() -> Iterator[str]:
    """What PyTensor reads its settings from; it is not imported for them."""
    yield os.environ.get("PYTENSOR_FLAGS", "")
    for name in os.environ.get("PYTENSORRC", "~/.pytensorrc").split(os.pathsep):
        path = Path(name).expanduser()
        yield path.read_text("utf-8") if path.is_file() else ""
