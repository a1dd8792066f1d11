"""Columns that hold the items of a scale: known by their names, drafted as lists, added up when filled in."""

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cochange.data.draft import draft_study_file
from cochange.data.read import read_study
from cochange.data.scales import KNOWN_SCALES

ROWS = 24
# By spelling: the scale, the visits as the draft calls them, the columns' visits as written.
WIDE = {
    "madrs{item}_{visit}": ("MADRS", ["0", "12"], ["0", "12"]),
    "madrs_{item:02d}_w{visit}": ("MADRS", ["w0", "w12"], ["0", "12"]),
    "madrs_{visit}_{item}": ("MADRS", ["1", "2"], ["1", "2"]),
    "madrs_{item}_{visit}": ("MADRS", ["1", "2"], ["1", "2"]),
    "w{visit}_madrs_item{item}": ("MADRS", ["w0", "w12"], ["0", "12"]),
    "MADRS Q{item} {visit}": ("MADRS", ["pre", "post"], ["pre", "post"]),
    "madrs_s_{visit}_{item}": ("MADRS-S", ["0", "12"], ["0", "12"]),
    "phq9_{item}_{visit}": ("PHQ-9", ["bl", "fu"], ["bl", "fu"]),
    "phq{item}_t{visit}": ("PHQ-9", ["t1", "t2"], ["1", "2"]),
    "bdi{item}_{visit}": ("BDI-II", ["0", "12"], ["0", "12"]),
    "bdi2_{item}_{visit}": ("BDI-II", ["0", "12"], ["0", "12"]),
    "hamd17_{item}_v{visit}": ("HAMD-17", ["v1", "v2"], ["1", "2"]),
    "cesd_{item}_{visit}": ("CES-D", ["0", "12"], ["0", "12"]),
    "hads_d{item}_{visit}": ("HADS-D", ["0", "12"], ["0", "12"]),
}
ANSWERS = {
    "title": '"T"',
    "design": '"single arm"',
    "treatment": '"none"',
    "missing": "[]",
    "unit": '"pg/mL"',
    "scale": '"raw"',
    "most_missing": "1",
    "reversed": "[4, 8, 12, 16]",
}


def wide_table(spelling: str) -> pd.DataFrame:
    """Items of two visits from the last to the first, so that their order in the file says nothing."""
    scale, _, visits = WIDE[spelling]
    rng = np.random.default_rng(3)
    low, high = KNOWN_SCALES[scale].item_range or (0, 0)
    items = range(KNOWN_SCALES[scale].items or 0, 0, -1)
    columns = {
        spelling.format(item=item, visit=visit): rng.integers(int(low), int(high) + 1, ROWS)
        for item in items
        for visit in visits
    }
    return pd.DataFrame({"id": [f"P{i:02d}" for i in range(ROWS)]} | columns)


def drafted(folder: Path, table: pd.DataFrame) -> tuple[Path, dict[str, Any]]:
    table.to_csv(folder / "trial.csv", index=False)
    path = draft_study_file(folder / "trial.csv", force=True).path
    return path, tomllib.loads(path.read_text("utf-8"))


def filled(path: Path) -> Path:
    lines = []
    for line in path.read_text("utf-8").splitlines():
        key = line.partition(" = ")[0]
        if '= "FILL IN' not in line:
            lines.append(line)
        elif key in ANSWERS:
            lines.append(f"{key} = {ANSWERS[key]}")
        else:
            assert "delete the line" in line
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.mark.parametrize("spelling", WIDE)
def test_items_of_wide_files_are_drafted_as_lists_and_added_up(tmp_path: Path, spelling: str) -> None:
    scale, names, visits = WIDE[spelling]
    table = wide_table(spelling)
    path, content = drafted(tmp_path, table)
    known = KNOWN_SCALES[scale]
    columns = [[spelling.format(item=i + 1, visit=visit) for i in range(known.items or 0)] for visit in visits]
    assert content["data"]["visits"] == names
    assert content["symptom"]["scale"] == scale
    assert content["symptom"]["columns"] == columns
    rule = content["symptom"]["items"]
    assert rule["range"] == list(known.item_range or ())
    assert rule["most_missing"].startswith("FILL IN: how many missing items")
    assert rule.get("reversed", "").startswith("FILL IN" if scale == "CES-D" else "")
    assert ("reversed" in rule) == (scale == "CES-D")
    scores = read_study(filled(path)).data["symptom"].to_numpy()
    own = np.stack([table[part].to_numpy() for part in columns], axis=1).astype(float)
    if scale == "CES-D":
        own[:, :, [3, 7, 11, 15]] = 3 - own[:, :, [3, 7, 11, 15]]
    np.testing.assert_array_equal(scores, own.sum(axis=2))


