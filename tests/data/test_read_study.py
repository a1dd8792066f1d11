"""The dataset that a study without faults gives, wide and long."""

import hashlib
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cochange.data.faults import InputError
from cochange.data.read import read_study
from cochange.data.study import Study


def test_dims_and_coordinates(wide) -> None:
    study = wide.read()
    assert dict(study.data.sizes) == {"participant": 24, "visit": 2, "marker": 1}
    assert list(study.data["visit"].to_numpy()) == ["baseline", "12 weeks"]
    assert study.data["participant"].to_numpy()[0] == "001"
    assert study.data["arm"].attrs["levels"] == ["C", "T"]
    assert list(study.data["group"].to_numpy()[:4]) == ["vigorous", "light", "light", "vigorous"]
    assert set(study.data["site"].to_numpy()) == {"North", "South"}
    assert study.data["covariate_age"].to_numpy()[0] == 30.0
    assert study.data["covariate_sex"].attrs["levels"] == ["female", "male"]
    assert study.data["screening"].to_numpy()[:2].tolist() == [10.0, 11.0]
    assert study.data["row"].to_numpy()[0].tolist() == [2, 2]
    assert (study.marker, study.baseline, study.follow_up, study.has_two_visits) == (
        "IL-6",
        "baseline",
        "12 weeks",
        True,
    )
    assert study.scale is not None
    assert study.notices == ()


def test_the_control_arm_comes_first_whatever_its_name(wide) -> None:
    wide.spec["arms"]["control"] = "T"
    assert wide.read().data["arm"].attrs["levels"] == ["T", "C"]


def test_wide_and_long_give_the_same_dataset(wide, long) -> None:
    a, b = wide.read().data, long.read().data
    for name in ("marker_value", "symptom", "marker_status", "log_marker", "covariate_age", "screening", "arm"):
        assert np.array_equal(a[name].to_numpy(), b[name].to_numpy()), name
    assert b["row"].to_numpy()[1].tolist() == [4, 5]


def test_the_data_root_replaces_the_folder_of_the_study_file(wide, tmp_path: Path) -> None:
    path = wide.write()
    elsewhere = tmp_path / "studies"
    elsewhere.mkdir()
    moved = path.rename(elsewhere / "study.toml")
    assert read_study(moved, tmp_path).data.sizes["participant"] == 24
    with pytest.raises(InputError, match=r"study.toml, line 6, key data.file: a data file is required; found none"):
        read_study(moved)


def test_the_hash_is_of_both_files(wide) -> None:
    study = wide.read()
    content = study.path.read_bytes() + (study.path.parent / "trial.csv").read_bytes()
    assert study.input_hash == hashlib.sha256(content).hexdigest()


def test_the_hash_of_the_content_follows_what_the_study_file_says_and_not_how_it_is_written(wide) -> None:
    study = wide.read()
    text, data = study.path.read_text(), study.path.parent / "trial.csv"

    def again(text: str) -> Study:
        study.path.write_text(text)
        return read_study(study.path)

    other_order = text.replace('title = "Small"\ndesign = "randomised"', 'design = "randomised"\ntitle = "Small"')
    judged = '\n[estimand.smallest_important.symptom_change]\nvalue = 2\nreason = "stated"\n'
    primary = '\n[analysis]\nprimary_model = "symptom_change"\nprimary_estimand = "symptom_change"\n'
    assert "[estimand" not in text
    assert "[analysis" not in text
    retitled = text.replace('"Small"', '"Another"')
    for written in (f"# A remark.\n\n{text}", text.replace(" = ", "  =  "), other_order, retitled + judged + primary):
        rewritten = again(written)
        assert rewritten.input_hash != study.input_hash
        assert rewritten.content_hash == study.content_hash
    others = [again(text + '\n[analysis]\nlikelihood = "student_t"\n'), again(text.replace("above = 9", "above = 8"))]
    data.write_text(data.read_text() + "\n")
    assert len({each.content_hash for each in (study, *others, again(text))}) == 4


ZERO_FLOOR = "floor 0: censored below the limit 0.16"


