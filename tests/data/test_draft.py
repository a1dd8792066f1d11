"""A study file drafted from a data file: what is guessed, what is left blank, and what comes of it when filled."""

import csv
import re
import shutil
import tempfile
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cochange.data.draft import draft_study_file
from cochange.data.faults import InputError
from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.specification.judge import read_spec

ANSWERS = {
    "title": '"T"',
    "design": '"single arm"',
    "treatment": '"exercise"',
    "missing": '["NA", "."]',
    "unit": '"pg/mL"',
    "scale": '"raw"',
    "above": "9",
    "control": '"C"',
}


def fill(path: Path, **answers: str) -> None:
    """Give an answer to every blank, and delete the lines that may be deleted."""
    lines = []
    for line in path.read_text("utf-8").splitlines():
        key = line.partition(" = ")[0]
        if '= "FILL IN' not in line:
            lines.append(line)
        elif key in (known := ANSWERS | answers):
            lines.append(f"{key} = {known[key]}")
        else:
            assert "delete the line" in line
    path.write_text("\n".join(lines) + "\n", "utf-8")


def write(folder: Path, table: pd.DataFrame | dict[str, list[str]], name: str = "trial.csv", **how: str) -> Path:
    pd.DataFrame(table).to_csv(folder / name, index=False, lineterminator="\n", **how)
    return folder / name


def drafted(folder: Path, table: pd.DataFrame | dict[str, list[str]], **how: str) -> dict:
    path = draft_study_file(write(folder, table, **how)).path
    return tomllib.loads(path.read_text("utf-8"))


