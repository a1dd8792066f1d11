"""Whichever tables of a study file are at fault, the others are still judged, or their cells are said to wait."""

from typing import Any

import pytest

from cochange.data.faults import InputError

# A key of each table that says nothing as it stands, and a wrong cell of one of its columns.
SPOILT: dict[str, dict[str, Any]] = {
    "marker": {"scale": "raww"},
    "symptom": {"scale": "MADSR"},
    "arms": {"control": 1},
    "groups": {"column": 1},
    "sites": {"column": 1},
    "covariates": {"numeric": "age"},
    "inclusion": {"above": "nine"},
    "plates": {"columns": "plate"},
    "dates": {"format": 1},
    "missing_data": {"reason": 1},
}
WRONG = {
    "marker": ("il6", "1.2.3"),
    "symptom": ("madrs", "99"),
    "arms": ("arm", ""),
    "groups": ("intensity", ""),
    "sites": ("clinic", ""),
    "covariates": ("age", "old"),
    "inclusion": ("phq9", "5"),
    "dates": ("seen", "spring"),
    "missing_data": ("next", "13 weeks"),
}
# Which columns these have is not known before their faults are mended.
WITHOUT_COLUMNS = {"groups", "sites", "plates"}


@pytest.fixture(params=["wide", "long"])
def study(request: Any) -> Any:
    """A study with every table, wide or long."""
    own = request.getfixturevalue(request.param)
    beside = {"lod": "0.10", "code": "", "plate": "P1"}
    ends = ("_0", "_12") if request.param == "wide" else ("",)
    for end in ends:
        for name, text in beside.items():
            own.table[f"{name}{end}"] = text
    own.table["seen"] = "2024-01-01"
    own.table["seen_12"] = "2024-04-01"
    if request.param == "long":
        own.table["seen"] = own.table["seen"].where(own.table["week"] == "0", "2024-04-01")
    own.table["why"], own.table["next"] = "", ""
    columns = {name: [f"{name}{end}" for end in ends] for name in beside}
    own.spec["data"]["missing"] = ["NA", "-9"]
    own.spec["marker"][0] |= {"lower_limit_columns": columns["lod"], "codes": columns["code"], "below_codes": ["b"]}
    own.spec["plates"] = {"columns": columns["plate"]}
    own.spec["dates"] = {"columns": ["seen", "seen_12"][: len(ends)], "format": "%Y-%m-%d"}
    own.spec["missing_data"] = {"reason": "why", "event_visit": "next"}
    event = {"event": "moved", "strategy": "hypothetical", "missing_as": "missing at random", "arms": ["T"]}
    own.spec["estimand"] = {"intercurrent_events": [event]}
    return own


def _spoil(study: Any, tables: set[str]) -> None:
    for name in tables:
        table = study.spec[name]
        (table[0] if name == "marker" else table).update(SPOILT[name])


def _judged(study: Any) -> InputError:
    with pytest.raises(InputError) as caught:
        study.read()
    return caught.value


def test_nothing_else_is_wrong_with_the_study(study) -> None:
    study.read()


@pytest.mark.parametrize("tables", [*([name] for name in SPOILT), [*SPOILT]], ids=[*SPOILT, "all"])
def test_tables_at_fault_make_no_fault_of_the_data_and_say_what_waits(study, tables: list[str]) -> None:
    _spoil(study, set(tables))
    judged = _judged(study)
    assert {fault.file for fault in judged.faults} == {"study.toml"}, str(judged)
    waiting = {str(notice.column).removesuffix("[1]") for notice in judged.notices if notice.file == "study.toml"}
    assert waiting == {*tables} - WITHOUT_COLUMNS


@pytest.mark.parametrize("absent", [False, True], ids=["", "and a column is absent"])
@pytest.mark.parametrize("kept", WRONG)
def test_the_one_table_that_is_sound_is_judged(study, kept: str, absent: bool) -> None:
    _spoil(study, {*SPOILT} - {kept})
    name, text = WRONG[kept]
    (column,) = [each for each in study.table if each in (name, f"{name}_0")]
    study.table[column] = study.table[column].astype(object)
    study.table.loc[3, column] = text
    if kept in ("arms", "groups", "sites", "covariates", "inclusion", "missing_data"):
        study.table[column] = study.table[column].where(study.table["id"] != study.table.loc[3, "id"], text)
    gone = "arm" if kept != "arms" else "phq9"
    if absent:
        study.table = study.table.rename(columns={gone: "other"})
    told = {fault.column for fault in _judged(study).faults if fault.file != "study.toml"}
    assert told == {column} | ({gone} if absent else set())


def test_a_control_that_no_arm_is_called_is_told_whatever_else_is_at_fault(study) -> None:
    study.spec["arms"]["control"] = "placebo"
    _spoil(study, {*SPOILT} - {"arms"})
    column = study.spec["symptom"]["columns"][-1]
    study.table = study.table.rename(columns={column: "other"})
    of_data = [fault for fault in _judged(study).faults if fault.file != "study.toml"]
    assert [(fault.column, fault.found) for fault in of_data] == [("arm", "the arms 'C', 'T'"), (column, "none")]


def test_no_cell_can_be_read_beside_a_dictionary(study) -> None:
    header = (
        "field_name,form_name,section_header,field_type,field_label,select_choices_or_calculations,field_note,"
        "text_validation_type_or_show_slider_number,text_validation_min,text_validation_max,identifier"
    )
    fields = "".join(f"{name},people,,text,{name},,,,,,\n" for name in ("id", "arm"))
    (study.folder / "dictionary.csv").write_text(f"{header}\n{fields}", encoding="utf-8")
    study.spec["data"]["dictionary"] = "dictionary.csv"
    _spoil(study, {*SPOILT})
    assert {fault.file for fault in _judged(study).faults} == {"study.toml"}
    study.table = study.table.rename(columns={"arm": "other"})
    assert {fault.column for fault in _judged(study).faults if fault.file != "study.toml"} == {"arm"}


def test_columns_that_are_too_few_are_told_beside_a_blank_in_another_table(wide: Any) -> None:
    wide.spec["symptom"]["columns"][1] = ""
    wide.spec["marker"][0]["columns"].pop()
    assert [(fault.column, fault.found) for fault in wide.faults()] == [
        ("marker[1].columns", "1"),
        ("symptom.columns[2]", "''"),
    ]


def test_limits_of_a_marker_are_judged_whatever_is_wrong_with_another(wide: Any) -> None:
    first = wide.spec["marker"][0]
    wide.spec["marker"] = [first | {"scale": "rawish"}, first | {"name": "CRP", "lower_limit": [0.1, 0.1, 0.1]}]
    assert ("marker[2].lower_limit", "3 numbers") in [(fault.column, fault.found) for fault in wide.faults()]
