"""Every check of a data file: the fault names file, row, column, requirement and finding."""

import numpy as np
import pytest

from cochange.data.faults import InputError
from cochange.data.read import read_study

CSV = "trial.csv"


@pytest.mark.parametrize(
    ("column", "text", "required", "action"),
    [
        ("madrs_0", "75", "a MADRS total from 0 to 60", "correct the value at its source"),
        ("madrs_12", "-1", "a MADRS total from 0 to 60", "correct the value"),
        ("madrs_0", "high", "a MADRS total from 0 to 60", "correct the value"),
        ("madrs_0", "<5", "a MADRS total from 0 to 60", "correct the value"),
        ("phq9", "28", "a PHQ-9 total from 0 to 27", "correct the value"),
        ("phq9", "9", "a PHQ-9 above 9, the inclusion rule,", "take out a participant included by mistake"),
        ("age", "old", "a number for the covariate age", "correct the value"),
        ("il6_0", "abc", "a reading of IL-6 (a number, '<' or '>' with a number, or blank)", "a missing code"),
        ("il6_0", "-99", "a reading of IL-6 above zero and finite on the raw scale", "declare it a missing code"),
        ("il6_0", "0", "a reading of IL-6 above zero and finite on the raw scale", "floors = [0] and lower_limit = L"),
        ("il6_0", "*1.23", "a reading of IL-6", "the star marks an extrapolated value"),
        ("il6_0", "<LOD", "the lower limit of IL-6 in the study file", "write lower_limit = the laboratory's limit"),
        ("il6_12", "OOR >", "the upper limit of IL-6 in the study file", "write upper_limit = the laboratory's limit"),
        ("arm", "", "an arm", "give the arm"),
        ("intensity", "NA", "a group", "give the group"),
        ("clinic", "", "a site", "give the site"),
        ("id", "", "an identifier", "give the identifier"),
    ],
)
def test_one_bad_cell(wide, column: str, text: str, required: str, action: str) -> None:
    wide.table.loc[12, column] = text
    fault = wide.only_fault()
    assert (fault.file, fault.row, fault.column) == (CSV, 14, column)
    assert fault.required.startswith(required)
    assert (f"'{text}'" if text else "a blank") in fault.found
    assert action in fault.action
    assert f"{CSV}, row 14, column {column}: {required}" in str(fault)


def test_an_undeclared_missing_code_is_not_guessed(wide) -> None:
    wide.table.loc[3, "madrs_12"] = "."
    assert 'found \'.\'; correct the value or declare it a missing code: missing = ["NA", "."] under [data]' in str(
        wide.only_fault()
    )
    wide.spec["data"]["missing"] = ["."]
    assert np.isnan(wide.read().data["symptom"].to_numpy()[3, 1])


def test_missing_column_with_the_nearest_name(wide) -> None:
    wide.table = wide.table.rename(columns={"il6_12": "il6_012"})
    fault = wide.only_fault()
    assert (fault.file, fault.row, fault.column, fault.found) == (CSV, 1, "il6_12", "none")
    assert "did you mean 'il6_012'?" in fault.action


def test_a_column_missing_because_of_the_encoding(wide) -> None:
    wide.table = wide.table.rename(columns={"clinic": "größe"})
    wide.spec["sites"]["column"] = "größe"
    wide.spec["data"]["encoding"] = "latin-1"
    fault = wide.only_fault()
    assert (fault.row, fault.column) == (1, "größe")
    assert fault.action.endswith('the file is valid UTF-8: try encoding = "utf-8" under [data]')


def test_all_missing_columns_are_named_at_once(wide) -> None:
    wide.table = wide.table.drop(columns=["age", "arm"])
    assert {fault.column for fault in wide.faults()} == {"age", "arm"}


def test_missing_file_is_a_fault_of_the_study_file(wide) -> None:
    wide.spec["data"]["file"] = "trail.csv"
    fault = wide.only_fault()
    assert (fault.file, fault.row, fault.column) == ("study.toml", 6, "data.file")
    assert "trail.csv" in fault.found
    assert "CSV" not in fault.action
    assert "relative to the folder of the study file" in fault.action
    with pytest.raises(InputError, match=r"correct the name, or the data root, '.*absent', which it is relative to"):
        read_study(wide.write(), wide.folder / "absent")


def test_repeated_identifiers_in_a_wide_file(wide) -> None:
    wide.table.loc[5, "id"] = "003"
    fault = wide.only_fault()
    assert (fault.file, fault.row, fault.column) == (CSV, 7, "id")
    assert fault.required == "a single row for each participant"
    assert fault.found == "'003' in 2 rows (4, 7)"


def test_a_file_without_any_identifier(wide) -> None:
    wide.table["id"] = ""
    faults = wide.faults()
    assert {(fault.column, fault.required) for fault in faults} == {("id", "an identifier")}


