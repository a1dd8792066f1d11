"""Values observed after an intercurrent event that are not used: had it not happened, or where it is a failure."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from cochange.data.reading.people import first_values
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.specification.concerning import first_that_concerns
from cochange.data.specification.tables import IntercurrentEvent

AFTER_EVENT = "not used, after the intercurrent event"
OUTCOMES = ("marker", "symptom", "item")


def without_values_after_events(readout: Readout, spec: StudySpec) -> Readout:
    """Leave out values that a participant's intercurrent event makes ones to be taken as missing.

    Parameters
    ----------
    readout : Readout
        The cells as read.
    spec : StudySpec
        The study file; without ``event_visit`` under ``[missing_data]`` nothing is left out.

    Returns
    -------
    Readout
        With these cells among those ignored, and without their samples.
    """
    if spec.missing_data.event_visit is None:
        return readout
    events = _events_that_drop(readout, spec)
    cells, used = dict(readout.cells), dict(readout.used)
    for key, own in readout.cells.items():
        if key[0] not in OUTCOMES:
            continue
        dropped = _follows(own, events, spec) & (own["status"] != "missing") & ~own["ignored"]
        why = own["participant"].map({who: f"{AFTER_EVENT} '{one.event}'" for who, (_, one) in events.items()})
        cells[key] = own.assign(ignored=own["ignored"] | dropped, why=own["why"].mask(dropped, why))
        used[key] = own[~own["ignored"] & ~dropped]
    samples = tuple(own[~_follows(own, events, spec)] for own in readout.samples)
    return replace(readout, cells=cells, used=used, samples=samples)


def dropped_after_events(cells: pd.DataFrame) -> pd.Series:
    """Which cells were left out so."""
    return cells["ignored"] & cells["why"].str.startswith(AFTER_EVENT)


def _follows(cells: pd.DataFrame, events: Mapping[str, tuple[int, IntercurrentEvent]], spec: StudySpec) -> pd.Series:
    """Which cells stand at the first visit after the participant's event, or later."""
    position = {visit: number for number, visit in enumerate(spec.data.visits)}
    first = {who: number for who, (number, _) in events.items()}
    return cells["visit"].map(position) >= cells["participant"].map(first)


def _events_that_drop(readout: Readout, spec: StudySpec) -> dict[str, tuple[int, IntercurrentEvent]]:
    """The first visit after the event and the event, of the participants whose event drops what follows."""
    of = {role: of_each(readout, role) for role in ("event", "arm", "reason")}
    events = [event for event in spec.estimand.intercurrent_events if event.missing_as is not None]
    found = {}
    for who, visit in of["event"].items():
        position = first_that_concerns(events, of["arm"].get(who), of["reason"].get(who))
        if position >= 0 and events[position].drops_what_follows and visit in spec.data.visits:
            found[who] = spec.data.visits.index(visit), events[position]
    return found


def of_each(readout: Readout, role: str) -> dict[str, str]:
    """What the variable of this role says of each participant it says something of."""
    found: dict[str, str] = {}
    for (own, _), cells in readout.used.items():
        if own == role:
            found |= dict(first_values(cells)[["participant", "value"]].itertuples(index=False))
    return found
