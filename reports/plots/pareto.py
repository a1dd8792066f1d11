"""Pareto shapes of leave-one-out cross-validation."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from cochange.inference.fit import Fit
from cochange.inference.loo import GROUP
from cochange.inference.results import Results
from cochange.reports.block import Figure
from cochange.reports.numbers import significant
from cochange.reports.plots.canvas import BLUE, COLOURS, DASHED, FAINT, INK, WIDTH
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

NAMED = 10


def pareto_plot(model: str, form: str, fit: Fit, results: Results) -> Figure:
    """The Pareto shape of each participant beside the bound; those over it are named.

    Parameters
    ----------
    model, form : str
        The model and its form.
    fit : Fit
        Its fit, with a group ``loo``.
    results : Results
        For the mark of synthetic data.
    """
    loo = fit.tree[GROUP].to_dataset()
    shape, bound = loo["pareto_k"].values, float(loo.attrs["good_k"])
    high = np.flatnonzero(shape > bound)
    names = loo["participant"].values.astype(str).tolist()
    plan = Plan(_draw, (shape, bound, names), sign_of(results.study))
    caption = (
        f"Pareto shapes of {model} ({form}). Dashed: the bound {significant(bound, 2)} over which importance sampling "
        "is not to be trusted; diamonds: participants over it, who were left out exactly where the table says so."
    )
    alt = (
        f"Pareto shapes of {len(shape)} participants, the largest {significant(float(shape.max()), 2)}; {len(high)} "
        f"over the bound of {significant(bound, 2)}."
    )
    return Figure(f"pareto_{model}", caption, alt, plan)


def _draw(shape: np.ndarray, bound: float, names: Sequence[str]) -> "Drawing":
    from matplotlib import pyplot as plt

    high = np.flatnonzero(shape > bound)
    drawing, axis = plt.subplots(figsize=(WIDTH, 2.3))
    axis.axhline(bound, color=INK, linewidth=0.8, linestyle=DASHED)
    axis.plot(np.arange(len(shape)), shape, "o", color=BLUE, markersize=2.8, alpha=0.8)
    axis.plot(high, shape[high], "D", color=COLOURS[1], markersize=5, markeredgecolor=INK, markeredgewidth=0.5)
    for position in high[:NAMED]:
        axis.annotate(names[position], (position, shape[position]), (4, 2), textcoords="offset points", fontsize=7)
    axis.axhline(0, color=FAINT, linewidth=0.5)
    axis.set_xlabel("participant, in the study's order")
    axis.set_ylabel("Pareto shape")
    return drawing
