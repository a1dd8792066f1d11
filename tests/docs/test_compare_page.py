"""The page on runs side by side against what is written."""

import ast
import json
from dataclasses import fields, replace
from typing import Any

import pytest

import cochange
from cochange.inference.estimates import Estimate
from cochange.inference.side_by_side.quantities import Quantity
from cochange.reports.side_by_side.document import SCHEMA


@pytest.fixture(scope="module")
def compare_page(page: Any) -> Any:
    return page("docs/compare.md")


@pytest.fixture(scope="module")
def out(tmp_path_factory, example, estimate_of, stored):
    folder = tmp_path_factory.mktemp("runs")
    rows = [estimate_of()]
    paths = [stored(folder / "a", example, rows), stored(folder / "b", example, rows, seed=2)]
    cochange.write_side_by_side(cochange.compare(paths), folder / "out")
    return folder / "out"


def test_every_key_is_documented(compare_page: Any, out) -> None:
    content = json.loads((out / "compare.json").read_text("utf-8"))
    section = compare_page.sections["What is written"]
    assert section.names("key", "what it holds") == list(content)
    told = {row[0].strip("`"): row[1] for row in section.rows("key", "what it holds")}
    assert f"`{SCHEMA}`" in told["schema"]
    for key in ("runs", "quantities", "differences"):
        assert [name for name in content[key][0] if f"`{name}`" not in told[key]] == []
    own = {item.name for item in fields(Estimate)} | {"direction", "importance", "settled"}
    added = [name for name in content["quantities"][0]["rows"][0] if name not in own]
    assert [name for name in added if f"`{name}`" not in section.text] == []


def test_every_file_is_documented(compare_page: Any, out) -> None:
    names = set(compare_page.sections["What is written"].names("path", "what it holds"))
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    patterns = {f"{path.split('/')[0]}/compare_*.{path.rpartition('.')[2]}" if "/" in path else path for path in found}
    assert patterns == names


def test_what_makes_a_quantity_is_documented(compare_page: Any) -> None:
    named = compare_page.sections["What shares a table"].names("what", "of which estimands")
    assert sorted(named) == sorted(item.name for item in fields(Quantity))


def test_the_python_runs(compare_page: Any, tmp_path, monkeypatch, example, estimate_of, stored) -> None:
    (program,) = compare_page.blocks("python")
    ast.parse(program)
    monkeypatch.chdir(tmp_path)
    stored(tmp_path / "runs" / "trial", example, [estimate_of()])
    stored(tmp_path / "runs" / "trial-sceptical", example, [replace(estimate_of(), prior="sceptical")])
    exec(compile(program, "docs/compare.md", "exec"), {})
    assert (tmp_path / "runs" / "compared" / "compare.html").is_file()
