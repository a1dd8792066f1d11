"""The report as one page, with its tables and figures as files beside it."""

import base64
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import jinja2
import pandas as pd

from cochange.inference.results import Results
from cochange.inference.store import write_whole
from cochange.reports.block import Block, Figure, Section, Table
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
    """Write the report, its tables and its figures.

    Parameters
    ----------
    results : Results
        What a run found.
    directory : Path
        Where to write ``report.html``, ``tables/*.csv`` and ``figures/*.svg`` and ``*.png``. Each file is written whole
        or not at all.

    Returns
    -------
    Path
        ``report.html``: one file that needs nothing else and no network.
    """
    blocks = render_blocks(results)
    synthetic = results.study.spec.study.synthetic
    written = set()
    for block in blocks.values():
        for table in block.tables:
            frame = labelled(table.frame, synthetic)
            written.add(write_whole(directory / "tables" / f"{table.name}.csv", _csv_writer(frame)))
        for figure in block.figures:
            for ending, content in (("svg", figure.svg), ("png", figure.png)):
                path = directory / "figures" / f"{figure.name}.{ending}"
                written.add(write_whole(path, _bytes_writer(content)))
    _remove_earlier(directory, written)
    page = render_page(results, blocks).encode("utf-8")
    return write_whole(directory / "report.html", _bytes_writer(page))


def _remove_earlier(directory: Path, written: set[Path]) -> None:
    """Remove tables and figures that an earlier report of the same run had and this one has not."""
    for pattern in ("tables/*.csv", "figures/*.svg", "figures/*.png"):
        for path in set(directory.glob(pattern)) - written:
            path.unlink()


def render_blocks(results: Results) -> dict[str, Block]:
    """The content of every section, by title, in order."""
    return {section.title: section.block(results) for section in SECTIONS}


def render_page(results: Results, blocks: dict[str, Block]) -> str:
    """The page. All text is escaped; figures are written into it.

    Parameters
    ----------
    results : Results
        What a run found.
    blocks : dict of str to Block
        From `render_blocks`.
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
        study=results.study.spec.study,
        verdict=results.verdict,
        created=str(results.manifest.get("created", ""))[:10],
        version=results.manifest.get("versions", {}).get("cochange", ""),
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


def _csv_writer(frame: pd.DataFrame) -> Callable[[Path], object]:
    return lambda path: frame.to_csv(path, index=False, lineterminator="\n")


def _bytes_writer(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)
