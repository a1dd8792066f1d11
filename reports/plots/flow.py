"""The flow of participants as boxes, from the file to each model."""

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cochange.inference.results import Results
from cochange.models.parts.design import OVERALL
from cochange.reports.block import Figure
from cochange.reports.flow import Counts, Flow, Given, Use
from cochange.reports.plots.canvas import FAINT, INK, WIDTH
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

# Inches on the page, for type of 8 points: a letter (most are narrower) and a line, then paddings and gaps.
LETTER, LINE, PAD, GAP, MARGIN = 0.064, 0.155, 0.09, 0.24, 0.05
SIZE = 8
# Kept free at the left for the line from the file to the models.
CHANNEL = 0.35
FIRM = "\N{NO-BREAK SPACE}"
INDENT = 2 * FIRM
MOST_ARMS = 4


@dataclass(frozen=True)
class _Box:
    """A box: its left edge and width, and what stands in it, a heading first."""

    left: float
    width: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        return len(self.lines) * LINE + 2 * PAD

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def flow_plot(flow: Flow, results: Results) -> Figure:
    """Draw the file, the visits (by arm where there are arms) and each model with those it leaves out.

    Parameters
    ----------
    flow : Flow
        The counts.
    results : Results
        For the mark of synthetic data.
    """
    top = _box(WIDTH / 2 - 1.1, 2.2, "In the data file", [_participants(flow.participants[OVERALL])])
    visits = _visit_rows(flow)
    rows = [[top], *visits, *(_model_row(use, flow) for use in flow.uses)]
    plan = Plan(_draw, (rows, 1 + len(visits)), sign_of(results.study))
    caption = (
        "Flow of participants: in the data file, with a value at each visit"
        f"{', by arm' if flow.arms else ''}, and used or left out by each model, for the first reason that applies. "
        "The models stand side by side, each drawn from the whole file."
    )
    return Figure("flow", caption, _alt(flow), plan)


def _draw(rows: list[list[_Box]], first_model: int) -> "Drawing":
    from matplotlib import pyplot as plt

    height = sum(max(box.height for box in row) + GAP for row in rows) + 0.3
    drawing, axis = plt.subplots(figsize=(WIDTH, height))
    axis.set_xlim(0, WIDTH)
    axis.set_ylim(-height, 0)
    axis.set_aspect("equal")
    axis.set_axis_off()
    at, bottoms = -0.15, []
    for row in rows:
        for box in row:
            _draw_box(axis, box, at)
        bottoms.append(at)
        at -= max(box.height for box in row) + GAP
    _join(axis, rows, bottoms, first_model)
    return drawing


def _box(left: float, width: float, heading: str, lines: list[str]) -> _Box:
    letters = int((width - 2 * PAD) / LETTER)
    wrapped = [part for line in lines for part in textwrap.wrap(line, letters, subsequent_indent="  ") or [""]]
    return _Box(left, width, (*textwrap.wrap(heading, letters), *wrapped))


def _visit_rows(flow: Flow) -> list[list[_Box]]:
    """A box for each arm with its visits, a few side by side; one for everyone where there are none."""
    samples = flow.arms or (OVERALL,)
    rows = []
    for first in range(0, len(samples), MOST_ARMS):
        here = samples[first : first + MOST_ARMS]
        room = WIDTH - MARGIN - CHANNEL
        width = min(3.4, (room - (len(here) - 1) * 0.15) / len(here))
        # Under the box of the file, unless that would reach into the channel.
        left = max(CHANNEL, (WIDTH - len(here) * width - (len(here) - 1) * 0.15) / 2)
        row = []
        for position, sample in enumerate(here):
            heading = "Values given" if sample == OVERALL else f"{sample}: {flow.participants[sample]}"
            lines = _visit_lines(flow.given, sample)
            row.append(_box(left + position * (width + 0.15), width, heading, lines))
        rows.append(row)
    return rows


def _visit_lines(given: tuple[Given, ...], sample: str) -> list[str]:
    """Each visit, and under it each outcome."""
    lines = []
    for visit in dict.fromkeys(item.visit for item in given):
        lines.append(f"{visit}:")
        lines += [f"{INDENT}{item.outcome} {_with_limits(item, sample)}" for item in given if item.visit == visit]
    return lines


def _visits_said(given: tuple[Given, ...], sample: str) -> str:
    return "; ".join(f"{item.outcome} at {item.visit} {_with_limits(item, sample)}" for item in given)


