"""Further files joined to the main one: by identifier and visit, in wide and in long layouts."""

import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.faults import Fault, InputError
from cochange.data.read import read_study
from cochange.data.study import Study


@dataclass
class Parts:
    """A study file with a main table and further ones, by the name of their file."""

    folder: Path
    spec: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    to_toml: Any
    separators: dict[str, str] = field(default_factory=dict)

    def read(self) -> Study:
        for name, table in self.tables.items():
            table.to_csv(self.folder / name, index=False, sep=self.separators.get(name, ","), lineterminator="\n")
        path = self.folder / "study.toml"
        joins = self.spec["data"].pop("join")
        path.write_text(self.to_toml({**self.spec, "data.join": joins}), encoding="utf-8")
        self.spec["data"]["join"] = joins
        return read_study(path)

    def faults(self) -> tuple[Fault, ...]:
        with pytest.raises(InputError) as caught:
            self.read()
        return caught.value.faults

    def only_fault(self) -> Fault:
        (fault,) = self.faults()
        return fault


CLINICAL = ["id", "arm", "intensity", "clinic", "age", "sex", "phq9", "madrs_0", "madrs_12"]


@pytest.fixture
def whole(wide: Any) -> Study:
    """The study in one file."""
    return wide.read()


@pytest.fixture
def apart(wide: Any, toml: Any) -> Parts:
    """The same study with the readings of the laboratory in a file of their own, one row a participant."""
    spec = copy.deepcopy(wide.spec)
    spec["data"] |= {"file": "clinical.csv", "join": [{"file": "lab.csv", "participant": "subject"}]}
    lab = wide.table[["id", "il6_0", "il6_12"]].rename(columns={"id": "subject"})
    return Parts(wide.folder, spec, {"clinical.csv": wide.table[CLINICAL], "lab.csv": lab[::-1]}, toml)


@pytest.fixture
def by_sample(wide: Any, toml: Any) -> Parts:
    """The same study with a row for each sample in the laboratory's file, under visits of its own."""
    spec = copy.deepcopy(wide.spec)
    joined = {"file": "lab.csv", "participant": "subject", "visit": "time", "decimal": ",", "delimiter": ";"}
    joined |= {"visits": {"T0": "baseline", "T1": "12 weeks"}}
    spec["data"] |= {"file": "clinical.csv", "join": [joined]}
    spec["marker"][0]["columns"] = ["il6 at baseline", "il6 at 12 weeks"]
    rows = [
        wide.table[["id"]].assign(time=time, il6=wide.table[column].str.replace(".", ",", regex=False))
        for time, column in (("T0", "il6_0"), ("T1", "il6_12"))
    ]
    lab = pd.concat(rows).rename(columns={"id": "subject"}).sort_values("il6").reset_index(drop=True)
    tables = {"clinical.csv": wide.table[CLINICAL], "lab.csv": lab}
    return Parts(wide.folder, spec, tables, toml, {"lab.csv": ";"})


def assert_same_values(study: Study, whole: Study) -> None:
    for name in ("marker_value", "log_marker", "symptom", "covariate_age"):
        np.testing.assert_array_equal(study.data[name].to_numpy(), whole.data[name].to_numpy())
    assert study.data["arm"].to_numpy().tolist() == whole.data["arm"].to_numpy().tolist()
    assert study.data["participant"].to_numpy().tolist() == whole.data["participant"].to_numpy().tolist()


def test_a_file_joined_by_identifier_gives_the_study_in_one_file(apart: Parts, whole: Study) -> None:
    assert_same_values(apart.read(), whole)


def test_a_row_for_each_sample_joins_a_wide_study(by_sample: Parts, whole: Study) -> None:
    assert_same_values(by_sample.read(), whole)


def test_every_cell_of_both_files_stands_in_the_audit_with_its_own_file_and_row(by_sample: Parts) -> None:
    records = by_sample.read().audit.records
    readings = records[records["variable"] == "IL-6"]
    lab = by_sample.tables["lab.csv"]
    names = {"T0": "baseline", "T1": "12 weeks"}
    expected = {
        ("lab.csv", number + 2, subject, names[time], f"il6 at {names[time]}", text)
        for number, (subject, time, text) in enumerate(lab.itertuples(index=False))
    }
    found = readings[["file", "row", "participant", "visit", "column", "text"]]
    assert set(found.itertuples(index=False, name=None)) == expected
    assert len(readings) == len(lab)
    scores = records[records["variable"] == "MADRS"]
    assert set(scores["file"]) == {"clinical.csv"}


