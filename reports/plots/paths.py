"""Path diagrams of the models."""

import textwrap
from typing import TYPE_CHECKING, Any

from cochange.reports.block import Figure
from cochange.reports.path_diagrams import Diagram, Kind, Path
from cochange.reports.plots.canvas import BLUE, FAINT, INK, WIDTH
from cochange.reports.plots.plan import Plan

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing
    from matplotlib.patches import Patch

# Inches: centres of the outer columns, height of a row, space above the first and below the last.
COLUMNS, ROW, ABOVE = (1.85, 5.55), 1.15, 0.42
# Inches: width and height of a variable, and the letters of a line in it.
SIZES: dict[Kind, tuple[float, float]] = {"observed": (1.62, 0.5), "latent": (1.7, 0.62), "residual": (1.3, 0.46)}
LETTERS = 20
# Inches that a path around others bulges.
BULGE = 1.35
# Inches: for the mark of synthetic data above it.
MARK = 0.25

_KINDS: dict[Kind, str] = {
    "observed": "box: an observed value",
    "latent": "ellipse: what is not observed itself",
    "residual": "dashed: what the arrows leave of a variable, drawn where another variable is regressed on it",
}


def path_plot(model: str, diagram: Diagram, sign: str) -> Figure:
    """Draw the variables of a model and the paths between them.

    Parameters
    ----------
    model : str
        Its name.
    diagram : Diagram
        Its variables and paths.
    sign : str
        Mark of data that are not real; empty where they are.
    """
    caption = (
        f"Path diagram of {model}: {'; '.join(_key(diagram))}. Names at paths are those of parameters. {diagram.note} "
        "A path is a term of the model and does not say what brings about what."
    )
    said = "; ".join(_said(path, diagram) for path in diagram.paths)
    return Figure(f"paths_{model}", caption, f"Path diagram. {said}.", Plan(_draw, (diagram,), sign))


def _key(diagram: Diagram) -> list[str]:
    """What its shapes and arrows stand for."""
    kinds = {item.kind for item in diagram.variables.values()}
    found = [text for kind, text in _KINDS.items() if kind in kinds]
    arrows = [path for path in diagram.paths if not path.both_ways]
    if arrows:
        made = "" if all(path.parameter for path in arrows) else ", or made from it where no parameter is named"
        found.append(f"arrow: the variable at its head is regressed on the other{made}")
    if len(arrows) < len(diagram.paths):
        left = ", of what is left where an arrow leads there" if arrows else ""
        found.append(f"arrow with two heads: a correlation{left}")
    return found


def _said(path: Path, diagram: Diagram) -> str:
    start, end = diagram.variables[path.start].name, diagram.variables[path.end].name
    parameter = f", {path.parameter}" if path.parameter else ""
    return f"{start} {'with' if path.both_ways else 'to'} {end}{parameter}"


def _draw(diagram: Diagram) -> "Drawing":
    from matplotlib import pyplot as plt

    places = {
        key: (COLUMNS[0] + item.column * (COLUMNS[1] - COLUMNS[0]), -ROW * item.row)
        for key, item in diagram.variables.items()
    }
    heights = [y for _, y in places.values()]
    top, bottom = max(heights) + ABOVE, min(heights) - ABOVE
    drawing, axis = plt.subplots(figsize=(WIDTH, top - bottom + MARK))
    axis.set_xlim(0, WIDTH)
    axis.set_ylim(bottom, top)
    axis.set_aspect("equal")
    axis.set_axis_off()
    patches = {key: _variable(axis, item.name, item.kind, places[key]) for key, item in diagram.variables.items()}
    for path in diagram.paths:
        _path(axis, path, places, patches)
    return drawing


def _variable(axis: "Axes", name: str, kind: Kind, place: tuple[float, float]) -> "Patch":
    from matplotlib.patches import Ellipse, Rectangle

    (x, y), (width, height) = place, SIZES[kind]
    look: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.9, "zorder": 3}
    if kind == "residual":
        look |= {"edgecolor": FAINT, "linestyle": "--"}
    patch: Patch = (
        Rectangle((x - width / 2, y - height / 2), width, height, **look)
        if kind == "observed"
        else Ellipse(place, width, height, **look)
    )
    axis.add_patch(patch)
    axis.text(
        x, y, textwrap.fill(name, LETTERS, break_on_hyphens=False), ha="center", va="center", fontsize=8, zorder=4
    )
    return patch


def _path(axis: "Axes", path: Path, places: dict[str, tuple[float, float]], patches: dict[str, "Patch"]) -> None:
    (x0, y0), (x1, y1) = places[path.start], places[path.end]
    side = {"left": -1, "": 0, "right": 1}[path.around]
    axis.annotate(
        "",
        (x1, y1),
        (x0, y0),
        arrowprops={
            "arrowstyle": "<|-|>" if path.both_ways else "-|>",
            # The middle of the curve lies half as far from the line as its control point.
            "connectionstyle": f"arc3,rad={2 * side * BULGE / (y1 - y0) if side else 0}",
            "patchA": patches[path.start],
            "patchB": patches[path.end],
            "shrinkA": 1,
            "shrinkB": 1,
            "color": BLUE,
            "linewidth": 1.1,
        },
        zorder=2,
    )
    if not path.parameter:
        return
    # Away from the middle where diagonals cross.
    along = 0.5 if x0 == x1 or y0 == y1 else 0.3 if abs(x1 - x0) == COLUMNS[1] - COLUMNS[0] else 0.62
    axis.text(
        x0 + along * (x1 - x0) + side * BULGE,
        y0 + along * (y1 - y0),
        path.parameter,
        ha="center",
        va="center",
        fontsize=8,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
        zorder=5,
    )
