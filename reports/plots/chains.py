"""Trace, rank and energy plots of the fits under the main prior."""

import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from cochange.inference.fit import Fit
from cochange.inference.results import Results
from cochange.inference.verdict import Diagnostics
from cochange.models.parts.design import OVERALL
from cochange.reports.block import Figure
from cochange.reports.labels import FORMS, prior_name, title_of, visit_name
from cochange.reports.numbers import fixed
from cochange.reports.plots.canvas import WIDTH
from cochange.reports.plots.plan import Plan, sign_of

if TYPE_CHECKING:
    import arviz_plots as azp
    from matplotlib.figure import Figure as Drawing

COLUMNS = 3
ROW_HEIGHT = 1.75
# Of a line of a panel's title.
LETTERS = 28
# Enough to see how chains move and mix; more would only swell the file.
DRAWS_SHOWN = 300


def trace_plot(fit: Fit, results: Results, diagnostics: Diagnostics) -> Figure:
    """Trace of every estimand of the whole sample, one line a chain."""
    draws = headline_draws(fit, results)
    plan = Plan(_draw_traces, (draws,), sign_of(results.study))
    return Figure(
        f"trace_{fit.model}",
        f"Traces of the estimands of {fit.model} under {prior_name(fit.prior)}, one colour a chain, draws thinned for "
        "the page. Chains that agree look alike and do not drift.",
        f"Trace plots of {_named(draws)}. {_summary(diagnostics)}",
        plan,
    )


def rank_plot(fit: Fit, results: Results, diagnostics: Diagnostics) -> Figure:
    """Difference of each chain's ranks from uniform, for every estimand of the whole sample."""
    draws = headline_draws(fit, results)
    plan = Plan(_draw_ranks, (draws,), sign_of(results.study))
    return Figure(
        f"rank_{fit.model}",
        f"Ranks of the draws of {fit.model} under {prior_name(fit.prior)}: difference of each chain's empirical "
        "distribution of ranks from the uniform one. Chains that agree stay near zero; p, in each panel, is that of a "
        "test of their agreement at level \N{GREEK SMALL LETTER ALPHA}, and points that speak against it are drawn "
        "black.",
        f"Rank plots of {_named(draws)}. {_summary(diagnostics)}",
        plan,
    )


def energy_plot(fit: Fit, results: Results, diagnostics: Diagnostics) -> Figure:
    """Marginal and transition energy of the sampler."""
    energy = xr.Dataset({"energy": fit.tree["sample_stats"]["energy"]})
    plan = Plan(_draw_energy, (energy,), sign_of(results.study))
    return Figure(
        f"energy_{fit.model}",
        f"Energy of the sampler for {fit.model} under {prior_name(fit.prior)}: its marginal distribution and that of "
        "its transitions. Transitions much narrower than the margin would mean slow exploration.",
        f"Energy plot of {fit.model}: least energy fraction of missing information {fixed(diagnostics.bfmi, 2)}.",
        plan,
    )


def _draw_traces(draws: Mapping[str, xr.DataArray]) -> "Drawing":
    import arviz_plots as azp

    plots = azp.plot_trace(
        _tree(draws),
        col_wrap=COLUMNS,
        figure_kwargs={"figsize": _size(draws)},
        backend="matplotlib",
        visuals={"trace": {"linewidth": 0.5, "rasterized": True}, "xlabel": False},
    )
    drawing = _tidied(plots, draws)
    # Under the last panel of every column, also where the row below has none.
    for axis in drawing.axes[max(0, len(draws) - COLUMNS) : len(draws)]:
        axis.tick_params(labelbottom=True)
    return drawing


def _draw_ranks(draws: Mapping[str, xr.DataArray]) -> "Drawing":
    import arviz_plots as azp

    plots = azp.plot_rank(
        _tree(draws),
        col_wrap=COLUMNS,
        figure_kwargs={"figsize": _size(draws)},
        backend="matplotlib",
        visuals={"ecdf_lines": {"linewidth": 0.9, "rasterized": True}},
    )
    return _tidied(plots, draws)