@pytest.mark.parametrize(
    ("text", "keys", "value", "status", "lower", "upper", "decision"),
    [
        ("1.5", {}, 1.5, "observed", None, None, "read"),
        ("1.5", {"lower_limit": 0.16, "upper_limit": 9}, 1.5, "observed", 0.16, 9, "read"),
        ("0.16", {"lower_limit": 0.16}, 0.16, "observed", 0.16, None, "read"),
        ("0.08", {"lower_limit": 0.16}, 0.16, "below", 0.16, None, "below the limit 0.16: censored"),
        ("0.0", {"lower_limit": 0.16, "floors": [0]}, 0.16, "below", 0.16, None, ZERO_FLOOR),
        ("0.2", {"lower_limit": 0.16, "floors": [0]}, 0.2, "observed", 0.16, None, "read"),
        ("0.08", {"lower_limit": [0.16, 0.05]}, 0.16, "below", 0.16, None, "below the limit 0.16: censored"),
        ("<0.5", {}, 0.5, "below", 0.5, None, "below the limit 0.5: censored"),
        ("<0.5", {"lower_limit": 0.16}, 0.5, "below", 0.5, None, "below the limit 0.5: censored"),
        ("<LOD", {"lower_limit": 0.16}, 0.16, "below", 0.16, None, "below the limit 0.16: censored"),
        (">200", {}, 200, "above", None, 200, "above the limit 200: censored"),
        ("201", {"upper_limit": 200}, 200, "above", None, 200, "above the limit 200: censored"),
        ("OOR >", {"upper_limit": 200}, 200, "above", None, 200, "above the limit 200: censored"),
        ("4.9", {"floors": [4.9, 6.9]}, 4.9, "below", 4.9, None, "floor 4.9: censored below it"),
        ("6.9", {"floors": [4.9, 6.9]}, 6.9, "below", 6.9, None, "floor 6.9: censored below it"),
        ("7.5", {"floors": [4.9, 6.9]}, 7.5, "observed", None, None, "read"),
        ("7.5", {"floors": [4.9]}, 7.5, "observed", 4.9, None, "read"),
        ("85.2", {"ceilings": [85.2]}, 85.2, "above", None, 85.2, "ceiling 85.2: censored above it"),
        ("", {"lower_limit": 0.16}, None, "missing", 0.16, None, "blank: missing"),
        ("NA", {}, None, "missing", None, None, "code 'NA': missing"),
    ],
)
def test_one_marker_cell(wide, text, keys, value, status, lower, upper, decision) -> None:
    wide.spec = {table: wide.spec[table] for table in ("study", "data", "marker")}
    wide.spec["study"]["design"] = "single arm"
    wide.spec["marker"][0] |= keys | {"confirmed": ["scale", "floors"]}
    wide.table.loc[0, "il6_0"] = text
    study = wide.read()
    cell = study.data.isel(participant=0, visit=0, marker=0)

    def same(name: str, expected: float | None) -> bool:
        number = float(cell[name])
        return math.isnan(number) if expected is None else math.isclose(number, expected)

    assert str(cell["marker_text"].to_numpy()) == text
    assert str(cell["marker_status"].to_numpy()) == status
    assert same("marker_value", value)
    assert same("lower_limit", lower)
    assert same("upper_limit", upper)
    assert same("log_marker", None if value is None else math.log(value))
    records = study.audit.records
    record = records[(records["participant"] == "001") & (records["column"] == "il6_0")].iloc[0]
    assert (record["decision"], record["status"], record["row"]) == (decision, status, 2)


@pytest.mark.parametrize(
    ("scale", "text", "value"),
    [
        ("ln", "0.5", math.exp(0.5)),
        ("log10", "0.5", 10**0.5),
        ("log2", "0.5", 2**0.5),
        ("log(x+1)", "0.5", math.exp(0.5) - 1),
        ("ln", "<-1.83", math.exp(-1.83)),
    ],
)
def test_logged_columns_are_transformed_back(wide, scale: str, text: str, value: float) -> None:
    wide.spec["marker"][0] |= {"scale": scale, "confirmed": ["scale"]}
    wide.table.loc[0, "il6_0"] = text
    cell = wide.read().data.isel(participant=0, visit=0, marker=0)
    assert float(cell["marker_value"]) == pytest.approx(value, rel=1e-12)
    assert float(cell["log_marker"]) == pytest.approx(math.log(value), rel=1e-9)


def test_a_limit_of_a_logged_column_is_said_on_the_raw_scale(wide) -> None:
    wide.table["il6_0"] = [f"{math.log(float(x)):.3f}" for x in wide.table["il6_0"]]
    wide.table["il6_12"] = [f"{math.log(float(x)):.3f}" for x in wide.table["il6_12"]]
    wide.spec["marker"][0] |= {"scale": "ln", "lower_limit": -1.83}
    (notice,) = wide.read().notices
    assert notice.column == "il6_0"
    assert "lower_limit -1.83 is read on the ln scale of the column, that is 0.1604 pg/mL" in notice.message


def test_decimal_commas_and_semicolons_are_read_and_said(wide) -> None:
    before = wide.read().data["marker_value"].to_numpy()
    wide.spec["data"]["decimal"] = ","
    for column in ("il6_0", "il6_12"):
        wide.table[column] = wide.table[column].str.replace(".", ",")
    path = wide.write()
    csv = path.parent / "trial.csv"
    wide.table.to_csv(csv, index=False, sep=";")
    study = read_study(path)
    assert np.array_equal(study.data["marker_value"].to_numpy(), before)
    (notice,) = study.notices
    assert "semicolon" in notice.message
    assert study.audit.facts["delimiter"] == "semicolon (found from the header)"


