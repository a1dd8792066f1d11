"""Data against dictionary: unknown codes, bounds, identifiers, unknown columns, decimal marks, repeats."""

from typing import Any

import numpy as np
import pytest

CHOICES = "Choices, Calculations, OR Slider Labels"


@pytest.mark.parametrize("column", ["group", "sex", "smokes", "gym___1", "walks"])
def test_a_cell_that_is_no_choice_is_a_fault(project: Any, column: str) -> None:
    project.spec["sites"] = {"column": "smokes"}
    project.enter(column, "7")
    (fault,) = (fault for fault in project.faults() if fault.required.startswith("a choice of dictionary.csv ("))
    assert (fault.row, fault.column, fault.found) == (2, column, "'7'")
    instead = "take the participant out of the file" if column in ("group", "smokes") else "drop the covariate"
    assert instead in fault.action


def test_a_missing_code_is_no_unknown_choice(project: Any) -> None:
    project.spec["sites"] = {"column": "smokes"}
    project.spec["data"]["missing"] = ["-99"]
    project.enter("madrs", "-99")
    project.enter("walks", "-99", row=5)
    assert np.isnan(project.read().data["symptom"].to_numpy()[0, 0])


@pytest.mark.parametrize("labelled", [False, True], ids=["codes", "labels"])
def test_a_choice_may_be_declared_missing_as_it_stands_in_the_file(project: Any, labelled: bool) -> None:
    project.spec["data"] |= {"missing": ["Male" if labelled else "1"], "labels": ["sex"]}
    project.spec["sites"] = {"column": "sex"}
    project.spec["covariates"] = {}
    del project.spec["arms"]
    project.spec["study"]["design"] = "single arm"
    faults = project.faults(labelled)
    assert len(faults) == project.truth["sex"].sum()
    assert {fault.required for fault in faults} == {"a site"}


def test_codes_and_labels_in_one_column_are_a_fault_unless_labels_are_read(project: Any) -> None:
    project.enter("sex", "Male")
    assert project.read().data["covariate_sex"].to_numpy()[0] == "Male"
    project.spec["data"]["labels"] = ["group"]
    fault = project.only_fault()
    assert (fault.column, fault.found) == ("sex", "codes ('0', '1') and labels ('Male')")


def test_codes_that_are_labels_of_other_codes_are_taken_for_codes_and_noticed(project: Any) -> None:
    project.define("walks", CHOICES, "0, 2 | 1, 1 | 2, 0")
    np.testing.assert_array_equal(project.read().data["covariate_walks"], project.truth["walks"])
    assert project.notices()["walks"].startswith("'0', '2': each is a code of dictionary.csv and the label of another")


def test_a_number_out_of_bounds_is_noticed_and_read(project: Any) -> None:
    project.enter("height", "1,10")
    project.enter("height", "2,40", row=6)
    study = project.read()
    assert study.data["covariate_height"].to_numpy()[0] == 1.1
    (notice,) = (notice for notice in study.notices if notice.column == "height")
    assert "2 of 24 numbers outside the bounds of dictionary.csv (at least 1.2 and at most 2.3)" in notice.message
    assert "such as '1,10' in row 2" in notice.message


def test_a_negative_number_where_only_a_minimum_is_known(project: Any) -> None:
    project.fields[9][8] = "0,5"
    low = int((project.truth["il6"][:, 0] < 0.5).sum() + (project.truth["il6"][:-1, 1] < 0.5).sum())
    assert low
    assert project.notices()["il6"].startswith(
        f"{low} of 47 numbers outside the bounds of dictionary.csv (at least 0.5),"
    )


def test_an_identifier_of_the_dictionary_is_private(project: Any) -> None:
    assert "is marked as an identifier in the data dictionary: it is not read" in project.notices()["town"]
    project.spec["sites"] = {"column": "town"}
    (notice,) = (notice for notice in project.read().notices if notice.column == "town")
    assert notice.caution
    assert "its texts stand in audit.csv" in notice.message


def test_pseudonyms_answer_identifiers_that_the_dictionary_marks(project: Any) -> None:
    project.define("record_id", "Identifier?", "y")
    (notice,) = (notice for notice in project.read().notices if notice.column == "record_id")
    assert notice.caution
    assert "pseudonyms = true" in notice.message
    project.spec["data"]["pseudonyms"] = True
    assert "record_id" not in project.notices()


def test_a_declared_column_that_the_dictionary_does_not_know_is_noticed(project: Any) -> None:
    del project.fields[8]
    assert not [column for column in project.notices() if column == "town"]
    project.spec["sites"] = {"column": "town"}
    assert project.notices()["town"].startswith("dictionary.csv has no such field")


