"""The page on planning against the command, the endings and the Python it names."""

import ast
import re
from typing import Any, get_args

import pytest
import typer

import cochange
from cochange.cli import app
from cochange.inference.planning.decision import Ending
from cochange.models.parts.contract import available, load_model


@pytest.fixture(scope="module")
def planning_page(page: Any) -> Any:
    return page("docs/planning.md")


def test_every_option_is_documented_and_every_documented_one_exists(planning_page: Any) -> None:
    command = typer.main.get_command(app).commands["plan"]  # type: ignore[attr-defined]
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    usual = {"--out", "--quiet", "--seed", "--cores", "--data-root", "--prior", "--model"}
    named = set(re.findall(r"--[a-z][a-z-]+", planning_page.text))
    assert named <= options
    assert options - usual <= named


def test_every_ending_is_named(planning_page: Any) -> None:
    assert [ending for ending in get_args(Ending) if f"`{ending}`" not in planning_page.text] == []


def test_the_python_compiles_and_its_names_exist(planning_page: Any) -> None:
    (block,) = planning_page.blocks("python")
    used = {
        node.attr
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cochange"
    }
    assert used == {"plan", "Designs", "Question", "Expected", "Level", "write_plan"}
    assert all(callable(getattr(cochange, name)) for name in used)


def test_every_parameter_whose_truth_may_be_given_is_listed(page: Any) -> None:
    lines = page("docs/calibration.md").text.splitlines()
    for name in available():
        (row,) = [line for line in lines if line.startswith(f"| `{name}` |")]
        assert re.findall(r"`(\w+)`", row) == [name, *load_model(name).prior_vars]