def test_a_long_file_without_any_declared_visit(long) -> None:
    long.table["week"] = long.table["week"].replace({"0": "start", "12": "end"})
    assert {fault.column for fault in long.faults()} == {"week"}


def test_repeated_rows_in_a_long_file(long) -> None:
    long.table.loc[3, "week"] = "0"
    fault = long.only_fault()
    assert (fault.file, fault.row, fault.column) == (CSV, 5, "id")
    assert fault.required == "a single row for each participant and visit"
    assert fault.found == "'002' at '0' in 2 rows (4, 5)"


def test_unknown_visits(long) -> None:
    long.spec["data"]["visits"] = ["0", "12"]
    long.table.loc[[5, 7], "week"] = "122"
    fault = long.only_fault()
    assert (fault.file, fault.row, fault.column) == (CSV, 7, "week")
    assert fault.required == "a visit among '0', '12'"
    assert fault.found == "'122' in 2 rows (7, 9)"
    assert fault.action == "did you mean '12'? List the visit under 'visits' or 'ignore_visits' of [data]"
    long.table.loc[[5, 7], "week"] = "follow-up"
    assert long.only_fault().action == "list the visit under 'visits' or 'ignore_visits' of [data]"


def test_a_visit_without_rows(long) -> None:
    long.spec["data"]["visits"] = ["0", "12", "24"]
    fault = next(fault for fault in long.faults() if fault.required == "a row at every declared visit")
    assert (fault.file, fault.column, fault.found) == (CSV, "week", "none at '24'")


def test_rows_at_the_visit_of_a_baseline_column(long) -> None:
    long.table["base"] = "20"
    long.spec["symptom"]["baseline_column"] = "base"
    fault = next(fault for fault in long.faults() if fault.column == "week")
    assert fault.found.startswith("'0' in 24 rows (2, 4, 6, ")
    assert "drop these rows or 'baseline_column'" in fault.action


@pytest.mark.parametrize(
    ("column", "value", "required"),
    [
        ("arm", "T", "a single arm for each participant"),
        ("intensity", "light", "a single group for each participant"),
        ("clinic", "South", "a single site for each participant"),
        ("age", "99", "a single value for each participant"),
        ("phq9", "20", "a single screening score for each participant"),
    ],
)
def test_what_must_not_change_within_a_participant(long, column: str, value: str, required: str) -> None:
    before = long.table.loc[0, column]
    long.table.loc[1, column] = value
    fault = long.only_fault()
    assert (fault.file, fault.row, fault.column, fault.required) == (CSV, 3, column, required)
    assert fault.found == f"'{before}' and '{value}' for '001' in 2 rows (2, 3)"


def test_a_baseline_column_that_changes_within_a_participant(long) -> None:
    rows = long.table[long.table["week"] == "12"]
    long.spec["data"]["visits"] = ["start", "12", "24"]
    long.table = long.table.assign(week=long.table["week"].replace("0", "24"), base="20")
    long.table.loc[rows.index[0], "base"] = "21"
    long.spec["symptom"]["baseline_column"] = "base"
    del long.spec["marker"]
    required = {fault.required for fault in long.faults()}
    assert "a single baseline score for each participant" in required


@pytest.mark.parametrize(("mark", "declared"), [(",", "."), (".", ",")])
def test_a_column_with_the_other_decimal_mark(wide, mark: str, declared: str) -> None:
    names = {".": "point", ",": "comma"}
    wide.spec["data"]["decimal"] = declared
    for column in ("il6_0", "il6_12"):
        wide.table[column] = wide.table[column].str.replace(".", declared)
    wide.table["il6_12"] = wide.table["il6_12"].str.replace(declared, mark)
    fault = wide.only_fault()
    assert (fault.file, fault.row, fault.column) == (CSV, 2, "il6_12")
    assert fault.required == f"a decimal {names[declared]} in every number"
    assert f"a {names[mark]} in 24 rows" in fault.found
    # The other column has the declared mark: a key for the whole file would spoil it.
    assert fault.action == f'write decimal_columns = {{ "il6_12" = "{mark}" }} under [data]'
    wide.spec["data"]["decimal_columns"] = {"il6_12": mark}
    assert wide.read().data["marker_value"].notnull().all()


