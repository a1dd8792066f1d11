"""Judge the data of a study: every fault that does not hang on the cure of another, and the notices beside them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from cochange.data.checks import find_faults, find_notices
from cochange.data.faults import Fault, InputError, Notice
from cochange.data.reading.after_events import without_values_after_events
from cochange.data.reading.footers import without_footers
from cochange.data.reading.identifiers import alike_identifiers, odd_identifiers, with_identifiers
from cochange.data.reading.joining import join_files
from cochange.data.reading.missing_columns import (
    apart_from_their_readings,
    columns_of_rows,
    columns_without_rows,
)
from cochange.data.reading.open_files import Opened
from cochange.data.reading.parts import complete_part, readable_part
from cochange.data.reading.readout import Readout, read_out
from cochange.data.reading.sources import Source
from cochange.data.reading.unit_rows import without_unit_rows
from cochange.data.reading.unjudged import Unjudged, impossible_cells
from cochange.data.spec import StudySpec


@dataclass(frozen=True, eq=False)
class JudgedData:
    """What was found in the data of a study.

    Attributes
    ----------
    faults : list of Fault
        In the order of discovery.
    notices : tuple of Notice
        Those that do not hang on the cure of a fault.
    opened : list of Opened
        The files, with the identifiers of the study.
    readout : Readout or None
        The cells, None where columns are absent or rows cannot be told apart.
    """

    faults: list[Fault] = field(default_factory=list)
    notices: tuple[Notice, ...] = ()
    opened: list[Opened] = field(default_factory=list)
    readout: Readout | None = None


def judge_data(
    opened: list[Opened],
    spec: StudySpec,
    absent: list[Fault],
    unjudged: tuple[Unjudged, ...] = (),
    all_outcomes: bool = True,
) -> JudgedData:
    """Judge rows and cells.

    Parameters
    ----------
    opened : list of Opened
        The files as read.
    spec : StudySpec
        The study file, without its tables at fault.
    absent : list of Fault
        Of columns that the study file names and no file has; where these tell the rows apart, nothing else is judged.
    unjudged : tuple of Unjudged
        Tables at fault: of the cells of outcomes those are told that are wrong whatever the cure is.
    all_outcomes : bool
        Whether `spec` has every outcome of the study file.

    Returns
    -------
    JudgedData
    """
    names = {str(fault.column) for fault in absent}
    of_rows = {column for own in opened for column in columns_of_rows(own)}
    # First scores in a column of their own tell which visits have rows, also where their table is at fault.
    symptom = next((table.symptom for table in unjudged if table.symptom is not None), spec.symptom)
    scored = spec.model_copy(update={"symptom": symptom})
    if symptom is not None and symptom.baseline_column is not None:
        of_rows.add(symptom.baseline_column)
    if names & of_rows:
        return JudgedData(absent)
    opened, unit_rows = without_unit_rows(opened, spec)
    opened, footers = without_footers(opened, spec)
    absent = [*absent, *unit_rows, *footers]
    hidden = spec.data.pseudonyms
    of_identifiers = [*alike_identifiers(opened, hidden), *odd_identifiers(opened, hidden)]
    opened = with_identifiers(opened, hidden)
    try:
        sources, faults, joined = join_files(opened, scored)
    except InputError as error:
        return JudgedData([*absent, *error.faults], tuple(of_identifiers))
    misplaced = list(_misplaced(sources, readable_part(spec, names) if names else spec, names))
    faults = [*absent, *faults, *misplaced]
    names |= {str(fault.column) for fault in misplaced}
    faults += [fault for table in unjudged for fault in impossible_cells(table, sources, scored)]
    joined += [table.notice for table in unjudged]
    if not names:
        readout = without_values_after_events(read_out(sources, spec), spec)
        faults += [*readout.faults, *find_faults(readout, opened, spec)]
        notices = [*of_identifiers, *joined, *find_notices(readout, opened, spec, all_outcomes)]
        return JudgedData(faults, _independent(notices, of_identifiers, faults), opened, readout)
    notices = [*of_identifiers, *joined]
    # Cells can be read alone, but checks of a whole variable need all of its columns.
    readable, complete = readable_part(spec, names), complete_part(spec, names)
    for rest in (readable, complete):
        readout = without_values_after_events(read_out(sources, rest), rest)
        faults += readout.faults
        if rest is complete:
            faults += find_faults(readout, opened, rest)
            notices += find_notices(readout, opened, rest, all_outcomes and _seen_alike(spec, complete))
    faults = list(dict.fromkeys(faults))
    return JudgedData(faults, _independent(notices, of_identifiers, faults))


def _seen_alike(spec: StudySpec, part: StudySpec) -> bool:
    """Whether a part of the study file tells of the same participants that they left."""
    outcomes = (spec.marker, spec.symptom) == (part.marker, part.symptom)
    return outcomes and spec.missing_data.event_visit == part.missing_data.event_visit


def _misplaced(sources: tuple[Source, ...], spec: StudySpec, absent: Collection[str]) -> Iterator[Fault]:
    for fault in (*columns_without_rows(sources, spec), *apart_from_their_readings(sources, spec)):
        if fault.column not in absent:
            yield fault


def _independent(notices: list[Notice], of_identifiers: list[Notice], faults: list[Fault]) -> tuple[Notice, ...]:
    """Each once, without those of columns that a fault is in, whose cure may change them."""
    wrong = {fault.column for fault in faults if fault.column is not None}
    kept = (notice for notice in notices if notice.column not in wrong or notice in of_identifiers)
    return tuple(dict.fromkeys(kept))
