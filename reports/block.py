"""What a section is made of: paragraphs, tables and figures in order.

Every text is plain: nothing in it is markup, and each form of the report prints it letter by letter.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import pandas as pd

from cochange.inference.results import Results
from cochange.reports.plots.plan import Picture, Plan


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; a warning is set apart."""

    kind: ClassVar[str] = "paragraph"
    text: str
    warning: bool = False


@dataclass(frozen=True)
class Points:
    """A list of short statements."""

    kind: ClassVar[str] = "points"
    items: tuple[str, ...]


@dataclass(frozen=True)
class Heading:
    """A heading inside a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Formula:
    """Text whose spacing is kept."""

    kind: ClassVar[str] = "formula"
    text: str


class Link(str):
    """A text of a table that leads to another place of the report.

    Attributes
    ----------
    target : str
        Title of the section it leads to, or the name of a table or figure after ``table-`` or ``figure-``.
    """

    __slots__ = ("target",)
    target: str

    def __new__(cls, text: str, target: str) -> "Link":
        """The text, with where it leads."""
        link = super().__new__(cls, text)
        link.target = target
        return link


@dataclass(frozen=True)
class Column:
    """A column of a table; numbers are set to the right."""

    label: str
    number: bool = False


@dataclass(frozen=True)
class Rows:
    """Rows of a table under a common label, which may be empty; the first cell of a row names it."""

    label: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, eq=False)
class Table:
    """A table, rounded for the page and in full for a file.

    Attributes
    ----------
    name : str
        Name of its file, without the ending.
    caption : str
        What it shows.
    columns : tuple of Column
        Its columns.
    groups : tuple of Rows
        Its rows, as they are printed.
    frame : pandas.DataFrame
        The same content in full precision.
    """

    kind: ClassVar[str] = "table"
    name: str
    caption: str
    columns: tuple[Column, ...]
    groups: tuple[Rows, ...]
    frame: pd.DataFrame


@dataclass(frozen=True)
class Figure:
    """A figure, drawn when its picture is first asked for.

    Attributes
    ----------
    name : str
        Name of its files, without the ending.
    caption : str
        What it shows and how to read it.
    alt : str
        What it says, in words and numbers.
    plan : Plan
        What it is drawn from.
    ready : Picture, optional
        The drawing, where it is there already.
    """

    kind: ClassVar[str] = "figure"
    name: str
    caption: str
    alt: str
    plan: Plan
    ready: Picture | None = None

    @cached_property
    def picture(self) -> Picture:
        """The drawing."""
        if self.ready is not None:
            return self.ready
        from cochange.reports.plots.canvas import picture_of

        return picture_of(self.plan)


@dataclass(frozen=True, eq=False)
class Explorer:
    """What a reader computes with in a browser; the other forms of the report print the table that follows it.

    Attributes
    ----------
    content : mapping
        Everything the page's script needs, as JSON has it.
    """

    kind: ClassVar[str] = "explorer"
    content: Mapping[str, Any]


Part = Paragraph | Points | Heading | Formula | Table | Figure | Explorer


@dataclass(frozen=True)
class Block:
    """The content of a section."""

    parts: tuple[Part, ...]

    @property
    def tables(self) -> tuple[Table, ...]:
        """Its tables."""
        return tuple(part for part in self.parts if isinstance(part, Table))

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Its figures."""
        return tuple(part for part in self.parts if isinstance(part, Figure))


@dataclass(frozen=True)
class Section:
    """One section of the report.

    Attributes
    ----------
    title : str
        Its heading.
    needs : tuple of callable
        Each says why the results lack what the section needs; an empty text where they have it. The first lack is
        printed in place of the section.
    render : callable
        Makes the content.
    """

    title: str
    needs: tuple[Callable[[Results], str], ...]
    render: Callable[[Results], Block]

    def block(self, results: Results) -> Block:
        """The content of the section, or the reason why it has none."""
        for need in self.needs:
            if lack := need(results):
                return Block((Paragraph(f"Not shown: {lack}."),))
        return self.render(results)


def text_table(name: str, caption: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Table:
    """A table of texts, the same on the page and in the file."""
    frame = pd.DataFrame(rows, columns=list(columns))
    return Table(name, caption, tuple(Column(label) for label in columns), (Rows("", tuple(rows)),), frame)


def columns_of(labels: Sequence[str], texts: int = 1) -> tuple[Column, ...]:
    """Columns of which the first ones hold texts, and all others numbers."""
    return tuple(Column(label, number=place >= texts) for place, label in enumerate(labels))


def grouped(rows: Mapping[str, Sequence[tuple[str, ...]]]) -> tuple[Rows, ...]:
    """Rows under the labels they are given by."""
    return tuple(Rows(label, tuple(own)) for label, own in rows.items())
