"""What MkDocs does besides: pages from the code and from outside docs/, and links that lead there."""

import posixpath
import re
from contextlib import suppress
from pathlib import Path

from interface_reference import interface_reference
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("data", "models", "inference", "reports")
# Where mkdocstrings reads the sources of `cochange` from; mkdocs.yml names it.
SOURCES = ROOT / ".cache" / "docs-sources" / "cochange"
# Pages from outside docs/, by their place in the project.
OUTSIDE = {
    "README.md": "readme.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "benchmarks/README.md": "how-measured.md",
}
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)")


def on_startup(command: str, dirty: bool) -> None:
    """Lay out the sources with the shape of the installed package."""
    SOURCES.mkdir(parents=True, exist_ok=True)
    wanted = {path.name: path for path in [*(ROOT / "api").glob("*.py"), *(ROOT / room for room in ROOMS)]}
    for old in SOURCES.iterdir():
        if old.name not in wanted or old.resolve() != wanted[old.name]:
            old.unlink(missing_ok=True)
    for name, path in wanted.items():
        # Another build may be doing the same.
        with suppress(FileExistsError):
            (SOURCES / name).symlink_to(path)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/, and every file that any page links to."""
    files.append(File.generated(config, "python-reference.md", content=interface_reference()))
    for source, target in OUTSIDE.items():
        files.append(File.generated(config, target, content=(ROOT / source).read_text("utf-8")))
    for page in files.documentation_pages():
        for link in LINK.findall(page.content_string):
            place = _place(page.src_uri, link)
            if not place.startswith("docs/") and place not in OUTSIDE and (ROOT / place).is_file():
                target = _site(place)
                if files.get_file_from_path(target) is None:
                    files.append(File.generated(config, target, abs_src_path=str(ROOT / place)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn links between files of the project into links between pages of the site."""

    def rewritten(link: re.Match[str]) -> str:
        target = _site(_place(page.file.src_uri, link[1]))
        return posixpath.relpath(target, posixpath.dirname(page.file.src_uri) or ".")

    return LINK.sub(rewritten, markdown)


def _place(src_uri: str, link: str) -> str:
    """The file that a link of a page leads to, from the root of the project."""
    sources = {target: source for source, target in OUTSIDE.items()}
    source = sources.get(src_uri, f"docs/{src_uri}")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), link))


def _site(place: str) -> str:
    """Where a file of the project stands on the site."""
    return OUTSIDE.get(place) or (place.removeprefix("docs/") if place.startswith("docs/") else f"project/{place}")
