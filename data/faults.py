"""What is wrong with an input, said so that the user can put it right."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from cochange.data.names import printable

SHOWN_OF_MANY = 10
MANY = 25


class CochangeError(Exception):
    """Base of every error this software raises on purpose."""


@dataclass(frozen=True)
class Fault:
    """One fault in a study file or a data file.

    Attributes
    ----------
    file : str
        Name of the file at fault; where none is, the argument, as in ``prior``, or the option of a command, as in
        ``--prior``.
    row : int or None
        Row as a spreadsheet shows it (the first line of the file is row 1); in a study file, the line.
    column : str or None
        Column of the data file; in a study file, the dotted key.
    required : str
        What is required, as a singular noun phrase.
    found : str
        What was found; the text of a cell stands in quotes.
    action : str
        What the user can do, as an imperative.
    """

    file: str
    row: int | None
    column: str | None
    required: str
    found: str
    action: str

    def __str__(self) -> str:
        place = _place(self.file, self.row, self.column)
        return printable(f"{place}: {self.required} is required; found {self.found}; {self.action}")


class InputError(CochangeError):
    """The input is at fault; every fault found is carried.

    Parameters
    ----------
    faults : sequence of Fault
        At least one fault.
    notices : sequence of Notice, optional
        What the user should check besides, whatever becomes of the faults.
    """

    faults: tuple[Fault, ...]
    notices: "tuple[Notice, ...]"

    def __init__(self, faults: Sequence[Fault], notices: "Sequence[Notice]" = ()) -> None:
        self.faults = tuple(faults)
        self.notices = tuple(notices)
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


@contextmanager
def collected(faults: list[Fault]) -> Iterator[None]:
    """Add the faults of what is tried to those there are, and go on after it."""
    try:
        yield
    except InputError as error:
        faults += error.faults


@dataclass(frozen=True)
class Notice:
    """Something the user should check, which does not stop the analysis.

    Attributes
    ----------
    file : str
        Name of the file.
    column : str or None
        Column or key it is about.
    message : str
        The finding with its numbers, and what to do.
    caution : bool
        Whether results must be read with caution as long as it stands.
    """

    file: str
    column: str | None
    message: str
    caution: bool = False

    def __str__(self) -> str:
        return printable(f"{_place(self.file, None, self.column)}: {self.message}")


def summarise(faults: list[Fault]) -> tuple[Fault, ...]:
    """Put the faults of each file in order, and shorten long runs of one kind (same file, column and requirement).

    Parameters
    ----------
    faults : list of Fault
        Faults in the order of discovery.

    Returns
    -------
    tuple of Fault
        The files in the order of discovery; of each first the faults of the whole file, then by row. A kind
        found more than 25 times is cut to its first 10, the last of which is followed by one fault with the count.
    """
    files = {file: position for position, file in enumerate(dict.fromkeys(fault.file for fault in faults))}
    ordered = sorted(faults, key=lambda fault: (files[fault.file], fault.row or 0))
    kinds = [(fault.file, fault.column, fault.required) for fault in ordered]
    total, met = Counter(kinds), Counter[tuple[str, str | None, str]]()
    shortened: list[Fault] = []
    for kind, fault in zip(kinds, ordered, strict=True):
        met[kind] += 1
        if total[kind] <= MANY or met[kind] <= SHOWN_OF_MANY:
            shortened.append(fault)
        if total[kind] > MANY and met[kind] == SHOWN_OF_MANY:
            found = f"{total[kind]} cases in all, of which the first {SHOWN_OF_MANY} stand above"
            shortened.append(replace(fault, row=None, found=found))
    return tuple(shortened)


def _place(file: str, row: int | None, column: str | None) -> str:
    row_word, column_word = ("line", "key") if file.endswith(".toml") else ("row", "column")
    place = [file]
    place += [] if row is None else [f"{row_word} {row}"]
    place += [] if column is None else [f"{column_word} {column}"]
    return ", ".join(place)
