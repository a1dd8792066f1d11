"""Faults that do not hang on one another are reported in one run."""

import pytest

from cochange.data.faults import InputError


def _keys(faults) -> set[str | None]:
    return {fault.column for fault in faults}


def test_wrong_values_unknown_keys_blanks_broken_rules_and_absent_files_together(wide) -> None:
    wide.spec["study"]["title"] = "FILL IN: a title"
    wide.spec["data"] |= {"file": "trail.csv", "decmal": ","}
    wide.spec["marker"][0] |= {"lower_limit": [0.1, 0.2, 0.3], "scale": "raw scale"}
    wide.spec["symptom"]["range"] = [0, 63]
    wide.spec["analysis"] = {"follow_up": "12 week"}
    assert _keys(wide.faults()) == {
        "study.title",
        "data.decmal",
        "data.file",
        "marker[1].lower_limit",
        "marker[1].scale",
        "symptom.range",
        "analysis.follow_up",
    }


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("study", {"design": "randomized"}),
        ("arms", {"colum": "arm", "column": None}),
        ("symptom", {"scale": "Own", "range": [0, 60], "directon": "higher is worse"}),
        ("data", {"layout": "broad"}),
        ("data", {"visits": "baseline"}),
    ],
)
def test_a_key_at_fault_breaks_no_rule(wide, table: str, changes: dict) -> None:
    wide.spec[table] = {key: value for key, value in (wide.spec[table] | changes).items() if value is not None}
    faults = wide.faults()
    named = {f"{table}.{key}" for key in changes}
    assert _keys(faults) <= named, "\n".join(map(str, faults))


def test_an_absent_column_hides_no_fault_of_the_others(wide) -> None:
    wide.spec["marker"][0]["columns"] = ["il6_0", "il6_twelve"]
    wide.spec["covariates"]["numeric"] = ["agee"]
    wide.table.loc[0, "il6_0"] = "1.2.3"
    wide.table.loc[1, "madrs_12"] = "99"
    wide.table.loc[2, "arm"] = ""
    wide.table.loc[3, "phq9"] = "5"
    faults = wide.faults()
    assert [(fault.row, fault.column) for fault in faults] == [
        (1, "il6_twelve"),
        (1, "agee"),
        (2, "il6_0"),
        (3, "madrs_12"),
        (4, "arm"),
        (5, "phq9"),
    ]


@pytest.mark.parametrize("column", ["il6_0", "madrs_12", "arm", "intensity", "clinic", "age", "sex", "phq9"])
def test_an_absent_column_makes_no_other_fault(wide, column: str) -> None:
    wide.table = wide.table.rename(columns={column: "other"})
    assert wide.only_fault().column == column


@pytest.mark.parametrize("column", ["il6", "madrs", "arm", "intensity", "clinic", "age", "sex", "phq9", "week", "id"])
def test_an_absent_column_of_a_long_file_makes_no_other_fault(long, column: str) -> None:
    long.table = long.table.rename(columns={column: "other"})
    assert long.only_fault().column == column


def test_an_absent_column_of_first_scores_makes_no_other_fault(long) -> None:
    long.table = long.table[long.table["week"] == "12"].reset_index(drop=True)
    long.spec["symptom"] |= {"columns": ["madrs"], "baseline_column": "madrs_start"}
    long.spec["inclusion"] = {"score": "PHQ-9", "column": "phq9", "above": 9}
    del long.spec["marker"]
    assert long.only_fault().column == "madrs_start"


def test_faults_of_the_study_file_of_columns_and_of_cells_together(wide) -> None:
    wide.spec["study"] |= {"design": "randomized", "sponsor": "none"}
    wide.spec["marker"] += [{"name": "CRP", "unit": "mg/L", "scale": "raww", "columns": ["crp_0", "crp_12"]}]
    wide.spec["symptom"]["remission"] = 100
    wide.spec["groups"] = {"colum": "intensity"}
    wide.spec["covariates"]["numeric"] = ["agee"]
    wide.spec["analysis"] = {"ci_prob": 2, "marker": "IL-6"}
    wide.table.loc[0, "il6_0"] = "1.2.3"
    wide.table.loc[1, "madrs_12"] = "7l"
    wide.table.loc[2, "arm"] = ""
    wide.table.loc[3, "phq9"] = "5"
    assert _keys(wide.faults()) == {
        "study.design",
        "study.sponsor",
        "marker[2].scale",
        "symptom.remission",
        "groups.colum",
        "groups.column",
        "analysis.ci_prob",
        "crp_0",
        "crp_12",
        "agee",
        "il6_0",
        "madrs_12",
        "arm",
        "phq9",
    }


