"""The path diagrams of the report as the documentation shows them: of the models in general, with letters as text."""

import io

from cochange.reports.block import Figure
from cochange.reports.path_diagrams import diagram_of
from cochange.reports.plots.canvas import house_style
from cochange.reports.plots.compact import compact_svg
from cochange.reports.plots.paths import path_plot


def path_figure(model: str) -> Figure:
    """The path diagram of a model, whatever the study."""
    diagram = diagram_of(model)
    assert diagram is not None, model
    return path_plot(model, diagram, "")


def svg(figure: Figure) -> str:
    """A figure as the text of an SVG file, which a reader can search and copy from."""
    from matplotlib import pyplot as plt

    written = io.BytesIO()
    with house_style():
        plt.rcParams["svg.fonttype"] = "none"
        drawing = figure.plan.draw(*figure.plan.given)
        title = figure.caption.partition(":")[0]
        drawing.savefig(written, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
    return compact_svg(written.getvalue()).decode("utf-8") + "\n"