def test_codes_read_although_there_are_labels_are_noticed(project: Any) -> None:
    project.spec["data"]["labels"] = ["group"]
    notices = project.notices()
    assert "0 is 'Female', 1 is 'Male'" in notices["sex"]
    assert "walks" not in notices


def test_a_declared_decimal_mark_goes_before_that_of_the_dictionary(project: Any) -> None:
    expected = project.read().data
    for record in project.records:
        record["height"] = record["height"].replace(",", ".")
    (fault,) = (fault for fault in project.faults() if fault.column == "height")
    assert fault.action == 'write decimal_columns = { "height" = "." } under [data]'
    project.spec["data"]["decimal_columns"] = {"height": "."}
    study = project.read()
    np.testing.assert_array_equal(study.data["covariate_height"], expected["covariate_height"])
    assert "read with a decimal point, as declared" in {n.column: n.message for n in study.notices}["height"]
    assert "height" not in study.audit.facts["decimal by the dictionary"]


def test_checks_of_a_marker_follow_its_own_decimal_mark(project: Any) -> None:
    project.spec["marker"][0]["lower_limit"] = 0.1
    for record in [record for record in project.records if record["group"]][:6]:
        record["il6"] = "0,05"
    assert "has 0,05 in 6 of 24 readings: half" in project.notices()["il6"]


def test_values_in_rows_of_a_repeated_instrument_alone_are_a_fault(project: Any) -> None:
    project.spec["covariates"]["numeric"].append("severity")
    # A covariate may stand in any row of its participant, also in one left out.
    assert "a value of the covariate for every participant" in [fault.required for fault in project.faults()]
    project.spec["covariates"]["numeric"].remove("severity")
    project.enter("il6", "2,00", row=3)
    project.spec["plates"] = {"columns": ["effect"]}
    fault = project.only_fault()
    assert (fault.row, fault.column) == (3, "effect")
    assert fault.found.startswith("none, while 4 rows (3, 4, 7, 10) that 'rows' leaves out have values")
    assert "redcap_repeat_instrument has 'side_effects'" in fault.found


def test_two_instances_of_one_participant_and_event_name_the_rows_to_keep(project: Any) -> None:
    del project.spec["data"]["rows"]
    first = project.faults()[0]
    assert first.required == "a single row for each participant and visit"
    assert first.action.endswith('write rows = { redcap_repeat_instrument = [""] } under [data]')
    project.spec["data"]["rows"] = {"redcap_repeat_instrument": ["side_effects"]}
    (repeated,) = (fault for fault in project.faults() if "single row" in fault.required)
    kept = 'redcap_repeat_instrument = ["side_effects"], redcap_repeat_instance = ["1"]'
    assert repeated.action.endswith(f"to keep one instance, write rows = {{ {kept} }} under [data]")


def test_repeated_events_name_the_instance_to_keep(project: Any) -> None:
    project.enter("redcap_repeat_instrument", "", row=3)
    project.enter("redcap_repeat_instrument", "", row=4)
    del project.records[0]
    (repeated,) = (fault for fault in project.faults() if "single row" in fault.required)
    assert repeated.action.endswith('write rows = { redcap_repeat_instance = ["", "1"] } under [data]')


def test_instances_of_a_repeated_instrument_may_be_the_visits(project: Any) -> None:
    """Readings in a repeated instrument, what does not change in the participant's other row."""
    rows = []
    for i in range(24):
        (own,) = (r for r in project.records if r["record_id"] == f"R{i + 1}" and r["group"])
        rows.append(own | {"il6": "", "madrs": ""})
        for instance in (1, 2):
            blood = dict.fromkeys(own, "") | {"record_id": own["record_id"], "redcap_repeat_instrument": "blood"}
            blood |= {"redcap_repeat_instance": str(instance), "madrs": str(project.truth["madrs"][i, instance - 1])}
            rows.append(blood | {"il6": f"{project.truth['il6'][i, instance - 1]:.2f}".replace(".", ",")})
    project.records = rows
    project.spec["data"] |= {
        "rows": {"redcap_repeat_instrument": ["blood"]},
        "visit": "redcap_repeat_instance",
        "visits": ["1", "2"],
    }
    data = project.read().data
    np.testing.assert_array_equal(data["marker_value"].to_numpy()[:, :, 0], project.truth["il6"])
    np.testing.assert_array_equal(data["symptom"], project.truth["madrs"])
    np.testing.assert_array_equal(data["covariate_height"], project.truth["height"])
