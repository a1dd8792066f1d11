"""The page of times: made from the figures that are kept, and from nothing else."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "benchmarks"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A script of benchmarks/, which is no package."""
    monkeypatch.syspath_prepend(str(FOLDER))

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return load


def test_the_page_says_what_the_figures_say(bench: Any) -> None:
    page = bench("page")
    assert page.PAGE.read_text("utf-8") == page.render(page.read())


def test_a_line_says_what_was_reached_and_what_was_not_measured(bench: Any) -> None:
    bench("found")
    page = bench("page")
    faster = sys.modules["found"].faster
    near = faster("one fit", 1.5, 2.0, "bambi", 4.5, 2)
    assert (near.ratio, near.met) == (3.0, True)
    assert faster("one fit", 1.5, 2.0, "bambi", 2.5, 2).met is False
    assert faster("one fit", 2.5, 2.0).met is False
    # Without the peer the second half of the target is open; a first half that is missed is missed all the same.
    assert faster("one fit", 1.5, 2.0, "bambi", None, 2, "no Python with bambi").met is None
    assert faster("one fit", 2.5, 2.0, "bambi", None, 2, "no Python with bambi").met is False
    record = {
        "created": "2026-01-02T03:04:05+00:00",
        "machine": {"cpu": "A processor", "cores": 2, "system": "Linux"},
        "python": "3.13.0",
        "versions": dict.fromkeys(("cochange", "pymc", "nutpie", "numba", "arviz-stats"), "1"),
        "others": {"before": 0.1, "after": 0.2},
        "lines": [vars(near), vars(faster("one fit", 1.5, 2.0, "bambi", None, 2, "no Python with bambi"))],
    }
    text = page.render({"regression": record})
    assert (
        "| `regression` | one fit | 1.5 s | bambi: 4.5 s | 3 | at most 2 s, 2 times faster than bambi | yes |" in text
    )
    assert "bambi: not measured, no Python with bambi |  |" in text
    assert "Other work" not in text
    record["others"] = {"before": 0.1, "after": 1.8}
    record["lines"] = [vars(faster("one fit", 2.5, 2.0))]
    busy = page.render({"regression": record})
    assert "Seconds are longer than they need be" in busy
    # What was missed while others were at work may be reached without them.
    assert "| at most 2 s | not known |" in busy


def test_every_row_of_the_command_is_in_the_readme() -> None:
    rows = re.findall(r'^    "(\w+)": \w+,$', (FOLDER / "rows.py").read_text("utf-8"), re.M)
    assert len(rows) == 10
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert [row for row in rows if f"| `{row}` |" not in readme] == []
