"""The tables of a study file that name data files and say how to read them: ``[data]`` and ``[[data.join]]``."""

from typing import ClassVar, Literal

from pydantic import Field

from cochange.data.specification.kinds import (
    Character,
    Code,
    Count,
    DecimalMark,
    Files,
    Flag,
    Names,
    Position,
    Table,
    Text,
)

Layout = Literal["wide", "long"]


class FileTable(Table):
    """What is said of every data file: how it is written, and which rows are whose."""

    heading: ClassVar[str]

    visit: Text | None = None
    at_visit: Text | None = None
    ignore_visits: tuple[Text, ...] = ()
    rows: dict[Text, tuple[Code, ...]] = Field(default_factory=dict)
    identifier_digits: Position | None = None
    delimiter: Literal[",", ";", "\t", "|", "whitespace"] | None = None
    column_widths: tuple[Position, ...] = ()
    decimal: DecimalMark = "."
    decimal_columns: dict[Text, DecimalMark] = Field(default_factory=dict)
    encoding: Text = "utf-8"
    missing: tuple[Code, ...] = ()
    comment: Character | None = None
    sheet: Text | None = None
    header: Flag = True
    header_row: Position | None = None
    column_names: tuple[Text, ...] = ()
    footer_rows: Count | None = None
    labels: tuple[Text, ...] = ()
    dictionary: Text | None = None

    def decimal_of(self, column: str) -> DecimalMark:
        """Return the decimal mark of a column."""
        return self.decimal_columns.get(column, self.decimal)


class JoinTable(FileTable):
    """``[[data.join]]``: a further file or sheet, whose rows are joined by the identifier.

    Plate sheets have no column of identifiers: `sample_names` then tells participant and visit from a sample's name.
    """

    heading: ClassVar[str] = "[[data.join]]"

    file: Files
    participant: Text | None = None
    visits: dict[Text, Text] = Field(default_factory=dict)
    columns: tuple[Text, ...] = ()
    unmatched: Literal["leave out"] | None = None
    sample_names: Text | None = None
    ignore_samples: tuple[Text, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """Every file, in order."""
        return (self.file,) if isinstance(self.file, str) else self.file


class DataTable(FileTable):
    """``[data]``: the main file, which says who took part, and how to read it."""

    heading: ClassVar[str] = "[data]"

    file: Text
    layout: Layout
    participant: Text
    visits: Names
    pseudonyms: Flag = False
    join: tuple[JoinTable, ...] = ()

    @property
    def tables(self) -> "tuple[DataTable | JoinTable, ...]":
        """The table itself and those of the joined files."""
        return (self, *self.join)

    @property
    def files(self) -> tuple[str, ...]:
        """The main file alone."""
        return (self.file,)

    def for_joined(self, joined: JoinTable, file: str) -> "DataTable":
        """Return the table by which a joined file is read: the study's layout and visits, and the file's own keys.

        Parameters
        ----------
        joined : JoinTable
            What is said of the file.
        file : str
            Its name, of the several that may be listed.
        """
        own = {key: getattr(joined, key) for key in FileTable.model_fields}
        participant = joined.participant or self.participant
        study = {"layout": self.layout, "visits": self.visits, "pseudonyms": self.pseudonyms}
        return _JoinedFile.model_construct(
            _fields_set=set(joined.model_fields_set), file=file, participant=participant, join=(), **study, **own
        )


class _JoinedFile(DataTable):
    heading: ClassVar[str] = JoinTable.heading
