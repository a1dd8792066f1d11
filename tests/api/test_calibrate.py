"""`cochange calibrate` on a model of one's own: its files, its table, and its exit code."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cochange.cli import app
from cochange.data.faults import InputError

OWN = str(Path(__file__).resolve().parents[2] / "docs" / "examples" / "own_model.py")


def test_the_command_writes_what_it_prints_and_goes_on(tmp_path: Path) -> None:
    words = ["calibrate", OWN, "--out", str(tmp_path), "--cores", "1"]
    first = CliRunner().invoke(app, [*words, "--fits", "20"])
    assert first.exit_code == 0, first.output
    assert str(tmp_path / "calibration.html") in first.stdout
    assert "symptom_change" in first.stdout
    assert "of 20 fits" in first.stderr or "None of the 20 fits" in first.stderr
    stored = (tmp_path / "fits.jsonl").read_text("utf-8")
    more = CliRunner().invoke(app, [*words, "--fits", "24", "--quiet"])
    assert more.exit_code == 0, more.output
    assert more.stdout.strip() == str(tmp_path / "calibration.html")
    assert (tmp_path / "fits.jsonl").read_text("utf-8").startswith(stored)
    record = json.loads((tmp_path / "calibration.json").read_text("utf-8"))
    assert (record["fits"], record["design"], record["misspecified"]) == (24, "reference", None)
    other = CliRunner().invoke(app, [*words, "--fits", "24", "--seed", "5"])
    assert other.exit_code == 1
    assert "holds fits of other settings" in str(other.exception)


@pytest.mark.parametrize(("option", "value"), [("--fits", "3"), ("--misspecified", "luck")])
def test_an_option_out_of_bounds_is_refused(tmp_path: Path, option: str, value: str) -> None:
    result = CliRunner().invoke(app, ["calibrate", OWN, "--out", str(tmp_path), option, value])
    assert isinstance(result.exception, InputError)
    assert str(result.exception).startswith(f"{option}: ")


def test_what_is_written_wrong_is_said_of_where_it_stands(tmp_path: Path) -> None:
    given = ["calibrate", "symptom_chnge", "--out", str(tmp_path), "--truth", "sd"]
    refused = CliRunner().invoke(app, given).exception
    assert isinstance(refused, InputError)
    faults = list(map(str, refused.faults))
    assert faults[0].startswith("MODEL: the name of a model that ships, or the path of a .py file, is required")
    assert "did you mean 'symptom_change'?" in faults[0]
    assert faults[1] == "--truth: NAME=VALUE is required; found 'sd'; write it so"
