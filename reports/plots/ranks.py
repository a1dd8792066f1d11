"""The ranks of a calibration: how far their distribution strays from an even one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from cochange.inference.calibrating.judge import Ranked
from cochange.reports.block import Figure
from cochange.reports.numbers import probability
from cochange.reports.plots.canvas import WIDTH, in_a_name
from cochange.reports.plots.plan import SYNTHETIC, Plan

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

PANELS_A_ROW = 3
HEIGHT_OF_A_ROW = 1.9
GROUP = "prior_sbc"


def ranks_plot(
    pits: Mapping[str, np.ndarray], rows: Mapping[str, Ranked], bound: float, name: str, what: str
) -> Figure:
    """Draw one panel a quantity with ArviZ's ``plot_ecdf_pit``.

    Parameters
    ----------
    pits : mapping of str to numpy.ndarray
        Ranks as shares, by quantity.
    rows : mapping of str to Ranked
        What was found of each.
    bound : float
        P value under which a quantity is set apart.
    name : str
        Name of the figure's files.
    what : str
        What the quantities are.
    """
    p_values = [probability(rows[label].p_value) for label in pits]
    plan = Plan(_draw, (pits, p_values, bound), SYNTHETIC)
    caption = (
        f"Ranks of the true {what} among their posterior draws: the share of fits with a rank up to each point, less "
        "the share that even ranks have. A bow above or below zero: estimates too high or too low; an S: intervals too "
        f"narrow or too wide. Orange points, where p is under {bound:.2g}: where ranks depart most from even ones."
    )
    said = "; ".join(f"{label}: p {p_value}" for label, p_value in zip(pits, p_values, strict=True))
    return Figure(in_a_name(name), caption, f"Ranks of {what}. {said}.", plan)


def _draw(pits: Mapping[str, np.ndarray], p_values: Sequence[str], bound: float) -> "Drawing":
    import arviz_plots as azp

    n_rows = -(-len(pits) // PANELS_A_ROW)
    ranked = xr.DataArray(np.stack(list(pits.values())), dims=("quantity", "fit"), coords={"quantity": list(pits)})
    tree = xr.DataTree.from_dict({GROUP: xr.Dataset({"rank": ranked})})
    collection = azp.plot_ecdf_pit(
        tree,
        group=GROUP,
        sample_dims=["fit"],
        backend="matplotlib",
        envelope_prob=1 - bound,
        visuals={"p_value_text": False, "title": False},
        cols=["quantity"],
        col_wrap=PANELS_A_ROW,
        figure_kwargs={"figsize": (WIDTH, HEIGHT_OF_A_ROW * n_rows)},
    )
    drawing: Drawing = collection.viz["figure"].item()
    for axis, label, p_value in zip(drawing.axes, pits, p_values, strict=False):
        axis.set_title(f"{label}\np {p_value}", fontsize=8)
        axis.set_xlabel("rank, as a share", fontsize=8)
    return drawing
