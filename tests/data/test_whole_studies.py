"""Whatever a study file declares: no cell is lost, none changed, and no value comes from anywhere else."""

import copy
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cochange.data.faults import InputError
from cochange.data.reading.variables import variables
from cochange.data.study import Study

LIMITS = {
    "lower_limit": 0.11,
    "upper_limit": 100,
    "floors": [0.2],
    "ceilings": [90],
    "measured_codes": ["0"],
    "below_codes": ["1"],
    "missing_codes": ["H"],
    "extrapolated": "keep",
    "confirmed": ["scale", "floors", "ceilings"],
}
NUMBER = st.floats(0.3, 80).map(lambda x: f"{x:.4g}")
BLANK = st.sampled_from(["", "NA", "-99"])
READING = st.one_of(NUMBER, BLANK, st.sampled_from(["<LOD", "n.d.", ">ULOQ", "< 0.3", "*7.5", "0.2", "90", "2 ng/L"]))
SCORE = st.one_of(st.integers(0, 60).map(str), BLANK)
ITEM = st.one_of(st.integers(0, 4).map(str), BLANK)
LIMIT = st.one_of(st.sampled_from(["0.05", "0.15"]), BLANK)
CODE = st.one_of(st.just("H"), BLANK)
DATES = {"0": "2024-01-05", "12": "2024-03-29", "24": "2024-06-21"}
SPOILT = ("***", "#N/A", "1,5", "high", "-3", "61.5")
OWN_SCALE = {"scale": "Mood", "range": [0, 12], "direction": "higher is worse", "items": {"range": [0, 4]}}
FREE = 8
VISITS = ("0", "12")
CHOICES = ("limits", "wells", "items", "dates", "rows", "ignored", "absent", "baseline")


def made(files: Any, draw: Any, chosen: set[str]) -> Any:
    """The study with some of its cells drawn anew, and declared and written as chosen."""
    files = copy.deepcopy(files)
    spec, long = files.spec, files.spec["data"]["layout"] == "long"
    spec["data"]["missing"] = ["NA", "-99"]
    ends = [""] if long else [f"_{visit}" for visit in VISITS]

    def fill(stem: str, cells: Any, usual: Any = ("", "")) -> list[str]:
        """Columns of every visit, the first cells of each drawn; the others as they are or as usual there."""
        names = [f"{stem}{end}" for end in ends]
        for name, others in zip(names, usual, strict=False):
            if name not in files.table:
                files.table[name] = others
            files.table.loc[: FREE - 1, name] = draw(st.lists(cells, min_size=FREE, max_size=FREE))
        return names

    marker = spec["marker"][0]
    fill("il6", READING if "limits" in chosen else st.one_of(NUMBER, BLANK, st.just("<0.3")))
    if "limits" in chosen:
        marker |= LIMITS | {"codes": fill("remark", CODE), "lower_limit_columns": fill("lod", LIMIT)}
    if "wells" in chosen:
        others = [f"{1 + i / 50:g}" for i in range(len(files.table))]
        second = fill("well", st.one_of(NUMBER, BLANK), (others, others[::-1]))
        marker["columns"] = [[first, other] for first, other in zip(marker["columns"], second, strict=True)]
    if "items" in chosen:
        numbers = np.random.default_rng(draw(st.integers(0, 9))).integers(0, 5, (3, 2, len(files.table))).astype(str)
        parts = [fill(f"mood{item}", ITEM, numbers[item]) for item in range(3)]
        spec["symptom"] = OWN_SCALE | {"columns": [list(part) for part in zip(*parts, strict=True)]}
    else:
        fill("madrs", SCORE)
        if "baseline" in chosen and long:
            use_baseline_column(files)
    if "dates" in chosen:
        spec["dates"] = {"columns": [f"date{end}" for end in ends]}
        for end in ends:
            files.table[f"date{end}"] = files.table["week"].map(DATES) if long else DATES[end.strip("_")]
    if long:
        arrange(files, draw, chosen)
    if "rows" in chosen:
        leave_out(files, draw)
    order = draw(st.permutations(range(len(files.table))))
    files.table = files.table.iloc[list(order)].reset_index(drop=True)
    return files


def use_baseline_column(files: Any) -> None:
    table, first = files.table, files.table["week"] == "0"
    scores = dict(zip(table.loc[first, "id"], table.loc[first, "madrs"], strict=True))
    files.table = table.assign(madrs_first=table["id"].map(scores))[~first].reset_index(drop=True)
    later = files.table.assign(week="24", il6=files.table["il6"].to_numpy()[::-1])
    later["madrs"] = files.table["madrs"].to_numpy()[::-1]
    files.table = pd.concat([files.table, later], ignore_index=True)
    files.spec["symptom"]["baseline_column"] = "madrs_first"
    files.spec["data"]["visits"] = ["0", "12", "24"]
    files.spec["analysis"] = {"baseline": "12", "follow_up": "24"}


