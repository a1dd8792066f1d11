"""`cochange plan` on a model of one's own and a study without data: its files, its table, its messages."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cochange.cli import app
from cochange.data.faults import InputError

OWN = str(Path(__file__).resolve().parents[2] / "docs" / "examples" / "own_model.py")
STUDY = """
[study]
title = "Planned trial"
design = "single arm"
treatment = "exercise"

[data]
file = "not_there_yet.csv"
layout = "wide"
participant = "id"
visits = ["baseline", "week 12"]

[symptom]
scale = "MADRS"
columns = ["madrs_0", "madrs_12"]

[estimand.smallest_important.symptom_change]
value = 3
reason = "chosen for this test"
"""


def words(folder: Path, *more: str) -> list[str]:
    study = folder / "study.toml"
    study.write_text(STUDY, "utf-8")
    fixed = ["--model", OWN, "--participants", "20,40", "--design-prior", "reference", "--cores", "1", "--fits", "20"]
    return ["plan", str(study), "--out", str(folder / "out"), *fixed, *more]


def test_the_command_writes_what_it_prints(tmp_path: Path) -> None:
    given = ["--baseline", "MADRS=25,6", "--probability", "0.9", "--dropout", "0,0.2"]
    result = CliRunner().invoke(app, words(tmp_path, *given))
    assert result.exit_code == 0, result.output
    assert str(tmp_path / "out" / "plan.html") in result.stdout
    record = json.loads((tmp_path / "out" / "plan.json").read_text("utf-8"))
    assert [(row["design"]["participants"], row["design"]["dropout"]) for row in record["designs"]] == [
        (20, 0), (40, 0), (20, 0.2), (40, 0.2)
    ]  # fmt: skip
    for row in record["designs"]:
        assert f"{row['assurance']:.0%}" in result.stdout
    assert " ".join(record["said"][0].split()) in " ".join(result.stderr.split())
    again = CliRunner().invoke(app, words(tmp_path, *given, "--quiet"))
    assert again.stdout.strip() == str(tmp_path / "out" / "plan.html")
    power = CliRunner().invoke(app, words(tmp_path, *given, "--truth", "symptom_change=-4", "--quiet"))
    assert "holds fits of other settings" in str(power.exception)


@pytest.mark.parametrize(
    ("more", "messages"),
    [
        (
            (),
            ("--baseline: each expected baseline, of a study without data, is required; found none; give --baseline,",),
        ),
        (
            ("--baseline", "MADRS", "--truth", "symptom_change"),
            (
                "--baseline: NAME=MEDIAN or NAME=MEDIAN,SD is required; found 'MADRS'; write it so",
                "--truth: NAME=VALUE is required; found 'symptom_change'",
            ),
        ),
        (("--baseline", "MADRS=low"), ("--baseline: a number, or several separated by commas, is required; found 'l",)),
        (("--truth", "sd=nan"), ("--truth: a number, or several separated by commas, is required; found 'nan'",)),
        (
            ("--truth", "sd=1", "--truth", "sd=2", "--baseline", "MADRS=25", "--baseline", "MADRS=26"),
            ("--truth: one value of sd is required; found several", "--baseline: one value of MADRS is required"),
        ),
        (("--arms", "a,b"), ("--arms: --baseline beside it is required; found none",)),
        (
            ("--dropout", "0;0.2", "--limit", "-1", "--design-prior", "litrature", "--decision", "change=decrease"),
            (
                "--dropout: a number, or several separated by commas, is required; found '0;0.2'; correct '0;0.2'",
                "--limit: a limit of 0 (none) or more, in the marker's unit, is required; found -1",
                "--design-prior: a prior set of own_model",
                "--decision: an estimand of own_model",
            ),
        ),
    ],
)
def test_what_is_written_wrong_is_said_together(
    tmp_path: Path, more: tuple[str, ...], messages: tuple[str, ...]
) -> None:
    given = words(tmp_path, *more)
    if "--design-prior" in more:
        place = given.index("--design-prior")
        del given[place : place + 2]
    result = CliRunner().invoke(app, given)
    assert isinstance(result.exception, InputError), result.output
    for message in messages:
        assert message in str(result.exception)


def test_numbers_of_participants_are_whole(tmp_path: Path) -> None:
    given = words(tmp_path)
    given[given.index("--participants") + 1] = "20.5,30"
    result = CliRunner().invoke(app, given)
    message = (
        "--participants: a whole number, or several separated by commas, is required; found '20.5,30'; correct '20.5'"
    )
    assert message in str(result.exception)


def test_a_mistyped_truth_leaves_no_file_that_hinders_the_right_one(tmp_path: Path) -> None:
    given = ["--baseline", "MADRS=25,6", "--probability", "0.9", "--quiet"]
    wrong = CliRunner().invoke(app, words(tmp_path, *given, "--truth", "symptom_chang=-4"))
    assert "--truth: a parameter or an estimand of own_model is required; found 'symptom_chang'; did you" in str(
        wrong.exception
    )
    assert not list((tmp_path / "out").rglob("*.jsonl"))
