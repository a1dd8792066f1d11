"""Pages of the documentation, taken apart: sections, tables, blocks of code."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cochange import cli
from cochange.data.read import read_study
from cochange.data.simulate import example_path
from cochange.data.study import Study

ROOT = Path(__file__).resolve().parents[2]
# Where the site's own modules lie; they find each other by their bare names.
sys.path.append(str(ROOT / "docs" / "building"))


@dataclass(frozen=True)
class Page:
    """A page, or a section of one."""

    text: str

    @property
    def sections(self) -> dict[str, "Page"]:
        """Sections by their titles, of whatever depth; each ends where the next one begins."""
        found = re.findall(r"^#{2,3} ([^\n]+)\n(.*?)(?=^#{2,3} |\Z)", self.text, re.M | re.S)
        return {title: Page(text) for title, text in found}

    def rows(self, *header: str) -> list[list[str]]:
        """The rows of the one table whose header begins so."""
        tables = []
        for block in re.findall(r"(?:^\|.*\|\n)+", self.text, re.M):
            lines = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block.splitlines()]
            if lines[0][: len(header)] == list(header):
                tables.append(lines[2:])
        assert len(tables) == 1, header
        return tables[0]

    def names(self, *header: str) -> list[str]:
        """What stands in backticks in the first column of that table, in order."""
        return [name for row in self.rows(*header) for name in re.findall(r"`(.+?)`", row[0])]

    def blocks(self, language: str) -> list[str]:
        """Blocks of code in a language."""
        return re.findall(rf"^```{language}\n(.*?)^```", self.text, re.M | re.S)


@pytest.fixture(scope="session")
def page() -> Callable[[str], Page]:
    """A page by its path from the root of the project."""
    return lambda path: Page((ROOT / path).read_text("utf-8"))


@pytest.fixture(scope="session")
def example() -> Study:
    """The shipped example."""
    return read_study(example_path())


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run the command in this process; returns its exit code and what it printed."""

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["cochange", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return run
