"""Which analyte a block of a plate sheet is about: named over it, over its columns, or by the sheet."""

import re

from cochange.data.faults import Fault
from cochange.data.names import listing
from cochange.data.reading.formats.rows import Record
from cochange.data.reading.plates.rows import filled, is_note, labelled, names_plate
from cochange.data.reading.plates.wording import analyte_of

_ANALYTE = re.compile(r"analytes?|assay|target", re.IGNORECASE)
_NO_ANALYTE = re.compile(
    r"(?:sheet|tabelle|feuil|blad|hoja)? *\d*|plate *\d*|(?:bio-?plex|report|results?|data|conc|obs\.? *conc|fi\b).*",
    re.IGNORECASE,
)


def named_over(above: list[Record]) -> str:
    """Name of the analyte in the rows over a header, "" when none gives it.

    Parameters
    ----------
    above : list of tuple
        Rows between the header before and this one.

    Returns
    -------
    str
        What a row "Analyte" says, else the nearest row with a single cell that is no remark.
    """
    title = ""
    for _, cells in reversed(above):
        places = filled(cells)
        if name := _declared(cells):
            return name
        if len(places) > 2:
            break
        bare = len(places) == 1 and not is_note(cells) and not names_plate(cells)
        if bare and not title and not _NO_ANALYTE.fullmatch(cells[places[0]]):
            title = analyte_of(cells[places[0]])
    return title


def named_by_label(above: list[Record]) -> str:
    """Name of the analyte in the last row "Analyte" of these, "" without one."""
    return next((name for _, cells in reversed(above) if (name := _declared(cells))), "")


def named_by_sheet(sheet: str) -> str:
    """Name of the analyte that the name of a sheet gives, "" for names such as "Sheet1" or "Results"."""
    return "" if _NO_ANALYTE.fullmatch(sheet) else analyte_of(sheet)


def named_over_columns(file: str, header: Record, over: Record | None, columns: list[int]) -> dict[int, str] | Fault:
    """Name of the analyte over each column of concentrations.

    Parameters
    ----------
    file : str
        Name of the file, for messages.
    header : tuple
        The row with the columns.
    over : tuple or None
        The row over it; a name stands over the first of the columns of its analyte.
    columns : list of int
        Places of the concentrations, counted from zero.

    Returns
    -------
    dict of int to str, or Fault
        A fault when names and columns do not belong together one to one.
    """
    row, cells = over or (header[0], [])
    starts = filled(cells)
    nearest = {column: max((start for start in starts if start <= column), default=-1) for column in columns}
    if -1 in nearest.values() or len(set(nearest.values())) < len(columns) or len(starts) > len(columns):
        required = f"a row over the header that names one analyte for each of its {len(columns)} concentrations"
        found = listing(cells[start] for start in starts) if starts else "none"
        return Fault(file, row, None, required, found, "write the names of the analytes over their columns")
    return {column: analyte_of(cells[start]) for column, start in nearest.items()}


def _declared(cells: list[str]) -> str:
    found = labelled(cells) if len(filled(cells)) <= 2 else None
    return analyte_of(found[1]) if found is not None and _ANALYTE.fullmatch(found[0]) else ""