def _draw_energy(energy: xr.Dataset) -> "Drawing":
    import arviz_plots as azp

    plots = azp.plot_energy(
        xr.DataTree.from_dict({"sample_stats": energy}),
        show_bfmi=False,
        backend="matplotlib",
        figure_kwargs={"figsize": (WIDTH, 2.1)},
    )
    drawing = _tidied(plots)
    drawing.axes[0].set_xlabel("energy, from its mean", fontsize=8)
    return drawing


def headline_draws(fit: Fit, results: Results) -> Mapping[str, xr.DataArray]:
    """Thinned draws of the estimands of the whole sample, by the title of their panel, dims ``(chain, draw)``."""
    step = max(1, math.ceil(fit.draws / DRAWS_SHOWN))
    derived = results.draws[fit.model, fit.prior]
    meanings = {row.estimand: row.meaning for row in results.estimates if row.model == fit.model}
    thinned = {name: draws.isel(draw=slice(None, None, step)) for name, draws in derived.items()}
    panels: dict[str, xr.DataArray] = {}
    for name, marker, draws in _by_marker(thinned):
        called = title_of(name, results.study, marker, fit.model, meanings.get(name, ""))
        title = textwrap.fill(called, LETTERS, break_on_hyphens=False)
        if "group" in draws.dims:
            groups = [group for group in draws["group"].values.tolist() if group == OVERALL or " versus " in group]
            by_group = {group: draws.sel(group=group, drop=True) for group in groups}
        else:
            by_group = {OVERALL: draws}
        if "visit" in draws.dims:
            # Traces of every visit would be one and the same picture many times over.
            by_group = {group: cell.isel(visit=-1, drop=True) for group, cell in by_group.items()}
            title = f"{title}\nat {visit_name(str(draws['visit'].values[-1]), results.study)}"
        for group, cell in by_group.items():
            details = "" if group == OVERALL else f"\n{textwrap.fill(group, LETTERS, break_on_hyphens=False)}"
            if "form" not in cell.dims:
                panels[title + details] = cell
                continue
            for form in cell["form"].values.tolist():
                panels[f"{title}{details}\n{FORMS.get(form, form)}"] = cell.sel(form=form, drop=True)
    return panels


def _by_marker(derived: Mapping[str, xr.DataArray]) -> Iterator[tuple[str, str | None, xr.DataArray]]:
    """The draws of each estimand, of each marker where there are several."""
    for name, draws in derived.items():
        if "marker" not in draws.dims:
            yield name, None, draws
            continue
        for marker in draws["marker"].values.tolist():
            yield name, marker, draws.sel(marker=marker, drop=True)


def _tree(draws: Mapping[str, xr.DataArray]) -> xr.DataTree:
    """The panels by number: a name in a tree has no slash, and a marker's or a scale's may have one."""
    panels = {str(place): panel for place, panel in enumerate(draws.values())}
    return xr.DataTree.from_dict({"posterior": xr.Dataset(panels)})


def _size(draws: Mapping[str, xr.DataArray]) -> tuple[float, float]:
    return WIDTH, 0.4 + ROW_HEIGHT * math.ceil(len(draws) / COLUMNS)


def _tidied(plots: "azp.PlotCollection", titles: Iterable[str] = ()) -> "Drawing":
    """The drawing of a plot collection, its panels under their titles and their axis labels small."""
    drawing: Drawing = plots.viz["figure"].item()
    for axis, title in zip(drawing.axes, titles, strict=False):
        axis.set_title(title, fontsize=8.5)
    for axis in drawing.axes:
        axis.tick_params(labelsize=7)
        axis.xaxis.label.set_fontsize(8)
        axis.yaxis.label.set_fontsize(8)
    return drawing


def _named(draws: Mapping[str, xr.DataArray]) -> str:
    return "; ".join(name.replace("\n", " ") for name in draws)


def _summary(diagnostics: Diagnostics) -> str:
    return (
        f"Largest R-hat {fixed(diagnostics.r_hat, 3)}, least bulk effective sample size "
        f"{fixed(np.floor(diagnostics.ess_bulk), 0)}, divergences {diagnostics.divergences}."
    )
