"""The site builds strictly, is complete, and loads nothing from a network; what is from the code is the code's."""

import importlib.util
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import typer

import cochange
from cochange.cli import app
from cochange.models.parts.contract import available
from cochange.reports.path_diagrams import diagram_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly."""
    if importlib.util.find_spec("mkdocs") is None:
        pytest.skip("MkDocs is not installed; it is in the dependency group docs")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    built = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


class Loaded(HTMLParser):
    """What a page loads when it is opened, and the anchors it has."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors.add(given.get("id") or "")
        for name in {"script": ["src"], "link": ["href"], "img": ["src"], "iframe": ["src"]}.get(tag, []):
            self.addresses.append(given.get(name) or "")


def loaded(path: Path) -> Loaded:
    page = Loaded()
    page.feed(path.read_text("utf-8"))
    return page


def test_no_page_loads_anything_from_a_network(site: Path) -> None:
    pages = {path.name: loaded(path).addresses for path in site.rglob("*.html")}
    assert len(pages) > 25
    assert [(name, far) for name, loads in pages.items() for far in loads if re.match("(https?:)?//", far)] == []
    styles = [path for path in site.rglob("*.css") if re.search(r"url\(\s*['\"]?https?:", path.read_text("utf-8"))]
    assert styles == []


def test_every_public_name_and_type_is_in_the_reference(site: Path) -> None:
    from interface_reference import place_of, public_objects, types_spoken_of

    assert set(public_objects()) == set(cochange.__all__) - {"__version__"}
    anchors = loaded(site / "python-reference.html").anchors
    places = [place_of(item) for item in [*public_objects().values(), *types_spoken_of().values()]]
    assert [place for place in places if place not in anchors] == []


def commands(group: Any, path: str = "") -> dict[str, list[str]]:
    """Every command under its whole name, with its options as they are written."""
    found = {}
    for name, command in group.commands.items():
        whole = f"{path}{name}"
        if hasattr(command, "commands"):
            found |= commands(command, f"{whole} ")
        else:
            found[whole] = [option for item in command.params for option in [*item.opts, *item.secondary_opts]]
    return found


def test_every_command_and_option_is_in_the_reference(page: Any) -> None:
    sections = page("docs/commands.md").sections
    for name, options in commands(typer.main.get_command(app)).items():
        named = " ".join(sections[f"cochange {name}"].names("argument or option"))
        assert [option for option in options if option.startswith("-") and option not in named] == [], name


def test_what_pages_hold_from_the_code_is_the_codes() -> None:
    from write import parts

    stale = [str(path.relative_to(ROOT)) for path, text in parts() if path.read_text("utf-8") != text]
    assert stale == [], "run make docs"


def test_every_page_is_in_the_table_of_contents(page: Any) -> None:
    linked = set(re.findall(r"\]\(([\w.-]+\.md)\)", page("docs/index.md").text))
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"index.md"}
    assert linked == pages


@pytest.mark.parametrize("model", [*available(), "pooled"])
def test_every_model_has_a_page_with_its_formula_and_parts(model: str, page: Any) -> None:
    from model_tables import formula_of, page_of

    assert (ROOT / "docs" / page_of(model)).is_file(), f"{model} has no page docs/{page_of(model)}"
    text = page(f"docs/{page_of(model)}").text
    assert f"path-{model.replace('_', '-')}.svg" in text
    for title in ("What it assumes", "What it was checked against", "References"):
        assert f"\n## {title}\n" in text, title
    # The first line of the formula in the docstring stands on the page.
    first = next(line for line in formula_of(model).splitlines() if line.startswith("    "))
    assert " ".join(first.split()) in " ".join(text.split())


@pytest.mark.parametrize("model", [*available(), "pooled"])
def test_a_diagram_of_the_documentation_has_its_names_as_text(model: str) -> None:
    from model_tables import figure_file

    diagram = diagram_of(model)
    assert diagram is not None
    svg = ElementTree.fromstring((ROOT / "docs" / figure_file(model)).read_text("utf-8"))
    shown = " ".join(" ".join(item.itertext()) for item in svg.iter("{http://www.w3.org/2000/svg}text"))
    names = [item.name for item in diagram.variables.values()] + [path.parameter for path in diagram.paths]
    assert [name for name in names if name not in " ".join(shown.split())] == []
