"""Tables that may be wider than the terminal: they go on below, their first column repeated."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.markup import render
from rich.table import Column, Table

from cochange.console import OUT, titled

# What a table draws for a cell besides its text: a blank on either side, and a line.
AROUND = 3
# The first column has at most this share of the width; longer names are folded.
FIRST = 0.3


def in_parts(title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> Iterator[Table]:
    """A table, in as many parts as its columns need to stand unbroken.

    Parameters
    ----------
    title : str
        Its title, above the first part.
    columns : sequence of Column
        Its columns; the first, by which rows are known, stands in every part.
    rows : sequence of sequence of str
        The cells, as rich markup.
    width : int
        Width of the terminal.
    """
    widths = [max(map(_length, (str(column.header), *cells))) for column, *cells in zip(columns, *rows, strict=True)]
    first = min(widths[0], int(FIRST * width))
    parts: list[list[int]] = []
    left = 0
    for place, own in enumerate(widths[1:], start=1):
        if not parts or own + AROUND > left:
            parts.append([0])
            left = width - first - AROUND - 1
        parts[-1].append(place)
        left -= own + AROUND
    for number, places in enumerate(parts):
        # A column keeps the cells it was given: each part has columns of its own.
        own_columns = [columns[place].copy() for place in places]
        own_columns[0].max_width, own_columns[0].overflow = first, "fold"
        table = titled(title, *own_columns)
        if number:
            table.title = None
        for row in rows:
            table.add_row(*(row[place] for place in places))
        yield table


def print_parts(title: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in as many parts as the terminal asks for, and nothing without rows; arguments as of `in_parts`."""
    for part in in_parts(title, columns, rows, OUT.width) if rows else ():
        OUT.print(part)


def _length(cell: str) -> int:
    return cell_len(render(cell).plain)
