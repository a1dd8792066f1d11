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
