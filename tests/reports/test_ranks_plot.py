"""The envelope of even ranks, and what the figure of ranks says."""

import numpy as np

from cochange.inference.calibrating.judge import Coverage, Ranked
from cochange.reports.plots.ranks import envelope, ranks_plot

FITS, DRAWN = 100, 4000


def test_even_ranks_lie_within_the_envelope_as_often_as_is_said() -> None:
    at, lower, upper = envelope(FITS, 0.95)
    assert (lower[0], upper[0], lower[-1], upper[-1]) == (0, 0, 0, 0)
    rng = np.random.default_rng(4)
    inner = slice(1, -1)
    held = 0
    for _ in range(DRAWN):
        line = np.searchsorted(np.sort(rng.uniform(size=FITS)), at[inner], side="right") / FITS - at[inner]
        held += bool(((line >= lower[inner] - 1e-12) & (line <= upper[inner] + 1e-12)).all())
    # The quantile of the drawn tails has an error of its own, less than that of this share.
    assert abs(held / DRAWN - 0.95) < 6 * np.sqrt(0.95 * 0.05 / DRAWN)
    _, wider_lower, wider_upper = envelope(FITS, 0.999)
    assert (wider_lower <= lower).all()
    assert (wider_upper >= upper).all()


def test_the_figure_names_its_axes_and_tells_of_the_envelope() -> None:
    rng = np.random.default_rng(5)
    names = [f"quantity_{number}" for number in range(4)]
    pits = {name: rng.uniform(size=FITS) for name in names}
    pits["quantity_2"] = rng.beta(4, 1, size=FITS)
    rows = {name: Ranked(name, True, FITS, 0.4, 0.5, 0.0, 0.1, (Coverage(0.95, 0.95, 0.9, 0.99),)) for name in names}
    figure = ranks_plot(pits, rows, 0.0125, "ranks_of_estimands", "estimands")
    assert "lies with a probability of 0.9875." in figure.caption
    drawing = figure.plan.draw(*figure.plan.given)
    panels = drawing.axes[: len(names)]
    assert [axis.get_ylabel() for axis in panels] == ["share less even share", "", "", "share less even share"]
    assert all(axis.collections for axis in panels)
    for axis in panels:
        low, high = axis.get_ylim()
        assert low < axis.dataLim.intervaly[0] < axis.dataLim.intervaly[1] < high
