"""Whether intercurrent events name arms, reasons and visits that are there, and what is not used after them."""

from collections.abc import Iterator

from cochange.data.faults import Fault, Notice
from cochange.data.names import advice, listing
from cochange.data.reading.after_events import dropped_after_events
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import IntercurrentEvent

_A = {"arm": "an arm", "reason": "a reason of leaving"}


def events_name_what_is_there(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find arms and reasons of the intercurrent events that nobody has."""
    columns = {
        "arm": spec.arms.column if spec.arms is not None else "",
        "reason": spec.missing_data.reason or "",
    }
    faults = []
    for role in ("arm", "reason"):
        for cells in readout.of(role):
            known = sorted(set(cells.loc[cells["status"] == "observed", "value"]))
            for event, name in _named(spec, role):
                if name not in known:
                    there = listing(known) or "none"
                    required = f"{_A[role]} among those in the data ({there}) for the event '{event.event}'"
                    action = advice(name, known, f"correct {role}s under [[estimand.intercurrent_events]]")
                    found = f"'{name}' in the study file"
                    column = columns[role]
                    faults.append(Fault(readout.file_of(column), None, column, required, found, action))
    return faults


def events_stand_at_visits(readout: Readout, spec: StudySpec) -> list[Fault]:
    """Find first visits after an intercurrent event that are no visit after the first of the study."""
    first, *later = spec.data.visits
    faults = []
    for cells in readout.of("event"):
        given = cells[cells["status"] == "observed"]
        for text, wrong in given[~given["value"].isin(later)].groupby("value", sort=False):
            required = f"a visit after '{first}', the first after the intercurrent event, or a blank"
            action = advice(str(text), later, f"write one of {listing(later)}")
            found = f"'{text}' in {count_rows(wrong)}"
            faults.append(Fault(*first_place(wrong), required, found, action))
    return faults


def values_after_events(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say how many values were not used for an intercurrent event before them."""
    notices = []
    for (role, name), cells in readout.cells.items():
        dropped = cells[dropped_after_events(cells)]
        if role != "item" and len(dropped):
            who = dropped["participant"].nunique()
            message = (
                f"{name}: {len(dropped)} values of {who} participants were observed after an intercurrent event whose "
                "strategy does not use them; they are taken as missing"
            )
            file, _, column = first_place(dropped)
            notices.append(Notice(file, column, message))
    return notices


def _named(spec: StudySpec, role: str) -> Iterator[tuple[IntercurrentEvent, str]]:
    for event in spec.estimand.intercurrent_events:
        for name in event.arms if role == "arm" else event.reasons:
            yield event, name
