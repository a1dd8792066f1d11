"""The house style of the figures, and how they are saved."""

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cochange.reports.plots.plan import Picture, Plan

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

INK = "#1d2731"
FAINT = "#8a949e"
PALE = "#d5dbe1"
BLUE = "#0072b2"
# Okabe and Ito's colours, told apart by colour-blind readers, in the order of the prior sets.
COLOURS = (BLUE, "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
MARKERS = ("o", "s", "D", "^", "v", "P")
# The line of no change or no difference.
DASHED = (0, (4, 3))
WIDTH = 7.4
DOTS = 300
# Dots an inch of the thousands of points drawn as an image inside a vector file.
INSIDE = 144

_STYLE: Mapping[str, Any] = {
    "axes.edgecolor": FAINT,
    "axes.labelcolor": INK,
    "axes.labelsize": 9,
    "axes.linewidth": 0.8,
    "axes.prop_cycle": f"cycler('color', {list(COLOURS)})",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlesize": 9,
    "figure.constrained_layout.use": True,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "legend.fontsize": 8,
    "legend.frameon": False,
    "lines.linewidth": 1.2,
    "savefig.facecolor": "white",
    "svg.fonttype": "path",
    "svg.hashsalt": "cochange",
    "text.color": INK,
    # A dollar sign in a user's name is no formula.
    "text.parse_math": False,
    "xtick.color": FAINT,
    "xtick.labelcolor": INK,
    "xtick.labelsize": 8,
    "ytick.color": FAINT,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 8,
}


def in_a_name(text: str) -> str:
    """A text as part of a file's name; one with other signs than a file's name takes is told apart by its hash.

    Without it the figures of two interferons told apart by a Greek letter would be one file.
    """
    plain = re.sub("[^A-Za-z0-9]+", "_", text)
    if re.fullmatch("[A-Za-z0-9 _./-]*", text):
        return plain
    return f"{plain.strip('_')}_{sha256(text.encode()).hexdigest()[:6]}".lstrip("_")


def legend_above(axis: "Axes") -> None:
    """A legend over the panel, where no line or point can lie behind its names."""
    axis.legend(loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style; every figure opened inside is closed at the end."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    before = set(plt.get_fignums())
    with mpl.rc_context():
        # Whatever a user's script has set, the same figure is drawn.
        mpl.rcdefaults()
        mpl.rcParams.update(mpl.RcParams(dict(_STYLE)))
        try:
            yield
        finally:
            for number in set(plt.get_fignums()) - before:
                plt.close(number)


def picture_of(plan: Plan) -> Picture:
    """Draw a figure in the house style.

    Parameters
    ----------
    plan : Plan
        What it is drawn from.
    """
    with house_style():
        return save(plan.draw(*plan.given), plan.sign)


def save(drawing: "Drawing", sign: str) -> Picture:
    """The figure as SVG, as PDF, and as PNG with 300 dots an inch, marked where its data are not real.

    The sign is drawn, and written into the file's own record. The same drawing gives the same bytes: identifiers are
    salted and no date is written.
    """
    from matplotlib.patheffects import Normal
    from matplotlib.text import Text

    from cochange.reports.plots.compact import compact_png, compact_svg

    mark = sign or None
    if sign:
        drawing.suptitle(sign, x=0.01, ha="left", fontsize=8, color="#a33c00", fontweight="bold")
    # Laid out once for all files.
    if (layout := drawing.get_layout_engine()) is not None:
        layout.execute(drawing)
        drawing.set_layout_engine("none")
    svg, pdf, png = io.BytesIO(), io.BytesIO(), io.BytesIO()
    drawing.savefig(svg, format="svg", metadata={"Date": None, "Creator": None, "Description": mark}, dpi=INSIDE)
    described = {"Description": mark} if mark else {}
    drawing.savefig(
        png, format="png", metadata={"Software": None} | described, dpi=DOTS, pil_kwargs={"compress_level": 0}
    )
    # Letters as outlines, as in the SVG: no font is needed to show or print it, and embedding one takes far longer.
    for text in drawing.findobj(Text):
        text.set_path_effects([Normal()])
    undated = {"CreationDate": None, "Creator": None, "Producer": None}
    drawing.savefig(pdf, format="pdf", metadata=undated | {"Subject": mark}, dpi=INSIDE)
    return Picture(compact_svg(svg.getvalue()), pdf.getvalue(), compact_png(png.getvalue()))
