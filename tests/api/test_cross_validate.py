"""`cochange cross-validate` on a model that compiles in seconds: its files, its table, its exit code."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cochange.cli import app
from cochange.data.faults import CochangeError, InputError
from cochange.data.simulate import example_path
from cochange.inference.folding import fits
from cochange.models.parts.contract import available, load_model
from cochange.work import NOT_TO_BE_REPORTED

OWN = Path(__file__).resolve().parents[2] / "docs" / "examples" / "own_model.py"
# What the model of the documentation needs besides; it has one likelihood, and so both its forms are the same.
DENSITY = """

def _changes(study):
    pair = symptom_pair(study, select(study).used)
    change = pair[study.follow_up] - pair[study.baseline]
    return xr.DataArray(change, dims="participant", coords={"participant": select(study).used})


def log_likelihood(posterior, study):
    z = (_changes(study) - posterior["mean_change"]) / posterior["sd"]
    density = -0.5 * z**2 - xr.ufuncs.log(posterior["sd"]) - 0.5 * np.log(2 * np.pi)
    return density.transpose("chain", "draw", "participant")


def leave_out(study, participants):
    changes = _changes(study)
    return {"change_of_score": changes.values[~changes["participant"].isin(list(participants)).values]}
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("models") / "own_density.py"
    path.write_text(OWN.read_text("utf-8") + DENSITY, "utf-8")
    return str(path)


def words(model: str, out: Path, *more: str) -> list[str]:
    return ["cross-validate", str(example_path()), "--model", model, "--out", str(out), "--cores", "1", *more]


def test_the_command_writes_what_it_prints(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(app, words(model, tmp_path, "--folds", "3"))
    assert result.exit_code == 0, result.output
    assert str(tmp_path / "cross_validation.html") in result.stdout
    record = json.loads((tmp_path / "cross_validation.json").read_text("utf-8"))
    assert {row["form"] for row in record["forms"]} == {"normal", "Student-t"}
    assert sum(record["folds"].values()) == record["forms"][0]["participants"]
    for row in record["forms"]:
        assert f"{abs(row['elpd']):.1f}" in result.stdout
    page = (tmp_path / "cross_validation.html").read_text("utf-8")
    text = (tmp_path / "cross_validation.md").read_text("utf-8").replace("\\", "")
    for sentence in record["said"]:
        assert sentence in page
        assert sentence in text
        assert " ".join(sentence.split()) in " ".join(result.stderr.split())
    assert "SYNTHETIC DATA" in page
    table = (tmp_path / "tables" / "cross_validation_forms.csv").read_text("utf-8").splitlines()
    assert table[0] == ("data,form,elpd,se,mcse,difference,difference_se,weight,participants,fits,failed")
    assert len(table) == 3
    # Nobody is named on the page or in its tables.
    assert "P001" not in page
    # More effective draws than a chain can have: every fit fails its diagnostics.
    monkeypatch.setattr(fits, "LEAST_ESS", 1e9)
    failing = CliRunner().invoke(app, words(model, tmp_path / "failing", "--folds", "2", "--quiet"))
    assert failing.exit_code == NOT_TO_BE_REPORTED
    assert failing.stdout.strip() == str(tmp_path / "failing" / "cross_validation.html")


def test_a_model_without_densities_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, words("marker_change", tmp_path / "out"))
    assert isinstance(result.exception, CochangeError)
    assert str(result.exception) == (
        "marker_change cannot be cross-validated; those that ship and can be are growth, joint_change, "
        "repeated_measures"
    )
    assert not (tmp_path / "out").exists()


def test_a_model_file_is_told_what_it_lacks(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, words(str(OWN), tmp_path / "out"))
    assert "as this one has not, `log_likelihood`, a function" in str(result.exception)
    assert "`leave_out`, a function" in str(result.exception)


def test_the_models_that_can_be_are_named_in_the_help_and_on_the_page() -> None:
    loaded = map(load_model, available())
    able = [model.name for model in loaded if model.log_likelihood is not None and model.leave_out is not None]
    command = typer.main.get_command(app).commands["cross-validate"]  # type: ignore[attr-defined]
    (option,) = [parameter for parameter in command.params if parameter.name == "model"]
    page = (Path(__file__).resolve().parents[2] / "docs" / "cross-validation.md").read_text("utf-8")
    for name in able:
        assert name in option.help
        assert f"`{name}`" in page.partition("| path |")[0]


def test_a_number_of_folds_does_not_go_with_sites(model: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, words(model, tmp_path, "--by", "site", "--folds", "5", "--prior", "wrong"))
    assert isinstance(result.exception, InputError)
    folds, prior = map(str, result.exception.faults)
    assert folds.startswith("--folds: no number of folds with --by site is required; found 5")
    assert prior.startswith("--prior:")
