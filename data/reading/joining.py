"""Join the files of a study by the identifiers of participants, and by visit where they have several rows each."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from cochange.data.faults import Fault, InputError, Notice, summarise
from cochange.data.names import listing
from cochange.data.reading.missing_columns import study_names
from cochange.data.reading.open_files import Opened
from cochange.data.reading.places import count_rows
from cochange.data.reading.sources import Source, identify_rows, with_strangers
from cochange.data.reading.spellings import plain_identifier
from cochange.data.reading.variables import declared_columns
from cochange.data.spec import StudySpec
from cochange.data.specification.files import JoinTable

STRANGER_LEFT_OUT = "identifier not in the main file, left out as declared"


def join_files(opened: list[Opened], spec: StudySpec) -> tuple[tuple[Source, ...], list[Fault], list[Notice]]:
    """Say whose rows the rows of every file are, and give joined files the shape of the study.

    Parameters
    ----------
    opened : list of Opened
        The files, the main one first, with their columns of identifiers and visits present.
    spec : StudySpec
        The study file.

    Returns
    -------
    sources : tuple of Source
        The main file first. In a wide layout a joined file whose rows belong to visits becomes one source for each of
        them, in which a column X is called "X at VISIT".
    faults : list of Fault
        Of rows that cannot be told apart, and of identifiers the main file does not have.
    notices : list of Notice
        Participants without a row in a joined file.

    Raises
    ------
    InputError
        When no row of a file can be used.
    """
    main = opened[0]
    rows, faults = identify_rows(main.table, main.data, spec, _visits_of_main(main, spec))
    participants = tuple(rows.loc[~rows["ignored"], "participant"].unique())
    if not participants:
        raise InputError(summarise(faults or [_nobody(main)]))
    sources = [Source(main.table, main.data, with_strangers(rows, participants))]
    notices: list[Notice] = []
    declared = set(declared_columns(spec))
    blamed: set[str] = set()
    for own in opened[1:]:
        assert own.joined is not None
        # Other analytes, and wells that are not named, are not read.
        if own.further and declared.isdisjoint(study_names(own, spec)):
            continue
        names = own.joined.visits or {visit: visit for visit in spec.data.visits}
        rows, own_faults = identify_rows(own.table, own.data, spec, names)
        faults += own_faults
        rows, unmatched = _matched(rows, own, main, participants, blamed)
        faults += unmatched
        if rows["ignored"].all():
            raise InputError(summarise(faults or [_nobody(own)]))
        notices += [] if own.further else _without_row(rows, own, main, participants)
        sources += _in_shape(Source(own.table, own.data, with_strangers(rows, participants)), own.joined, spec)
    faults += _visits_without_rows(main, sources, spec)
    return tuple(sources), list(dict.fromkeys(faults)), notices


def _visits_of_main(main: Opened, spec: StudySpec) -> dict[str, str]:
    visits = spec.data.visits
    baseline_apart = spec.symptom is not None and spec.symptom.baseline_column in main.table.cells.columns
    return {visit: visit for visit in (visits[1:] if baseline_apart else visits)}


def _nobody(own: Opened) -> Fault:
    action = f"check the identifiers, the visits and 'rows' under {own.data.heading}"
    return Fault(own.table.file, None, own.data.participant, "a row of a participant", "none that is used", action)


def _matched(
    rows: pd.DataFrame, own: Opened, main: Opened, participants: tuple[str, ...], blamed: set[str]
) -> tuple[pd.DataFrame, list[Fault]]:
    """Leave rows of identifiers that the main file lacks out as declared, or find them at fault.

    Those `blamed` already, in another table of the same plate sheets, are not found at fault again.
    """
    unknown = rows[~rows["participant"].isin(participants) & ~rows["ignored"]]
    if unknown.empty:
        return rows, []
    if own.joined is not None and own.joined.unmatched == "leave out":
        why = rows["why"].mask(rows.index.isin(unknown.index), STRANGER_LEFT_OUT)
        return rows.assign(why=why, ignored=why != ""), []
    left = rows.drop(unknown.index)
    if own.further:
        unknown = unknown[~unknown["participant"].isin(blamed)]
    if unknown.empty:
        return left, []
    identifiers = list(unknown["participant"].unique())
    blamed.update(identifiers)
    have = set(rows["participant"])
    absent = [each for each in participants if each not in have]
    required = f"an identifier of {main.table.file}"
    found = f"{listing(identifiers)} in {count_rows(unknown)}, which it has not"
    if absent:
        found += f", while {listing(absent)} of it {_have(absent)} no row here"
    hint = _likeness(identifiers, [*participants, *absent], own, main)
    action = f'{hint}correct the identifiers, or write unmatched = "leave out" under {own.data.heading} if they are '
    action += "no part of the study"
    first = unknown.iloc[0]
    fault = Fault(str(first["file"]), int(first["row"]), own.data.participant, required, found, action)
    return left, [fault]


def _likeness(identifiers: list[str], known: list[str], own: Opened, main: Opened) -> str:
    """Say where identifiers differ by zeros, case or marks only, from the last known; they are not merged."""
    if own.data.pseudonyms:
        return "look at the identifiers without 'pseudonyms'; "
    alike = {plain_identifier(each): each for each in known}
    forms = {each: plain_identifier(each) for each in identifiers}
    pairs = [(each, alike[form]) for each, form in forms.items() if form in alike]
    if not pairs:
        return ""
    one, other = pairs[0]
    hint = f"'{one}' may be '{other}'"
    if one.isdecimal() and other.isdecimal():
        shorter = own if len(one) < len(other) else main
        hint += f" (identifier_digits = {max(len(other), len(one))} under {shorter.data.heading} fills in zeros)"
    return f"{hint}: "


def _have(names: list[str]) -> str:
    return "has" if len(names) == 1 else "have"


def _without_row(rows: pd.DataFrame, own: Opened, main: Opened, participants: tuple[str, ...]) -> Iterator[Notice]:
    have = set(rows.loc[~rows["ignored"], "participant"])
    absent = [each for each in participants if each not in have]
    if absent:
        message = (
            f"{len(absent)} of the {len(participants)} participants of {main.table.file} {_have(absent)} no row here: "
        )
        yield Notice(own.table.file, own.data.participant, f"{message}{listing(absent)}")


def _in_shape(source: Source, joined: JoinTable, spec: StudySpec) -> Iterator[Source]:
    source = _only(source, joined)
    if spec.data.layout == "long" or (source.data.visit is None and joined.at_visit is None):
        yield source
        return
    # A column stands for one visit: what is left out gives no value to it, also where it would be of no visit.
    rows = source.rows.assign(stranger=source.rows["stranger"] | source.rows["ignored"])
    used = [visit for visit in spec.data.visits if (source.used["visit"] == visit).any()]
    at = rows["visit"].where(rows["visit"].isin(used), used[0])
    for visit in used:
        here = rows[at == visit]
        yield _at(source, visit, here.assign(visit=here["visit"].mask(~here["ignored"], "")))


def _only(source: Source, joined: JoinTable) -> Source:
    if not joined.columns:
        return source
    return replace(source, table=replace(source.table, cells=source.table.cells[list(joined.columns)]))


def _at(source: Source, visit: str, rows: pd.DataFrame) -> Source:
    """The rows of one visit, their columns called after it."""
    table, data = source.table, source.data
    names = {column: f"{column} at {visit}" for column in table.cells.columns}
    missing = {names[column]: texts for column, texts in table.user_missing.items() if column in names}
    marks = {names[column]: mark for column, mark in data.decimal_columns.items() if column in names}
    renamed = replace(table, cells=table.cells.rename(columns=names), user_missing=missing)
    return Source(renamed, data.model_copy(update={"decimal_columns": marks}), rows, at=visit)


def _visits_without_rows(main: Opened, sources: list[Source], spec: StudySpec) -> list[Fault]:
    if spec.data.layout == "wide":
        return []
    seen = {visit for source in sources for visit in source.rows["visit"]}
    action = "correct the name under 'visits'; names are compared as texts"
    return [
        Fault(main.table.file, None, spec.data.visit, "a row at every declared visit", f"none at '{visit}'", action)
        for visit in spec.data.visits
        if visit not in seen and not (visit == spec.data.visits[0] and visit not in _visits_of_main(main, spec))
    ]
