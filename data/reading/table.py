"""A data file as a table of stripped texts that remembers its row numbers, whatever format it came in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pandas as pd

from cochange.data.faults import Notice


class NumberText(str):
    """The text of a cell that holds a number: it has a decimal point, whatever mark is declared for texts.

    Columns of a table keep the kind of their cells as long as their type is object.
    """

    __slots__ = ()


class WithFacts(Protocol):
    """A file, or a sheet of one, and how it was read."""

    @property
    def file(self) -> str:
        """Its name."""

    @property
    def facts(self) -> dict[str, str]:
        """What was found, in words."""


def facts_told_once(tables: Sequence[WithFacts]) -> dict[str, str]:
    """Facts of several tables: once where they are the same in all, and else with the name of the file."""
    facts: dict[str, str] = {}
    for name in dict.fromkeys(name for table in tables for name in table.facts):
        texts = [table.facts.get(name) for table in tables]
        if len(set(texts)) == 1:
            facts[name] = str(texts[0])
        else:
            facts |= {f"{name} ({table.file})": table.facts[name] for table in tables if name in table.facts}
    return facts


@dataclass(frozen=True)
class TextTable:
    """The cells of a data file, or of several that are read alike.

    Attributes
    ----------
    file : str
        File name, for messages.
    cells : pandas.DataFrame
        Stripped texts, those of numbers as `NumberText`. The index is the row a spreadsheet or the data view of a
        statistics program shows, unless `origin` tells it.
    header_row : int or None
        Row of the column names; None where the names do not stand in a row.
    facts : dict of str to str
        How the file was read, in words, for the audit.
    notices : tuple of Notice
        What the reading found by itself and the user should check.
    misread : bool
        Whether the declared encoding is another one but the bytes are UTF-8.
    user_missing : dict of str to frozenset of str
        By column, the texts that the file itself declares missing.
    origin : pandas.DataFrame or None
        `file` and `row` of each line of `cells`, where these come from several files or stand in another order.
    identifiers : frozenset of str
        Columns that its data dictionary marks as identifying people.
    """

    file: str
    cells: pd.DataFrame
    header_row: int | None
    facts: dict[str, str]
    notices: tuple[Notice, ...] = ()
    misread: bool = False
    user_missing: dict[str, frozenset[str]] = field(default_factory=dict)
    origin: pd.DataFrame | None = None
    identifiers: frozenset[str] = frozenset()

    @property
    def places(self) -> pd.DataFrame:
        """`file` and `row` of each line, by the index of `cells`."""
        if self.origin is not None:
            return self.origin
        return pd.DataFrame({"file": self.file, "row": self.cells.index}, index=self.cells.index)
