"""Compile a model, or take its machine code from the folder where it was compiled before."""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nutpie
import pymc as pm

from cochange.inference.machine_code import folder
from cochange.inference.machine_code.code import MachineCode, NoCodeError, taken_from
from cochange.inference.machine_code.key import NoKeyError, key_of
from cochange.inference.machine_code.of_graph import put_into_graph
from cochange.inference.sources import source_hash
from cochange.models import parts

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Made:
    """A compiled model, and where its machine code is kept.

    Attributes
    ----------
    model : nutpie.compile_pymc.CompiledPyMCModel
        The compiled model.
    key : str
        Key of its machine code; empty where it is not kept.
    code : MachineCode or None
        Its machine code, where it is kept.
    """

    model: Any
    key: str = ""
    code: MachineCode | None = None


def compiled_or_cached(graph: pm.Model, source: Path) -> Made:
    """Compile a model for nutpie, once a machine.

    Parameters
    ----------
    graph : pymc.Model
        The model.
    source : Path
        The file that builds it.

    Returns
    -------
    Made

    Notes
    -----
    Whatever is doubtful (another version, another processor, a damaged or a foreign file, a model whose operations
    cannot be told) is compiled anew, with a note to the log at the level "debug".
    """
    try:
        key = key_of(graph, _sources(source))
    except NoKeyError as error:
        LOG.debug("compiled without being kept: %s", error)
        return Made(nutpie.compile_pymc_model(graph))
    if (made := _kept(key, graph)) is not None:
        return made
    compiled = nutpie.compile_pymc_model(graph)
    # Compiled twice at once, a model may round in two ways: the code that another process kept meanwhile is what later
    # runs draw by, and so what this one does.
    if (made := _kept(key, graph)) is not None:
        return made
    try:
        code = taken_from(compiled)
        folder.write(key, code)
        return Made(put_into_graph(code, graph), key, code)
    except (NoCodeError, OSError, ValueError) as error:
        LOG.debug("compiled without being kept: %s", error)
    return Made(compiled)


def _kept(key: str, graph: pm.Model) -> Made | None:
    """The compiled model of what is kept under a key; None where there is nothing, or nothing that can be used."""
    try:
        code = folder.read(key)
        return Made(put_into_graph(code, graph), key, code)
    except FileNotFoundError:
        LOG.debug("not compiled before: %s", key)
    # A file that cannot be used is no reason to fail, whatever is wrong with it.
    except Exception as error:
        LOG.debug("compiled anew: %s", error, exc_info=True)
    return None


def _sources(source: Path) -> str:
    own = hashlib.sha256(source.read_bytes()).hexdigest()
    return f"{source_hash(Path(parts.__path__[0]))} {own}"