def test_a_misread_encoding_is_noticed_with_an_example(wide) -> None:
    wide.table["clinic"] = wide.table["clinic"].replace("South", "Süd")
    wide.spec["data"]["encoding"] = "latin-1"
    (notice,) = wide.read().notices
    assert not notice.caution
    assert "'SÃ¼d' would be 'Süd'" in notice.message
    assert 'write encoding = "utf-8"' in notice.message
    wide.spec["data"]["encoding"] = "utf-8"
    assert wide.read().notices == ()


def test_a_study_without_marker_or_without_symptom(wide) -> None:
    both = wide.spec.copy()
    wide.spec = {name: table for name, table in both.items() if name != "marker"}
    study = wide.read()
    assert study.data.sizes["marker"] == 0
    assert study.data["log_marker"].shape == (24, 2, 0)
    assert study.marker is None
    wide.spec = {name: table for name, table in both.items() if name != "symptom"}
    study = wide.read()
    assert "symptom" not in study.data
    assert study.scale is None


def test_one_visit(wide) -> None:
    wide.spec["study"]["design"] = "cross-sectional"
    wide.spec["data"]["visits"] = ["survey"]
    wide.spec["marker"][0]["columns"] = ["il6_0"]
    wide.spec["symptom"]["columns"] = ["madrs_0"]
    del wide.spec["arms"]
    study = wide.read()
    assert study.data.sizes["visit"] == 1
    assert (study.baseline, study.follow_up, study.has_two_visits) == ("survey", "survey", False)


def test_plates_are_recorded(wide) -> None:
    wide.spec["plates"] = {"columns": ["plate_0", "plate_12"]}
    wide.table["plate_0"], wide.table["plate_12"] = "A", "B"
    assert wide.read().data["plate"].to_numpy()[3].tolist() == ["A", "B"]


def test_an_absent_row_is_missing_at_that_visit(long) -> None:
    long.table = long.table.drop(index=1)
    study = long.read()
    person = study.data.isel(participant=0)
    assert person["row"].to_numpy().tolist() == [2, -1]
    assert math.isnan(float(person["symptom"][1]))
    assert str(person["marker_status"][1, 0].to_numpy()) == "missing"
    absent = study.audit.records.query("decision == 'no row at this visit: missing'")
    assert absent[["participant", "visit", "variable"]].to_numpy().tolist() == [
        ["001", "12", "IL-6"],
        ["001", "12", "MADRS"],
    ]


@pytest.mark.parametrize("layout", ["wide", "long"])
def test_a_participant_with_nothing_observed_is_kept_and_audited(layout: str, request: pytest.FixtureRequest) -> None:
    files = request.getfixturevalue(layout)
    outcomes = [column for column in files.table if column.startswith(("il6", "madrs"))]
    files.table.loc[files.table["id"] == "003", outcomes] = ""
    study = files.read()
    assert study.data.sizes["participant"] == 24
    person = study.data.sel(participant="003")
    assert set(person["marker_status"].to_numpy().ravel()) == {"missing"}
    assert np.isnan(person["symptom"]).all()
    assert str(person["arm"].to_numpy()) == "C"
    records = study.audit.records.query("participant == '003' and variable in ('IL-6', 'MADRS')")
    assert records["decision"].tolist() == ["blank: missing"] * 4
    assert (records["row"] > 0).all()


def test_visits_ignored_as_declared_stay_in_the_audit(long) -> None:
    extra = long.table.iloc[[0, 0]].assign(week="6", madrs="99", il6="?")
    long.table = pd.concat([long.table, extra], ignore_index=True)
    long.spec["data"]["ignore_visits"] = ["6"]
    study = long.read()
    assert study.data.sizes["participant"] == 24
    ignored = study.audit.records.query("status == 'ignored'")
    assert set(ignored["decision"]) == {"visit ignored as declared"}
    assert set(ignored["row"]) == {50, 51}
    assert set(ignored["variable"]) == {"IL-6", "MADRS"}


def test_a_constant_may_be_written_in_one_row_of_a_participant(long) -> None:
    long.table.loc[1, ["arm", "age", "phq9"]] = ""
    study = long.read()
    assert study.data["arm"].to_numpy()[0] == "C"
    assert study.data["covariate_age"].to_numpy()[0] == 30.0


def test_a_baseline_column_fills_the_first_visit(long) -> None:
    baseline = long.table[long.table["week"] == "0"].set_index("id")["madrs"]
    rows = long.table[long.table["week"] == "12"]
    long.table = rows.assign(base=rows["id"].map(baseline))
    long.spec["symptom"]["baseline_column"] = "base"
    del long.spec["marker"]
    study = long.read()
    assert study.data["symptom"].sel(visit="0").to_numpy().tolist() == baseline.astype(float).tolist()
    assert set(study.data["row"].sel(visit="0").to_numpy()) == {-1}
    records = study.audit.records.query("visit == '0' and variable == 'MADRS'")
    assert set(records["column"]) == {"base"}
    assert records["row"].tolist() == list(range(2, 26))
