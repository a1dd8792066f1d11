"""Figures of an earlier report of the same run: what would be drawn from the same is taken as it is."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from cochange.reports.plots.plan import Picture

RECORD = "prints.json"
FORMATS = ("svg", "pdf", "png")


def earlier_pictures(figures: Path) -> dict[str, Picture]:
    """The pictures of an earlier report, by the key of their plan.

    Parameters
    ----------
    figures : Path
        The folder. A file that is not the one written there counts for nothing.
    """
    return dict(_read(figures))


def record_of(pictures: Mapping[str, tuple[str, Picture]]) -> bytes:
    """The record by which the pictures of a report are recognised.

    Parameters
    ----------
    pictures : mapping of str to (str, Picture)
        Key of the plan and picture, by name of the figure.
    """
    found = {name: [key, *map(_hash, _files(picture))] for name, (key, picture) in pictures.items()}
    return json.dumps(found, indent=1).encode()


def _read(figures: Path) -> Iterator[tuple[str, Picture]]:
    try:
        record = json.loads((figures / RECORD).read_bytes())
        for name, (key, *hashes) in record.items():
            files = [(figures / f"{name}.{ending}").read_bytes() for ending in FORMATS]
            if [_hash(content) for content in files] == hashes:
                yield key, Picture(*files)
    except (OSError, ValueError, AttributeError, TypeError):
        return


def _files(picture: Picture) -> tuple[bytes, ...]:
    return picture.svg, picture.pdf, picture.png


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
