"""The no-change benchmark: what the usual statistics come to where nobody's true score has changed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy import stats

from cochange.data.study import Study
from cochange.inference.fit import Fit
from cochange.inference.settings import Settings
from cochange.models.parts.contract import Model
from cochange.models.parts.estimand import LN2

DATA_SETS = 1000
LEAST = 10
LEVEL = 0.05
CENTRAL = (0.025, 0.5, 0.975)


@dataclass(frozen=True)
class NaiveStatistic:
    """One statistic of the observed scores, and the same of data sets in which nobody's true score changed.

    Attributes
    ----------
    model : str
        The model the data sets are drawn from.
    marker : str
        The marker.
    statistic : str
        Its name.
    analysis : str
        The analysis it stands in, as that is usually done.
    unit : str
        Its unit.
    n : int
        Participants with the values it needs.
    observed : float
        In the study.
    lower, median, upper : float
        Of the data sets without change: the central 95% and the median.
    as_far : float
        Share of the data sets whose statistic lies at least as far from their median as the observed one.
    called_different : float
        Share of the data sets in which the usual test at 5% calls it different from zero.
    """

    model: str
    marker: str
    statistic: str
    analysis: str
    unit: str
    n: int
    observed: float
    lower: float
    median: float
    upper: float
    as_far: float
    called_different: float


def no_change(fit: Fit, model: Model, study: Study, settings: Settings) -> tuple[NaiveStatistic, ...]:
    """Compare the usual statistics with those of data sets without change.

    The data sets have the size, gaps, limits and inclusion of the study; their true scores are the same at both visits,
    and only errors of measurement differ.

    Parameters
    ----------
    fit : Fit
        Its posterior draws set reliabilities, spreads and the state that errors of a visit share.
    model : Model
        Its model.
    study : Study
        Its study.
    settings : Settings
        For the seed.

    Returns
    -------
    tuple of NaiveStatistic
        Empty where the model cannot draw such data sets.
    """
    if model.without_change is None or model.observed_data is None or study.scale is None:
        return ()
    step = max(1, fit.posterior.sizes["chain"] * fit.posterior.sizes["draw"] // DATA_SETS)
    rng = np.random.default_rng(settings.seed_of(fit.model, fit.prior, "no change"))
    drawn = model.without_change(fit.posterior.isel(draw=slice(None, None, step)), study, rng)
    if drawn is None:
        return ()
    observed = model.observed_data(study)
    rows = []
    for marker in study.data["marker"].values.tolist():
        found = zip(_statistics(observed, marker, study), _statistics(drawn, marker, study), strict=True)
        rows += [_row(fit.model, marker, once, often) for once, often in found]
    return tuple(row for row in rows if row.n >= LEAST)


@dataclass(frozen=True, eq=False)
class _Found:
    """A statistic of one or many data sets; values and p-values have shape ``(data set,)``."""

    name: str
    analysis: str
    unit: str
    n: int
    value: np.ndarray
    p: np.ndarray


def _row(model: str, marker: str, once: _Found, often: _Found) -> NaiveStatistic:
    observed = float(once.value[0]) if once.n >= LEAST else float("nan")
    lower, median, upper = np.quantile(often.value, CENTRAL) if often.n >= LEAST else (np.nan,) * 3
    return NaiveStatistic(
        model=model,
        marker=marker,
        statistic=once.name,
        analysis=once.analysis,
        unit=once.unit,
        n=once.n,
        observed=observed,
        lower=float(lower),
        median=float(median),
        upper=float(upper),
        as_far=float((np.abs(often.value - median) >= abs(observed - median)).mean()),
        called_different=float((often.p < LEVEL).mean()),
    )


def _statistics(outcomes: xr.Dataset, marker: str, study: Study) -> Iterator[_Found]:
    """The statistics that papers print of two visits, from those with all four values; censored ones at their limit."""
    scale = study.scale.name if study.scale is not None else ""
    names = [f"{what} at {visit}" for visit in (study.baseline, study.follow_up) for what in (marker, scale)]
    columns = [_by_data_set(outcomes[name]) for name in names]
    complete = ~np.isnan(np.stack([column[0] for column in columns])).any(axis=0)
    m0, y0, m1, y1 = (column[:, complete] for column in columns)
    dm, dy = m1 - m0, y1 - y0
    yield _mean("marker_change", "paired t test of the log marker", "log units", dm)
    yield _mean("symptom_change", "paired t test of the score", "points", dy)
    yield _slope("marker_on_baseline", "change of the log marker on its own baseline", "per log unit", dm, [m0])
    yield _slope("score_on_baseline", "change of the score on its own baseline", "points per point", dy, [y0])
    doublings, halvings = m0 / LN2, -dm / LN2
    yield _slope(
        "prognostic_slope", "change of the score on the baseline marker", "points per doubling", dy, [doublings]
    )
    yield _slope(
        "prognostic_slope_ancova",
        "the same given the baseline score (ANCOVA)",
        "points per doubling",
        dy,
        [doublings, y0],
    )
    yield _correlation("change_correlation", "correlation of the two changes", "correlation", dm, dy)
    yield _slope(
        "parallel_slope",
        "change of the score on change of the marker, given both baselines",
        "points per halving",
        dy,
        [halvings, m0, y0],
    )


def _by_data_set(values: xr.DataArray) -> np.ndarray:
    """Values with data sets along the first axis, shape ``(data set, participant)``."""
    if "draw" not in values.dims:
        return np.asarray(values.values)[None, :]
    return np.asarray(values.stack(sample=("chain", "draw"), create_index=False).transpose("sample", ...).values)


def _mean(name: str, analysis: str, unit: str, change: np.ndarray) -> _Found:
    return _slope(name, analysis, unit, change, [])


def _slope(name: str, analysis: str, unit: str, outcome: np.ndarray, predictors: list[np.ndarray]) -> _Found:
    """Least squares: the coefficient of the first predictor, or the mean where there is none."""
    n = outcome.shape[1]
    columns = np.stack([*predictors, np.ones_like(outcome)], axis=2)
    freedom = n - columns.shape[2]
    if freedom < 1:
        empty = np.full(len(outcome), np.nan)
        return _Found(name, analysis, unit, n, empty, empty)
    inverse = np.linalg.pinv(columns.mT @ columns)
    coefficients = (inverse @ columns.mT @ outcome[..., None])[..., 0]
    residual = outcome - (columns @ coefficients[..., None])[..., 0]
    error = np.sqrt(inverse[:, 0, 0] * (residual**2).sum(axis=1) / freedom)
    value = coefficients[:, 0]
    return _Found(name, analysis, unit, n, value, 2 * stats.t.sf(np.abs(value) / error, freedom))


def _correlation(name: str, analysis: str, unit: str, first: np.ndarray, second: np.ndarray) -> _Found:
    n = first.shape[1]
    if n < 3:
        empty = np.full(len(first), np.nan)
        return _Found(name, analysis, unit, n, empty, empty)
    result = stats.pearsonr(first, second, axis=1)
    return _Found(name, analysis, unit, n, np.asarray(result.statistic), np.asarray(result.pvalue))
