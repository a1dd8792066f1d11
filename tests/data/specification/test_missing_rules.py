"""What missing values are taken to be: every rule of the study file, and reasons in the data."""

from typing import Any

import pytest

EVENT = {"event": "stopped", "strategy": "treatment policy"}
REFERENCE = "an [arms] table, whose control is the reference arm of"
BROKEN: dict[str, dict[str, Any]] = {
    f"{REFERENCE} 'jump to reference',": {"event": {"missing_as": "jump to reference"}, "without": ["arms"]},
    f"{REFERENCE} 'copy reference',": {"table": {"compare": ["copy reference"]}, "without": ["arms"]},
    "the key 'missing_as' beside it": {"event": {"arms": ["T"]}},
    "an [arms] table": {"event": {"arms": ["T"], "missing_as": "missing at random"}, "without": ["arms"]},
    "a column of reasons": {"event": {"reasons": ["moved"], "missing_as": "missing at random"}},
    "the strategy 'composite variable', in which the event itself is a failure,": {
        "event": {"missing_as": "non-response"}
    },
    "no delta beside 'non-response'": {
        "event": {"missing_as": "non-response", "strategy": "composite variable", "delta_score": 3.0}
    },
    "a [symptom] table": {
        "event": {"missing_as": "missing at random", "delta_score": 3.0}, "without": ["symptom", "inclusion"],
    },
    "a [[marker]] table": {"table": {"delta_marker": [0.5, 2.0]}, "without": ["marker"]},
    "the least and the greatest delta": {"table": {"delta_score": [5.0, 5.0]}},
    "both 'delta_score' and 'delta_marker', which are shifted together,": {
        "table": {"delta_score": [0.0, 5.0], "delta_arms": "each"}
    },
    "an intercurrent event with 'missing_as', or 'compare',": {"table": {"event_visit": "sex"}},
}  # fmt: skip


@pytest.mark.parametrize("required", BROKEN)
def test_every_rule_is_told(wide: Any, required: str) -> None:
    broken = BROKEN[required]
    for name in broken.get("without", ()):
        del wide.spec[name]
        if name == "arms":
            wide.spec["study"]["design"] = "single arm"
    if "event" in broken:
        wide.spec["estimand"] = {"intercurrent_events": [EVENT | broken["event"]]}
    if "table" in broken:
        wide.spec["missing_data"] = broken["table"]
    assert wide.only_fault().required == required


def test_one_arm_has_no_other_to_shift(wide: Any) -> None:
    del wide.spec["arms"]
    wide.spec["study"]["design"] = "single arm"
    ranges = {"delta_score": [0.0, 5.0], "delta_marker": [1.0, 2.0]}
    wide.spec["missing_data"] = {**ranges, "delta_arms": "each"}
    fault = wide.only_fault()
    assert (fault.column, fault.required) == ("missing_data.delta_arms", "an [arms] table")


def test_a_reference_arm_is_refused_with_the_reason_and_what_to_do(wide: Any) -> None:
    del wide.spec["arms"]
    wide.spec["study"]["design"] = "single arm"
    wide.spec["missing_data"] = {"compare": ["copy increments in reference"]}
    fault = wide.only_fault()
    assert fault.column == "missing_data.compare"
    assert 'with one arm there is none: write "missing at random", with a delta' in fault.action


def test_reasons_are_read_and_may_be_blank(wide: Any) -> None:
    wide.table["why"] = ["moved" if i % 3 == 0 else "" for i in range(len(wide.table))]
    wide.spec["missing_data"] = {"reason": "why"}
    event = {
        "reasons": ["moved"],
        "missing_as": "copy reference",
        "arms": ["T"],
        "delta_score": -2.0,
        "delta_marker": 1.25,
    }
    wide.spec["estimand"] = {"intercurrent_events": [EVENT | event]}
    study = wide.read()
    assert study.data["reason"].to_numpy().tolist() == wide.table["why"].tolist()
    (read,) = study.spec.estimand.intercurrent_events
    assert (read.missing_as, read.arms, read.reasons) == ("copy reference", ("T",), ("moved",))
    assert (read.delta_score, read.delta_marker) == (-2.0, 1.25)


@pytest.mark.parametrize(
    ("key", "name", "found"), [("arms", "Treated", "'C', 'T'"), ("reasons", "moves", "'bored', 'moved'")]
)
def test_arms_and_reasons_have_to_occur(wide: Any, key: str, name: str, found: str) -> None:
    wide.table["why"] = [("moved", "bored")[i % 2] for i in range(len(wide.table))]
    wide.spec["missing_data"] = {"reason": "why"}
    wide.spec["estimand"] = {"intercurrent_events": [EVENT | {"missing_as": "missing at random", key: [name]}]}
    fault = wide.only_fault()
    assert (fault.file, fault.column) == ("trial.csv", {"arms": "arm", "reasons": "why"}[key])
    kind = {"arms": "an arm", "reasons": "a reason of leaving"}[key]
    assert fault.required == f"{kind} among those in the data ({found}) for the event 'stopped'"
    assert fault.found == f"'{name}' in the study file"


def test_one_reason_a_participant(long: Any) -> None:
    long.table["why"] = ["moved" if i % 2 else "bored" for i in range(len(long.table))]
    long.spec["missing_data"] = {"reason": "why"}
    assert all(fault.required == "a single reason for leaving for each participant" for fault in long.faults())


