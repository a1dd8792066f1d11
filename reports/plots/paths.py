"""Path diagrams of the models."""

import textwrap
from typing import TYPE_CHECKING, Any

from cochange.inference.results import Results
from cochange.reports.block import Figure
from cochange.reports.path_diagrams import Diagram, Path
from cochange.reports.plots.canvas import BLUE, INK, WIDTH
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing
    from matplotlib.patches import Patch

# Inches: centres of the columns and rows, size of a variable, and its letters in a line.
COLUMNS, ROWS, ABOVE = (1.35, 6.05), (0.0, -1.55), 0.55
BOX = (1.9, 0.62)
LETTERS = 20
# Where along a path its parameter stands: away from the middle, where two may cross.
ALONG = {True: 0.5, False: 0.3}


def path_plot(model: str, diagram: Diagram, results: Results) -> Figure:
    """Draw the variables of a model and the paths between them.

    Parameters
    ----------
    model : str
        Its name.
    diagram : Diagram
        Its paths.
    results : Results
        For the mark of synthetic data.
    """
    plan = Plan(_draw, (diagram,), sign_of(results.study))
    observed = diagram.variables[0].observed
    shape = "box: an observed value"
    if not observed:
        shape = "ellipse: what is not observed itself, but through values that have errors"
    kinds = {path.both_ways for path in diagram.paths}
    lines = [text for both_ways, text in ((False, ONE_WAY), (True, BOTH_WAYS)) if both_ways in kinds]
    caption = (
        f"Path diagram of {model}: {shape}; {'; '.join(lines)}. Each path has the name of its parameter. Covariates, "
        "arms, groups and sites, where there are any, enter beside these. A path is a term of the model and does not "
        "say what brings about what."
    )
    return Figure(f"paths_{model}", caption, f"Path diagram. {'; '.join(_said(diagram))}.", plan)


ONE_WAY = "arrow: the variable at its head is regressed on the other"
BOTH_WAYS = "arrow with two heads: a correlation"


def _said(diagram: Diagram) -> list[str]:
    names = [item.name for item in diagram.variables]
    return [
        f"{names[path.start]} {'with' if path.both_ways else 'to'} {names[path.end]}, {path.parameter}"
        for path in diagram.paths
    ]


def _draw(diagram: Diagram) -> "Drawing":
    from matplotlib import pyplot as plt

    rows = [ROWS[item.row] for item in diagram.variables]
    top, bottom = max(rows) + ABOVE, min(rows) - ABOVE
    drawing, axis = plt.subplots(figsize=(WIDTH, top - bottom))
    axis.set_xlim(0, WIDTH)
    axis.set_ylim(bottom, top)
    axis.set_axis_off()
    places = [(COLUMNS[item.column], ROWS[item.row]) for item in diagram.variables]
    patches = [
        _variable(axis, item.name, place, item.observed) for item, place in zip(diagram.variables, places, strict=True)
    ]
    for path in diagram.paths:
        _path(axis, path, places, patches)
    return drawing


def _variable(axis: "Axes", name: str, place: tuple[float, float], observed: bool) -> "Patch":
    from matplotlib.patches import Ellipse, Rectangle

    (x, y), (width, height) = place, BOX
    look: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.9, "zorder": 3}
    patch: Patch = (
        Rectangle((x - width / 2, y - height / 2), width, height, **look)
        if observed
        else Ellipse(place, width, height, **look)
    )
    axis.add_patch(patch)
    axis.text(x, y, textwrap.fill(name, LETTERS), ha="center", va="center", fontsize=8.5, zorder=4)
    return patch


def _path(axis: "Axes", path: Path, places: list[tuple[float, float]], patches: list["Patch"]) -> None:
    (x0, y0), (x1, y1) = places[path.start], places[path.end]
    axis.annotate(
        "",
        (x1, y1),
        (x0, y0),
        arrowprops={
            "arrowstyle": "<|-|>" if path.both_ways else "-|>",
            "patchA": patches[path.start],
            "patchB": patches[path.end],
            "shrinkA": 1,
            "shrinkB": 1,
            "color": BLUE,
            "linewidth": 1.1,
        },
        zorder=2,
    )
    along = ALONG[x0 == x1 or y0 == y1]
    axis.text(
        x0 + along * (x1 - x0),
        y0 + along * (y1 - y0),
        path.parameter,
        ha="center",
        va="center",
        fontsize=8,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        zorder=5,
    )
