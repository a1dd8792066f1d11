"""A rule of the study file that does not hold."""

from dataclasses import dataclass

from cochange.data.specification.toml_lines import KeyPath


@dataclass(frozen=True)
class Broken:
    """A rule that does not hold: where, what is required, what was found, what to do."""

    path: KeyPath
    required: str
    found: str
    action: str

    @property
    def key(self) -> str:
        """Key path as it is read aloud, counting from one."""
        return "".join(f"[{p + 1}]" if isinstance(p, int) else f".{p}" for p in self.path).lstrip(".")
