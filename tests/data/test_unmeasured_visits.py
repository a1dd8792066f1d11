"""Visits at which one outcome was measured and another was not."""

import tomllib

import pytest

from cochange.data.draft import draft_study_file

REMEDY = "for a visit at which it was not measured, add an empty column to the data file and name it"


@pytest.fixture
def three(wide):
    """MADRS at three visits, IL-6 at two of them."""
    wide.table.insert(10, "madrs_6", wide.table["madrs_12"])
    wide.spec["data"]["visits"] = ["baseline", "6 weeks", "12 weeks"]
    wide.spec["symptom"]["columns"] = ["madrs_0", "madrs_6", "madrs_12"]
    return wide


@pytest.mark.parametrize("columns", [["il6_0", "il6_12"], ["il6_0", "", "il6_12"]])
def test_too_few_columns_of_a_marker_are_refused_with_what_to_do(three, columns: list[str]) -> None:
    three.spec["marker"][0]["columns"] = columns
    fault = three.only_fault()
    assert (fault.file, str(fault.column).split(".")[0]) == ("study.toml", "marker[1]")
    assert fault.action.endswith(REMEDY)


def test_an_empty_column_is_a_visit_without_readings(three) -> None:
    three.table["il6_6"] = ""
    three.spec["marker"][0]["columns"] = ["il6_0", "il6_6", "il6_12"]
    study = three.read()
    assert (study.data["marker_status"].sel(visit="6 weeks") == "missing").all()
    assert study.data["symptom"].sel(visit="6 weeks").notnull().all()
    records = study.audit.records
    assert records.loc[records["column"] == "il6_6", "decision"].tolist() == ["blank: missing"] * 24


def test_a_score_too_few_is_refused_alike_and_one_too_many_is_not(three) -> None:
    three.spec["data"]["visits"] = ["baseline", "12 weeks"]
    assert three.only_fault().action == "list the columns again"
    three.spec["symptom"]["columns"] = ["madrs_0"]
    assert three.only_fault().action.endswith(REMEDY)


def test_a_draft_says_which_columns_are_for_further_visits(three) -> None:
    three.table = three.table.drop(columns="phq9")
    three.write()
    path = draft_study_file(three.folder / "trial.csv", force=True).path
    draft, text = tomllib.loads(path.read_text("utf-8")), " ".join(path.read_text("utf-8").replace("#", "").split())
    assert draft["data"]["visits"] == ["0", "12"]
    assert "not every outcome was measured: MADRS ('madrs_6')." in text
    assert "only repeated_measures and growth analyse more than two visits" in text
    assert "give the data file an empty column" in text


def test_a_draft_of_outcomes_at_the_same_visits_says_nothing_of_further_ones(wide) -> None:
    wide.write()
    path = draft_study_file(wide.folder / "trial.csv", force=True).path
    assert "further visits" not in path.read_text("utf-8")
