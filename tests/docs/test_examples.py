"""Every example runs as its user runs it; code that is compiled once is shared."""

import json
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import pytest

from cochange.data.simulate import example_path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
# What each prints that says it has done its work. The main job is fitted with one model, whose code others share.
SCRIPTS = {
    "one_fit.py": (
        [],
        ["report:", "parallel_slope (overall): ", "change_correlation (overall): ", "'chain': 4, 'draw': "],
    ),
    "whole_study.py": ([str(example_path()), "out", "parallel_change"], ["report.html", "verdict: report", "Q4 "]),
    "prior_grid.py": ([], ["reference (overall): ", "parallel_sd=0.25 (overall): ", "reweighted"]),
    "literature_prior.py": ([], ["new_study: ", "worth ", "RobustNormal"]),
    "made_trial.py": ([], ["joint_change: 80 of 80 participants"]),
}


def test_every_example_is_on_the_page_and_run_here(page: Any) -> None:
    listed = page("docs/examples.md").rows("file", "what it does")
    files = {path.name for path in EXAMPLES.iterdir() if path.is_file()}
    assert {part.split("]")[0] for row in listed for part in row[0].split("[")[1:]} == files
    assert {name for name in files if name.endswith(".py")} == {*SCRIPTS, "own_model.py"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_runs(name: str, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    arguments, expected = SCRIPTS[name]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    runpy.run_path(str(EXAMPLES / name), run_name="__main__")
    printed = capsys.readouterr().out
    assert [text for text in expected if text not in printed] == []


@pytest.fixture
def two_arms(tmp_path: Path) -> Path:
    """The synthetic trial with every other participant in another arm."""
    table = example_path().with_name("exercise_trial.csv").read_text("utf-8").splitlines()
    notes = [line for line in table if line.startswith("#")]
    header, *rows = [line for line in table if not line.startswith("#")]
    arms = [f"{row},{('usual care', 'exercise')[number % 2]}" for number, row in enumerate(rows)]
    (tmp_path / "exercise_trial.csv").write_text("\n".join([*notes, f"{header},arm", *arms]) + "\n", "utf-8")
    text = example_path().read_text("utf-8").replace('"single arm"', '"randomised"')
    begin, end = text.index("[groups]"), text.index("[sites]")
    path = tmp_path / "study.toml"
    path.write_text(f'{text[:begin]}[arms]\ncolumn = "arm"\ncontrol = "usual care"\n\n{text[end:]}', "utf-8")
    return path


def test_one_fit_tells_the_contrasts_of_arms(two_arms: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.setattr(sys, "argv", ["one_fit.py", str(two_arms), "symptom_change", "sceptical"])
    runpy.run_path(str(EXAMPLES / "one_fit.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert "arm_difference (ancova, exercise versus usual care): " in printed
    assert "symptom_change (ancova, overall): " in printed


def test_the_grid_tells_the_groups_apart(monkeypatch: Any, capsys: Any) -> None:
    place = {"estimand": "parallel_slope", "median": 1.0, "lower": 0.0, "upper": 2.0, "marker": "IL-6"}
    rows = [SimpleNamespace(estimate=SimpleNamespace(group=group, **place)) for group in ("sport", "usual care")]
    under = SimpleNamespace(prior="reference", weights=None, rows=rows)
    comparison = SimpleNamespace(under=[under])
    monkeypatch.setattr("cochange.compare_priors", lambda *asked, **named: comparison, raising=False)
    monkeypatch.setattr(sys, "argv", ["prior_grid.py"])
    runpy.run_path(str(EXAMPLES / "prior_grid.py"), run_name="__main__")
    printed = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in printed] == ["reference (IL-6, sport)", "reference (IL-6, usual care)"]


def test_a_table_of_one_quantity_needs_no_name_of_it(monkeypatch: Any, capsys: Any) -> None:
    asked: list[object] = []

    def pool(*arguments: object) -> Any:
        asked.extend(arguments)
        return SimpleNamespace(summaries={}, new_study=SimpleNamespace(ess=1.0, family="Normal"))

    monkeypatch.setattr("cochange.pool", pool, raising=False)
    monkeypatch.setattr(sys, "argv", ["literature_prior.py", "published.csv"])
    runpy.run_path(str(EXAMPLES / "literature_prior.py"), run_name="__main__")
    assert asked == ["published.csv", None]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_uses_the_public_interface_alone(name: str) -> None:
    text = (EXAMPLES / name).read_text("utf-8")
    assert "import cochange\n" in text
    assert "from cochange" not in text
    assert "import cochange." not in text


def test_the_notebook_runs(tmp_path: Path, monkeypatch: Any) -> None:
    notebook = json.loads((EXAMPLES / "first_analysis.ipynb").read_text("utf-8"))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    with mpl.rc_context({"backend": "agg"}):
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                assert cell["outputs"] == []
                exec(compile("".join(cell["source"]), "first_analysis.ipynb", "exec"), names)
    assert set(names["derived"]) == {"prior", "posterior"}
    assert [under.prior for under in names["comparison"].under] == ["reference", "sceptical"]


@pytest.mark.parametrize("name", ["joint_change", "pooled"])
def test_a_models_own_file_asks_for_no_model(name: str) -> None:
    program = [sys.executable, str(ROOT / "models" / f"{name}.py"), "--help"]
    told = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    assert told.startswith(f"Usage: python models/{name}.py [OPTIONS]")
    assert "--prior" in told
    assert "--model" not in told


def test_a_models_own_file_is_a_script(tmp_path: Path) -> None:
    program = [sys.executable, str(ROOT / "models" / "joint_change.py"), str(example_path()), "--prior", "sceptical"]
    ran = subprocess.run(
        [*program, "--quiet", "--out", "out"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["out/results.json"]
    rows = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))["estimates"]
    assert {(row["model"], row["prior"]) for row in rows} == {("joint_change", "sceptical")}