def test_the_facts_say_what_was_joined(by_sample: Parts) -> None:
    fact = by_sample.read().audit.facts["joined lab.csv"]
    assert "decimal comma" in fact
    assert "rows 48" in fact


def test_faults_name_the_file_their_cell_stands_in(by_sample: Parts) -> None:
    lab = by_sample.tables["lab.csv"]
    lab.loc[3, "il6"] = "haemolysed"
    fault = by_sample.only_fault()
    visit = {"T0": "baseline", "T1": "12 weeks"}[lab.loc[3, "time"]]
    assert (fault.file, fault.row, fault.column) == ("lab.csv", 5, f"il6 at {visit}")
    assert 'missing = ["haemolysed"] under [[data.join]]' in fault.action


def test_a_participant_without_a_row_is_noticed_and_missing(by_sample: Parts) -> None:
    lab = by_sample.tables["lab.csv"]
    by_sample.tables["lab.csv"] = lab[lab["subject"] != "004"]
    study = by_sample.read()
    assert any(
        notice.file == "lab.csv" and notice.message.endswith("has no row here: '004'") for notice in study.notices
    )
    assert (study.data["marker_status"].sel(participant="004") == "missing").all()
    records = study.audit.records
    absent = records[(records["participant"] == "004") & (records["variable"] == "IL-6")]
    assert absent["decision"].tolist() == ["no row at this visit: missing"] * 2
    assert absent["file"].tolist() == ["lab.csv"] * 2


def test_identifiers_unknown_to_the_main_file_are_a_fault_that_lists_both_sides(apart: Parts) -> None:
    lab = apart.tables["lab.csv"]
    apart.tables["lab.csv"] = lab.assign(subject=lab["subject"].replace({"007": "7", "012": "X12"}))
    fault = apart.only_fault()
    assert (fault.file, fault.column) == ("lab.csv", "subject")
    assert fault.required == "an identifier of clinical.csv"
    assert "'X12', '7' in 2 rows (14, 19), which it has not, while '007', '012' of it have no row here" in fault.found
    assert fault.action.startswith("'7' may be '007' (identifier_digits = 3 under [[data.join]] fills in zeros): ")


def test_leading_zeros_are_filled_in_when_asked_for(apart: Parts, whole: Study) -> None:
    apart.tables["lab.csv"]["subject"] = apart.tables["lab.csv"]["subject"].str.lstrip("0")
    apart.spec["data"]["join"][0]["identifier_digits"] = 3
    study = apart.read()
    assert_same_values(study, whole)
    assert "identifiers filled with zeros to 3 digits (24 changed)" in study.audit.facts["joined lab.csv"]


def test_rows_of_others_are_left_out_as_declared_with_a_line_each(apart: Parts, whole: Study) -> None:
    control = pd.DataFrame({"subject": ["QC1", "QC2"], "il6_0": ["5", "oops"], "il6_12": ["6", ""]})
    apart.tables["lab.csv"] = pd.concat([control, apart.tables["lab.csv"]])
    apart.spec["data"]["join"][0]["unmatched"] = "leave out"
    study = apart.read()
    assert_same_values(study, whole)
    lines = study.audit.records[study.audit.records["participant"].isin(["QC1", "QC2"])]
    assert lines["text"].tolist() == ["5", "oops", "6", ""]
    assert set(lines["decision"]) == {"identifier not in the main file, left out as declared"}
    assert set(lines["status"]) == {"ignored"}


def test_a_file_of_one_visit_joins_a_wide_study(wide: Any, toml: Any, whole: Study) -> None:
    spec = copy.deepcopy(wide.spec)
    spec["data"] |= {"file": "first.csv", "join": [{"file": "last.csv", "participant": "id", "at_visit": "12 weeks"}]}
    spec["marker"][0]["columns"] = ["il6", "il6 at 12 weeks"]
    spec["symptom"]["columns"] = ["madrs", "madrs at 12 weeks"]
    names = {"il6_0": "il6", "madrs_0": "madrs", "il6_12": "il6", "madrs_12": "madrs"}
    first = wide.table.drop(columns=["il6_12", "madrs_12"]).rename(columns=names)
    last = wide.table[["id", "il6_12", "madrs_12"]].rename(columns=names)
    assert_same_values(Parts(wide.folder, spec, {"first.csv": first, "last.csv": last}, toml).read(), whole)