def blank_faults(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_spec(path)
    assert {fault.found for fault in caught.value.faults} == {"the blank 'FILL IN'"}
    return [str(fault.column) for fault in caught.value.faults]


def test_the_example_comes_out_as_its_own_study_file_has_it(tmp_path) -> None:
    shutil.copy(example_path().parent / "exercise_trial.csv", tmp_path)
    draft = draft_study_file(tmp_path / "exercise_trial.csv")
    assert draft.notices == ()
    blanks = blank_faults(draft.path)
    assert len(blanks) == draft.blanks
    assert blanks == [
        *("study.title", "study.design", "study.treatment", "data.missing", "marker[1].unit", "marker[1].scale"),
        *("marker[1].lower_limit", "marker[1].upper_limit", "symptom.remission", "inclusion.above"),
    ]
    fill(draft.path, lower_limit="0.5")
    study, shipped = read_study(draft.path), read_study(example_path())
    assert study.data.identical(shipped.data.assign_coords(visit=["0", "12"]))
    assert study.notices == shipped.notices


def test_a_wide_trial_with_arms(wide) -> None:
    own = wide.read()
    draft = draft_study_file(wide.folder / "trial.csv", wide.folder / "sub" / "mine.toml")
    assert "marker[1].unit" in blank_faults(draft.path)
    fill(draft.path, design='"randomised"', missing='["NA"]')
    study = read_study(draft.path)
    assert study.spec.data.file == "../trial.csv"
    assert study.data.identical(own.data.assign_coords(visit=["0", "12"]))


def test_a_long_trial(long) -> None:
    own = long.read()
    draft = draft_study_file(long.folder / "trial.csv", long.folder / "mine.toml")
    fill(draft.path, design='"randomised"', missing='["NA"]')
    study = read_study(draft.path)
    assert study.data.identical(own.data)
    assert (study.spec.data.layout, study.spec.data.visit, study.spec.data.visits) == ("long", "week", ("0", "12"))


@pytest.mark.parametrize(
    ("names", "visits"),
    [
        (["il6_pre", "il6_post", "madrs_pre", "madrs_post"], ["pre", "post"]),
        (["baseline_il6", "w12_il6", "baseline_madrs", "w12_madrs"], ["baseline", "w12"]),
        (["il6_12", "il6_0", "madrs_bl", "madrs_12"], ["0", "12"]),
        (["il6", "il6_12", "madrs", "madrs_12"], ["baseline", "12"]),
        (["IL-6 (pg/mL) week 0", "IL-6 (pg/mL) week 12", "MADRS total w0", "MADRS total w12"], ["week 0", "week 12"]),
    ],
)
def test_visits_are_found_in_the_names_of_wide_columns(tmp_path, names: list[str], visits: list[str]) -> None:
    content = drafted(tmp_path, {"id": list("abcd")} | {name: ["1.5", "2.5", "3", "4"] for name in names})
    assert content["data"]["visits"] == visits
    assert sorted(content["marker"][0]["columns"]) == sorted(names[:2])
    assert content["symptom"]["columns"] == [names[2], names[3]]


def test_one_visit_and_no_marker(tmp_path) -> None:
    content = drafted(tmp_path, {"id": ["1", "2", "3"], "phq9": ["3", "9", "12"], "arm": ["A", "B", "A"]})
    assert content["data"]["visits"] == ["baseline"]
    assert content["symptom"] == {"scale": "PHQ-9", "columns": ["phq9"]}
    assert not {"marker", "arms", "inclusion"} & content.keys()


def test_several_markers_wells_plates_and_a_third_visit(tmp_path) -> None:
    names = ["il6_0_a", "il6_0_b", "il6_6", "il6_12", "crp_0", "crp_6", "crp_12", "plate_0", "plate_6", "plate_12"]
    names += ["madrs_0", "madrs_6", "madrs_12", "phq9_0", "phq9_6", "phq9_12", "tnf_0"]
    content = drafted(tmp_path, {"pid": ["1", "2", "3"]} | {name: ["1", "2.5", "3"] for name in names})
    assert [marker["columns"] for marker in content["marker"]] == [
        [["il6_0_a", "il6_0_b"], "il6_6", "il6_12"],
        ["crp_0", "crp_6", "crp_12"],
    ]
    assert content["plates"] == {"columns": ["plate_0", "plate_6", "plate_12"]}
    assert content["symptom"]["scale"] == "MADRS"
    assert content["analysis"]["marker"].startswith("FILL IN: the marker to analyse, of 'IL-6', 'CRP'")
    assert (content["analysis"]["baseline"], content["analysis"]["follow_up"]) == ("0", "12")
    text = (tmp_path / "study.toml").read_text("utf-8")
    assert "Also found: PHQ-9 in 'phq9_0', 'phq9_6', 'phq9_12'" in text
    assert "Not named above, so not read: 'tnf_0'" in text


def test_the_format_of_a_european_file(tmp_path) -> None:
    table = {"Kod": ["a", "b", "c"], "il6_0": ["1,5", "<0,3", "2,5"], "il6_12": ["1,1", "2", "9,9"], "kön": list("mkm")}
    content = drafted(tmp_path, table, sep=";", encoding="cp1252")
    assert {key: content["data"][key] for key in ("delimiter", "decimal", "encoding", "participant")} == {
        "delimiter": ";",
        "decimal": ",",
        "encoding": "cp1252",
        "participant": "Kod",
    }
    assert content["covariates"] == {"categorical": ["kön"]}


def test_items_of_a_scale_are_no_visits(tmp_path) -> None:
    items = {f"madrs_{i}": ["1", "2", "3"] for i in range(1, 11)}
    content = drafted(tmp_path, {"id": ["1", "2", "3"], "il6_0": ["1", "2", "3"], "il6_12": ["2", "3", "5"]} | items)
    assert "symptom" not in content
    assert content["data"]["visits"] == ["0", "12"]


def test_what_the_cells_suggest_is_said_and_decided_by_nobody(tmp_path) -> None:
    readings = ["0.11"] * 8 + [f"{1 + i / 7:.2f}" for i in range(20)] + ["<0.1", "NA", "-99", "0"]
    scores = [f"{i}" for i in range(28)] + ["99", "12", ".", "31"]
    ids = [f"{i}" for i in range(32)]
    columns = {"id": ids, "crp_0": readings, "crp_12": readings[::-1], "madrs_0": scores, "madrs_12": scores}
    text = draft_study_file(write(tmp_path, columns)).path.read_text("utf-8")
    for said in (
        "'NA' in 2 cells (crp_0, crp_12)",
        "'-99' in 2 cells (crp_0, crp_12)",
        "'99' in 2 cells (madrs_0, madrs_12)",
        "'.' in 2 cells (madrs_0, madrs_12)",
        "# crp_0: 1 cell with a mark of the lower limit, such as '<0.1'",
        "# crp_0: 1 zero: ask the laboratory what it stands for",
    ):
        assert said in re.sub(r"\n# ", " ", text) + text
    content = tomllib.loads(text)
    assert {content["data"]["missing"][:7], content["marker"][0]["scale"][:7]} == {"FILL IN"}


def test_a_substituted_limit_and_logarithms_are_remarked(tmp_path) -> None:
    spike = ["0.11"] * 8 + [f"{1 + i / 7:.2f}" for i in range(22)]
    logs = [f"{-2 + i / 7:.3f}" for i in range(30)]
    columns = {"id": [f"{i}" for i in range(30)], "crp_0": spike, "crp_12": spike, "il6_0": logs, "il6_12": logs}
    text = draft_study_file(write(tmp_path, columns)).path.read_text("utf-8")
    assert "# crp_0: 0.11 in 8 of 30 readings (27%), the low end" in text
    assert "floors = [0.11]" in text
    assert "# il6_0: logarithms? 14 of 30 values are negative" in text


def test_columns_that_identify_people_are_told_and_a_telling_identifier_gets_pseudonyms(tmp_path) -> None:
    numbers = ["811228-9874", "19670919-9530", "700101-1234"]
    columns = {"personnummer": numbers, "epost": ["a@example.org"] * 3, "il6_0": ["1", "2", "3"], "il6_12": list("345")}
    draft = draft_study_file(write(tmp_path, columns))
    (notice,) = draft.notices
    assert (notice.column, notice.message[:26]) == ("epost", "looks like e-mail addresses"[:26])
    text = draft.path.read_text("utf-8")
    content = tomllib.loads(text)
    assert (content["data"]["participant"], content["data"]["pseudonyms"]) == ("personnummer", True)
    assert not [secret for secret in (*numbers, "example.org") if secret in text]


def test_nothing_is_written_over_another_file(tmp_path) -> None:
    data = write(tmp_path, {"id": ["1", "2"], "il6_0": ["1", "2"], "il6_12": ["2", "3"]})
    path = draft_study_file(data).path
    path.write_text("mine", "utf-8")
    with pytest.raises(InputError, match=r"study\.toml: a new file .* found one that is there; .* `force`"):
        draft_study_file(data)
    assert path.read_text("utf-8") == "mine"
    draft_study_file(data, force=True)
    assert path.read_text("utf-8").startswith("# Draft")
    with pytest.raises(InputError, match="found the data file itself"):
        draft_study_file(data, data, force=True)


def test_no_file_and_no_table(tmp_path) -> None:
    with pytest.raises(InputError, match="no file that can be read"):
        draft_study_file(tmp_path / "absent.csv")
    (tmp_path / "empty.csv").write_text("\n")
    with pytest.raises(InputError, match="an empty file"):
        draft_study_file(tmp_path / "empty.csv")
    assert not (tmp_path / "study.toml").exists()


def test_an_absent_file_or_sheet_is_told_before_the_study_file_that_is_there(tmp_path) -> None:
    (tmp_path / "study.toml").write_text("mine", "utf-8")
    pd.DataFrame({"id": [1, 2], "il6_0": [1, 2]}).to_excel(tmp_path / "trial.xlsx", sheet_name="Daten", index=False)
    for name, sheet, found in (("nofile.xlsx", None, "no file"), ("trial.xlsx", "data", "'Daten'")):
        with pytest.raises(InputError) as caught:
            draft_study_file(tmp_path / name, sheet=sheet)
        first, second = caught.value.faults
        assert found in f"{first}"
        assert second.found == "one that is there"


@pytest.mark.parametrize("sheet", ["Data", ""])
def test_a_sheet_of_what_has_none_is_refused(tmp_path, sheet) -> None:
    (tmp_path / "long.csv").write_text("id,il6\n1,2.5\n2,3.5\n")
    message = "long.csv: a workbook, where a sheet is named, is required; found a text file; leave the sheet out"
    with pytest.raises(InputError) as caught:
        draft_study_file(tmp_path / "long.csv", sheet=sheet)
    assert str(caught.value) == message
    assert not (tmp_path / "study.toml").exists()


@pytest.mark.parametrize("out", [None, "other.toml"])
def test_a_study_file_in_place_of_the_data_file_is_told_to_be_one(tmp_path, out) -> None:
    shutil.copy(example_path(), tmp_path / "study.toml")
    with pytest.raises(InputError) as caught:
        draft_study_file(tmp_path / "study.toml", None if out is None else tmp_path / out)
    (fault,) = caught.value.faults
    assert (fault.required, fault.found) == ("a data file", "a study file")
    assert "`force`" not in fault.action


LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
KNOWN_NAMES = [
    "id",
    "il6_0",
    "il6_12",
    "crp",
    "madrs_0",
    "madrs_12",
    "arm",
    "week",
    "visit_date",
    "plate_0",
    "]",
    "phq9",
]
KNOWN_CELLS = ["1", "2", "2.5", "1,5", "<0.3", "NA", "-99", "99", "OOR>", "1e999", "0", "a", "2016-03-01", "x@e.org"]
NAMES = st.one_of(st.sampled_from(KNOWN_NAMES), st.text(LETTERS, max_size=12))
CELLS = st.one_of(st.sampled_from(["", *KNOWN_CELLS]), st.text(LETTERS, max_size=6))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_table_gives_valid_toml_with_nothing_wrong_but_its_blanks(data: st.DataObject) -> None:
    names = ["x", *data.draw(st.lists(NAMES, max_size=8))]
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names)), min_size=1, max_size=6))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=data.draw(st.sampled_from(",;\t"))).writerows([names, *rows])
        try:
            draft = draft_study_file(path)
        except InputError:
            return  # no table can be read, such as one whose rows are all blank
        content = tomllib.loads(draft.path.read_text("utf-8"))
        assert content["data"]["file"] == "table.csv"
        assert len(blank_faults(draft.path)) == draft.blanks
