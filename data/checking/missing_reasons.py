"""Whether the intercurrent events of a study file name arms and reasons that the data file has."""

from collections.abc import Iterator

from cochange.data.faults import Fault
from cochange.data.names import advice, listing
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.specification.tables import IntercurrentEvent


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
                    required = f"the {role} '{name}' of the intercurrent event '{event.event}'"
                    action = advice(name, known, f"correct {role}s under [[estimand.intercurrent_events]]")
                    found = f"{listing(known) or 'none'}"
                    column = columns[role]
                    faults.append(Fault(readout.file_of(column), None, column, required, found, action))
    return faults


def _named(spec: StudySpec, role: str) -> Iterator[tuple[IntercurrentEvent, str]]:
    for event in spec.estimand.intercurrent_events:
        for name in event.arms if role == "arm" else event.reasons:
            yield event, name
