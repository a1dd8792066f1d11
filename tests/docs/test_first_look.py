"""The page on the first look against what the commands do."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from cochange.checking import SHOWN
from cochange.data.draft import draft_study_file
from cochange.data.inspection.extremes import FAR, NORMAL
from cochange.data.simulate import example_path
from cochange.data.specification.blanks import BLANK


@pytest.fixture(scope="module")
def first_look(page: Any) -> Any:
    return page("docs/first-look.md")


def test_the_lines_of_the_draft_are_those_of_the_example(first_look: Any, tmp_path: Path) -> None:
    shutil.copy(example_path().parent / "exercise_trial.csv", tmp_path)
    draft = draft_study_file(tmp_path / "exercise_trial.csv").path.read_text("utf-8").splitlines()
    shown, _ = first_look.blocks("toml")
    assert [line for line in shown.splitlines() if line not in draft] == []


def test_the_numbers_of_the_rule_are_those_of_the_code(first_look: Any) -> None:
    text = " ".join(first_look.text.split())
    assert (FAR, SHOWN, BLANK) == (4, 10, "FILL IN")
    assert f"more than four robust standard deviations from the median: {NORMAL} times" in text
    assert "at most ten cells" in text


def test_every_table_of_the_check_is_named(first_look: Any) -> None:
    source = Path(__file__).resolve().parents[2].joinpath("api", "checking.py").read_text("utf-8")
    titles = re.findall(r'(?:titled|in_parts)\("([^"]+)"', source)
    assert [row[0] for row in first_look.rows("table", "it shows")] == titles
