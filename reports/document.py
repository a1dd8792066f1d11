"""The report in its forms, with its tables and figures as files beside them."""

import base64
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import jinja2
import pandas as pd

from cochange.inference.results import Results
from cochange.inference.store import write_whole
from cochange.reports.block import Block, Figure, Section, Table
from cochange.reports.cover import Cover, cover_of
from cochange.reports.latex import latex_table
from cochange.reports.markdown import markdown_report
from cochange.reports.sections import (
    checklists,
    comparison,
    diagnostics,
    estimates,
    flow,
    forms,
    limits,
    measurement,
    methods,
    models,
    no_change,
    predictive,
    priors,
    reproducibility,
    study,
    summary,
)
from cochange.reports.word import word_report

SECTIONS: tuple[Section, ...] = (
    summary.SECTION,
    study.SECTION,
    flow.SECTION,
    models.SECTION,
    priors.SECTION,
    estimates.SECTION,
    forms.SECTION,
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


def write_report(results: Results, directory: Path) -> Path:
    """Write the report in every form, its tables and its figures.

    Parameters
    ----------
    results : Results
        What a run found.
    directory : Path
        Where to write ``report.html``, ``report.docx`` and ``report.md``, ``tables/*.csv`` and ``*.tex``, and
        ``figures/*.svg``, ``*.pdf`` and ``*.png``. Each file is written whole or not at all.

    Returns
    -------
    Path
        ``report.html``: one file that needs nothing else and no network.
    """
    blocks = render_blocks(results)
    cover = cover_of(results)
    beside = {name: content for block in blocks.values() for name, content in files_beside(block, cover)}
    for name, content in beside.items():
        _write(directory / name, content)
    _remove_earlier(directory, set(beside))
    _write(directory / "report.docx", word_report(cover, blocks))
    _write(directory / "report.md", markdown_report(cover, blocks).encode("utf-8"))
    return _write(directory / "report.html", render_page(cover, blocks).encode("utf-8"))


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


def _remove_earlier(directory: Path, written: set[str]) -> None:
    """Remove tables and figures that an earlier report of the same run had and this one has not."""
    for pattern in ("tables/*.csv", "tables/*.tex", "figures/*.svg", "figures/*.pdf", "figures/*.png"):
        for path in directory.glob(pattern):
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
        The content of every section, by title, in order.
    """
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_text_of),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["data_uri"] = _data_uri
    return environment.get_template("report.html.jinja").render(
        blocks=blocks,
        anchors=anchors(blocks),
        style=_text_of("report.css"),
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
    """A table with a first column that says whether its data are synthetic."""
    table = frame.copy()
    table.insert(0, "data", "synthetic" if synthetic else "study")
    return table


def _text_of(name: str) -> str:
    return (files("cochange.reports") / TEMPLATES / name).read_text("utf-8")


def _data_uri(svg: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(svg).decode('ascii')}"


def _write(path: Path, content: bytes) -> Path:
    return write_whole(path, lambda passing: passing.write_bytes(content))
