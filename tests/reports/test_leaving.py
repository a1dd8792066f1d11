"""Who left, by arm and reason, counted again from the data by pandas."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cochange.data.read import read_study
from cochange.data.study import Study
from cochange.inference.missing.from_models import leaving_by
from cochange.inference.missing.leaving import leaving_of
from cochange.inference.missing.strategies import stated
from cochange.inference.results import Results
from cochange.models.parts.contract import load_model
from cochange.reports.block import Table
from cochange.reports.checklists import on_study
from cochange.reports.leaving import by_event, by_reason, by_rule, who_left

N = 40
EVENTS = """
[[estimand.intercurrent_events]]
event = "no effect"
strategy = "treatment policy"
missing_as = "jump to reference"
arms = ["T"]
reasons = ["no effect"]
[[estimand.intercurrent_events]]
event = "moved"
strategy = "hypothetical"
missing_as = "missing at random"
reasons = ["moved"]
delta_score = 2.0
"""
ARMS = '[arms]\ncolumn = "arm"\ncontrol = "C"'
Write = Callable[..., Study]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Scores at three visits: some leave before the last, some miss the second alone, one is never seen again."""
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"id": [f"P{i:02}" for i in range(N)], "arm": ["T", "C"] * (N // 2)})
    for position, visit in enumerate(("y0", "y1", "y2")):
        frame[visit] = rng.integers(15, 40, N).astype(float) - 3 * position
    frame.loc[[3, 8], "y1"] = np.nan
    frame.loc[[0, 1, 2, 5, 9, 14, 20, 21], "y2"] = np.nan
    frame.loc[[5, 9], "y1"] = np.nan
    frame["why"] = ""
    frame.loc[[0, 1, 2, 5], "why"] = "no effect"
    frame.loc[[9, 14], "why"] = "moved"
    # Whoever was seen to the end did not leave, whatever the column says.
    frame.loc[30, "why"] = "completed"
    return frame


@pytest.fixture(scope="module")
def write(table: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Write:
    def written(arms: bool = True, reasons: bool = True, complete: bool = False) -> Study:
        folder: Path = tmp_path_factory.mktemp("leaving")
        frame = table.fillna({"y1": 20.0, "y2": 20.0}) if complete else table
        frame.to_csv(folder / "trial.csv", index=False)
        events = (
            EVENTS if arms else EVENTS.replace("jump to reference", "missing at random").replace('arms = ["T"]', "")
        )
        (folder / "study.toml").write_text(
            f"""
[study]
title = "Leaving"
design = "{"randomised" if arms else "single arm"}"
treatment = "exercise"
synthetic = true
[data]
file = "trial.csv"
layout = "wide"
participant = "id"
visits = ["w0", "w2", "w6"]
[symptom]
scale = "MADRS"
columns = ["y0", "y1", "y2"]
{ARMS if arms else ""}
{"[missing_data]" + chr(10) + 'reason = "why"' if reasons else ""}
{events if reasons else ""}
""",
            "utf-8",
        )
        return read_study(folder / "study.toml")

    return written


def test_reasons_are_counted_by_arm(write: Write, table: pd.DataFrame) -> None:
    paragraph, printed = who_left(write())
    left = table[table["y2"].isna()]
    arms = left["arm"].value_counts()
    assert paragraph.text == (
        f"{len(left)} of the {N} participants in the data file left ({arms['C']} of arm C and {arms['T']} of arm T): "
        "no value of MADRS at w6."
    )
    assert isinstance(printed, Table)
    assert printed.caption.endswith("for that arm's own participants, missing at random.")
    assert [column.label for column in printed.columns] == ["Reason", "overall", "arm C", "arm T", "Taken as"]
    counts = pd.crosstab(left["why"].replace("", "no reason given"), left["arm"])
    frame = printed.frame.set_index("reason")
    assert frame[["arm C", "arm T"]].to_numpy().tolist() == counts.loc[frame.index, ["C", "T"]].to_numpy().tolist()
    assert frame["overall"].tolist() == counts.loc[frame.index].sum(axis="columns").tolist()
    assert list(frame.index) == ["no effect", "moved", "no reason given"]
    assert frame["taken_as"].tolist() == [
        "missing at random (arm C); jump to reference (arm T)", "missing at random, +2 points", "missing at random",
    ]  # fmt: skip
    *lines, total = printed.groups[0].rows
    assert [line[0] for line in lines] == list(frame.index)
    assert total == ("all who left", str(len(left)), str(arms["C"]), str(arms["T"]), "")


def test_each_rule_has_its_number_by_arm(write: Write, table: pd.DataFrame) -> None:
    study = write()
    scenario = stated(study)
    assert scenario is not None
    left = table[table["y2"].isna()]
    no_effect = (left["why"] == "no effect") & (left["arm"] == "T")
    moved = left["why"] == "moved"
    leaving = leaving_by(load_model("repeated_measures"), study)
    for own, found in zip((no_effect, moved, ~no_effect & ~moved), by_rule(scenario, leaving, study), strict=True):
        assert found == {"overall": own.sum(), **{f"arm {arm}": (own & (left["arm"] == arm)).sum() for arm in "CT"}}


def test_those_whom_an_event_concerns_are_counted(write: Write, table: pd.DataFrame, results: Results) -> None:
    study = write()
    left = table[table["y2"].isna()]
    no_effect = ((left["why"] == "no effect") & (left["arm"] == "T")).sum()
    moved = (left["why"] == "moved").sum()
    others = f"The other {len(left) - no_effect - moved}, of whom no event speaks, are taken as missing at random."
    assert by_event(study) == {
        "no effect": f"{no_effect} of the {len(left)} who left, taken as jump to reference",
        "moved": f"{moved} of the {len(left)} who left, taken as missing at random, +2 points",
        "": others,
    }
    answer = on_study.drop_out(replace(results, study=study))
    assert answer.text == (
        f"no effect (treatment policy): {no_effect} of the {len(left)} who left, taken as jump to reference; moved "
        f"(hypothetical): {moved} of the {len(left)} who left, taken as missing at random, +2 points. {others}"
    )
    assert by_event(write(complete=True)) == {}
    assert by_event(write(reasons=False)) == {"": f"The {len(left)} who left are taken as missing at random."}


def test_one_arm_has_one_number(write: Write, table: pd.DataFrame) -> None:
    study = write(arms=False)
    paragraph, printed = who_left(study)
    assert [column.label for column in printed.columns] == ["Reason", "overall", "Taken as"]
    assert "arm" not in paragraph.text + printed.caption
    left = table[table["y2"].isna()]
    assert {one.reason: one.number for one in by_reason(study)} == {
        reason or "no reason given": {"overall": (left["why"] == reason).sum()} for reason in left["why"].unique()
    }


def test_without_reasons_there_is_a_sentence_and_no_table(write: Write) -> None:
    (paragraph,) = who_left(write(reasons=False))
    assert paragraph.text.endswith("The study file names no column of reasons.")
    assert by_reason(write(reasons=False)) == ()


def test_nothing_is_said_where_nobody_left(write: Write) -> None:
    assert who_left(write(complete=True)) == []


def test_those_who_left_the_file_are_those_who_left_the_models(write: Write, study: Study) -> None:
    for name, own in (("repeated_measures", write()), ("joint_change", study)):
        in_file, used = leaving_of(own), leaving_by(load_model(name), own)
        assert in_file.left.any()
        assert set(used.participant[used.left]) == set(in_file.participant[in_file.left])
