"""Public REDCap projects of made-up persons, read with their data dictionaries."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.faults import InputError
from cochange.data.read import read_study
from cochange.data.study import Study

ENROLMENT = {"redcap_event_name": ["enrollment_arm_1", "enrollment_arm_2"]}


@pytest.fixture
def read(realdata: Path, tmp_path: Path, toml: Any) -> Any:
    """Read a project: what it measures, and the tables of a cross-sectional study that are changed."""

    def study(name: str, marker: str, participant: str, **tables: dict[str, Any]) -> Study:
        data = {
            "file": f"redcap_{name}_data.csv",
            "dictionary": f"redcap_{name}_dictionary.csv",
            "layout": "wide",
            "participant": participant,
            "visits": ["once"],
        }
        content: dict[str, Any] = {
            "study": {"title": "Public", "design": "cross-sectional", "treatment": "none"},
            "data": data | tables.pop("data", {}),
            "marker": [{"name": "marker", "unit": "IU/mL", "scale": "raw", "columns": [marker]}],
        }
        (tmp_path / "study.toml").write_text(toml(content | tables), "utf-8")
        return read_study(tmp_path / "study.toml", realdata / "reader_files")

    return study


def raw(realdata: Path, name: str) -> pd.DataFrame:
    path = realdata / "reader_files" / f"redcap_{name}_data.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_labels_of_a_trial_with_500_persons(read: Any, realdata: Path) -> None:
    tables = {"data": {"labels": ["gender", "race"]}, "groups": {"column": "race"}}
    covariates = {"numeric": ["height"], "categorical": ["gender"]}
    study = read("clinical-trial-1", "weight", "record_id", covariates=covariates, **tables)
    table = raw(realdata, "clinical-trial-1")
    assert study.data.sizes["participant"] == 500
    for name, column, labels in (
        ("covariate_gender", "gender", {"0": "Female", "1": "Male"}),
        ("group", "race", {"1": "Asian", "3": "Black", "4": "White", "5": "Other/Mixed", "6": "Missing"}),
    ):
        assert study.data[name].to_numpy().tolist() == table[column].map(labels).tolist()
    np.testing.assert_array_equal(study.data["covariate_height"], table["height"].astype(float))


def test_names_in_a_trial_are_a_caution_where_they_are_read(read: Any) -> None:
    study = read("clinical-trial-1", "weight", "record_id", sites={"column": "name_last"})
    assert [notice.column for notice in study.notices if notice.caution] == ["name_last"]


@pytest.mark.parametrize("data", [{}, {"decimal": ","}], ids=["point", "comma"])
def test_decimal_commas_beside_a_calculated_field_in_points(read: Any, data: dict[str, str]) -> None:
    study = read("decimal-comma", "weight", "record_id", data=data, covariates={"numeric": ["height", "bmi"]})
    assert study.data["marker_value"].to_numpy().ravel().tolist() == [52.3, 92.3, 123.4, 45.9]
    assert study.data["covariate_height"].to_numpy().tolist() == [1.54, 1.84, 1.95, 1.61]
    assert study.data["covariate_bmi"].to_numpy().tolist() == [22.1, 27.3, 32.5, 17.7]
    assert study.audit.facts["decimal by the dictionary"] == "weight: comma, height: comma, bmi: point"


def test_one_event_of_a_longitudinal_project(read: Any) -> None:
    data = {"rows": ENROLMENT, "labels": ["race", "meds___1"]}
    covariates = {"numeric": ["height", "gym___1"], "categorical": ["race", "meds___1"]}
    study = read("longitudinal", "weight", "study_id", data=data, covariates=covariates)
    assert study.data["marker_value"].to_numpy().ravel().tolist() == [80, 66, 88]
    assert study.data["covariate_height"].to_numpy().tolist() == [160, 156, 199]
    assert study.data["covariate_gym___1"].to_numpy().tolist() == [0, 1, 1]
    assert study.data["covariate_race"].to_numpy().tolist() == ["White", "Asian", "White"]
    assert study.data["covariate_meds___1"].to_numpy().tolist() == ["Unchecked", "Checked", "Checked"]
    assert (study.audit.records["decision"] == "row left out as declared").sum() == 15


def test_a_laboratory_form_lies_at_other_events(read: Any) -> None:
    """The readings of the visits are none of the enrolment, whose rows alone are kept."""
    with pytest.raises(InputError) as caught:
        read("longitudinal", "vld1", "study_id", data={"rows": ENROLMENT})
    assert "none, while 4 rows (4, 6, 10, 12) that 'rows' leaves out have values" in str(caught.value)