def arrange(files: Any, draw: Any, chosen: set[str]) -> None:
    """Rows of a visit that is ignored, and visits without a row."""
    if "absent" in chosen:
        gone = draw(st.sets(st.integers(0, len(files.table) - 1), max_size=3))
        files.table = files.table.drop(index=list(gone)).reset_index(drop=True)
    if "ignored" in chosen:
        files.table = pd.concat([files.table, spoilt_copy(files, draw).assign(week="6")], ignore_index=True)
        files.spec["data"]["ignore_visits"] = ["6"]


def leave_out(files: Any, draw: Any) -> None:
    """Rows with another text in a column of their own, one of them of somebody who has no others."""
    aside = spoilt_copy(files, draw)
    aside.iloc[0, aside.columns.get_loc("id")] = "stranger"
    files.table = pd.concat([files.table.assign(part=""), aside.assign(part="side effects")], ignore_index=True)
    files.spec["data"]["rows"] = {"part": [""]}


def spoilt_copy(files: Any, draw: Any) -> pd.DataFrame:
    """A few rows in which what was measured cannot be read."""
    people = {"id", "arm", "intensity", "clinic", "age", "sex", "phq9", "week", "part", "madrs_first"}
    rows = files.table.iloc[draw(st.lists(st.integers(0, 15), min_size=1, max_size=4, unique=True))].copy()
    rows[[name for name in rows.columns if name not in people]] = draw(st.sampled_from(SPOILT))
    # Rows that are left out must not hold the only values of a column.
    rows.loc[:, files.table.isin(["", "NA", "-99"]).all()] = ""
    return rows


def assert_nothing_is_lost(study: Study, table: pd.DataFrame) -> None:
    records = study.audit.records
    in_rows = records[records["row"].notna()]
    names = [column for variable in variables(study.spec) for part in variable.columns for column in part]
    if study.spec.symptom is not None and study.spec.symptom.baseline_column is not None:
        names.append(study.spec.symptom.baseline_column)
    for name in names:
        own = in_rows[in_rows["column"] == name].sort_values("row")
        assert own["row"].tolist() == list(range(2, 2 + len(table))), name
        assert own["text"].tolist() == table[name].tolist(), name
    assert set(in_rows["column"]) - set(names) <= {"mood0_0 to mood2_0", "mood0_12 to mood2_12", "mood0 to mood2"}
    assert (records["decision"] != "").all()


def assert_every_value_has_its_record(study: Study) -> None:
    records = study.audit.records
    used = records[records["status"] != "ignored"]
    given = used[used["status"] != "missing"]
    values = dict(list(given.groupby(["variable", "participant", "visit"])))
    people = {place: set(own["value"]) for place, own in given.groupby(["variable", "participant"])}
    participants = set(used["participant"])
    assert set(study.data["participant"].to_numpy()) == participants
    for participant in participants:
        here = study.data.sel(participant=participant)
        for visit in study.spec.data.visits:
            for name, found in (("IL-6", here["marker_value"]), (study.spec.symptom.scale, here["symptom"])):
                value = float(found.sel(visit=visit).squeeze())
                own = values.get((name, participant, visit))
                if own is None:
                    assert np.isnan(value), (name, participant, visit)
                else:
                    # A score that every row repeats is one number; the wells of a sample may differ.
                    numbers = np.unique(own["value"].astype(float)) if name != "IL-6" else own["value"].astype(float)
                    expected = np.exp(np.log(numbers).mean()) if len(numbers) > 1 else np.asarray(numbers)[0]
                    assert value == pytest.approx(expected, rel=1e-12), (name, participant, visit)
        for variable in ("arm", "group", "site"):
            assert people[variable, participant] == {here[variable].item()}
        for column in ("age", "sex"):
            assert people[column, participant] == {here[f"covariate_{column}"].item()}


# The study on disk is written anew by every example.
EXAMPLES = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("layout", ["wide", "long"])
@EXAMPLES
@given(data=st.data(), chosen=st.sets(st.sampled_from(CHOICES)))
def test_no_cell_is_lost_and_no_value_is_made_up(
    layout: str, wide: Any, long: Any, data: st.DataObject, chosen: set[str]
) -> None:
    files = made({"wide": wide, "long": long}[layout], data.draw, chosen)
    study = files.read()
    assert_nothing_is_lost(study, files.table)
    assert_every_value_has_its_record(study)


@pytest.mark.parametrize("layout", ["wide", "long"])
@EXAMPLES
@given(data=st.data(), chosen=st.sets(st.sampled_from(CHOICES)))
def test_a_spoilt_cell_ends_in_a_fault_or_in_its_record(
    layout: str, wide: Any, long: Any, data: st.DataObject, chosen: set[str]
) -> None:
    files = made({"wide": wide, "long": long}[layout], data.draw, chosen)
    place = data.draw(st.integers(0, files.table.size - 1))
    row, column = divmod(place, files.table.shape[1])
    files.table.iloc[row, column] = data.draw(st.sampled_from([*SPOILT, "", "NA"]))
    try:
        study = files.read()
    except InputError:
        return
    assert_nothing_is_lost(study, files.table)
    assert_every_value_has_its_record(study)
