"""Text files whose columns are told by white space or by their widths."""

import io
from collections.abc import Iterator
from itertools import accumulate, pairwise

from cochange.data.reading.formats.rows import Record


def split_at_white_space(text: str) -> list[Record]:
    """Split every line at runs of blanks and tabs.

    Parameters
    ----------
    text : str
        The file.

    Returns
    -------
    list of tuple
        Number and cells of each line; no cell is blank.
    """
    return [(row, line.split()) for row, line in _lines(text)]


def split_at_widths(text: str, widths: tuple[int, ...]) -> list[Record]:
    """Cut every line into columns of these widths; what stands beyond the last is a cell of its own.

    Parameters
    ----------
    text : str
        The file.
    widths : tuple of int
        Number of characters of each column.

    Returns
    -------
    list of tuple
        Number and stripped cells of each line.
    """
    edges = (0, *accumulate(widths))
    records = []
    for row, line in _lines(text):
        beyond = line[edges[-1] :].strip()
        cells = [line[start:end].strip() for start, end in pairwise(edges)]
        records.append((row, [*cells, beyond] if beyond else cells))
    return records


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return enumerate(io.StringIO(text, newline=None), start=1)