def test_one_visit_has_nobody_who_left(wide: Any) -> None:
    wide.spec["study"]["design"] = "cross-sectional"
    wide.spec["data"]["visits"] = ["baseline"]
    for table in ("arms", "inclusion"):
        del wide.spec[table]
    wide.spec["marker"][0]["columns"], wide.spec["symptom"]["columns"] = ["il6_0"], ["madrs_0"]
    wide.spec["missing_data"] = {"compare": ["missing at random"]}
    assert wide.only_fault().required == "more than one visit"


def about_reasons(study: Any) -> list[str]:
    return [notice.message for notice in study.notices if notice.column == "why"]


@pytest.mark.parametrize("layout", ["wide", "long"])
def test_reasons_are_compared_with_who_left(request: pytest.FixtureRequest, layout: str) -> None:
    files = request.getfixturevalue(layout)
    last = files.spec["data"]["visits"][-1]
    gone, lost = ["003", "008", "009"], ["il6", "madrs"]
    if layout == "wide":
        at_last, lost = files.table["id"] == files.table["id"], [f"{name}_12" for name in lost]
    else:
        at_last = files.table["week"] == last
    files.table.loc[at_last & files.table["id"].isin(gone), lost] = ""
    files.spec["missing_data"] = {"reason": "why"}
    event = {"event": "moved", "strategy": "treatment policy", "missing_as": "missing at random", "reasons": ["moved"]}
    files.spec["estimand"] = {"intercurrent_events": [event]}
    files.table["why"] = ["moved" if who in gone else "" for who in files.table["id"]]
    assert about_reasons(files.read()) == []
    # One outcome at the last visit is enough to have stayed.
    files.table.loc[at_last & (files.table["id"] == "020"), lost[0]] = "NA"
    files.table["why"] = [{"003": "moved", "020": "bored"}.get(who, "") for who in files.table["id"]]
    unknown, stayed = about_reasons(files.read())
    rows = {"wide": ("9, 10", "21"), "long": ("16, 18", "40")}[layout]
    assert f"for 2 of the 3 participants who left (no value at '{last}'), in 2 rows ({rows[0]})" in unknown
    assert "intercurrent events with 'reasons' do not concern them" in unknown
    assert f"('bored') for 1 participant who did not leave (a value at '{last}'), in 1 row ({rows[1]})" in stayed


def test_reasons_that_no_event_concerns_are_counted(wide: Any) -> None:
    gone = {"002": "moved", "003": "bored", "004": "moved", "005": "ill", "006": "bored", "007": ""}
    wide.table.loc[wide.table["id"].isin(list(gone)), ["il6_12", "madrs_12"]] = ""
    wide.table["why"] = [gone.get(who, "") for who in wide.table["id"]]
    wide.spec["missing_data"] = {"reason": "why"}
    event = EVENT | {"missing_as": "jump to reference", "reasons": ["moved"]}
    wide.spec["estimand"] = {"intercurrent_events": [event]}
    blank, others = about_reasons(wide.read())
    assert "for 1 of the 6 participants who left" in blank
    assert others.startswith(
        "no intercurrent event concerns 3 of the 6 participants who left, by reason: 'bored' (2), 'ill' (1). What is "
        "missing of them is taken as missing at random"
    )
    # The control arm has the even rows, and an event of all reasons leaves nobody out.
    event["arms"] = ["C"]
    wide.spec["estimand"]["intercurrent_events"] = [event, EVENT | {"missing_as": "missing at random", "arms": ["T"]}]
    *_, others = about_reasons(wide.read())
    assert "by reason: 'bored' (1), 'ill' (1)." in others
    wide.spec["estimand"]["intercurrent_events"] = [event, EVENT | {"missing_as": "missing at random"}]
    assert len(about_reasons(wide.read())) == 1


def test_whoever_had_an_event_may_have_a_reason_and_be_seen(wide: Any) -> None:
    wide.table["stop"] = ["12 weeks" if who in ("002", "005") else "" for who in wide.table["id"]]
    wide.table["why"] = ["rescue" if who == "002" else "" for who in wide.table["id"]]
    wide.spec["missing_data"] = {"reason": "why", "event_visit": "stop"}
    event = {"event": "rescue", "strategy": "treatment policy", "missing_as": "missing at random"}
    event |= {"reasons": ["rescue"]}
    wide.spec["estimand"] = {"intercurrent_events": [event]}
    (unknown,) = about_reasons(wide.read())
    assert "for 1 of the 2 participants who left (no value at '12 weeks') or had an event, in 1 row (6)" in unknown


def test_reasons_that_nothing_uses_are_noticed(wide: Any) -> None:
    wide.table["why"] = ""
    wide.table.loc[[1, 2], ["il6_12", "madrs_12"]] = ""
    wide.table.loc[1, "why"] = "moved"
    wide.spec["missing_data"] = {"reason": "why", "compare": ["missing at random"]}
    messages = [notice.message for notice in wide.read().notices]
    assert any("nothing uses them: no intercurrent event names any" in message for message in messages)
    assert any("no reason for leaving for 1 of the 2 participants" in message for message in messages)
    assert not any("do not concern them" in message for message in messages)