def test_items_of_a_long_file(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    items = {f"phq9_{i}": rng.integers(0, 4, 2 * ROWS) for i in range(1, 10)}
    people = {"id": [f"P{i // 2:02d}" for i in range(2 * ROWS)], "week": ["0", "12"] * ROWS}
    path, content = drafted(tmp_path, pd.DataFrame(people | items))
    assert (content["data"]["layout"], content["data"]["visits"]) == ("long", ["0", "12"])
    assert content["symptom"]["columns"] == [list(items)]
    assert "inclusion" not in content
    scores = read_study(filled(path)).data["symptom"].to_numpy()
    np.testing.assert_array_equal(scores.ravel(), sum(items.values()))


def test_what_is_no_complete_set_is_no_scale(tmp_path: Path) -> None:
    table = wide_table("madrs{item}_{visit}")
    _, content = drafted(tmp_path, table.drop(columns=["madrs3_0", "madrs3_12"]))
    assert "symptom" not in content
    _, content = drafted(tmp_path, table.drop(columns="madrs3_12"))
    assert content["data"]["visits"] == ["0"]
    assert len(content["symptom"]["columns"]) == 1


def test_totals_go_before_their_items(tmp_path: Path) -> None:
    table = wide_table("madrs{item}_{visit}").assign(madrs_0=20, madrs_12=10)
    path, content = drafted(tmp_path, table)
    assert content["symptom"]["columns"] == ["madrs_0", "madrs_12"]
    assert "items" not in content["symptom"]
    text = re.sub(r"\n# ", " ", path.read_text("utf-8"))
    assert "Also found: the items of MADRS in 'madrs1_0' to 'madrs10_0' and 'madrs1_12' to 'madrs10_12'" in text


def test_a_total_of_the_screening_stays_beside_the_items(tmp_path: Path) -> None:
    table = wide_table("madrs{item}_{visit}").assign(madrs_screening=range(10, 10 + ROWS))
    _, content = drafted(tmp_path, table)
    assert content["inclusion"]["column"] == "madrs_screening"
    assert [len(part) for part in content["symptom"]["columns"]] == [10, 10]


def test_a_short_scale_at_the_visits_of_a_marker_is_none_of_items(tmp_path: Path) -> None:
    visits = {f"hads_d_{i}": range(ROWS) for i in range(1, 8)}
    ids = {"id": [f"P{i:02d}" for i in range(ROWS)]}
    _, content = drafted(tmp_path, pd.DataFrame(ids | visits | {"il6_1": 1.5, "il6_2": 2.5}))
    assert content["symptom"]["columns"] == ["hads_d_1", "hads_d_2"]
    _, content = drafted(tmp_path, pd.DataFrame(ids | visits))
    assert content["symptom"]["columns"] == [list(visits)]


def test_codes_outside_the_range_of_an_item_are_told(tmp_path: Path) -> None:
    table = wide_table("phq9_{item}_{visit}")
    table.loc[2, "phq9_4_bl"] = 9
    path, _ = drafted(tmp_path, table)
    assert "# Where a number or a level should stand: '9' in 1 cell (phq9_4_bl)" in path.read_text("utf-8")
    assert "found are 0 to 9" in path.read_text("utf-8")
