"""Cells of outcomes whose tables are at fault: what can be told of them whatever the cure is."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from cochange.data.faults import Fault, Notice
from cochange.data.names import listing
from cochange.data.reading.cells import cells_of
from cochange.data.reading.marker_reading import is_no_reading
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.readings import parse_reading
from cochange.data.reading.same_text import faults_by_text
from cochange.data.reading.sources import Source
from cochange.data.reading.variables import Variable
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import SymptomTable


@dataclass(frozen=True)
class Unjudged:
    """A table at fault whose cells are not judged.

    Attributes
    ----------
    notice : Notice
        Says so.
    outcome : Variable or None
        The marker, score or items in its columns; None where it cannot be told what their texts may stand for.
    codes : tuple of str
        Texts that the table explains.
    symptom : SymptomTable or None
        The table of the score, with its columns alone, where it is this one.
    raw : bool
        Whether it states of a marker that its readings are on the raw scale, where none is negative.
    """

    notice: Notice
    outcome: Variable | None = None
    codes: tuple[str, ...] = ()
    symptom: SymptomTable | None = None
    raw: bool = False


def impossible_cells(table: Unjudged, sources: tuple[Source, ...], spec: StudySpec) -> Iterator[Fault]:
    """Find texts that can be no number and no reading whatever else the table declares, and negative raw readings.

    Parameters
    ----------
    table : Unjudged
        A table at fault.
    sources : tuple of Source
        The files, joined.
    spec : StudySpec
        The study file, without its tables at fault but for the columns of the score.

    Yields
    ------
    Fault
        One for each such text of a column, and one for the negative readings of a column.
    """
    outcome = table.outcome
    expected = len(spec.data.visits) if spec.data.layout == "wide" else 1
    if outcome is None or len(outcome.columns) != expected:
        return
    there = {column for wells in outcome.columns for column in wells if any(column in one.columns for one in sources)}
    if not there:
        return
    cells = cells_of(outcome, sources, spec)
    for (_, column), own in cells[~cells["ignored"]].groupby(["source", "column"], sort=False):
        source = sources[int(own["source"].iloc[0])]
        known = (*table.codes, *source.table.user_missing.get(str(column), ()), *source.data.missing)
        own = own[~own["text"].isin(["", *known])]
        wrong = [_is_wrong(text, outcome, source, str(column)) for text in own["text"]]
        if any(wrong):
            yield from faults_by_text(own[wrong], _required(outcome), source.data, numbers=True)
        mark = source.data.decimal_of(str(column))
        below_zero = [table.raw and parse_reading(text, mark).number < 0 for text in own["text"]]
        if any(below_zero):
            yield _of_negative(own[below_zero], outcome)


def _of_negative(cells: pd.DataFrame, marker: Variable) -> Fault:
    """A fault for a whole column: a few negative readings are mistakes or codes, many are logarithms."""
    required = f"a reading of {marker.name} above zero on the raw scale, as declared,"
    found = f"{listing(cells['text'].unique(), 4)} in {count_rows(cells)}"
    action = "correct it, declare what stands for a missing value under [data], or correct the marker's scale"
    return Fault(*first_place(cells), required, found, action)


def _is_wrong(text: str, outcome: Variable, source: Source, column: str) -> bool:
    mark = source.data.decimal_of(column)
    if outcome.role == "marker":
        return is_no_reading(text, mark)
    return parse_reading(text, mark).kind not in ("number", "other decimal mark")


def _required(outcome: Variable) -> str:
    if outcome.role == "marker":
        return "a reading (a number, '<' or '>' with a number, or blank)"
    return "the score of an item (a number, or blank)" if outcome.role == "item" else "a score (a number, or blank)"
