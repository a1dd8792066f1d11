"""Replicated data beside the data: what the prior expects, and whether the model gives the data back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from cochange.data.inspection.summary import quantile
from cochange.data.study import Study
from cochange.inference.fit import Fit
from cochange.inference.impossible import impossible_scores
from cochange.inference.stored_names import as_named
from cochange.models.parts.censoring import AT_THE_LIMIT, log_limits
from cochange.models.parts.responders import are_whole
from cochange.reports.labels import DESCRIBED, FORMS

SCORE_CHANGE = "change of score"
IN_SDS = "in SDs"
# What outcomes of shipped models are called; an own model's keep their names, whatever these are here.
TITLES = {
    "change": SCORE_CHANGE,
    "change_of_score": SCORE_CHANGE,
    "raw_marker_change": f"change of log marker, {IN_SDS}",
    "raw_symptom_change": f"change of symptoms, {IN_SDS}",
    "screening": "screening score",
    "log_marker": "log marker, values at both visits",
    "log_marker_baseline_only": "log marker, baseline the only visit",
    "log_marker_follow_up_only": "log marker, follow-up the only visit",
}
LOG_MARKER = "log marker"
# A distribution of fewer values shows nothing.
LEAST_VALUES = 10
# Models whose replications stand at the limit where they are censored.
CENSORING_MODELS = ("marker_change", "joint_change", "repeated_measures", "growth")
QUANTILES = (0.025, 0.5, 0.975)
STATISTICS: Mapping[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "mean": lambda values, axis: np.mean(values, axis=axis),
    "SD": lambda values, axis: np.std(values, axis=axis, ddof=1),
    "least": lambda values, axis: np.min(values, axis=axis),
    "greatest": lambda values, axis: np.max(values, axis=axis),
}
SAMPLE_DIMS = ("chain", "draw")


@dataclass(frozen=True)
class Check:
    """A statistic of the data and of its replications; of ties with the data half count as above."""

    outcome: str
    statistic: str
    observed: float
    lower: float
    median: float
    upper: float
    share_above: float


def has_predictions(fit: Fit) -> bool:
    """Whether replicated data were stored with the fit."""
    return {"posterior_predictive", "observed_data"} <= set(fit.tree.children)


def impossible_shares(fit: Fit, study: Study) -> dict[str, float]:
    """Share of scores replicated under the prior that the scale cannot give, by outcome that is a score."""
    if "prior_predictive" not in fit.tree.children:
        return {}
    found = impossible_scores(fit.tree["prior_predictive"].to_dataset(), fit.model, study)
    return {titled(item.variable, fit.model, item.form): item.share for item in found}


def prior_quantiles(fit: Fit, study: Study) -> dict[str, list[tuple[float, str]]]:
    """Quantiles of every replicated outcome under the prior, by outcome, and what they bound: see `quantile`."""
    if "prior_predictive" not in fit.tree.children:
        return {}
    found = {}
    for title, replicated in outcomes(fit, "prior_predictive").items():
        values = replicated.values.ravel()
        status = _beyond(values, title, study)
        found[title] = [quantile(values, status, share) for share in QUANTILES]
    return found


def bound_of(value: float, title: str, study: Study) -> str:
    """What a replicated value bounds that stands at a limit of detection: "<=", ">=" or nothing."""
    (status,) = _beyond(np.array([value]), title, study)
    return {"below": "<=", "above": ">="}.get(status, "")


def _beyond(values: np.ndarray, title: str, study: Study) -> np.ndarray:
    """Which values of an outcome stand at a limit; no measured one does, for the outcomes are continuous."""
    status = np.full(values.shape, "observed")
    if in_units(title, study):
        marker = next((item.name for item in study.spec.marker if title.startswith(f"{item.name} at ")), study.marker)
        limits = log_limits(study.data.sel(marker=marker))
        for name, limit in zip(("below", "above"), limits, strict=True):
            for value in np.unique(limit[np.isfinite(limit)]):
                status[np.isclose(values, value, rtol=0, atol=AT_THE_LIMIT * 2)] = name
    return status


def in_units(title: str, study: Study) -> str:
    """An outcome's title where its numbers are given in the marker's unit; empty where they stay as they are."""
    for marker in study.spec.marker:
        if title.startswith(f"{marker.name} at "):
            return f"{marker.name} [{marker.analysed_unit}]{title.removeprefix(marker.name)}"
        if marker.name == study.marker and title.startswith(LOG_MARKER):
            return f"{marker.name} [{marker.analysed_unit}]{title.removeprefix(LOG_MARKER)}"
    return ""


def outcomes(fit: Fit, group: str) -> dict[str, xr.DataArray]:
    """Every outcome of a group of a fit, those that come in forms or visits one by one, without missing values."""
    found: dict[str, xr.DataArray] = {}
    for name, values in as_named(fit.tree[group].to_dataset()).data_vars.items():
        split = next((dim for dim in ("form", "visit") if dim in values.dims), None)
        if split is None:
            found[titled(str(name), fit.model)] = (
                values.dropna("participant") if "participant" in values.dims else values
            )
            continue
        for label in values[split].values.tolist():
            found[titled(str(name), fit.model, label)] = values.sel({split: label}, drop=True)
    return found


def titled(name: str, model: str, label: str | None = None) -> str:
    """What an outcome of a model is called, with its form or visit where it has several."""
    title = TITLES.get(name, name) if model in DESCRIBED else name
    return title if label is None else f"{title}, {FORMS.get(label, label)}"


def checks(fit: Fit) -> tuple[Check, ...]:
    """Mean, SD, least and greatest value of each outcome beside those of its replications.

    Outcomes with fewer than 10 values are left out. Replications of whole numbers are rounded as these are: the least
    of scores included above 9 is 10, and an unrounded replication of it would nearly always lie lower.
    """
    replicated = outcomes(fit, "posterior_predictive")
    rows = []
    for title, observed in outcomes(fit, "observed_data").items():
        draws = replicated[title].stack(sample=SAMPLE_DIMS).transpose("sample", ...).values
        if draws.shape[1] < LEAST_VALUES:
            continue
        if are_whole(observed.values):
            draws = np.rint(draws)
        for statistic, of in STATISTICS.items():
            found = float(of(observed.values, 0))
            again = of(draws, 1)
            lower, median, upper = np.quantile(again, QUANTILES)
            tied = np.isclose(again, found)
            above = float(((again > found) & ~tied).mean() + tied.mean() / 2)
            rows.append(Check(title, statistic, found, lower, median, upper, above))
    return tuple(rows)
