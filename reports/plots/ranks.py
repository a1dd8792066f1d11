"""The ranks of a calibration: how far their distribution strays from an even one.

References
----------
Säilynoja T, Bürkner PC, Vehtari A (2022). Graphical test for discrete uniformity and its applications in
goodness-of-fit evaluation and multiple sample comparison. Statistics and Computing 32, 32.
doi:10.1007/s11222-022-10090-6 (the envelope)
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from scipy import stats
from scipy.special import bdtr, bdtrc

from cochange.inference.calibrating.judge import Ranked
from cochange.reports.block import Figure
from cochange.reports.numbers import probability
from cochange.reports.plots.canvas import PALE, WIDTH, in_a_name
from cochange.reports.plots.plan import SYNTHETIC, Plan

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

PANELS_A_ROW = 3
HEIGHT_OF_A_ROW = 1.9
GROUP = "prior_sbc"
SEED = 20170312
# Even ranks drawn for the envelope: enough for its probability of about 0.999 with a dozen quantities and more.
SIMULATIONS = 10_000


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
        f"narrow or too wide. Grey: where a whole line of even ranks lies with a probability of {1 - bound:.4g}. "
        f"Orange points, where p is under {bound:.2g}: where ranks depart most from even ones."
    )
    said = "; ".join(f"{label}: p {p_value}" for label, p_value in zip(pits, p_values, strict=True))
    return Figure(in_a_name(name), caption, f"Ranks of {what}. {said}.", plan)


@lru_cache
def envelope(fits: int, probability: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the distribution of even ranks, less an even one, lies as a whole.

    Its pointwise limits are binomial, all of the same probability, which is found by drawing even ranks.

    Parameters
    ----------
    fits : int
        How many ranks there are.
    probability : float
        Probability that the whole line lies within.

    Returns
    -------
    tuple of numpy.ndarray
        Ranks as shares, and the lower and upper limits there.
    """
    at = np.arange(1, fits) / fits
    rng = np.random.default_rng(SEED)
    tails = np.empty(SIMULATIONS)
    for number in range(SIMULATIONS):
        up_to = np.searchsorted(np.sort(rng.uniform(size=fits)), at, side="right")
        tails[number] = min(bdtr(up_to, fits, at).min(), bdtrc(up_to - 1, fits, at).min())
    tail = np.quantile(tails, 1 - probability)
    lower, upper = stats.binom.ppf(tail, fits, at) / fits, stats.binom.ppf(1 - tail, fits, at) / fits
    # Both begin and end at 0, as every line does.
    below, above = (np.concatenate(([0.0], inner, [0.0])) for inner in (lower - at, upper - at))
    return np.concatenate(([0.0], at, [1.0])), below, above


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
    at, lower, upper = envelope(ranked.sizes["fit"], 1 - bound)
    for place, (axis, label, p_value) in enumerate(zip(drawing.axes, pits, p_values, strict=False)):
        axis.fill_between(at, lower, upper, color=PALE, linewidth=0, zorder=0)
        axis.set_title(f"{label}\np {p_value}", fontsize=8)
        axis.set_xlabel("rank, as a share", fontsize=8)
        axis.set_ylabel("" if place % PANELS_A_ROW else "share less even share", fontsize=8)
    # The panels share this axis.
    widest = max(np.abs(axis.dataLim.intervaly).max() for axis in drawing.axes[: len(pits)])
    drawing.axes[0].set_ylim(-1.08 * widest, 1.08 * widest)
    return drawing