SPOILT = [
    ("study", {"design": 5}),
    ("study", {"sponsor": "none"}),
    ("data", {"missing": "NA"}),
    ("data", {"decmal": ","}),
    ("data", {"visits": ["baseline"]}),
    ("data", {"participnt": "id"}),
    ("data", {"identifier_digits": 0}),
    ("symptom", {"scale": "MADRSS"}),
    ("symptom", {"range": [0, 63]}),
    ("symptom", {"column": ["madrs_0", "madrs_12"]}),
    ("symptom", {"remission": "ten"}),
    ("arms", {"control": 1}),
    ("arms", {"reference": "C"}),
    ("groups", {"name": "intensity"}),
    ("sites", {"column": 1}),
    ("covariates", {"numeric": "age"}),
    ("inclusion", {"above": "nine"}),
    ("inclusion", {"score": 9}),
    ("plates", {"columns": "plate"}),
    ("dates", {"format": "%Y"}),
    ("time", {"unit": "fortnights"}),
    ("estimand", {"intercurrent_events": [{"event": "left"}]}),
    ("missing_data", {"compare": ["at random"]}),
    ("missing_data", {"delta_score": [3.0, 1.0]}),
    ("analysis", {"baseline": "basline"}),
    ("analysis", {"marker": "IL6"}),
    ("analysis", {"ci_prob": 95.0}),
]


@pytest.mark.parametrize(("table", "keys"), SPOILT)
@pytest.mark.parametrize("layout", ["wide", "long"])
def test_a_table_at_fault_makes_no_fault_of_the_data_and_hides_none(request, layout: str, table: str, keys) -> None:
    study = request.getfixturevalue(layout)
    study.spec[table] = study.spec.get(table, {}) | keys
    study.spec["marker"][0]["floors"] = "none"
    faults = study.faults()
    assert {fault.file for fault in faults} == {"study.toml"}, "\n".join(map(str, faults))
    study.table = study.table.rename(columns={"sex": "gender"})
    told = table != "data" or keys.keys() <= {"missing", "decmal", "visits", "participnt", "identifier_digits"}
    assert ("sex" in _keys(study.faults())) == told


def test_cells_are_told_only_where_it_can_be_told_what_they_must_hold(wide) -> None:
    wide.spec["marker"][0] |= {"scale": "raww", "lower_limt": 0.1}
    wide.spec["symptom"]["scale"] = "MADSR"
    wide.spec["arms"] = {"column": "arm", "controll": "C"}
    wide.table.loc[0, ["il6_0", "il6_12", "madrs_0", "arm", "age"]] = ["1.2.3", "0", "72", "", "old"]
    wide.table.loc[1, ["il6_0", "il6_12", "madrs_0"]] = ["-1,4", "5 ng/dL", "very well"]
    with pytest.raises(InputError) as caught:
        wide.read()
    of_data = [(fault.row, fault.column) for fault in caught.value.faults if fault.file != "study.toml"]
    assert of_data == [(2, "il6_0"), (2, "age"), (3, "madrs_0")]
    told = {notice.column: notice.message for notice in caught.value.notices if notice.file == "study.toml"}
    assert told == {
        "marker[1]": "the cells of columns 'il6_0', 'il6_12' were looked through for texts in place of numbers only; "
        "all else in them is checked once the study file is right",
        "symptom": "the cells of columns 'madrs_0', 'madrs_12' were looked through for texts in place of numbers only; "
        "all else in them is checked once the study file is right",
        "arms": "the cells of column 'arm' are checked once the study file is right",
    }


@pytest.mark.parametrize("text", ["1,234.5", "1 234", "1.2.3"])
def test_numbers_gone_wrong_are_told_beside_other_faults_of_the_table(wide, text: str) -> None:
    wide.spec["marker"][0]["scale"] = "raww"
    wide.spec["symptom"]["scale"] = "MADSR"
    wide.table.loc[3, ["il6_12", "madrs_0"]] = text
    told = [fault for fault in wide.faults() if fault.file != "study.toml"]
    assert [(fault.row, fault.column, fault.found) for fault in told] == [
        (5, "il6_12", f"'{text}'"),
        (5, "madrs_0", f"'{text}'"),
    ]
    grouped = [fault.action == "correct the value: write the digits without gaps" for fault in told]
    assert grouped == [text != "1.2.3"] * 2


