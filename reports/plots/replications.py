"""Figures of replicated data beside the data."""

import math
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.inference.fit import Fit
from cochange.inference.results import Results
from cochange.reports.block import Figure
from cochange.reports.labels import prior_name, with_visit_names
from cochange.reports.numbers import within
from cochange.reports.plots.canvas import BLUE, DASHED, FAINT, INK, WIDTH
from cochange.reports.plots.plan import Plan, sign_of
from cochange.reports.replicates import (
    CENSORING_MODELS,
    IN_SDS,
    LEAST_VALUES,
    LOG_MARKER,
    SCORE_CHANGE,
    Check,
    in_units,
    outcomes,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

REPLICATIONS_SHOWN = 20
COLUMNS = 2


def replicate_plot(fit: Fit, results: Results, checked: tuple[Check, ...]) -> Figure:
    """Distribution of each outcome in the data and in replications under the posterior.

    Cumulative distributions are drawn: they need no smoothing, and a censored value stands at its limit in data and
    replications alike.
    """
    titles = tuple(dict.fromkeys(check.outcome for check in checked))
    names = ("posterior_predictive", "observed_data")
    given = {name: _only(fit, name, titles, results.study) for name in names}
    limits = _limits(titles, results.study) if fit.model in CENSORING_MODELS else {}
    labels = {_panel(title, results.study): axis_label(title, results.study) for title in titles}
    plan = Plan(_draw, (given, limits, labels), sign_of(results.study))
    censored = ", at the limit where censored" if fit.model in CENSORING_MODELS else ""
    censored += " (dashed, where in sight: limits of detection)" if limits else ""
    return Figure(
        f"replicates_{fit.model}",
        f"Data (dark) and {REPLICATIONS_SHOWN} replications under the posterior of {fit.model} under "
        f"{prior_name(fit.prior)} (blue): share of values at or under each value{censored}. The data should run inside "
        f"the band.{_too_few(fit, titles)}",
        f"Cumulative distributions of data and replications for {fit.model}. "
        + " ".join(_said(item, results.study) for item in checked),
        plan,
    )


def _draw(
    given: Mapping[str, xr.Dataset], limits: Mapping[str, Mapping[str, float]], labels: Mapping[str, str]
) -> "Drawing":
    import arviz_plots as azp

    titles = [str(title) for title in given["observed_data"]]
    columns = min(COLUMNS, len(titles))
    # By number, for a name in a tree has no slash, and a marker's or a scale's may have one.
    numbered = {title: str(place) for place, title in enumerate(titles)}
    # Of outcomes that are 0 or 1 ArviZ advises another figure; their distribution is two steps, and right.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plots = azp.plot_ppc_dist(
            xr.DataTree.from_dict({name: group.rename(numbered) for name, group in given.items()}),
            kind="ecdf",
            num_samples=REPLICATIONS_SHOWN,
            backend="matplotlib",
            col_wrap=columns,
            figure_kwargs={"figsize": (WIDTH, 0.3 + 2.3 * math.ceil(len(titles) / columns))},
            visuals={
                "predictive_dist": {"color": BLUE, "alpha": 0.25, "linewidth": 0.6, "rasterized": True},
                "observed_dist": {"color": INK, "linewidth": 1.6},
                "remove_axis": False,
            },
        )
    drawing: Drawing = plots.viz["figure"].item()
    for axis, title in zip(drawing.axes, titles, strict=False):
        axis.set_title(title, fontsize=9)
        axis.set_ylabel("share at or under", fontsize=8)
        axis.set_xlabel(labels[title], fontsize=8)
        low, high = axis.get_xlim()
        for label, limit in limits.get(title, {}).items():
            if low <= limit <= high:
                axis.axvline(limit, color=FAINT, linewidth=0.9, linestyle=DASHED)
                axis.annotate(
                    label,
                    (limit, 1),
                    (2.5, 0),
                    xycoords=axis.get_xaxis_transform(),
                    textcoords="offset points",
                    rotation=90,
                    va="top",
                    fontsize=7,
                )
    return drawing


def _only(fit: Fit, group: str, titles: tuple[str, ...], study: Study) -> xr.Dataset:
    """The outcomes as variables of their own; each with its own dimension, for their numbers of values differ."""
    found = outcomes(fit, group)
    renamed = {}
    for place, title in enumerate(titles):
        values = found[title]
        own = [dim for dim in values.dims if dim not in ("chain", "draw")]
        renamed[_panel(title, study)] = values.rename({dim: f"{dim} {place}" for dim in own}).reset_coords(drop=True)
    return xr.Dataset(renamed)


def _panel(title: str, study: Study) -> str:
    """What stands above an outcome: of a marker its logarithm is drawn."""
    name = with_visit_names(title, study)
    return f"log {name}" if in_units(title, study) and not title.startswith(LOG_MARKER) else name


def axis_label(title: str, study: Study) -> str:
    """What an outcome is measured in."""
    scale = study.scale.name if study.scale is not None else ""
    if title.endswith(IN_SDS):
        return "SDs"
    if in_units(title, study):
        named = (item for item in study.spec.marker if title.startswith(f"{item.name} at "))
        marker = next(named, next(item for item in study.spec.marker if item.name == study.marker))
        return f"natural log of {marker.name} in {marker.analysed_unit}"
    return "points" if scale and title.startswith((scale, SCORE_CHANGE)) else "value"


def _too_few(fit: Fit, titles: tuple[str, ...]) -> str:
    """Which outcomes are not drawn; empty where all are."""
    rest = [title for title in outcomes(fit, "observed_data") if title not in titles]
    return f" Not drawn, with fewer than {LEAST_VALUES} values: {'; '.join(rest)}." if rest else ""


def _limits(titles: tuple[str, ...], study: Study) -> dict[str, dict[str, float]]:
    """Limits of detection of each marker's panels, on the log scale, by label: the least and greatest of several."""
    found: dict[str, dict[str, float]] = {}
    for title in titles:
        if not in_units(title, study):
            continue
        named = (item for item in study.spec.marker if title.startswith(f"{item.name} at "))
        marker = next(named, next(item for item in study.spec.marker if item.name == study.marker))
        for side in ("lower", "upper"):
            values = study.data[f"{side}_limit"].sel(marker=marker.name).values
            there = values[np.isfinite(values) & (values > 0)]
            for limit in sorted({there.min(), there.max()}) if there.size else ():
                label = f"{side} limit {limit:g} {marker.analysed_unit}"
                found.setdefault(_panel(title, study), {})[label] = float(np.log(limit))
    return found


def _said(check: Check, study: Study) -> str:
    if check.statistic not in ("mean", "SD"):
        return ""
    observed, lower, upper = (
        within(value, check.upper - check.lower) for value in (check.observed, check.lower, check.upper)
    )
    return f"{with_visit_names(check.outcome, study)}: {check.statistic} {observed}, replicated {lower} to {upper}."
