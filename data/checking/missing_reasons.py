"""Whether intercurrent events name arms, reasons and visits that are there, and what is not used after them."""

from collections import Counter
from collections.abc import Iterator

from cochange.data.faults import Fault, Notice
from cochange.data.names import advice, listing
from cochange.data.reading.after_events import dropped_after_events, of_each
from cochange.data.reading.places import count_rows, first_place
from cochange.data.reading.readout import Readout
from cochange.data.spec import StudySpec
from cochange.data.specification.concerning import first_that_concerns
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


def reasons_of_those_who_left(readout: Readout, spec: StudySpec) -> list[Notice]:
    """Say who left without a reason or for one that no event concerns, and who was seen at the last visit with one.

    None is a fault: reasons may be unknown or of no consequence, and a column may say of everybody how they ended.
    Whoever has the visit of an event needs a reason like those who left, also where they were seen afterwards.
    """
    column = spec.missing_data.reason
    if column is None or spec.baseline == spec.follow_up:
        return []
    (reasons,) = readout.of("reason")
    with_event = {
        who for cells in readout.of("event") for who in cells.loc[cells["status"] == "observed", "participant"]
    }
    seen = _seen_last(readout, spec)
    left = [who for who in readout.participants if who in with_event or who not in seen]
    given = reasons[reasons["status"] == "observed"].drop_duplicates("participant")
    known = set(given["participant"])
    file, notices = readout.file_of(column), []
    if without := [who for who in left if who not in known]:
        whom = f"who left (no value at '{spec.follow_up}'){' or had an event' if with_event else ''}"
        own = reasons[reasons["participant"].isin(without)].drop_duplicates("participant")
        place = f", in {count_rows(own)}" if len(own) else ""
        message = f"no reason for leaving for {len(without)} of the {len(left)} participants {whom}{place}"
        if _named_reasons(spec):
            message += ": intercurrent events with 'reasons' do not concern them"
        message += ". Fill in what is known"
        notices.append(Notice(file, column, message))
    if _named_reasons(spec):
        notices += [Notice(file, column, message) for message in _of_no_event(readout, spec, left)]
    else:
        message = (
            "the reasons for leaving are read and counted, but nothing uses them: no intercurrent event names any. To "
            'treat some who left by their reasons, write reasons = [...] and missing_as = "..." under '
            "[[estimand.intercurrent_events]]; `compare` and the deltas of [missing_data] take all who left alike"
        )
        notices.append(Notice(file, column, message))
    stayed = given[~given["participant"].isin(left)]
    if len(stayed):
        whom = f"participant{'s' if len(stayed) > 1 else ''} who did not leave (a value at '{spec.follow_up}')"
        message = (
            f"a reason for leaving ({listing(stayed['text'].unique(), 4)}) for {len(stayed)} {whom}, in "
            f"{count_rows(stayed)}: it is not used. Unless it says that they stayed, look for a wrong reason, or for "
            "values of somebody else"
        )
        notices.append(Notice(file, column, message))
    return notices


def _of_no_event(readout: Readout, spec: StudySpec, left: list[str]) -> Iterator[str]:
    """Count those who left by the reasons that no intercurrent event concerns."""
    events = [event for event in spec.estimand.intercurrent_events if event.missing_as is not None]
    arms, reasons = of_each(readout, "arm"), of_each(readout, "reason")
    counts = Counter(
        reasons[who] for who in left if who in reasons and first_that_concerns(events, arms.get(who), reasons[who]) < 0
    )
    if counts:
        shown = ", ".join(f"'{reason}' ({number})" for reason, number in counts.most_common())
        number = counts.total()
        yield (
            f"no intercurrent event concerns {number} of the {len(left)} participants who left, by reason: {shown}. "
            f"What is missing of {'them' if number > 1 else 'this one'} is taken as missing at random; add the reason "
            "to an event if it should be taken as something else"
        )


def _seen_last(readout: Readout, spec: StudySpec) -> set[str]:
    """Participants with a value of an analysed outcome at the last visit analysed."""
    analysed = [("marker", spec.analysed_marker), ("symptom", spec.symptom.scale if spec.symptom else None)]
    given = [
        cells.loc[(cells["visit"] == spec.follow_up) & (cells["status"] != "missing"), "participant"]
        for key, cells in readout.used.items()
        if key in analysed
    ]
    return {str(who) for own in given for who in own}


def _named_reasons(spec: StudySpec) -> bool:
    return any(event.reasons for event in spec.estimand.intercurrent_events)


def _named(spec: StudySpec, role: str) -> Iterator[tuple[IntercurrentEvent, str]]:
    for event in spec.estimand.intercurrent_events:
        for name in event.arms if role == "arm" else event.reasons:
            yield event, name
