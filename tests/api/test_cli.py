"""The command as its user meets it: output, exit codes, nothing written where the input is at fault."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import cochange
from cochange.data.simulate import example_path
from cochange.inference.settings import Settings
from cochange.inference.store import RECORDED_LATER
from cochange.reports.numbers import MINUS
from cochange.work import Request

ROOT = Path(__file__).resolve().parents[2]
# A report that is sent by mail.
MOST_BYTES = 3_000_000


@pytest.fixture
def study_file(tmp_path) -> Path:
    """A copy of the example to spoil."""
    folder = shutil.copytree(example_path().parent, tmp_path / "study", ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "study.toml"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_help_names_every_verb(command):
    code, out, _ = command("--help")
    assert code == 0
    verbs = ("init", "check", "run", "fit", "compare-priors", "report", "compare", "models", "pool", "priors", "elicit")
    for verb in (*verbs, "simulate", "demo", "cache", "calibrate", "cross-validate", "plan"):
        assert f"  {verb} " in out


@pytest.mark.parametrize("verb", ["run", "fit", "compare-priors", "demo"])
def test_help_says_when_more_draws_are_made(command, verb):
    _, out, _ = command(verb, "--help")
    assert f"to begin with: a fit is sampled anew with more, at most {Settings().max_draws:,}," in " ".join(out.split())


def test_version(command):
    assert command("--version") == (0, f"cochange {cochange.__version__}\n", "")


def test_check_prints_what_each_model_would_use(command):
    code, out, _ = command("check", example_path())
    assert code == 0
    assert "SYNTHETIC DATA" in out
    for word in ("marker_change", "symptom_change", "parallel_change", "IL-6", "MADRS", "116 participants"):
        assert word in out


def test_models_lists_estimands_and_prior_sets(command):
    code, out, _ = command("models")
    assert code == 0
    for word in ("exp(E[m1 - m0])", "prognostic_slope", "parallel_slope", "literature", f"Normal({MINUS}9, 3)"):
        assert word in out
    for word in ("log_odds_baseline_symptom", "change_correlation_given_baseline", "marker_level_change_correlation"):
        assert word in out


def test_models_shows_an_own_model_file(command):
    code, out, _ = command("models", "--model", ROOT / "docs" / "examples" / "own_model.py")
    assert code == 0
    for word in ("own_model", "How far did the score change?", "E[y1 - y0]", "sceptical"):
        assert word in out
    assert "marker_change" not in out


def test_simulate_writes_a_study_that_check_accepts(command, tmp_path):
    code, out, _ = command("simulate", "--out", tmp_path / "trial", "--participants", 60, "--seed", 3)
    assert code == 0
    path = Path(out.strip())
    assert path == tmp_path / "trial" / "study.toml"
    edited = path.read_text("utf-8") + "# edited\n"
    path.write_text(edited, "utf-8")
    again = ("simulate", "--out", tmp_path / "trial", "--participants", 60, "--seed", 3)
    code, out, err = command(*again)
    assert (code, out) == (2, "")
    assert "study.toml: no file of that name is required; found one that holds something else, or was edited" in err
    assert path.read_text("utf-8") == edited
    assert command(*again, "--force")[0] == 0
    code, out, _ = command("check", path)
    assert code == 0
    assert "60 participants" in out


def test_every_fault_is_told_at_once_and_nothing_is_written(command, study_file, tmp_path):
    data = study_file.parent / "exercise_trial.csv"
    lines = data.read_text(encoding="utf-8").splitlines()
    header = next(i for i, line in enumerate(lines) if not line.startswith("#"))
    names, cells = lines[header].split(","), lines[header + 1].split(",")
    cells[names.index("madrs_0")] = "75"
    second = lines[header + 2].split(",")
    second[names.index("madrs_0")] = "many"
    lines[header + 1], lines[header + 2] = ",".join(cells), ",".join(second)
    data.write_text("\n".join([*lines, lines[header + 3]]) + "\n", encoding="utf-8")
    code, out, err = command("run", study_file, "--out", tmp_path / "out")
    assert (code, out) == (2, "")
    assert f"exercise_trial.csv, row {header + 2}, column madrs_0" in err
    assert "found '75'" in err
    assert f"row {header + 3}, column madrs_0" in err
    assert "found 'many'" in err
    assert f"row {len(lines) + 1}, column" in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title = "', 'titel = "', "title"),
        ('title = "', 'title = ', "line"),
        ('file = "exercise_trial.csv"', 'file = "no_such.csv"', "no_such.csv"),
        ('scale = "MADRS"', 'scale = "MADSR"', "MADRS"),
    ],
)  # fmt: skip
def test_a_spoilt_study_file_ends_with_2(command, study_file, tmp_path, old, new, told):
    change(study_file, old, new)
    code, _, err = command("run", study_file, "--out", tmp_path / "out")
    assert code == 2
    assert told in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run"], "STUDY.toml: the study file is required; found nothing"),
        (["run", "x.toml", "--out", "y", "--draws", "3"], "--draws"),
        (["run", "no_such.toml", "--out", "y"], "no file that can be read"),
        (
            ["fit", "EXAMPLE", "--model", "marker_chnge"],
            "--model: the name of a model that ships, or the path of a .py file, is required; found 'marker_chnge'; "
            "did you mean 'marker_change'? Others are",
        ),
        (
            ["fit", "EXAMPLE", "--model", "marker_change", "--prior", "skeptical"],
            "--prior: a prior set of marker_change, shipped or defined under [analysis.prior_sets], is required; found "
            "'skeptical'; did you mean 'sceptical'? Others are 'reference', 'literature', 'diffuse'",
        ),
        (["report", "no_such_folder"], "holds no run"),
        (
            ["run", "EXAMPLE", "--out", "y", "--seed", "-1"],
            "--seed: a number of at least 0 is required; found '-1'; give such a number",
        ),
        (["run", "EXAMPLE", "--out", "y", "--seed", "one"], "--seed: a whole number is required; found 'one'"),
        (["pool", "--weight", "3"], "--weight: a number of at most 1 is required; found '3'"),
        (["elicit", "EXAMPLE", "--between", "1", "2,5"], "--between: a number is required; found '2,5'"),
        (
            ["cross-validate", "EXAMPLE", "--by", "particpant"],
            "--by: one of 'participant', 'site' is required; found 'particpant'; did you mean 'participant'?",
        ),
        (["chekc", "EXAMPLE"], "a command of cochange is required; found 'chekc'; did you mean 'check'?"),
        (
            ["fit", "EXAMPLE", "--priors", "sceptical"],
            "--priors: an option of cochange fit is required; found '--priors'; did you mean '--prior'? Others are",
        ),
        (
            ["plan", "EXAMPLE", "--out", "y", "--participants", "60", "--design-prior", "refrence"],
            "--design-prior: a prior set of joint_change, shipped or defined under [analysis.prior_sets], is required; "
            "found 'refrence'; did you mean 'reference'?",
        ),
        (
            ["calibrate", "joint_change", "--out", "y", "--prior", "refrence"],
            "--prior: a prior set of joint_change, shipped or defined under [analysis.prior_sets], is required; found "
            "'refrence'; did you mean 'reference'?",
        ),
        (["simulate", "--out", "y", "--seed", "-1"], "--seed"),
        (["calibrate", "symptom_change", "--out", "y", "--seed", "-1"], "--seed"),
    ],
)
def test_a_wrong_command_ends_with_2(command, arguments, told, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = command(*(str(example_path()) if word == "EXAMPLE" else word for word in arguments))
    assert code == 2
    assert told in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", ["out", "out/in/it"])
@pytest.mark.parametrize("verb", ["run", "fit", "compare-priors", "calibrate", "plan", "simulate"])
def test_a_file_in_the_place_of_the_folder_ends_with_2_before_anything_is_done(command, verb, place, tmp_path):
    (tmp_path / "out").write_text("mine")
    code, _, err = command(verb, "--out", tmp_path / place)
    assert code == 2
    found = f"found the file '{tmp_path / 'out'}'; give another path, or move the file"
    assert f"--out: a folder, made when absent, is required; {found}" in err.splitlines()
    assert (tmp_path / "out").read_text() == "mine"


def test_a_folder_that_cannot_be_written_to_ends_with_2_before_anything_is_done(command, tmp_path, monkeypatch):
    def refused(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("cochange.data.paths.TemporaryFile", refused)
    code, _, err = command("run", example_path(), "--out", tmp_path / "in" / "it")
    assert code == 2
    found = f"found '{tmp_path}', where nothing can be written (Permission denied); give another path"
    assert err.startswith(f"--out: a folder that can be written to is required; {found}")
    assert list(tmp_path.iterdir()) == []


def test_a_report_is_written_again_from_stored_draws(command, example_run, tmp_path, monkeypatch):
    directory = shutil.copytree(example_run.directory, tmp_path / "run")
    code, out, err = command("report", directory)
    assert code == 0
    assert Path(out.strip()) == directory / "report.html"
    assert "Verdict: may be reported" in err
    text = (directory / "report.html").read_text(encoding="utf-8")
    assert "SYNTHETIC DATA" in text
    assert list((directory / "figures").glob("*.svg"))
    assert list((directory / "tables").glob("*.csv"))
    assert "SYNTHETIC DATA" in (directory / "report.md").read_text(encoding="utf-8")
    sizes = {name: (directory / name).stat().st_size for name in ("report.html", "report.docx")}
    assert all(100_000 < size < MOST_BYTES for size in sizes.values()), sizes


def validated(directory: Path) -> dict[str, Any]:
    """The results of a directory, valid by the schema that lies beside them."""
    written, schema = (
        json.loads((directory / name).read_text("utf-8")) for name in ("results.json", "results.schema.json")
    )
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(written)
    return written


def test_what_a_run_writes_is_valid_by_its_schema(example_run):
    assert validated(example_run.directory)["estimates"]


def test_a_directory_of_an_earlier_version_is_written_again_without_sampling(
    command, example_run, tmp_path, monkeypatch
):
    """Nothing but study, draws and manifest is there, and the manifest lacks what was recorded later."""
    before = json.loads((example_run.directory / "results.json").read_text("utf-8"))
    directory = tmp_path / "run"
    for name in ("study", "posterior"):
        shutil.copytree(example_run.directory / name, directory / name)
    manifest = {name: value for name, value in before["manifest"].items() if name not in RECORDED_LATER}
    (directory / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    (directory / "tables").mkdir()
    (directory / "tables" / "of_an_earlier_template.tex").write_text("")
    (directory / "results.json").write_text('{"schema": "cochange.results/0"}')

    def sampled(*_, **__):
        raise AssertionError("a report samples nothing")

    monkeypatch.setattr("nutpie.sample", sampled)
    monkeypatch.setattr("cochange.inference.compiled.compile_model", sampled)
    code, out, err = command("report", directory)
    assert code == 0, err
    assert Path(out.strip()) == directory / "report.html"
    after = validated(directory)
    assert after["estimates"] == before["estimates"]
    assert after["no_change"] == before["no_change"]
    assert after["manifest"] == before["manifest"] | RECORDED_LATER
    assert not (directory / "tables" / "of_an_earlier_template.tex").exists()
    again = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    assert command("report", directory)[0] == 0
    assert [path.name for path, content in again.items() if path.read_bytes() != content] == []


def test_a_run_that_must_not_be_reported_ends_with_3(command, example_run, tmp_path):
    directory = shutil.copytree(example_run.directory, tmp_path / "run")
    import xarray as xr

    path = directory / "posterior" / "marker_change-reference.nc"
    with xr.open_datatree(path, engine="h5netcdf") as stored:
        tree = stored.load()
    posterior = tree["posterior"].to_dataset()
    posterior["change"] = posterior["change"] + xr.DataArray([0.0, 0.0, 0.0, 2.0], dims="chain")
    tree["posterior"] = xr.DataTree(posterior)
    path.unlink()
    tree.to_netcdf(path, engine="h5netcdf")
    code, _, err = command("report", directory)
    assert code == 3
    assert "not to be reported" in err
    assert "R-hat" in err
    assert "Verdict: not to be reported" in (directory / "report.html").read_text(encoding="utf-8")


def test_the_command_to_repeat_says_what_was_left_out():
    asked = Request(verb="run", study_file=Path("study.toml"), out=Path("out"))
    assert "--no-double" not in asked.command(Settings())
    assert replace(asked, double=False).command(Settings()).endswith(" --no-double")
    assert "--no-double" not in replace(asked, verb="fit", double=False).command(Settings())


def test_stopping_ends_with_130_and_says_how_to_go_on(command, monkeypatch, tmp_path):
    import cochange.work

    def stopped(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cochange.work, "run", stopped)
    code, _, err = command("demo", "--out", tmp_path / "out")
    assert code == 130
    assert f"kept in {tmp_path / 'out'}, and the same command goes on after them" in err


def test_an_own_model_file_runs_through_fit(command, tmp_path):
    model = ROOT / "docs" / "examples" / "own_model.py"
    out_folder = tmp_path / "own"
    code, out, _ = command("check", example_path(), "--model", model)
    assert code == 0
    assert "own_model" in out
    code, out, err = command("run", example_path(), "--model", model, "--out", out_folder)
    assert code == 0, err
    content = json.loads((out_folder / "results.json").read_text(encoding="utf-8"))
    assert {(row["model"], row["prior"]) for row in content["estimates"]} == {
        ("own_model", "reference"),
        ("own_model", "sceptical"),
    }
    assert command("report", out_folder)[0] == 0


def test_an_own_model_that_lacks_parts_is_told_what(command, tmp_path):
    path = tmp_path / "half.py"
    path.write_text('"""A model."""\nQUESTION = "What?"\n')
    code, _, err = command("fit", example_path(), "--model", path)
    assert code == 2
    for part in ("ESTIMANDS", "PRIOR_VARS", "PRIORS", "select", "build", "derive"):
        assert f"{part} is missing" in err
    assert "QUESTION is missing" not in err


def test_a_model_script_fits_its_own_model(tmp_path):
    command = [sys.executable, str(ROOT / "models" / "symptom_change.py"), str(example_path()), "--prior", "reference"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=os.environ, check=False)
    assert done.returncode == 0, done.stderr
    assert "prognostic_slope (ancova)" in done.stdout
    assert "Verdict: may be reported: the chains agree" in done.stderr
    assert "Nothing is kept without --out DIR." in done.stderr
    assert "Warning" not in done.stderr
    assert list(tmp_path.iterdir()) == []
