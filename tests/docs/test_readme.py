"""The README against the program: its study file, its commands, its Python, its estimands, its links."""

import ast
import re
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer

import cochange
from cochange.cli import app
from cochange.data.read import read_study
from cochange.data.specification.judge import read_spec
from cochange.inference.plan import OF_MANY_VISITS, usual_models
from cochange.models.parts.contract import available, load_model
from cochange.reports.labels import asked_of

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    "README.md",
    "SECURITY.md",
    "CONTRIBUTING.md",
    "benchmarks/README.md",
    *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").glob("*.md")),
]


@pytest.fixture(scope="module")
def readme(page: Any) -> Any:
    return page("README.md")


def commands() -> dict[str, list[str]]:
    """Every command with the names of its parameters."""
    group = typer.main.get_command(app)
    return {name: [p.name for p in command.params] for name, command in group.commands.items()}  # type: ignore[attr-defined]


@pytest.fixture
def folder(readme: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder: the README's study file beside a made-up data file, and the user in it."""
    (block,) = readme.blocks("toml")
    path = tmp_path / "study.toml"
    path.write_text(block, "utf-8")
    spec = read_spec(path)
    rng = np.random.default_rng(1)
    n = 30
    columns = {spec.data.participant: [f"P{i:02}" for i in range(n)]}
    columns |= {column: np.exp(rng.normal(0.5, 0.8, n)).round(2) for column in spec.marker[0].columns}
    columns |= {column: rng.integers(5, 40, n) for column in spec.symptom.columns}
    pd.DataFrame(columns).to_csv(tmp_path / spec.data.file, index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_study_file_is_short_and_accepted(readme: Any, folder: Path) -> None:
    (block,) = readme.blocks("toml")
    assert len(block.splitlines()) <= 10
    study = read_study(folder / "study.toml")
    assert study.notices == ()
    usual = usual_models(study)
    assert set(available()) - set(usual) == OF_MANY_VISITS
    assert [load_model(name).select(study).problem for name in usual] == [""] * len(usual)


def test_what_an_estimand_of_no_question_tells_is_called_so_in_a_report(readme: Any) -> None:
    asked: dict[str, str] = {}
    question = ""
    for row in readme.rows("question", "estimand"):
        question = row[0] or question
        asked |= dict.fromkeys(re.findall(r"`(\w+)`", row[1]), question)
    for name in available():
        for estimand, item in load_model(name).estimands.items():
            told = asked_of(estimand, item.question, name)
            assert asked[estimand].startswith(told.replace("describes any", "for any")), estimand
    assert asked_of("state_correlation", "", "a_model_of_ones_own") == "describes any change"


def test_every_command_is_named_and_every_name_is_a_command(readme: Any) -> None:
    lines = readme.names("command", "what it does")
    assert sorted(line.split()[1] for line in lines if line.startswith("cochange ")) == sorted(commands())


def test_every_option_named_with_a_command_is_one_of_its_own(readme: Any) -> None:
    for line in readme.names("command", "what it does"):
        _, command, *rest = line.split()
        options = {word.removeprefix("--").replace("-", "_") for word in rest if word.startswith("--")}
        assert options <= set(commands()[command]), line


@pytest.mark.parametrize("name", PAGES)
def test_every_command_a_page_names_exists(name: str, page: Any) -> None:
    named = set(re.findall(r"(?:`|^    )cochange ([a-z][a-z-]*)", page(name).text, re.M))
    assert named <= set(commands())


def test_the_python_compiles_and_its_names_exist(readme: Any) -> None:
    (block,) = readme.blocks("python")
    tree = ast.parse(block)
    used = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cochange"
    }
    assert {"read_study", "run_study", "write_report", "fit"} <= used
    for name in used:
        assert callable(getattr(cochange, name))


def shown(readme: Any) -> list[list[str]]:
    """The commands of the program that the README shows on lines of their own, as words."""
    return [shlex.split(line) for line in re.findall(r"^    cochange (.+)$", readme.sections["Use it"].text, re.M)]


def test_commands_that_fit_nothing_run_as_shown(readme: Any, folder: Path, command: Any) -> None:
    assert [words[0] for words in shown(readme)] == ["check", "run"]
    code, out, err = command(*shown(readme)[0])
    assert (code, err) == (0, "")
    assert "What each model uses" in out
    (folder / "study.toml").unlink()
    code, _, _ = command("init", "trial.csv")
    assert code == 0
    assert (folder / "study.toml").is_file()


@pytest.mark.slow
def test_the_run_and_the_python_run_as_shown(readme: Any, folder: Path, command: Any, capsys: Any) -> None:
    """The Python says the same as the command, and so goes on from what that stored."""
    code, out, _ = command(*shown(readme)[1])
    assert code in {0, 3}
    assert out.split() == ["results/report.html"]
    (block,) = readme.blocks("python")
    stored = {path: path.stat().st_mtime_ns for path in (folder / "results" / "posterior").iterdir()}
    exec(compile(block, "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert {line.split()[0] for line in printed} == {"parallel_slope", "change_correlation"}
    assert stored == {path: path.stat().st_mtime_ns for path in stored}


def test_every_estimand_is_listed_with_its_model(readme: Any) -> None:
    rows = readme.sections["What it answers"].rows("question", "estimand")
    listed = {
        (estimand, model)
        for _, estimands, _, models in rows
        for estimand in re.findall(r"`(\w+)`", estimands)
        for model in re.findall(r"`(\w+)`", models)
    }
    assert listed == {(estimand, name) for name in available() for estimand in load_model(name).estimands}


def test_every_make_target_exists(readme: Any) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    named = set(re.findall(r"(?:`|^    )make ([a-z-]+)", readme.text, re.M))
    assert {"demo", "test"} <= named <= targets


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_file(name: str, page: Any) -> None:
    links = re.findall(r"\]\(([^)#]+)", page(name).text)
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).is_file()] == []
