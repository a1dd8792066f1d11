"""Path diagrams as SVG.

Observed variables stand in boxes, what is not observed in ellipses, what is only given as plain words; effects are
arrows, correlations arcs with two heads.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from math import hypot
from typing import Literal

LETTER = 7.2
HALF_HEIGHT = 19.0
MARGIN = 24.0


@dataclass(frozen=True)
class Node:
    """A variable of a diagram.

    Attributes
    ----------
    label : str
        What is written in it.
    x, y : float
        Its centre.
    kind : {"observed", "latent", "given"}
        Box, ellipse, or words alone.
    """

    label: str
    x: float
    y: float
    kind: Literal["observed", "latent", "given"] = "observed"

    @property
    def half_width(self) -> float:
        """Half its width, by the length of its label."""
        return max(30.0, len(self.label) * LETTER / 2 + (16 if self.kind == "latent" else 10))

    def towards(self, x: float, y: float) -> tuple[float, float]:
        """Where a line from its centre to a point leaves it."""
        dx, dy = x - self.x, y - self.y
        if self.kind == "latent":
            share = 1 / hypot(dx / self.half_width, dy / HALF_HEIGHT)
        else:
            share = min(self.half_width / abs(dx) if dx else 1e9, HALF_HEIGHT / abs(dy) if dy else 1e9)
        return self.x + share * dx, self.y + share * dy


@dataclass(frozen=True)
class Edge:
    """An arrow or an arc between two nodes.

    Attributes
    ----------
    start, end : str
        Keys of the nodes.
    parameter : str
        The parameter of the model it stands for; empty for a part of the definition.
    bend : float
        How far its middle lies beside the straight line; an arc with two heads where it is not zero.
    at : float
        Where its label stands, from 0 at the start to 1 at the end.
    """

    start: str
    end: str
    parameter: str = ""
    bend: float = 0.0
    at: float = 0.5


@dataclass(frozen=True)
class Diagram:
    """Nodes by key, and what runs between them."""

    title: str
    nodes: Mapping[str, Node]
    edges: tuple[Edge, ...]

    @property
    def parameters(self) -> set[str]:
        """Every parameter it names."""
        return {edge.parameter for edge in self.edges if edge.parameter}


def svg(diagram: Diagram) -> str:
    """The diagram as the text of an SVG file, on a white ground."""
    nodes = diagram.nodes.values()
    xs = [node.x + side * node.half_width for node in nodes for side in (-1, 1)]
    ys = [node.y + side * HALF_HEIGHT for node in nodes for side in (-1, 1)]
    for edge in diagram.edges:
        for at in (0.5, edge.at):
            x, y = _middle(edge, diagram, at)
            xs += [x + side * len(edge.parameter) * LETTER / 2 for side in (-1, 1)]
            ys.append(y)
    left, top = min(xs) - MARGIN, min(ys) - MARGIN
    width, height = max(xs) + MARGIN - left, max(ys) + MARGIN - top
    box = f"{left:.0f} {top:.0f} {width:.0f} {height:.0f}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" width="{width:.0f}" height="{height:.0f}" '
        'role="img" font-family="Helvetica, Arial, sans-serif" font-size="13">',
        f"<title>{escape(diagram.title)}</title>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        'orient="auto-start-reverse"><path d="M0 0 8 4 0 8z" fill="#444"/></marker></defs>',
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}" rx="8" fill="#fff"/>',
        *(_edge(edge, diagram) for edge in diagram.edges),
        *(_node(node) for node in nodes),
        *(_label(edge, diagram) for edge in diagram.edges if edge.parameter),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _middle(edge: Edge, diagram: Diagram, at: float) -> tuple[float, float]:
    """A point of the edge: on the line, or on the quadratic curve through the point beside its middle."""
    start, end = diagram.nodes[edge.start], diagram.nodes[edge.end]
    length = hypot(end.x - start.x, end.y - start.y)
    side = edge.bend * 4 * at * (1 - at) / length
    x = start.x + at * (end.x - start.x) + side * (end.y - start.y)
    return x, start.y + at * (end.y - start.y) - side * (end.x - start.x)


def _edge(edge: Edge, diagram: Diagram) -> str:
    start, end = diagram.nodes[edge.start], diagram.nodes[edge.end]
    if not edge.bend:
        (x0, y0), (x1, y1) = start.towards(end.x, end.y), end.towards(start.x, start.y)
        shape = f"M{x0:.1f} {y0:.1f} {x1:.1f} {y1:.1f}"
        return f'<path d="{shape}" fill="none" stroke="#444" stroke-width="1.3" marker-end="url(#head)"/>'
    mx, my = _middle(edge, diagram, 0.5)
    cx, cy = 2 * mx - (start.x + end.x) / 2, 2 * my - (start.y + end.y) / 2
    (x0, y0), (x1, y1) = start.towards(cx, cy), end.towards(cx, cy)
    heads = 'marker-start="url(#head)" marker-end="url(#head)"'
    shape = f"M{x0:.1f} {y0:.1f} Q{cx:.1f} {cy:.1f} {x1:.1f} {y1:.1f}"
    return f'<path d="{shape}" fill="none" stroke="#888" stroke-width="1.3" {heads}/>'


def _node(node: Node) -> str:
    style = 'fill="#f4f7fb" stroke="#1f4e79" stroke-width="1.4"'
    w, h = node.half_width, HALF_HEIGHT
    shape = ""
    if node.kind == "observed":
        shape = f'<rect x="{node.x - w:.1f}" y="{node.y - h:.1f}" width="{2 * w:.1f}" height="{2 * h:.1f}" {style}/>'
    elif node.kind == "latent":
        shape = f'<ellipse cx="{node.x:.1f}" cy="{node.y:.1f}" rx="{w:.1f}" ry="{h:.1f}" {style}/>'
    return f'{shape}<text x="{node.x:.1f}" y="{node.y + 4.5:.1f}" text-anchor="middle">{escape(node.label)}</text>'


def _label(edge: Edge, diagram: Diagram) -> str:
    x, y = _middle(edge, diagram, edge.at)
    halo = 'stroke="#fff" stroke-width="4" paint-order="stroke" fill="#8a3b00" font-size="12"'
    return f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" {halo}>{escape(edge.parameter)}</text>'
