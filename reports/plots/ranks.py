"""The ranks of a calibration: how far their distribution strays from an even one."""

from collections.abc import Mapping

import arviz_plots as azp
import numpy as np
import xarray as xr

from cochange.inference.calibrating.judge import Ranked
from cochange.reports.block import Figure
from cochange.reports.numbers import probability
from cochange.reports.plots.canvas import WIDTH, house_style, in_a_name, save

PANELS_A_ROW = 3
HEIGHT_OF_A_ROW = 1.9
GROUP = "prior_sbc"


def ranks_plot(pits: Mapping[str, np.ndarray], rows: Mapping[str, Ranked], name: str, what: str) -> Figure:
    """Draw one panel a quantity with ArviZ's ``plot_ecdf_pit``.

    Parameters
    ----------
    pits : mapping of str to numpy.ndarray
        Ranks as shares, by quantity.
    rows : mapping of str to Ranked
        What was found of each.
    name : str
        Name of the figure's files.
    what : str
        What the quantities are.
    """
    n_rows = -(-len(pits) // PANELS_A_ROW)
    ranked = xr.DataArray(np.stack(list(pits.values())), dims=("quantity", "fit"), coords={"quantity": list(pits)})
    tree = xr.DataTree.from_dict({GROUP: xr.Dataset({"rank": ranked})})
    with house_style():
        collection = azp.plot_ecdf_pit(
            tree,
            group=GROUP,
            sample_dims=["fit"],
            backend="matplotlib",
            cols=["quantity"],
            col_wrap=PANELS_A_ROW,
            figure_kwargs={"figsize": (WIDTH, HEIGHT_OF_A_ROW * n_rows)},
        )
        drawing = collection.viz["figure"].item()
        for axis in drawing.axes:
            axis.xaxis.label.set_size(8)
            axis.yaxis.label.set_size(8)
        picture = save(drawing, synthetic=True)
    caption = (
        f"Ranks of the true {what} among their posterior draws: the share of ranks up to each point less the share "
        "that even ranks have. Band: where 95% of lines lie from end to end if ranks are even. A bow above or below "
        "zero: estimates too high or too low; an S: intervals too narrow or too wide."
    )
    said = "; ".join(f"{label}: p {probability(rows[label].p_value)}" for label in pits)
    return Figure(in_a_name(name), caption, f"Ranks of {what}. {said}.", picture)
