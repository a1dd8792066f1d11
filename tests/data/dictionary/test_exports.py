"""Exports of one project as codes and as labels: the same values, those that were entered."""

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.faults import InputError
from cochange.data.read import read_study

LABELLED = {
    "group": np.array(["", "Usual care", "Exercise, twice a week"]),
    "sex": np.array(["Female", "Male"]),
    "gym___1": np.array(["Unchecked", "Checked"]),
}
EXPORTS = pytest.mark.parametrize("labelled", [False, True], ids=["codes", "labels"])


@EXPORTS
def test_every_value_is_the_one_that_was_entered(project: Any, labelled: bool) -> None:
    study, truth = project.read(labelled), project.truth
    il6, madrs = truth["il6"].copy(), truth["madrs"].astype(float)
    # The last participant has no second event.
    il6[-1, 1] = madrs[-1, 1] = np.nan
    np.testing.assert_array_equal(study.data["marker_value"].to_numpy()[:, :, 0], il6)
    np.testing.assert_array_equal(study.data["symptom"], madrs)
    for name in ("height", "bmi", "walks"):
        np.testing.assert_array_equal(study.data[f"covariate_{name}"], truth[name])
    assert study.data["arm"].to_numpy().tolist() == LABELLED["group"][truth["group"]].tolist()
    assert study.data["covariate_sex"].to_numpy().tolist() == LABELLED["sex"][truth["sex"]].tolist()
    assert study.data["covariate_gym___1"].to_numpy().tolist() == LABELLED["gym___1"][truth["gym"]].tolist()
    absent = study.audit.records[study.audit.records["decision"] == "no row at this visit: missing"]
    assert set(absent["participant"]) == {"R24"}


def test_the_audit_says_what_the_dictionary_decided(project: Any) -> None:
    facts = project.read(labelled=True).audit.facts
    assert facts["dictionary"] == "dictionary.csv (14 fields)"
    assert facts["decimal"] == "point (il6: comma, height: comma)"
    assert facts["decimal by the dictionary"] == "il6: comma, madrs: point, height: comma, bmi: point"
    assert facts["labels"] == "read for 'group', 'sex', 'gym___1', by dictionary.csv"
    assert facts["codes"] == "read for the labels of 'walks', by dictionary.csv"
    assert facts["column names"] == "20 from the labels in the header, by dictionary.csv"


def test_a_header_of_names_stays(project: Any) -> None:
    study = project.read()
    assert "column names" not in study.audit.facts
    assert None not in [notice.column for notice in study.notices]


def test_a_renamed_header_is_noticed(project: Any) -> None:
    notices = project.notices(labelled=True)
    assert "20 of 20 columns" in notices[None]
    assert "'record_id' for 'Record ID'" in notices[None]


def test_header_and_cells_may_be_exported_each_in_its_way(project: Any) -> None:
    labels_over_codes = project.read(labelled=False, labelled_header=True)
    expected = project.read(labelled=False)
    pd.testing.assert_frame_equal(labels_over_codes.audit.records, expected.audit.records)


def test_statuses_of_forms_are_told_by_the_columns_before_them(project: Any) -> None:
    project.spec["data"]["rows"] = {"visit_complete": ["Complete"]}
    assert project.read(labelled=True).data.sizes["participant"] == 24


@EXPORTS
def test_a_checkbox_is_a_covariate_of_numbers_or_of_labels(project: Any, labelled: bool) -> None:
    project.spec["data"]["labels"] = ["group", "sex"]
    project.spec["covariates"] = {"numeric": ["gym___1"], "categorical": ["sex"]}
    np.testing.assert_array_equal(project.read(labelled).data["covariate_gym___1"], project.truth["gym"])
    project.spec["covariates"] = {"categorical": ["gym___1"]}
    expected = LABELLED["gym___1"] if labelled else np.array(["0", "1"])
    written = project.read(labelled).data["covariate_gym___1"].to_numpy()
    assert written.tolist() == expected[project.truth["gym"]].tolist()


def test_the_bytes_of_the_dictionary_enter_the_hash(project: Any) -> None:
    before = project.read().input_hash
    files = [(project.folder / name).read_bytes() for name in ("study.toml", "export.csv", "dictionary.csv")]
    assert before == hashlib.sha256(b"".join(files)).hexdigest()
    project.define("town", "Field Note", "changed")
    assert project.read().input_hash != before


def test_a_dictionary_that_is_not_there_is_a_fault(project: Any) -> None:
    project.spec["data"]["dictionary"] = "other.csv"
    fault = project.only_fault()
    assert (fault.file, fault.column, fault.required) == ("study.toml", "data.dictionary", "a data dictionary")


def test_a_label_that_two_fields_share_is_a_fault(project: Any) -> None:
    project.define("severity", "Field Label", "MADRS")
    assert project.read(labelled=False)
    fault = project.only_fault(labelled=True)
    assert (fault.column, fault.found) == ("madrs", "'MADRS' in 1 column for 'madrs', 'severity'")
    assert "raw" in fault.action


def test_a_label_that_stands_in_two_columns_is_a_fault(project: Any) -> None:
    path = project.write(labelled=True)
    export = project.folder / "export.csv"
    export.write_text(export.read_text("utf-8").replace("Side effect,", "MADRS,", 1), "utf-8")
    with pytest.raises(InputError, match="'MADRS' in 2 columns for 'madrs'"):
        read_study(path)


def test_shared_labels_of_fields_that_are_not_used_stay(project: Any) -> None:
    project.define("severity", "Field Label", "Side effect")
    facts = project.read(labelled=True).audit.facts
    assert facts["column names"].endswith("as in the header: 'Side effect', 'Severity'")


def test_a_header_with_any_name_is_one_of_names(project: Any) -> None:
    path = project.write(labelled=True)
    export = project.folder / "export.csv"
    export.write_text(export.read_text("utf-8").replace("Record ID,", "record_id,", 1), "utf-8")
    with pytest.raises(InputError) as caught:
        read_study(path)
    assert "redcap_event_name" in [fault.column for fault in caught.value.faults]
    assert {fault.found for fault in caught.value.faults} == {"none"}


def test_labels_need_a_column_with_choices(project: Any) -> None:
    project.spec["data"]["labels"] = ["group", "height", "grp"]
    absent = project.only_fault()
    assert (absent.column, absent.found) == ("grp", "none")
    project.spec["data"]["labels"] = ["group", "height"]
    no_choices = project.only_fault()
    assert (no_choices.column, no_choices.required) == ("height", "a column for which dictionary.csv has choices")
    assert "'group', 'sex'" in no_choices.action


def test_two_codes_of_one_label_are_not_made_one(project: Any) -> None:
    project.define("sex", "Choices, Calculations, OR Slider Labels", "0, Other | 1, Male | 2, Other")
    fault = project.only_fault()
    assert (fault.file, fault.column, fault.found) == ("dictionary.csv", "sex", "'Other' again")
