"""Assurance against the number of participants: one panel a way of measuring, one line a share lost."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cochange.inference.planning.assure import Assured
from cochange.reports.block import Figure
from cochange.reports.plots.canvas import COLOURS, MARKERS, WIDTH
from cochange.reports.plots.plan import SYNTHETIC, Plan

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

PANELS_A_ROW = 3
HEIGHT_OF_A_ROW = 2.3
# Lines that share their participants are drawn beside each other, by this part of the widest step.
ASIDE = 0.012


def assurance_plot(rows: Sequence[Assured], what: str, name: str, unit: str) -> Figure:
    """Draw the shares with their 95% limits.

    Parameters
    ----------
    rows : sequence of Assured
        One a design.
    what : str
        What the share is, ``"assurance"`` or ``"power"``.
    name : str
        Name of the figure's files.
    unit : str
        Unit of the marker.
    """
    panels: dict[str, list[Assured]] = {}
    for row in rows:
        panels.setdefault(row.design.measured(unit), []).append(row)
    lost = sorted({row.design.dropout for row in rows})
    plan = Plan(_draw, (panels, lost, what), SYNTHETIC)
    caption = (
        f"{what.capitalize()} by number of participants: the share of simulated studies that end with the decision, "
        "with its exact 95% confidence limits"
        + (", one line a share of participants lost" if len(lost) > 1 else "")
        + (", one panel a way of measuring" if len(panels) > 1 else "")
        + "."
    )
    said = "; ".join(
        f"{row.design.participants} participants, {row.design.lost} lost"
        f"{', ' if row.design.measured(unit) else ''}{row.design.measured(unit)}: {row.assurance:.0%}"
        for row in rows
    )
    return Figure(name, caption, f"{what.capitalize()}. {said}.", plan)


def _draw(panels: Mapping[str, Sequence[Assured]], lost: Sequence[float], what: str) -> "Drawing":
    from matplotlib import pyplot as plt

    n_columns = min(PANELS_A_ROW, len(panels))
    n_rows = -(-len(panels) // PANELS_A_ROW)
    drawing, axes = plt.subplots(
        n_rows,
        n_columns,
        figsize=(WIDTH * max(n_columns, 2) / PANELS_A_ROW, HEIGHT_OF_A_ROW * n_rows + 0.4),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for axis, (title, own) in zip(axes.flat, panels.items(), strict=False):
        _panel(axis, own, lost)
        axis.set_title(title.replace(", ", "\n"), fontsize=8)
    for axis in axes.flat[len(panels) :]:
        axis.set_visible(False)
    # Under the last panel of every column, also where the row below has none.
    for axis in axes.flat[max(0, len(panels) - n_columns) : len(panels)]:
        axis.tick_params(labelbottom=True)
    for axis in axes[:, 0]:
        axis.set_ylabel(what)
    drawing.supxlabel("participants", fontsize=9)
    if len(lost) > 1:
        axes.flat[0].legend(title="lost", title_fontsize=8)
    return drawing


def _panel(axis: "Axes", rows: Sequence[Assured], lost: Sequence[float]) -> None:
    from matplotlib.ticker import PercentFormatter

    numbers = sorted({row.design.participants for row in rows})
    step = ASIDE * (numbers[-1] - numbers[0] if len(numbers) > 1 else numbers[0])
    for place, share in enumerate(lost):
        own = sorted((row for row in rows if row.design.dropout == share), key=lambda row: row.design.participants)
        beside = (place - (len(lost) - 1) / 2) * step
        where = [row.design.participants + beside for row in own]
        found = [row.assurance for row in own]
        limits = [[row.assurance - row.lower for row in own], [row.upper - row.assurance for row in own]]
        colour, marker = COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)]
        axis.errorbar(where, found, yerr=limits, color=colour, marker=marker, markersize=4.5, label=own[0].design.lost)
    axis.set_xticks(numbers)
    axis.set_ylim(-0.02, 1.02)
    axis.yaxis.set_major_formatter(PercentFormatter(1))
