"""The report in its forms, with its tables and figures as files beside them."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import jinja2
import pandas as pd

from cochange.data.arguments import require
from cochange.data.paths import usable_folder
from cochange.inference.files import write_whole
from cochange.inference.results import Results
from cochange.reports.block import Block, Explorer, Figure, Part, Section, Table
from cochange.reports.cover import Cover, cover_of
from cochange.reports.latex import latex_table
from cochange.reports.markdown import markdown_report
from cochange.reports.plots import earlier
from cochange.reports.plots.together import draw
from cochange.reports.sections import (
    arms,
    checklists,
    comparison,
    diagnostics,
    estimates,
    explore,
    flow,
    forms,
    growth,
    limits,
    measurement,
    methods,
    missing,
    models,
    no_change,
    predictive,
    priors,
    reproducibility,
    study,
    summary,
    visits,
)
from cochange.reports.word import word_report

SECTIONS: tuple[Section, ...] = (
    summary.SECTION,
    explore.SECTION,
    study.SECTION,
    flow.SECTION,
    models.SECTION,
    priors.SECTION,
    estimates.SECTION,
    arms.SECTION,
    visits.SECTION,
    growth.SECTION,
    forms.SECTION,
    missing.SECTION,
    no_change.SECTION,
    measurement.SECTION,
    comparison.SECTION,
    diagnostics.SECTION,
    predictive.SECTION,
    limits.SECTION,
    methods.SECTION,
    checklists.SECTION,
    reproducibility.SECTION,
)
TEMPLATES = "templates"
SCRIPTS = ("statistics.js", "numbers.js", "names.js", "figure.js", "state.js", "panel.js")
# A word such as IL-6, TNF-alpha or R-hat that is short enough to keep to one line.
NAME = re.compile(r"(?<![\w-])((?=[\w-]{3,20}(?![\w-]))(?=.-|[\w-]+[A-Z\d])\w+(?:-\w+)+)")
# What stands for itself in the address of a drawing, and is no mark of HTML.
IN_ADDRESS = " !$'()*+,-./:;=?@[]_~|{}"


def write_report(results: Results, directory: Path | str) -> Path:
    """Write the report in every form, its tables and its figures.

    Parameters
    ----------
    results : Results
        What a run found.
    directory : Path or str
        Where to write ``report.html``, ``report.docx`` and ``report.md``, ``tables/*.csv`` and ``*.tex``, and
        ``figures/*.svg``, ``*.pdf`` and ``*.png``. Each file is written whole or not at all. A figure is drawn again
        only where what it is drawn from, or the code that draws it, is not that of an earlier report there.

    Returns
    -------
    Path
        ``report.html``: one file that needs nothing else and no network.

    Raises
    ------
    InputError
        If the directory is a file, or nothing can be written to it.
    TypeError
        If `results` are none, such as a single fit, or `directory` is no path.
    """
    source = "cochange.run_study(STUDY) or cochange.load_results(FOLDER)"
    require(results, Results, f"results must be Results, as {source} gives")
    directory = usable_folder(directory)
    cover, blocks = cover_of(results), drawn(render_blocks(results), directory / "figures")
    write_beside(directory, cover, blocks)
    pictures = {figure.name: (figure.plan.key, figure.picture) for figure in _figures(blocks.values())}
    _write(directory / "figures" / earlier.RECORD, earlier.record_of(pictures))
    _write(directory / "report.docx", word_report(cover, blocks))
    write_markdown(directory / "report.md", cover, blocks)
    return write_page(directory / "report.html", cover, blocks)


def write_beside(directory: Path, cover: Cover, blocks: dict[str, Block], beginning: str = "") -> None:
    """Write every table and figure as files, and remove those an earlier document had and this one has not.

    Parameters
    ----------
    directory : Path
        The folder that gets ``tables/`` and ``figures/``.
    cover : Cover
        For the mark of synthetic data.
    blocks : dict of str to Block
        The content of the document.
    beginning : str
        What all its names begin with; files that begin otherwise are left alone.
    """
    _remove_earlier(directory, write_tables_and_figures(directory, cover, blocks.values()), beginning)


def write_tables_and_figures(directory: Path, cover: Cover, blocks: Iterable[Block]) -> set[str]:
    """Write every table and figure as files under ``tables/`` and ``figures/``; gives back the names of these files."""
    beside = {name: content for block in blocks for name, content in files_beside(block, cover)}
    for name, content in beside.items():
        _write(directory / name, content)
    return set(beside)


def write_markdown(path: Path, cover: Cover, blocks: dict[str, Block]) -> Path:
    """Write the document in Markdown, beside the folder of its figures."""
    return _write(path, markdown_report(cover, blocks).encode("utf-8"))


def write_page(path: Path, cover: Cover, blocks: dict[str, Block]) -> Path:
    """Write the page, which needs nothing else."""
    return _write(path, render_page(cover, blocks).encode("utf-8"))


def files_beside(block: Block, cover: Cover) -> Iterator[tuple[str, bytes]]:
    """Name and content of the files of a section's tables and figures."""
    for table in block.tables:
        full = labelled(table.frame, cover.synthetic).to_csv(index=False, lineterminator="\n")
        yield f"tables/{table.name}.csv", full.encode("utf-8")
        yield f"tables/{table.name}.tex", latex_table(table, cover).encode("utf-8")
    for figure in block.figures:
        yield f"figures/{figure.name}.svg", figure.picture.svg
        yield f"figures/{figure.name}.pdf", figure.picture.pdf
        yield f"figures/{figure.name}.png", figure.picture.png


def drawn(blocks: dict[str, Block], earlier_figures: Path) -> dict[str, Block]:
    """The same content with every figure drawn, or taken from an earlier report where it is drawn from the same.

    Parameters
    ----------
    blocks : dict of str to Block
        The content.
    earlier_figures : Path
        The folder of figures of an earlier report.
    """
    plans = {figure.plan.key: figure.plan for figure in _figures(blocks.values())}
    there = earlier.earlier_pictures(earlier_figures)
    pictures = there | draw([plan for key, plan in plans.items() if key not in there])

    def ready(part: Part) -> Part:
        return replace(part, ready=pictures[part.plan.key]) if isinstance(part, Figure) else part

    return {title: Block(tuple(map(ready, block.parts))) for title, block in blocks.items()}


def _figures(blocks: Iterable[Block]) -> list[Figure]:
    return [figure for block in blocks for figure in block.figures]


def _remove_earlier(directory: Path, written: set[str], beginning: str) -> None:
    """Remove tables and figures of names that begin so, those written now aside."""
    for kind, endings in (("tables", ("csv", "tex")), ("figures", ("svg", "pdf", "png"))):
        for path in (found for ending in endings for found in directory.glob(f"{kind}/{beginning}*.{ending}")):
            if path.relative_to(directory).as_posix() not in written:
                path.unlink()


def render_blocks(results: Results) -> dict[str, Block]:
    """The content of every section, by title, in order."""
    return {section.title: section.block(results) for section in SECTIONS}


def render_page(cover: Cover, blocks: dict[str, Block]) -> str:
    """The page. All text is escaped; figures are written into it.

    Parameters
    ----------
    cover : Cover
        What stands before and after the sections.
    blocks : dict of str to Block
        The content of each section by its title.
    """
    explored = any(isinstance(part, Explorer) for block in blocks.values() for part in block.parts)
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_text_of),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"data_uri": _data_uri, "sha256": _sha256, "around_names": NAME.split}
    # Groups and prior sets keep their order.
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False, "allow_nan": False}
    return environment.get_template("report.html.jinja").render(
        blocks=blocks,
        anchors=anchors(blocks),
        style="\n".join(map(_text_of, ("report.css", "explore/explore.css"))),
        script=_script() if explored else "",
        cover=cover,
    )


def anchors(blocks: dict[str, Block]) -> dict[str, str]:
    """Identifier of each place a link can lead to: sections by title, ``table-`` and ``figure-`` by name."""
    places = {title: f"section-{number}" for number, title in enumerate(blocks, 1)}
    for block in blocks.values():
        names = [f"{part.kind}-{part.name}" for part in block.parts if isinstance(part, Table | Figure)]
        places |= {name: name.replace(" ", "_") for name in names}
    return places


def labelled(frame: pd.DataFrame, synthetic: bool) -> pd.DataFrame:
    """A table with a first column that says whether its data are synthetic; one that says so row by row is kept."""
    table = frame.copy()
    if "data" in table:
        return table
    table.insert(0, "data", "synthetic" if synthetic else "study")
    return table


def _script() -> str:
    """The script of the explorer, which leaves no name behind in the page."""
    body = "\n".join(_text_of(f"explore/{name}") for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{body}\n}})();'


def _sha256(text: str) -> str:
    """A script's hash, as a content security policy names the one script it lets run."""
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _text_of(name: str) -> str:
    return (files("cochange.reports") / TEMPLATES / name).read_text("utf-8")


def _data_uri(svg: bytes) -> str:
    """A drawing as an address to stand between double quotes; as text, which takes less room than base64."""
    text = svg[svg.index(b"<svg") :].replace(b"'", b"&#39;").replace(b'"', b"'")
    return f"data:image/svg+xml,{quote(text, safe=IN_ADDRESS)}"


def _write(path: Path, content: bytes) -> Path:
    return write_whole(path, lambda passing: passing.write_bytes(content))