def test_one_key_reads_every_column_with_the_other_decimal_mark(wide) -> None:
    plain = wide.read().data["log_marker"].to_numpy()
    for column in ("il6_0", "il6_12"):
        wide.table[column] = wide.table[column].str.replace(".", ",")
    wide.table.loc[3, "il6_12"] = "NA."
    wide.table.loc[5, "il6_0"] = "."
    wide.spec["data"]["missing"] = ["NA.", "."]
    assert [fault.action for fault in wide.faults()] == ['write decimal = "," under [data]'] * 2
    wide.table["bmi"] = "21.5"
    wide.table.loc[0, "bmi"] = "22.5"
    wide.spec["covariates"]["numeric"] = ["age", "bmi"]
    wide.table.loc[1, "age"] = "30,5"
    both = 'write decimal_columns = { "il6_0" = ",", "il6_12" = "," } under [data]'
    actions = {fault.column: fault.action for fault in wide.faults()}
    assert actions == {"il6_0": both, "il6_12": both, "age": "write a decimal point"}
    wide.table.loc[1, "age"] = "30.5"
    wide.spec["data"]["decimal_columns"] = {"il6_0": ",", "il6_12": ","}
    read = wide.read().data["log_marker"].to_numpy()
    given = ~np.isnan(read)
    assert given.sum() == plain.size - 2
    np.testing.assert_array_equal(read[given], plain[given])


def test_a_few_fractions_among_whole_numbers_say_nothing_of_the_column(wide) -> None:
    wide.table.loc[[4, 6], "madrs_0"] = ["21,5", "22,5"]
    fault = wide.only_fault()
    assert fault.found == "a comma in 2 rows (6, 8), as in '21,5' among 22 whole numbers"
    assert fault.action == "write a decimal point"


def test_mixed_decimal_marks_in_one_column(wide) -> None:
    wide.table.loc[[4, 6], "il6_0"] = ["1,5", "2,5"]
    fault = wide.only_fault()
    assert (fault.row, fault.column) == (6, "il6_0")
    assert fault.found == "a comma in 2 rows (6, 8), as in '1,5', and a point in 22 others"
    assert fault.action == "write every number of the column with one mark"


def test_the_fewer_numbers_with_the_mark_of_the_file_are_named(wide) -> None:
    wide.table["il6_12"] = [f"{row},25" for row in range(1, len(wide.table) + 1)]
    wide.table.loc[:5, "il6_12"] = "<0.3"
    fault = wide.only_fault()
    assert fault.found.endswith("and a point in 6 others, as in '<0.3' in 6 rows (2, 3, 4, 5, 6, 7)")
    assert '; with decimal_columns = { "il6_12" = "," } under [data] only the fewer' in fault.action


def test_a_control_arm_that_nobody_is_in(wide) -> None:
    wide.spec["arms"]["control"] = "Ctrl"
    fault = wide.only_fault()
    assert (fault.file, fault.column) == (CSV, "arm")
    assert fault.required == "the control arm 'Ctrl' of the study file"
    assert fault.found == "the arms 'C', 'T'"


def test_an_arm_with_one_participant(wide) -> None:
    wide.table.loc[7, "arm"] = "TT"
    fault = wide.only_fault()
    assert (fault.row, fault.column, fault.found) == (9, "arm", "1 in 'TT'")
    assert fault.required == "a minimum of 2 participants in every arm"


def test_a_single_arm_where_arms_are_declared(wide) -> None:
    wide.table["arm"] = "C"
    fault = wide.only_fault()
    assert (fault.column, fault.required, fault.found) == ("arm", "a second arm", "only 'C'")


@pytest.mark.parametrize("column", ["age", "sex"])
def test_missing_covariates_are_listed_and_not_imputed(wide, column: str) -> None:
    wide.table.loc[[2, 9], column] = ["", "NA"]
    fault = wide.only_fault()
    assert (fault.file, fault.row, fault.column) == (CSV, 4, column)
    assert fault.required == "a value of the covariate for every participant"
    assert fault.found == "none in 2 rows (4, 11)"
    assert "drop the covariate" in fault.action


def test_a_covariate_missing_in_all_rows_of_a_participant_of_a_long_file(long) -> None:
    long.table.loc[[4, 5], "age"] = ["", "NA"]
    fault = long.only_fault()
    assert (fault.row, fault.column, fault.found) == (6, "age", "none in 1 row (6)")
    assert fault.required == "a value of the covariate for every participant"
    assert fault.action.startswith("fill in the values, or drop the covariate from [covariates]")


def test_a_covariate_that_does_not_vary(wide) -> None:
    wide.table["sex"] = "female"
    fault = wide.only_fault()
    assert (fault.column, fault.required, fault.found) == ("sex", "a covariate that varies", "'female' for everybody")


@pytest.mark.parametrize(
    ("column", "name", "found"),
    [
        ("madrs_12", "MADRS", "9 (24 at 'baseline', 9 at '12 weeks')"),
        ("il6_12", "IL-6", "9 (24 at 'baseline', 9 at '12 weeks')"),
    ],
)
def test_fewer_than_ten_pairs(wide, column: str, name: str, found: str) -> None:
    wide.table.loc[9:, column] = ""
    fault = wide.only_fault()
    assert (fault.file, fault.row, fault.column) == (CSV, None, column)
    assert fault.required == f"a minimum of 10 participants with {name} at both visits"
    assert fault.found == found
    wide.table.loc[9, column] = "5"
    assert wide.read().data.sizes["participant"] == 24


