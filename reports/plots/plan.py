"""What a figure is drawn from, known before it is drawn: where all of it is as it was, so is the figure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, cached_property
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.inference.sources import source_hash

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

PACKAGES = ("arviz-base", "arviz-plots", "arviz-stats", "matplotlib", "numpy", "pillow", "scipy", "xarray")
SYNTHETIC = "Synthetic data"


@dataclass(frozen=True)
class Picture:
    """A drawing in the formats it is kept in: vectors for the page and for print, and 300 dots an inch."""

    svg: bytes
    pdf: bytes
    png: bytes


@dataclass(frozen=True, eq=False)
class Plan:
    """How a figure is drawn.

    Attributes
    ----------
    draw : callable
        Draws it from what is given, with the code of this folder alone: numbers and texts come from outside.
    given : tuple
        What it is drawn from: numbers, texts, arrays and dataclasses of these.
    sign : str
        Mark of data that are not real; empty where they are.
    """

    draw: Callable[..., "Drawing"]
    given: tuple[Any, ...]
    sign: str

    @cached_property
    def key(self) -> str:
        """Hash of all that the figure depends on: data and texts, the code that draws it, versions of packages."""
        found = sha256(code_hash().encode())
        for part in _written((self.draw.__module__, self.draw.__qualname__, self.sign, self.given)):
            found.update(part)
        return found.hexdigest()


def sign_of(study: Study) -> str:
    """The mark of a figure of synthetic data; empty for others."""
    return SYNTHETIC if study.spec.study.synthetic else ""


@cache
def code_hash() -> str:
    """Hash of the code that draws, and of the versions of what it draws with."""
    versions = {name: version(name) for name in PACKAGES}
    return sha256(f"{source_hash(Path(__file__).parent)} {versions}".encode()).hexdigest()


def _written(value: object) -> Iterator[bytes]:
    """A value letter by letter, the same for equal values and no others."""
    match value:
        case np.generic():
            yield from _written(value.item())
        case str():
            yield str.__repr__(value).encode()
        case float():
            yield float.__repr__(value).encode()
        case None | bool() | int():
            yield repr(value).encode()
        case np.ndarray() if value.dtype.kind in "biuf":
            yield f"{value.dtype.str}{value.shape}".encode()
            yield value.tobytes()
        case xr.DataArray():
            coords = {str(name): value.coords[name].values for name in value.coords}
            yield from _list("array", (value.name, value.dims, coords, value.values))
        case xr.Dataset():
            yield from _list("dataset", ((name, array) for name, array in value.data_vars.items()))
        case Mapping():
            yield from _list("mapping", value.items())
        case tuple() | list() | np.ndarray():
            yield from _list("", value)
        case _ if is_dataclass(value):
            yield from _list(type(value).__name__, (getattr(value, item.name) for item in fields(value)))
        case _:
            raise TypeError(
                f"a figure is drawn from numbers, texts, arrays and dataclasses of these, not {type(value)}"
            )


def _list(kind: str, items: Iterable[object]) -> Iterator[bytes]:
    yield f"{kind}(".encode()
    for item in items:
        yield from _written(item)
        yield b","
    yield b")"
