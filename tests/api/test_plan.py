"""`cochange plan` on a model of one's own and a study without data: its files, its table, its messages."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cochange.cli import app
from cochange.data.faults import CochangeError

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
    ("more", "message"),
    [
        (("--probability", "0.9"), "A study without data is planned from its expected baselines (--baseline)"),
        (("--baseline", "MADRS=25,6"), "the probability that the decision needs is stated nowhere"),
        (("--baseline", "MADRS"), "--baseline is written NAME=MEDIAN or NAME=MEDIAN,SD; got 'MADRS'"),
        (("--baseline", "MADRS=low"), "--baseline takes numbers, separated by commas; got 'low'"),
        (("--arms", "a,b"), "--arms goes with --baseline"),
        (("--dropout", "0;0.2"), "--dropout takes numbers, separated by commas; got '0;0.2'"),
        (("--participants", "20.5"), "--participants takes whole numbers"),
        (("--truth", "symptom_change"), "--truth is written NAME=VALUE; got 'symptom_change'"),
    ],
)
def test_what_is_written_wrong_is_said(tmp_path: Path, more: tuple[str, ...], message: str) -> None:
    result = CliRunner().invoke(app, words(tmp_path, *more))
    assert isinstance(result.exception, CochangeError), result.output
    assert message in str(result.exception)