@pytest.mark.parametrize(("column", "value"), [("madrs_12", "19"), ("il6_0", "1.5")])
def test_a_constant_outcome(wide, column: str, value: str) -> None:
    wide.table[column] = value
    fault = wide.only_fault()
    assert (fault.file, fault.column) == (CSV, column)
    assert fault.required.endswith("that differs between participants")
    assert fault.found.startswith(f"{value} in all 24 readings at ")


def test_a_few_equal_readings_at_a_visit_that_few_attended_are_no_fault(wide) -> None:
    wide.spec["data"]["visits"] = ["baseline", "4 weeks", "12 weeks"]
    wide.spec["marker"][0]["columns"].insert(1, "il6_4")
    wide.spec["symptom"]["columns"].insert(1, "madrs_4")
    wide.table["il6_4"], wide.table["madrs_4"] = wide.table["il6_0"], ""
    wide.table.loc[:3, "madrs_4"] = "12"
    assert wide.read().data["symptom"].sel(visit="4 weeks").notnull().sum() == 4
    wide.table.loc[4, "madrs_4"] = "12"
    assert wide.only_fault().found == "12 in all 5 readings at '4 weeks'"


def test_a_constant_column_of_a_long_file_is_one_fault(long) -> None:
    long.table["madrs"] = [f"{20 - int(week)}" for week in long.table["week"]]
    fault = long.only_fault()
    assert (fault.row, fault.column) == (None, "madrs")
    assert fault.found == "20 in all 24 readings at '0' and 8 in all 24 readings at '12'"


@pytest.mark.parametrize(("before", "after"), [("madrs_0", "madrs_12"), ("il6_0", "il6_12")])
def test_a_constant_change(wide, before: str, after: str) -> None:
    wide.table[after] = wide.table[before]
    fault = wide.only_fault()
    assert (fault.column, fault.found) == (after, "a change of 0 in all 24 pairs")
    assert "copied" in fault.action


def test_several_faults_come_together(wide) -> None:
    wide.table.loc[1, "madrs_0"] = "75"
    wide.table.loc[2, "il6_0"] = "abc"
    wide.table.loc[3, "arm"] = ""
    wide.table.loc[4, "id"] = "001"
    wide.table.loc[5, "phq9"] = "4"
    wide.table.loc[6, "age"] = ""
    wide.table.loc[7, "il6_12"] = "0"
    places = {(fault.row, fault.column) for fault in wide.faults()}
    assert places == {
        (3, "madrs_0"),
        (4, "il6_0"),
        (5, "arm"),
        (6, "id"),
        (7, "phq9"),
        (8, "age"),
        (9, "il6_12"),
    }


def test_many_faults_of_one_kind_are_summarised(long) -> None:
    long.table["madrs"] = [f"{61 + i}" for i in range(48)]
    faults = [fault for fault in long.faults() if fault.required == "a MADRS total from 0 to 60"]
    assert len(faults) == 11
    assert faults[-1].found == "48 cases in all, of which the first 10 stand above"


def test_a_group_named_as_the_whole_sample_is(wide) -> None:
    wide.table["intensity"] = wide.table["intensity"].replace("light", "overall")
    (fault,) = wide.faults()
    assert (fault.row, fault.column, fault.found, fault.action) == (3, "intensity", "'overall'", "rename the group")


@pytest.mark.parametrize(("column", "text"), [("age", "unknown"), ("age", "-"), ("arm", "#N/A"), ("sex", "#N/A")])
def test_no_missing_code_is_advised_where_nothing_may_be_missing(wide, column: str, text: str) -> None:
    wide.table.loc[[3, 5], column] = text
    fault = wide.only_fault()
    assert "missing code" not in fault.action
    asked = "take the participant out" if column == "arm" else "drop the covariate from [covariates]"
    assert asked in fault.action


@pytest.mark.parametrize(("column", "text"), [("arm", "na"), ("sex", "na"), ("sex", "999")])
def test_no_missing_code_is_advised_for_a_level_either(wide, column: str, text: str) -> None:
    wide.table.loc[[3, 5], column] = text
    (notice,) = [each for each in wide.read().notices if each.column == column]
    assert "`missing`" not in notice.message
    assert "missing code" not in notice.message


def test_a_negative_reading_is_first_to_be_corrected(wide) -> None:
    wide.table.loc[3, "il6_0"] = "-1.3"
    assert wide.only_fault().action.startswith("correct it, declare it a missing code")