def test_visits_in_files_of_their_own_make_a_long_study(long: Any, toml: Any) -> None:
    whole = long.read()
    spec = copy.deepcopy(long.spec)
    del spec["data"]["visit"]
    spec["data"] |= {"file": "first.csv", "at_visit": "0"}
    spec["data"]["join"] = [{"file": "last.csv", "participant": "id", "at_visit": "12"}]
    at = {week: long.table[long.table["week"] == week].drop(columns="week") for week in ("0", "12")}
    study = Parts(long.folder, spec, {"first.csv": at["0"], "last.csv": at["12"].iloc[:-3]}, toml).read()
    np.testing.assert_array_equal(study.data["symptom"][:-3], whole.data["symptom"][:-3])
    assert np.isnan(study.data["symptom"][-3:, 1]).all()
    assert study.data["row"][:, 0].to_numpy().tolist() == list(range(2, 26))


def test_a_file_of_samples_joins_a_long_study_also_where_the_main_file_has_no_row(long: Any, toml: Any) -> None:
    spec = copy.deepcopy(long.spec)
    spec["data"] |= {"file": "clinical.csv", "join": [{"file": "lab.csv", "participant": "id", "visit": "week"}]}
    clinical, lab = long.table.drop(columns="il6"), long.table[["id", "week", "il6"]]
    clinical = clinical[(clinical["id"] != "002") | (clinical["week"] != "12")]
    study = Parts(long.folder, spec, {"clinical.csv": clinical, "lab.csv": lab}, toml).read()
    assert np.isnan(study.data["symptom"].sel(participant="002", visit="12"))
    reading = lab.loc[(lab["id"] == "002") & (lab["week"] == "12"), "il6"].item()
    assert study.data["marker_value"].sel(participant="002", visit="12").item() == float(reading)


def test_a_value_that_two_files_give_is_a_fault(long: Any, toml: Any) -> None:
    spec = copy.deepcopy(long.spec)
    spec["data"] |= {"file": "clinical.csv", "join": [{"file": "lab.csv", "participant": "id", "visit": "week"}]}
    parts = Parts(long.folder, spec, {"clinical.csv": long.table, "lab.csv": long.table[["id", "week", "il6"]]}, toml)
    faults = parts.faults()
    assert faults[0].found == "il6 of '001' at '0' in 2 rows (clinical.csv 2; lab.csv 2)"
    parts.spec["data"]["join"][0]["columns"] = ["week"]
    assert parts.read().data.sizes["participant"] == 24


def test_a_joined_file_without_visits_cannot_give_readings_of_a_long_study(long: Any, toml: Any) -> None:
    spec = copy.deepcopy(long.spec)
    spec["data"] |= {"file": "clinical.csv", "join": [{"file": "lab.csv", "participant": "id"}]}
    lab = long.table.loc[long.table["week"] == "0", ["id", "il6"]]
    fault = Parts(
        long.folder, spec, {"clinical.csv": long.table.drop(columns="il6"), "lab.csv": lab}, toml
    ).only_fault()
    assert (fault.file, fault.column) == ("lab.csv", "il6")


def test_covariates_of_a_joined_file_must_be_complete(wide: Any, toml: Any) -> None:
    spec = copy.deepcopy(wide.spec)
    spec["data"] |= {"file": "clinical.csv", "join": [{"file": "people.csv", "participant": "id"}]}
    people = wide.table[["id", "age", "sex"]]
    tables = {"clinical.csv": wide.table.drop(columns=["age", "sex"]), "people.csv": people.iloc[2:]}
    faults = Parts(wide.folder, spec, tables, toml).faults()
    assert {(fault.file, fault.column, fault.found) for fault in faults} == {
        ("people.csv", "age", "no row of '001', '002'"),
        ("people.csv", "sex", "no row of '001', '002'"),
    }


def test_files_read_alike_are_stacked(apart: Parts, whole: Study) -> None:
    lab = apart.tables.pop("lab.csv")
    apart.tables |= {"lab1.csv": lab.iloc[:10], "lab2.csv": lab.iloc[10:]}
    apart.spec["data"]["join"][0]["file"] = ["lab1.csv", "lab2.csv"]
    study = apart.read()
    assert_same_values(study, whole)
    records = study.audit.records
    assert records[records["variable"] == "IL-6"]["file"].value_counts().to_dict() == {"lab1.csv": 20, "lab2.csv": 28}


