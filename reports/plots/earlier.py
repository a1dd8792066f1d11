"""Prints of an earlier report of the same run: where a drawing is the same, its PDF and PNG are taken as they are."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from cochange.reports.block import Figure

RECORD = "prints.json"
# What a print depends on besides its drawing: the code that makes it.
_CODE = b"".join(Path(__file__).with_name(name).read_bytes() for name in ("canvas.py", "compact.py"))
_PRINTER = _CODE + f"matplotlib {version('matplotlib')} pillow {version('pillow')}".encode()

Prints = tuple[bytes, bytes]
_EARLIER: ContextVar[Mapping[str, Prints] | None] = ContextVar("earlier prints", default=None)


def source_of(svg: bytes) -> str:
    """What a drawing is recognised by, together with the code that prints it."""
    return sha256(_PRINTER + svg).hexdigest()


def earlier_prints(svg: bytes) -> Prints | None:
    """PDF and PNG of the same drawing from an earlier report, where there are any."""
    return (_EARLIER.get() or {}).get(source_of(svg))


@contextmanager
def beside(figures: Path) -> Iterator[None]:
    """Take prints from a folder of figures while drawing.

    Parameters
    ----------
    figures : Path
        The folder. A file that is not the one written there counts for nothing.
    """
    token = _EARLIER.set(dict(_read(figures)))
    try:
        yield
    finally:
        _EARLIER.reset(token)


def record_of(figures: Sequence[Figure]) -> bytes:
    """The record by which the prints of a report are recognised: source of each drawing, hashes of its PDF and PNG."""
    found = {
        figure.name: [source_of(figure.picture.svg), _hash(figure.picture.pdf), _hash(figure.picture.png)]
        for figure in figures
    }
    return json.dumps(found, indent=1).encode()


def _read(figures: Path) -> Iterator[tuple[str, Prints]]:
    try:
        record = json.loads((figures / RECORD).read_bytes())
        for name, (source, *hashes) in record.items():
            prints = tuple((figures / f"{name}.{ending}").read_bytes() for ending in ("pdf", "png"))
            if [_hash(content) for content in prints] == hashes:
                yield source, (prints[0], prints[1])
    except (OSError, ValueError, AttributeError, TypeError):
        return


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
