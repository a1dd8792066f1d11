"""What is noticed without stopping the analysis."""

import pytest

CSV = "trial.csv"


def test_substituted_limits_are_noticed_and_silenced(wide) -> None:
    wide.table.loc[:5, "il6_0"] = "0.11"
    (notice,) = wide.read().notices
    assert (notice.file, notice.column) == (CSV, "il6_0")
    assert "0.11 in 6 of 24 readings (25%)" in notice.message
    assert "floors = [0.11]" in notice.message
    wide.spec["marker"][0]["confirmed"] = ["floors"]
    assert wide.read().notices == ()
    wide.spec["marker"][0] |= {"confirmed": [], "floors": [0.11]}
    study = wide.read()
    assert study.notices == ()
    assert (study.data["marker_status"] == "below").sum() == 6


@pytest.mark.parametrize(
    ("column", "text", "decimal", "scale"),
    [("madrs_12", "12.5", ".", "MADRS"), ("phq9", "12,5", ",", "PHQ-9")],
)
def test_a_total_with_a_fraction_is_noticed(wide, column: str, text: str, decimal: str, scale: str) -> None:
    wide.spec["data"] |= {"decimal": decimal, "delimiter": ";"}
    for marker in ("il6_0", "il6_12"):
        wide.table[marker] = wide.table[marker].str.replace(".", decimal)
    wide.table.loc[2, column] = text
    (notice,) = wide.read().notices
    assert (notice.file, notice.column, notice.caution) == (CSV, column, False)
    assert notice.message.startswith(f"a {scale} total is a whole number; found '{text}' in 1 row (4), analysed as")
    wide.table.loc[5, column] = text
    (notice,) = wide.read().notices
    assert f"found 2 rows (4, 7) with a fraction, such as '{text}'" in notice.message


def test_totals_with_fractions_on_a_scale_of_ones_own_are_taken_as_they_are(wide) -> None:
    wide.spec["symptom"] |= {"scale": "Own", "range": [0, 60], "direction": "higher is worse"}
    wide.table.loc[2, "madrs_12"] = "12.5"
    assert wide.read().notices == ()


def test_absent_screening_scores_are_noticed(wide) -> None:
    wide.table.loc[[1, 2], "phq9"] = ""
    (notice,) = wide.read().notices
    assert (notice.column, notice.message[:26]) == ("phq9", "no score in 2 rows (3, 4):")


@pytest.mark.parametrize("code", ["999", "-9"])
def test_a_number_like_a_code_among_a_covariates_values_is_noticed(wide, code: str) -> None:
    wide.table.loc[3, "age"] = code
    (notice,) = wide.read().notices
    assert (notice.column, notice.caution) == ("age", True)
    assert notice.message.startswith(f"the covariate has {code} in 1 row (5). Such a number is often a code")


@pytest.mark.parametrize("codes", [["99"], ["-9", "-7"], ["999", "888"]])
def test_covariates_that_can_be_so_are_taken_as_they_are(wide, codes: list[str]) -> None:
    wide.table.loc[[number + 3 for number in range(len(codes))], "age"] = codes
    assert wide.read().notices == ()


@pytest.mark.parametrize(
    ("name", "unit"),
    [("il6_ng_ml", "ng/ml"), ("IL-6 (ng/mL)", "ng/mL"), ("il6 [pmol/L]", "pmol/L"), ("il6 pg/ml", ""), ("log_l", "")],
)
def test_a_unit_in_the_name_of_a_column_is_held_against_the_one_declared(wide, name: str, unit: str) -> None:
    wide.table = wide.table.rename(columns={"il6_0": name})
    wide.spec["marker"][0]["columns"][0] = name
    messages = [notice.message for notice in wide.read().notices]
    assert len(messages) == bool(unit)
    assert all(f"the name of the column says {unit}, and the study file pg/mL" in message for message in messages)


@pytest.mark.parametrize(("unit", "told"), [("furlongs", 1), ("IU/mL", 0), ("NPX", 0)])
def test_a_unit_that_may_be_a_slip_is_noticed(wide, unit: str, told: int) -> None:
    wide.spec["marker"][0]["unit"] = unit
    messages = [notice.message for notice in wide.read().notices]
    assert len(messages) == told
    assert all(
        message.startswith(f"IL-6: the unit '{unit}' is none that is known (such as pg/mL") for message in messages
    )


def test_a_reading_without_end_is_a_fault_and_no_warning(wide) -> None:
    wide.table.loc[3, "il6_0"] = "1e400"
    assert wide.only_fault().required == "a reading of IL-6 above zero and finite on the raw scale"