def test_sheets_of_one_workbook_are_joined_and_told_apart(wide: Any, toml: Any, whole: Study) -> None:
    spec = copy.deepcopy(wide.spec)
    joined = {"file": "trial.xlsx", "sheet": "Lab", "participant": "id"}
    spec["data"] |= {"file": "trial.xlsx", "sheet": "Clinic", "join": [joined]}
    with pd.ExcelWriter(wide.folder / "trial.xlsx") as book:
        wide.table[CLINICAL].to_excel(book, sheet_name="Clinic", index=False)
        wide.table[["id", "il6_0", "il6_12"]].to_excel(book, sheet_name="Lab", index=False)
    study = Parts(wide.folder, spec, {}, toml).read()
    assert_same_values(study, whole)
    assert set(study.audit.records["file"]) == {"trial.xlsx [Clinic]", "trial.xlsx [Lab]"}


def test_pseudonyms_are_the_same_in_every_file(by_sample: Parts, whole: Study) -> None:
    by_sample.spec["data"]["pseudonyms"] = True
    study = by_sample.read()
    np.testing.assert_array_equal(study.data["marker_value"], whole.data["marker_value"])
    assert study.data["participant"].to_numpy()[:2].tolist() == ["P001", "P002"]
    assert not study.audit.records["participant"].isin(whole.data["participant"].to_numpy()).any()


def test_codes_stand_in_the_file_of_their_readings(apart: Parts) -> None:
    clinical, lab = apart.tables["clinical.csv"], apart.tables["lab.csv"]
    apart.tables["clinical.csv"] = clinical.assign(remark_0="ok", remark_12="ok")
    apart.spec["marker"][0] |= {"codes": ["remark_0", "remark_12"], "measured_codes": ["ok"]}
    assert {(fault.file, fault.column) for fault in apart.faults()} == {
        ("clinical.csv", "remark_0"),
        ("clinical.csv", "remark_12"),
    }
    apart.tables["clinical.csv"] = clinical
    apart.tables["lab.csv"] = lab.assign(remark_0="ok", remark_12="ok")
    assert apart.read().data.sizes["participant"] == 24


def test_absent_files_are_all_reported(apart: Parts) -> None:
    apart.tables = {}
    assert [(fault.column, fault.required) for fault in apart.faults()] == [
        ("data.file", "a data file"),
        ("data.join[1].file", "a data file"),
    ]


def test_plates_may_stand_in_another_file_than_the_readings(apart: Parts) -> None:
    clinical, lab = apart.tables["clinical.csv"], apart.tables["lab.csv"]
    lab.loc[lab["subject"] == "003", "il6_0"] = "<LOD"
    plates = np.where(np.arange(24) % 2, "A", "B")
    apart.tables["clinical.csv"] = clinical.assign(plate_0=plates, plate_12=plates)
    apart.spec["plates"] = {"columns": ["plate_0", "plate_12"]}
    apart.spec["marker"][0]["lower_limit_by_plate"] = {"B": 0.07, "A": 0.01}
    study = apart.read()
    assert study.data["lower_limit"].sel(participant="003", visit="baseline").item() == 0.07


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"participant": None}, "data.join[1]"),
        ({"visit": "time", "at_visit": "baseline"}, "data.join[1].at_visit"),
        ({"at_visit": "week 3"}, "data.join[1].at_visit"),
        ({"visits": {"T0": "baseline"}}, "data.join[1].visits"),
        ({"visit": "time", "visits": {"T0": "start"}}, "data.join[1].visits.T0"),
        ({"visit": "time", "visits": {"T0": "baseline", "T1": "baseline"}}, "data.join[1].visits"),
        ({"visit": "time", "ignore_visits": ["baseline"]}, "data.join[1].ignore_visits"),
        ({"ignore_visits": ["x"]}, "data.join[1].ignore_visits"),
        ({"ignore_samples": ["x"]}, "data.join[1].ignore_samples"),
        ({"file": "clinical.csv"}, "data.join[1].file"),
        ({"sheet": "A"}, "data.join[1].sheet"),
    ],
)
def test_rules_of_joined_files(change: dict[str, Any], key: str, apart: Parts) -> None:
    joined = apart.spec["data"]["join"][0] | change
    apart.spec["data"]["join"][0] = {name: value for name, value in joined.items() if value is not None}
    fault = apart.only_fault()
    assert (fault.file, fault.column) == ("study.toml", key)


def test_messages_of_a_format_name_the_table_of_the_joined_file(apart: Parts) -> None:
    apart.separators["lab.csv"] = ";"
    apart.spec["data"]["join"][0]["delimiter"] = ","
    fault = apart.only_fault()
    assert (fault.file, fault.action) == ("lab.csv", 'write delimiter = ";" under [[data.join]]')