@pytest.mark.parametrize(("layout", "column"), [("wide", "il6_12"), ("long", "il6")])
def test_negative_readings_are_told_beside_other_faults_of_the_table(request, layout: str, column: str) -> None:
    study = request.getfixturevalue(layout)
    study.spec["marker"][0]["unit"] = 3
    study.spec["data"]["missing"] = ["-9"]
    study.table.loc[:3, column] = ["-9", "0", "-1.5", "-2"]
    with pytest.raises(InputError) as caught:
        study.read()
    (of_data,) = [fault for fault in caught.value.faults if fault.file != "study.toml"]
    assert (of_data.column, of_data.row, of_data.found) == (column, 4, "'-1.5', '-2' in 2 rows (4, 5)")
    assert "above zero on the raw scale" in of_data.required
    (notice,) = [notice for notice in caught.value.notices if notice.column == "marker[1]"]
    assert "looked through for texts in place of numbers and negative readings only; all else" in notice.message
    # What a scale that is at fault was meant to say is not known.
    study.spec["marker"][0]["scale"] = "raww"
    assert {fault.file for fault in study.faults()} == {"study.toml"}


def test_first_scores_of_a_table_at_fault_still_tell_which_visits_have_rows(long) -> None:
    long.table = long.table[long.table["week"] == "12"].reset_index(drop=True)
    long.table["first"] = "20"
    long.table.loc[4, "first"] = "good"
    long.spec["symptom"] |= {"scale": "MADSR", "baseline_column": "first"}
    del long.spec["marker"]
    assert [fault.column for fault in long.faults()] == ["symptom.scale", "first"]


def test_texts_of_a_marker_are_not_told_where_its_codes_are_at_fault(wide) -> None:
    wide.spec["marker"][0]["below_code"] = ["trace"]
    wide.table.loc[0, "il6_0"] = "trace"
    assert _keys(wide.faults()) == {"marker[1].below_code"}
    del wide.spec["marker"][0]["below_code"]
    wide.spec["marker"][0] |= {"scale": "raww", "below_codes": ["trace"], "lower_limit": 0.1}
    assert _keys(wide.faults()) == {"marker[1].scale"}


@pytest.mark.parametrize(("layout", "column"), [("wide", "madrs_12"), ("long", "madrs")])
def test_an_outcome_that_is_not_read_makes_nobody_leave(request, layout: str, column: str) -> None:
    study = request.getfixturevalue(layout)
    study.spec["missing_data"] = {"reason": "why"}
    study.table["why"] = "NA"
    of_marker = "il6_12" if layout == "wide" else "il6"
    study.table.loc[:5, of_marker] = ""
    if layout == "wide":
        study.table.loc[0, "madrs_12"] = ""
        assert any("no reason for leaving" in notice.message for notice in study.read().notices)
    study.spec["symptom"]["scale"] = "MADSR"
    with pytest.raises(InputError) as caught:
        study.read()
    assert not [notice for notice in caught.value.notices if "leaving" in notice.message]
    study.spec["symptom"]["scale"] = "MADRS"
    study.table = study.table.rename(columns={column: "other"})
    with pytest.raises(InputError) as caught:
        study.read()
    assert not [notice for notice in caught.value.notices if "leaving" in notice.message]


def test_data_that_are_not_read_are_told_to_be_unread(wide) -> None:
    wide.spec["data"]["missing"] = "NA"
    with pytest.raises(InputError) as caught:
        wide.read()
    assert [str(notice) for notice in caught.value.notices] == [
        "study.toml, key data: no cell is checked before what is said of the data is right"
    ]
    wide.spec["data"]["header_row"] = "first"
    with pytest.raises(InputError) as caught:
        wide.read()
    assert [str(notice) for notice in caught.value.notices] == [
        "study.toml, key data: the data are read and checked once what is said of them here is right"
    ]


def test_notices_that_no_cure_can_change_come_with_the_faults(wide) -> None:
    wide.table.loc[3, "id"] = "a1"
    wide.table.loc[4, "id"] = "A-1"
    wide.table.loc[:5, "clinic"] = "N"
    wide.table.loc[7, "intensity"] = "1"
    wide.table.loc[8, "sex"] = "1"
    wide.table.loc[9, "sex"] = ""
    with pytest.raises(InputError) as caught:
        wide.read()
    assert _keys(caught.value.faults) == {"sex"}
    assert {notice.column for notice in caught.value.notices} == {"id", "clinic", "intensity"}
    wide.spec["symptom"]["remission"] = 100
    with pytest.raises(InputError) as caught:
        wide.read()
    assert {notice.column for notice in caught.value.notices} == {"id", "clinic", "intensity"}


def test_values_by_name_are_one_statement_and_one_at_fault_leaves_none_of_it(wide) -> None:
    wide.spec["plates"] = {"columns": ["plate_0", "plate_12"]}
    wide.spec["marker"][0]["lower_limit_by_plate"] = {"P1": "low"}
    wide.table = wide.table.assign(plate_0="P1", plate_12="P1")
    wide.table.loc[3, "il6_0"] = "<LOD"
    assert _keys(wide.faults()) == {"marker[1].lower_limit_by_plate.P1"}
