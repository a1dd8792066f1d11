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
# Fewest participants with all four values that statistics are compared for.
LEAST = 10
LEVEL = 0.05
CENTRAL = (0.025, 0.5, 0.975)
# Share of a sum of squares that rounding leaves at the most.
ROUNDING = 1e-20


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
    data_sets : int
        Data sets without change that have the statistic: what is said of them rests on so many.
    lower, median, upper : float
        Of the data sets without change, where they have the statistic: the central 95% and the median.
    as_far : float
        Share of these whose statistic lies at least as far from their median as the observed one.
    called_different : float
        Share of these in which the usual test at 5% calls it different from zero.
    """

    model: str
    marker: str
    statistic: str
    analysis: str
    unit: str
    n: int
    observed: float
    data_sets: int
    lower: float
    median: float
    upper: float
    as_far: float
    called_different: float


def no_change(fit: Fit, model: Model, study: Study, settings: Settings) -> tuple[NaiveStatistic, ...]:
    """Compare the usual statistics with those of data sets without change.

    The data sets have the size, gaps, limits and inclusion of the study; their true scores are the same at both visits,
    and only errors of measurement differ. Where the study has arms, slopes and the correlation are within arms: arms
    that differ on both outcomes would make the changes go together without any other association.

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
        Empty where the model cannot draw such data sets. A statistic that the study does not have, as a slope on
        baselines that all lie at their limit, is left out.
    """
    if model.without_change is None or model.observed_data is None or study.scale is None:
        return ()
    step = max(1, fit.posterior.sizes["chain"] * fit.posterior.sizes["draw"] // DATA_SETS)
    rng = np.random.default_rng(settings.seed_of(fit.model, fit.prior, "no change"))
    drawn = model.without_change(fit.posterior.isel(draw=slice(None, None, step)), study, rng)
    if drawn is None:
        return ()
    observed = model.observed_data(study)
    return tuple(
        _row(fit.model, marker, once, often)
        for marker in study.data["marker"].values.tolist()
        # Neither gives any where too few have all four values.
        for once, often in zip(*(_statistics(each, marker, study) for each in (observed, drawn)), strict=False)
        if np.isfinite(once.value).all() and np.isfinite(often.value).any()
    )


@dataclass(frozen=True, eq=False)
class _Found:
    """A statistic of one or many data sets; values and p-values have shape ``(data set,)``, NaN where there is none."""

    name: str
    analysis: str
    unit: str
    n: int
    value: np.ndarray
    p: np.ndarray


def _row(model: str, marker: str, once: _Found, often: _Found) -> NaiveStatistic:
    observed, there = float(once.value[0]), np.isfinite(often.value)
    drawn, p = often.value[there], often.p[there]
    lower, median, upper = np.quantile(drawn, CENTRAL)
    return NaiveStatistic(
        model=model,
        marker=marker,
        statistic=once.name,
        analysis=once.analysis,
        unit=once.unit,
        n=once.n,
        observed=observed,
        data_sets=len(drawn),
        lower=float(lower),
        median=float(median),
        upper=float(upper),
        as_far=float((np.abs(drawn - median) >= abs(observed - median)).mean()),
        called_different=float((p < LEVEL).mean()),
    )


def _statistics(outcomes: xr.Dataset, marker: str, study: Study) -> Iterator[_Found]:
    """The statistics that papers print of two visits, from those with all four values; censored ones at their limit."""
    scale = study.scale.name if study.scale is not None else ""
    names = [f"{what} at {visit}" for visit in (study.baseline, study.follow_up) for what in (marker, scale)]
    columns = [_by_data_set(outcomes[name]) for name in names]
    # The data sets drawn have the gaps of the study, so those of the first are those of all.
    complete = ~np.isnan(np.stack([column[0] for column in columns])).any(axis=0)
    if complete.sum() < LEAST:
        return
    m0, y0, m1, y1 = (column[:, complete] for column in columns)
    dm, dy = m1 - m0, y1 - y0
    arms = _arms(study, complete)
    within = " within arms" if arms else ""
    yield _slope("marker_change", "paired t test of the log marker", "log units", dm, [])
    yield _slope("symptom_change", "paired t test of the score", "points", dy, [])
    yield _slope(
        "marker_on_baseline", f"change of the log marker on its own baseline{within}", "per log unit", dm, [m0, *arms]
    )
    yield _slope(
        "score_on_baseline", f"change of the score on its own baseline{within}", "points per point", dy, [y0, *arms]
    )
    doublings, halvings = m0 / LN2, -dm / LN2
    yield _slope(
        "prognostic_slope",
        f"change of the score on the baseline marker{within}",
        "points per doubling",
        dy,
        [doublings, *arms],
    )
    yield _slope(
        "prognostic_slope_ancova",
        "the same given the baseline score (ANCOVA)",
        "points per doubling",
        dy,
        [doublings, y0, *arms],
    )
    yield _correlation("change_correlation", f"correlation of the two changes{within}", "correlation", dm, dy, arms)
    yield _slope(
        "parallel_slope",
        f"change of the score on change of the marker{within}, given both baselines",
        "points per halving",
        dy,
        [halvings, m0, y0, *arms],
    )


def _arms(study: Study, used: np.ndarray) -> list[np.ndarray]:
    """Indicators of the arms that participants are in, but of the first; none in a study without arms."""
    if study.spec.arms is None:
        return []
    of_each = study.data["arm"].values.astype(str)[used]
    return [(of_each == arm).astype(float) for arm in np.unique(of_each)[1:]]


def _by_data_set(values: xr.DataArray) -> np.ndarray:
    """Values with data sets along the first axis, shape ``(data set, participant)``."""
    if "draw" not in values.dims:
        return np.asarray(values.values)[None, :]
    return np.asarray(values.stack(sample=("chain", "draw"), create_index=False).transpose("sample", ...).values)


def _slope(name: str, analysis: str, unit: str, outcome: np.ndarray, predictors: list[np.ndarray]) -> _Found:
    """Least squares: the coefficient of the first predictor, or the mean where there is none."""
    n = outcome.shape[1]
    columns = np.stack(np.broadcast_arrays(*predictors, np.ones_like(outcome)), axis=2)
    freedom = n - columns.shape[2]
    # Predictors that all lie at one limit leave the coefficient undetermined.
    determined = np.linalg.matrix_rank(columns) == columns.shape[2]
    inverse = np.linalg.pinv(columns.mT @ columns)
    coefficients = (inverse @ columns.mT @ outcome[..., None])[..., 0]
    residual = outcome - (columns @ coefficients[..., None])[..., 0]
    error = np.sqrt(inverse[:, 0, 0] * (residual**2).sum(axis=1) / freedom)
    value = np.where(determined, coefficients[:, 0], np.nan)
    # Outcomes that are all alike have no error, and no test where they are 0.
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(value) / error
    return _Found(name, analysis, unit, n, value, 2 * stats.t.sf(t, freedom))


def _correlation(
    name: str, analysis: str, unit: str, first: np.ndarray, second: np.ndarray, given: list[np.ndarray]
) -> _Found:
    """The partial correlation given indicators, or Pearson's where there are none, with its t test."""
    n = first.shape[1]
    columns = np.stack([*given, np.ones(n)], axis=1)
    freedom = n - 1 - columns.shape[1]
    value, p = np.full((2, len(first)), np.nan)
    apart = [each - each @ np.linalg.pinv(columns).T @ columns.T for each in (first, second)]
    # Where the indicators tell all of a change, what is left of it is rounding.
    vary = np.logical_and(
        *(
            (rest**2).sum(axis=1) > ROUNDING * (each**2).sum(axis=1)
            for rest, each in zip(apart, (first, second), strict=True)
        )
    )
    if vary.any():
        value[vary] = stats.pearsonr(*(rest[vary] for rest in apart), axis=1).statistic
        with np.errstate(divide="ignore"):
            p[vary] = 2 * stats.t.sf(np.abs(value[vary]) * np.sqrt(freedom / (1 - value[vary] ** 2)), freedom)
    return _Found(name, analysis, unit, n, value, p)