def test_advice_on_decimal_marks_is_for_the_file_that_has_them_and_works_as_written(
    by_sample: Parts, whole: Study
) -> None:
    joined, lab = by_sample.spec["data"]["join"][0], by_sample.tables["lab.csv"]
    joined["decimal"] = "."
    told = {(fault.file, fault.action) for fault in by_sample.faults()}
    assert told == {("lab.csv", 'write decimal = "," under [[data.join]]')}
    lab["hours"] = [f"{place}.5" for place in lab.index]
    by_sample.spec["covariates"]["numeric"] = ["age", "hours at baseline"]
    told = {(fault.file, fault.action) for fault in by_sample.faults()}
    assert told == {("lab.csv", 'write decimal_columns = { "il6" = "," } under [[data.join]]')}
    joined["decimal_columns"] = {"il6": ","}
    assert_same_values(by_sample.read(), whole)
    joined["decimal_columns"] = {"il6 at baseline": ","}
    fault = by_sample.only_fault()
    assert (fault.file, fault.column, fault.required) == ("lab.csv", "il6 at baseline", "a column of this name")


def test_a_row_left_out_gives_no_value_to_the_column_of_another_visit(by_sample: Parts) -> None:
    lab = by_sample.tables["lab.csv"].assign(bmi=[f"{20 + i},5" for i in range(48)])
    lab = lab[(lab["subject"] != "004") | (lab["time"] != "T0")]
    unplanned = pd.DataFrame({"subject": ["004"], "time": ["extra"], "il6": ["9"], "bmi": ["30"]})
    by_sample.tables["lab.csv"] = pd.concat([lab, unplanned])
    by_sample.spec["data"]["join"][0]["ignore_visits"] = ["extra"]
    by_sample.spec["covariates"]["numeric"] = ["bmi at baseline"]
    fault = by_sample.only_fault()
    assert (fault.file, fault.column, fault.found) == ("lab.csv", "bmi at baseline", "no row of '004'")


def test_a_row_left_out_stands_under_the_column_of_its_own_visit(by_sample: Parts) -> None:
    stranger = pd.DataFrame({"subject": ["QC"], "time": ["T1"], "il6": ["9"]})
    by_sample.tables["lab.csv"] = pd.concat([by_sample.tables["lab.csv"], stranger])
    by_sample.spec["data"]["join"][0]["unmatched"] = "leave out"
    records = by_sample.read().audit.records
    (line,) = records.loc[records["participant"] == "QC", ["row", "visit", "column", "status"]].to_numpy().tolist()
    assert line == [50, "12 weeks", "il6 at 12 weeks", "ignored"]


def test_where_zeros_are_lost_in_the_main_file_they_are_filled_in_there(apart: Parts, whole: Study) -> None:
    clinical = apart.tables["clinical.csv"]
    apart.tables["clinical.csv"] = clinical.assign(id=clinical["id"].str.lstrip("0"))
    assert "identifier_digits = 3 under [data] fills in zeros" in apart.only_fault().action
    apart.spec["data"]["identifier_digits"] = 3
    assert_same_values(apart.read(), whole)


def test_a_column_that_no_file_has_says_where_it_was_looked_for(apart: Parts) -> None:
    apart.spec["marker"][0]["columns"] = ["il6_0", "il6_24"]
    fault = apart.only_fault()
    assert fault.required == "a column of this name in this file or in one joined to it"
    assert "UTF-8" not in fault.action


def test_visits_of_other_names_are_to_be_told_in_the_table_of_the_file(by_sample: Parts) -> None:
    del by_sample.spec["data"]["join"][0]["visits"]
    assert all('visits = { "T' in fault.action for fault in by_sample.faults())


def test_a_value_that_two_files_contradict_names_the_key_that_chooses(apart: Parts) -> None:
    apart.tables["lab.csv"] = apart.tables["lab.csv"].assign(sex="?")
    assert all("columns under [[data.join]]" in fault.action for fault in apart.faults())


def test_codes_of_one_visit_stand_in_the_file_of_its_readings(apart: Parts) -> None:
    clinical, lab = apart.tables["clinical.csv"], apart.tables["lab.csv"]
    first = lab.set_index("subject")["il6_0"].reindex(clinical["id"]).to_numpy()
    apart.tables["clinical.csv"] = clinical.assign(il6_0=first, remark_0="ok", remark_12="ok")
    apart.tables["lab.csv"] = lab.drop(columns="il6_0")
    apart.spec["marker"][0] |= {"codes": ["remark_0", "remark_12"], "measured_codes": ["ok"]}
    fault = apart.only_fault()
    assert (fault.file, fault.column) == ("clinical.csv", "remark_12")
