"""Columns that the study file names and no file has, or only one that cannot give them."""

import re
from collections.abc import Iterator

from cochange.data.faults import Fault
from cochange.data.names import advice, listing
from cochange.data.reading.open_files import Opened
from cochange.data.reading.plate_tables import MADE
from cochange.data.reading.sources import Source
from cochange.data.reading.variables import declared_columns, variables
from cochange.data.spec import StudySpec


def missing_columns(opened: list[Opened], spec: StudySpec) -> list[Fault]:
    """Return a fault for each named column that is nowhere to be found.

    Parameters
    ----------
    opened : list of Opened
        The files, the main one first.
    spec : StudySpec
        The study file.

    Returns
    -------
    list of Fault
        Of the columns that say whose the rows of a file are, then of all others.
    """
    faults = []
    for own in opened:
        cells = own.table.cells
        faults += [_fault(own, column, list(cells.columns)) for column in columns_of_rows(own) if column not in cells]
    known = [name for own in opened for name in study_names(own, spec)]
    where = "" if len(opened) == 1 else " in this file or in one joined to it"
    faults += [_fault(opened[0], column, known, where) for column in declared_columns(spec) if column not in known]
    return faults


def columns_of_rows(own: Opened) -> tuple[str, ...]:
    """Columns without which the rows of a file are not understood, each once."""
    data = own.data
    labels = data.labels if own.dictionary is not None else ()
    of_join = own.joined.columns if own.joined else ()
    named = (data.participant, data.visit, *data.rows, *labels, *data.decimal_columns, *of_join)
    return tuple(dict.fromkeys(column for column in named if column))


def columns_without_rows(sources: tuple[Source, ...], spec: StudySpec) -> list[Fault]:
    """Return a fault for each declared column that has no row at its visit, or whose rows belong to no visit.

    Parameters
    ----------
    sources : tuple of Source
        The files, joined.
    spec : StudySpec
        The study file.
    """
    faults = []
    for column in declared_columns(spec):
        if not any(column in source.columns for source in sources):
            action = "correct the visits of the file under [[data.join]]"
            required = "a row at the visit the column is named after"
            faults.append(Fault(sources[0].table.file, None, column, required, "none in any file", action))
    if spec.data.layout == "wide":
        return faults
    by_visit = {column for own in variables(spec) if own.by_visit for wells in own.columns for column in wells}
    for source in sources:
        if source.data.visit is None and source.data.at_visit is None:
            action = f"name the column of the visits (visit), or the one visit (at_visit), under {source.data.heading}"
            required = "the visit of each row, since the column has a value at every visit"
            columns = sorted(by_visit & source.columns)
            faults += [Fault(source.table.file, None, column, required, "none", action) for column in columns]
    return faults


def apart_from_their_readings(sources: tuple[Source, ...], spec: StudySpec) -> list[Fault]:
    """Return a fault for each column of codes or limits that stands in another file than the readings it goes with.

    Parameters
    ----------
    sources : tuple of Source
        The files, joined.
    spec : StudySpec
        The study file.
    """
    faults = []
    for marker in spec.marker:
        limits = (tuple((each,) for each in own) for own in (marker.lower_limit_columns, marker.upper_limit_columns))
        required = f"a column in the same file as the readings of {marker.name} it goes with"
        action = "put the two into one file; limits that do not differ between samples go into the study file"
        for group in (marker.code_wells, *limits):
            for readings, beside in zip(marker.wells, group, strict=False):
                for source in sources:
                    apart = source.columns.intersection(beside) if source.columns.isdisjoint(readings) else ()
                    faults += [
                        Fault(source.table.file, None, column, required, "a file without them", action)
                        for column in sorted(apart)
                    ]
    return faults


def study_names(own: Opened, spec: StudySpec) -> Iterator[str]:
    """Names of the columns of a file as the study file knows them; what was made of the names of samples has none."""
    joined = own.joined
    columns = list(own.table.cells.columns if joined is None or not joined.columns else joined.columns)
    if joined is not None and joined.sample_names is not None:
        columns = [column for column in columns if column not in MADE]
    if joined is None or spec.data.layout == "long" or (own.data.visit is None and joined.at_visit is None):
        yield from columns
    elif joined.at_visit is not None:
        yield from (f"{column} at {joined.at_visit}" for column in columns)
    else:
        yield from (f"{column} at {visit}" for visit in spec.data.visits for column in columns)


def _fault(own: Opened, column: str, known: list[str], where: str = "") -> Fault:
    table = own.table
    encoding = f'; the file is valid UTF-8: try encoding = "utf-8" under {own.data.heading}' if table.misread else ""
    action = advice(column, known, f"the header{'s hold' if where else ' holds'} {listing(known)}{encoding}")
    if wells := _wells(column, known):
        action = f"its samples have several wells: name them in a list in place of the column, [{', '.join(wells)}]"
    return Fault(table.file, table.header_row, column, f"a column of this name{where}", "none", action)


def _wells(column: str, known: list[str]) -> list[str]:
    """The columns of single wells, where plate sheets give several of each sample."""
    name, at, visit = column.partition(" at ")
    numbered = re.compile(rf"{re.escape(name)} \d+{re.escape(at + visit)}")
    return [f'"{each}"' for each in known if numbered.fullmatch(each)]
