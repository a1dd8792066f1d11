"""Compile a model, or take its machine code from the folder where it was compiled before."""

import hashlib
import logging
from pathlib import Path
from typing import Any

import nutpie
import pymc as pm

from cochange.inference.machine_code import code, folder
from cochange.inference.machine_code.key import NoKeyError, key_of
from cochange.inference.sources import source_hash
from cochange.models import parts

LOG = logging.getLogger(__name__)


def compiled_or_cached(graph: pm.Model, source: Path) -> Any:
    """Compile a model for nutpie, once a machine.

    Parameters
    ----------
    graph : pymc.Model
        The model.
    source : Path
        The file that builds it.

    Returns
    -------
    nutpie.compile_pymc.CompiledPyMCModel
        The compiled model.

    Notes
    -----
    Whatever is doubtful (another version, another processor, a damaged or a foreign file, a model whose operations
    cannot be told) is compiled anew, with a note to the log at the level "debug".
    """
    try:
        key = key_of(graph, _sources(source))
    except NoKeyError as error:
        LOG.debug("compiled without being kept: %s", error)
        return nutpie.compile_pymc_model(graph)
    try:
        return code.put_into(folder.read(key), graph)
    except FileNotFoundError:
        LOG.debug("not compiled before: %s", key)
    # A file that cannot be used is no reason to fail, whatever is wrong with it.
    except Exception as error:
        LOG.debug("compiled anew: %s", error, exc_info=True)
    compiled = nutpie.compile_pymc_model(graph)
    try:
        folder.write(key, code.taken_from(compiled))
    except (code.NoCodeError, OSError, ValueError) as error:
        LOG.debug("compiled without being kept: %s", error)
    return compiled


def _sources(source: Path) -> str:
    own = hashlib.sha256(source.read_bytes()).hexdigest()
    return f"{source_hash(Path(parts.__path__[0]))} {own}"
