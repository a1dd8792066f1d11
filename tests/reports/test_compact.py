"""Figures in fewer letters and colours, beside what matplotlib itself writes."""

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from matplotlib import pyplot as plt
from matplotlib.figure import Figure as Drawing
from PIL import Image

from cochange.reports.plots.canvas import BLUE, COLOURS, DOTS, INK, PALE, house_style
from cochange.reports.plots.compact import compact_png, compact_svg

# A place is rounded to hundredths of a point.
HALF_A_UNIT = 0.005 + 1e-9
NEXT_TO_WHITE = "#f5f6f7"


def draw(lines: int = 2) -> Drawing:
    drawing, axis = plt.subplots(figsize=(4, 3))
    x = np.linspace(0, 6, 200)
    axis.fill_between(x, -1.5, -1.2, color=PALE, lw=0)
    axis.axhspan(1.2, 1.5, color=NEXT_TO_WHITE, lw=0)
    for line in range(lines):
        axis.plot(x, np.sin(x + line), color=COLOURS[line % len(COLOURS)], linewidth=2)
        axis.plot(x[::9], np.cos(x + line)[::9], color=INK, linewidth=0.5, rasterized=True)
    axis.plot(x[::20], np.cos(x[::20]), "o", color=BLUE)
    axis.set_title("Change of IL-6 \N{GREATER-THAN OR EQUAL TO} 2, it's 50 % & more")
    axis.set_xlabel("$x^2$ (pg/mL)")
    return drawing


def written(drawing: Drawing, kind: str) -> bytes:
    made = io.BytesIO()
    drawing.savefig(made, format=kind, dpi=DOTS)
    return made.getvalue()


@pytest.fixture
def pair():
    with house_style():
        svg = written(draw(), "svg")
    return svg, compact_svg(svg)


def paths(svg: bytes) -> list[list[tuple[float, ...]]]:
    """The places of every path, as fontTools reads them."""
    found = []
    for element in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}path"):
        pen = RecordingPen()
        parse_path(element.get("d", ""), pen)
        found.append([place for _, places in pen.value for place in places])
    return found


def test_every_path_stays_where_it_is(pair) -> None:
    before, after = map(paths, pair)
    assert len(before) == len(after) > 40
    for one, two in zip(before, after, strict=True):
        assert np.asarray(two) == pytest.approx(np.asarray(one), abs=HALF_A_UNIT)


def test_a_drawing_keeps_its_parts_in_fewer_letters(pair) -> None:
    before, after = (ElementTree.fromstring(svg) for svg in pair)
    for tag in ("path", "use", "image", "clipPath", "rect"):
        name = f"{{http://www.w3.org/2000/svg}}{tag}"
        assert len(list(before.iter(name))) == len(list(after.iter(name))) > 0
    names = [element.get("id") for element in after.iter() if element.get("id")]
    referred = re.findall(r'(?:url\(#|href="#)([^)"]+)', pair[1].decode("utf-8"))
    assert len(names) == len(set(names))
    assert set(referred) == set(names)
    assert len(pair[1]) < 0.55 * len(pair[0])


def test_areas_keep_their_colour_and_edges_nearly() -> None:
    with house_style():
        png = written(draw(6), "png")
    fewer = compact_png(png)
    before, after = (np.asarray(Image.open(io.BytesIO(image)).convert("RGB")).astype(int) for image in (png, fewer))
    colours, dots = np.unique(before.reshape(-1, 3), axis=0, return_counts=True)
    areas = colours[dots > 6000]
    assert len(areas) >= 8
    for colour in areas:
        here = (before == colour).all(axis=2)
        assert (after[here] == colour).all(), colour
    assert np.quantile(np.abs(before - after).max(axis=2), 0.999) <= 16
    assert len(fewer) < 0.6 * len(png)


def test_a_white_ground_stays_white_beside_shades_of_it() -> None:
    dots = np.full((300, 300, 3), 255, dtype=np.uint8)
    dots[:30, :30] = (252, 250, 249)
    made = io.BytesIO()
    Image.fromarray(dots).convert("RGBA").save(made, format="png")
    with Image.open(io.BytesIO(compact_png(made.getvalue()))) as image:
        assert image.convert("RGB").getpixel((200, 200)) == (255, 255, 255)
