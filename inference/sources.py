"""Python files as one hash: what compiled code and stored fits depend on besides the versions."""

import hashlib
from pathlib import Path


def source_hash(folder: Path) -> str:
    """Hash of every Python file under a folder, with their names."""
    sources = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.py"))}
    return hashlib.sha256(repr(sources).encode()).hexdigest()
