"""Smaller files of the same look: a drawing as SVG in fewer letters, an image in fewer colours."""

import base64
import io
import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import cast
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

SVG, LINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
HREF = f"{{{LINK}}}href"
EMBEDDED = "data:image/png;base64,"
# Places are kept in hundredths of a point, which is 1/72 inch: finer than any printer.
UNIT = 100
# Enough for the house's few colours and their blends with white; fewer for lines without a background.
COLOURS = 128
SHADES = 64
FREQUENT = 32
# Colours that no eye tells apart: summed over red, green and blue, of 255 levels each. Pillow finds the nearest colour
# of a palette by cells of four levels a side, whose base lies up to 3 levels a colour aside; nearer ones than this
# would win over the exact colour there, and turn a white ground grey.
NEAR = 18
OPAQUE = (255, 255)

_NUMBER = re.compile(r"-?\d+\.\d+")
_STEP = re.compile(r"([A-Za-z])([^A-Za-z]*)")
_MOVED = re.compile(r"translate\((\S+) (\S+)\)")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_PLACES = ("x", "y", "width", "height")


def compact_svg(svg: bytes) -> bytes:
    """The same drawing in fewer letters: short numbers and names, no empty groups, images in fewer colours.

    Parameters
    ----------
    svg : bytes
        As matplotlib writes it.
    """
    root = ElementTree.fromstring(svg)
    names = _names(root)
    for element in root.iter():
        _shorten(element, names)
    _unwrap(root)
    for prefix, space in (("", SVG), ("l", LINK)):
        ElementTree.register_namespace(prefix, space)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text.replace(b" />", b"/>")


def compact_png(png: bytes) -> bytes:
    """The same image in fewer colours, with its resolution and description.

    Parameters
    ----------
    png : bytes
        The image.
    """
    with Image.open(io.BytesIO(png)) as image:
        fewer = _in_fewer_colours(image)
        record = PngInfo()
        if "Description" in image.info:
            record.add_text("Description", image.info["Description"])
        resolution = {"dpi": image.info["dpi"]} if "dpi" in image.info else {}
    made = io.BytesIO()
    fewer.save(made, format="png", pnginfo=record, **resolution)
    return made.getvalue()


def _in_fewer_colours(image: Image.Image) -> Image.Image:
    if image.getextrema()[-1] != OPAQUE:
        return image.quantize(SHADES, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    opaque = image.convert("RGB")
    # The colours of areas and lines are among those of every third dot, which are quicker to look through.
    some = opaque.resize((image.width // 3, image.height // 3), Image.Resampling.NEAREST)
    fewer = some.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    fewer.putpalette(_with_exact(np.reshape(fewer.getpalette() or [], (-1, 3)), some).tobytes())
    return opaque.quantize(palette=fewer, dither=Image.Dither.NONE)


def _with_exact(palette: np.ndarray, image: Image.Image) -> np.ndarray:
    """A palette that holds the colours of areas and lines as they are, in place of those next to them."""
    exact: list[np.ndarray] = []
    counted = cast("list[tuple[int, tuple[int, int, int]]]", image.getcolors(image.width * image.height))
    for _, colour in sorted(counted, reverse=True)[:FREQUENT]:
        if all(np.abs(np.array(colour) - other).sum() > NEAR for other in exact):
            exact.append(np.array(colour))
    apart = np.abs(palette[:, None] - np.array(exact)).sum(axis=2)
    close = apart.min(axis=1) <= NEAR
    close[apart.argmin(axis=0)] = True
    return np.where(close[:, None], np.array(exact)[apart.argmin(axis=1)], palette).astype(np.uint8)


def _names(root: Element) -> dict[str, str]:
    """A short name for each identifier that something refers to."""
    number = count()
    short: dict[str, str] = {}
    for element in root.iter():
        found = [name for value in element.attrib.values() for name in _REFERENCE.findall(value)]
        link = element.get(HREF, "")
        for name in [*found, *([link[1:]] if link.startswith("#") else [])]:
            if name not in short:
                short[name] = f"n{next(number):x}"
    return short


def _shorten(element: Element, names: dict[str, str]) -> None:
    """Write the attributes of an element shortly; what nothing refers to loses its name."""
    held = element.attrib
    if (name := held.pop("id", None)) in names:
        held["id"] = names[name]
    if (link := held.get(HREF, "")).startswith("#"):
        held[HREF] = f"#{names[link[1:]]}"
    elif link.startswith(EMBEDDED):
        fewer = compact_png(base64.b64decode(link.removeprefix(EMBEDDED)))
        held[HREF] = EMBEDDED + base64.b64encode(fewer).decode("ascii")
    for name in ("clip-path", "style"):
        if name in held:
            text = _REFERENCE.sub(lambda found: f"url(#{names[found[1]]})", held[name])
            held[name] = text.replace("; ", ";").replace(": ", ":")
    if "d" in held:
        held["d"] = _relative(held["d"])
    for name in _PLACES:
        if name in held:
            held[name] = _NUMBER.sub(lambda found: _short(round(float(found[0]) * UNIT)), held[name])
    if element.tag == f"{{{SVG}}}use" and (moved := _MOVED.fullmatch(held.get("transform", ""))):
        del held["transform"]
        # Letters, in hundredths of their own size.
        held |= {name: _short(round(float(value) * 10) * 10) for name, value in zip("xy", moved.groups(), strict=True)}
        if held["y"] == "0":
            del held["y"]
    for part in ("text", "tail"):
        if not (getattr(element, part) or "").strip():
            setattr(element, part, None)


@lru_cache(maxsize=4096)
def _relative(path: str) -> str:
    """A path in steps from one place to the next, which are shorter numbers than places are."""
    x = y = start_x = start_y = 0
    written: list[str] = []
    for command, numbers in _STEP.findall(path):
        places = [round(float(number) * UNIT) for number in numbers.split()]
        if command == "z":
            written.append("z")
            x, y = start_x, start_y
            continue
        steps = [place - (y if index % 2 else x) for index, place in enumerate(places)]
        x, y = places[-2:]
        if command == "M":
            start_x, start_y = x, y
        if command == "L" and 0 in steps:
            command, steps = ("h", steps[:1]) if steps[1] == 0 else ("v", steps[1:])
        written.append(command.lower() + _joined(steps))
    return "".join(written)


def _joined(steps: Sequence[int]) -> str:
    """Numbers beside each other; a minus sign parts them as well as a space."""
    return "".join(
        ("" if number == 0 or text[0] == "-" else " ") + text for number, text in enumerate(map(_short, steps))
    )


def _short(hundredths: int) -> str:
    """A number given in hundredths, in as few letters as it takes."""
    whole, rest = divmod(abs(hundredths), UNIT)
    text = f"{whole or ''}.{rest:02d}".rstrip("0") if rest else f"{whole}"
    return f"-{text}" if hundredths < 0 else text


def _unwrap(parent: Element) -> None:
    """Put the content of groups without attributes in their place."""
    kept: list[Element] = []
    for child in parent:
        _unwrap(child)
        kept += list(child) if child.tag == f"{{{SVG}}}g" and not child.attrib else [child]
    parent[:] = kept
