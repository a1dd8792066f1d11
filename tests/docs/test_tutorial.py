"""The tutorial: its spreadsheet is what it says, its drafts and tables are those of the commands, its commands work."""

import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from cochange.data.draft import draft_study_file
from cochange.data.read import read_study
from cochange.data.specification.blanks import BLANK
from cochange.inference.plan import usual_models
from cochange.models.parts.contract import load_model
from cochange.reports.document import SECTIONS

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


@pytest.fixture(scope="module")
def tutorial(page: Any) -> Any:
    return page("docs/tutorial.md")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the spreadsheet alone."""
    place = tmp_path_factory.mktemp("tutorial")
    shutil.copy(EXAMPLES / "trial.xlsx", place)
    return place


def test_the_spreadsheet_is_the_simulators() -> None:
    from openpyxl import load_workbook
    from spreadsheet import rows

    sheet = load_workbook(EXAMPLES / "trial.xlsx")["Data"]
    found = [[cell for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    assert found == [[cell for cell in row if cell != ""] for row in rows()]
    assert "SYNTHETIC" in found[0][0]


def test_the_draft_shown_is_the_commands(tutorial: Any, folder: Path) -> None:
    draft = draft_study_file(folder / "trial.xlsx", sheet="Data").path.read_text("utf-8")
    shown, filled = tutorial.blocks("toml")
    assert shown in draft
    assert filled == (EXAMPLES / "trial.toml").read_text("utf-8")
    # Filled in is the draft: nothing but blanks and what the page speaks of differs.
    told = {line.partition("  #")[0] for line in draft.splitlines() if BLANK not in line and not line.startswith("#")}
    assert [line for line in told if line not in filled.splitlines()] == []


def test_the_table_of_models_is_that_of_the_check(tutorial: Any) -> None:
    study = read_study(EXAMPLES / "trial.toml")
    assert study.notices == ()
    told = {row[0].strip("`"): row[1:] for row in tutorial.rows("model", "used of 116")}
    assert set(told) == set(usual_models(study))
    for name, (used, left_out) in told.items():
        selection = load_model(name).select(study)
        assert int(used) == len(selection.used), name
        reasons = Counter(selection.left_out.values())
        said = dict(part.split(": ", 1)[::-1] for part in left_out.split("; ")) if left_out else {}
        assert {text: int(count) for text, count in said.items()} == reasons, name


def test_the_sections_it_names_are_those_of_the_report(tutorial: Any) -> None:
    named = set(re.findall(r'"([^"]+)"', tutorial.sections["6. Read the report"].text))
    assert named
    assert named <= {section.title for section in SECTIONS}


def test_its_commands_are_accepted_up_to_the_run(tutorial: Any, folder: Path, monkeypatch: Any, command: Any) -> None:
    """What samples is run elsewhere: here its options are checked, and everything that fits nothing is run."""
    monkeypatch.chdir(folder)
    (folder / "study.toml").write_text((EXAMPLES / "trial.toml").read_text("utf-8"), "utf-8")
    lines = re.findall(r"^    cochange (.+)$", tutorial.text, re.M)
    assert [line.split()[0] for line in lines] == ["init", "check", "priors", "run"]
    for line in lines:
        words = line.split()
        code, out, err = command(*words, *{"init": ["--out", "again.toml"], "run": ["--help"]}.get(words[0], []))
        assert code == 0, err
        assert out