def _with_limits(item: Given, sample: str) -> str:
    beyond = item.beyond[sample]
    return f"{item.number[sample]} ({beyond} beyond a limit)" if beyond else str(item.number[sample])


def _model_row(use: Use, flow: Flow) -> list[_Box]:
    used = [f"used: {use.used[OVERALL]}", *(f"{arm}: {use.used[arm]}" for arm in flow.arms)]
    heading = use.model if use.fitted else f"{use.model} (not fitted)"
    reasons = [f"{counts[OVERALL]}: {reason}{_by_arm(counts, flow, FIRM)}" for reason, counts in use.left_out.items()]
    return [
        _box(0.45, 2.4, heading, used),
        _box(3.25, WIDTH - 3.25 - MARGIN, f"left out: {use.without}", reasons),
    ]


def _by_arm(counts: Counts, flow: Flow, space: str = " ") -> str:
    """The counts of each arm in brackets; with another space inside where no line may break there."""
    if not flow.arms:
        return ""
    return f" ({', '.join(f'{arm} {counts[arm]}'.replace(' ', space) for arm in flow.arms)})"


def _participants(number: int) -> str:
    return f"{number} participants"


def _draw_box(axis: "Axes", box: _Box, top: float) -> None:
    from matplotlib.patches import FancyBboxPatch

    axis.add_patch(
        FancyBboxPatch(
            (box.left, top - box.height),
            box.width,
            box.height,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor="white",
            edgecolor=INK,
            linewidth=0.9,
            zorder=2,
        )
    )
    for number, line in enumerate(box.lines):
        axis.text(
            box.left + PAD,
            top - PAD - (number + 0.5) * LINE,
            line,
            fontsize=SIZE,
            fontweight="bold" if number == 0 else "normal",
            va="center",
            zorder=3,
        )


def _join(axis: "Axes", rows: list[list[_Box]], tops: list[float], first_model: int) -> None:
    """Lines from the file to the visits, down a spine to each model, and across to those it leaves out."""
    (file,) = rows[0]
    bar = tops[0] - file.height - GAP / 2
    _line(axis, [file.middle, file.middle], [tops[0] - file.height, bar])
    for row, top in zip(rows[1:first_model], tops[1:first_model], strict=True):
        _line(axis, [min(file.middle, row[0].middle), max(file.middle, row[-1].middle)], [top + GAP / 2] * 2)
        for box in row:
            _arrow(axis, (box.middle, top + GAP / 2), (box.middle, top))
    models = list(zip(rows[first_model:], tops[first_model:], strict=True))
    if not models:
        return
    # A line across a row meets all its boxes, also one much shorter than another.
    middles = [top - min(box.height for box in row) / 2 for row, top in models]
    spine = CHANNEL / 2
    _line(axis, [file.middle, spine, spine], [bar, bar, middles[-1]])
    for (row, _), middle in zip(models, middles, strict=True):
        used, left_out = row
        _arrow(axis, (spine, middle), (used.left, middle))
        _arrow(axis, (used.left + used.width, middle), (left_out.left, middle))


def _line(axis: "Axes", x: list[float], y: list[float]) -> None:
    axis.plot(x, y, color=FAINT, linewidth=1, zorder=1, solid_capstyle="butt")


def _arrow(axis: "Axes", start: tuple[float, float], end: tuple[float, float]) -> None:
    axis.annotate(
        "",
        end,
        start,
        arrowprops={"arrowstyle": "-|>", "color": FAINT, "linewidth": 1, "shrinkA": 0, "shrinkB": 0},
        zorder=1,
    )


def _alt(flow: Flow) -> str:
    said = [f"Flow chart. In the data file: {_participants(flow.participants[OVERALL])}."]
    for sample in flow.arms or (OVERALL,):
        whose = "Values given" if sample == OVERALL else f"{sample}, {_participants(flow.participants[sample])}"
        said.append(f"{whose}: {_visits_said(flow.given, sample)}.")
    for use in flow.uses:
        reasons = "; ".join(
            f"{counts[OVERALL]}, {reason}{_by_arm(counts, flow)}" for reason, counts in use.left_out.items()
        )
        why = f": {reasons}" if reasons else ""
        state = "" if use.fitted else " was not fitted,"
        said.append(
            f"{use.model}{state} uses {use.used[OVERALL]}{_by_arm(use.used, flow)} and leaves out {use.without}{why}."
        )
    return " ".join(said)
