"""First visits after an intercurrent event, and values observed after it that are not used."""

from typing import Any

import numpy as np
import pytest

STOPPED = {"event": "stopped", "strategy": "hypothetical", "missing_as": "missing at random"}
FAILED = {"event": "rescue", "strategy": "composite variable", "missing_as": "non-response"}
LATE = ["002", "005", "011"]


@pytest.fixture(params=["wide", "long"])
def late(request: pytest.FixtureRequest) -> Any:
    """Three participants had an event before the second visit, at which they were seen nevertheless."""
    files = request.getfixturevalue(request.param)
    last = files.spec["data"]["visits"][-1]
    files.table["stop"] = [last if who in LATE else "" for who in files.table["id"]]
    files.table["why"] = ["bored" if who == "005" else "ill" if who in LATE else "" for who in files.table["id"]]
    files.spec["missing_data"] = {"event_visit": "stop", "reason": "why"}
    return files


def at_end(study: Any) -> tuple[np.ndarray, np.ndarray]:
    """Who has a marker and who a score at the second visit."""
    last = study.data.isel(visit=-1)
    return (last["marker_status"].values[:, 0] != "missing"), last["symptom"].notnull().values


def without(study: Any) -> list[list[str]]:
    """Who lacks a marker, and who a score, at the second visit."""
    return [study.data["participant"].values[~seen].tolist() for seen in at_end(study)]


@pytest.mark.parametrize("event", [STOPPED, FAILED])
def test_what_follows_is_not_used_where_the_strategy_asks_for_what_had_been(late: Any, event: Any) -> None:
    late.spec["estimand"] = {"intercurrent_events": [event]}
    study = late.read()
    who = study.data["participant"].values
    assert study.data["event_visit"].values.tolist() == [study.follow_up if one in LATE else "" for one in who]
    assert without(study) == [LATE, LATE]
    assert np.isnan(study.data["log_marker"].isel(visit=-1).values[:, 0]).sum() == 3
    # What came before stays.
    assert study.data["symptom"].isel(visit=0).notnull().all()
    records = study.audit.records
    dropped = records[records["decision"] == f"not used, after the intercurrent event '{event['event']}'"]
    assert sorted(dropped["participant"]) == sorted([*LATE, *LATE])
    assert set(dropped["status"]) == {"ignored"}
    assert set(dropped["variable"]) == {"IL-6", "MADRS"}
    assert not records["decision"].str.startswith("no row").any()
    said = [notice.message for notice in study.notices if "after an intercurrent event" in notice.message]
    assert [text.split(" were ")[0] for text in said] == [
        "IL-6: 3 values of 3 participants", "MADRS: 3 values of 3 participants",
    ]  # fmt: skip


def test_the_first_event_that_concerns_a_participant_says_what_is_used(late: Any) -> None:
    policy = {"event": "bored", "strategy": "treatment policy", "missing_as": "copy reference", "reasons": ["bored"]}
    late.spec["estimand"] = {"intercurrent_events": [policy, STOPPED]}
    assert without(late.read()) == [["002", "011"]] * 2
    late.spec["estimand"] = {"intercurrent_events": [STOPPED, policy]}
    assert without(late.read()) == [LATE] * 2
    # 002 is in arm T.
    late.spec["estimand"] = {"intercurrent_events": [STOPPED | {"arms": ["C"]}]}
    assert without(late.read()) == [["005", "011"]] * 2


def test_values_count_as_observed_under_treatment_policy(late: Any) -> None:
    policy = STOPPED | {"strategy": "treatment policy", "missing_as": "jump to reference"}
    late.spec["estimand"] = {"intercurrent_events": [policy]}
    study = late.read()
    assert without(study) == [[], []]
    assert not [notice for notice in study.notices if "after an intercurrent event" in notice.message]


def test_a_total_of_items_is_not_used_either(late: Any) -> None:
    late.spec["estimand"] = {"intercurrent_events": [STOPPED]}
    late.spec["symptom"] |= {
        "scale": "S",
        "range": [0, 120],
        "direction": "higher is worse",
        "items": {"range": [0, 60]},
    }
    columns = late.spec["symptom"]["columns"]
    for column in columns:
        late.table[f"{column}_b"] = "1"
    late.spec["symptom"]["columns"] = [[column, f"{column}_b"] for column in columns]
    study = late.read()
    assert without(study) == [LATE] * 2
    records = study.audit.records
    assert (records["decision"] == "not used, after the intercurrent event 'stopped'").sum() == 4 * len(LATE)


def test_an_event_stands_at_a_visit_after_the_first(late: Any) -> None:
    late.spec["estimand"] = {"intercurrent_events": [STOPPED]}
    first, last = late.spec["data"]["visits"]
    late.table["stop"] = late.table["stop"].replace({last: first})
    fault = late.only_fault()
    assert fault.column == "stop"
    assert fault.required == f"a visit after '{first}', the first after the intercurrent event, or a blank"
    late.table["stop"] = late.table["stop"].replace({first: "week 99"})
    assert late.only_fault().found.startswith("'week 99' in")


@pytest.mark.parametrize("everybody", [True, False])
def test_events_of_a_joined_file_are_those_of_the_main_one(late: Any, everybody: bool) -> None:
    late.spec["estimand"] = {"intercurrent_events": [STOPPED]}
    expected = late.read()
    own = late.table.drop_duplicates("id")[["id", "why", "stop"]]
    if not everybody:
        own = own[own["id"].isin(LATE)]
    own.to_csv(late.folder / "events.csv", index=False)
    late.table = late.table.drop(columns=["why", "stop"])
    late.spec["data"]["join"] = [{"file": "events.csv", "participant": "id"}]
    study = late.read()
    assert without(study) == without(expected) == [LATE, LATE]
    assert study.data["event_visit"].values.tolist() == expected.data["event_visit"].values.tolist()
    own.assign(stop=own["stop"].replace("12", "week 12").replace("12 weeks", "week 12")).to_csv(
        late.folder / "events.csv", index=False
    )
    fault = late.only_fault()
    assert (fault.file, fault.column) == ("events.csv", "stop")
    assert fault.found.startswith("'week 12' in 3 rows")
