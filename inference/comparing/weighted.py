"""An estimate from weighted draws, in the row of the estimate whose draws they are."""

import math
from dataclasses import dataclass, replace

import numpy as np
from arviz_stats.base import array_stats

from cochange.inference.comparing.weights import Weights, moments
from cochange.inference.estimates import Estimate, important_limits, narrowed, nearer_side

TAILS = (0.05, 0.95)


@dataclass(frozen=True)
class Sizes:
    """Effective sample sizes of weighted draws: of their mean, of the bulk and of the tails; none of fixed ones."""

    mean: float
    bulk: float
    tail: float


def sizes_of_stored(row: Estimate, weights: Weights) -> Sizes:
    """Sizes of draws whose own are known, by the share that the weights leave of them."""
    share = weights.efficiency
    # What every draw gives alike has neither.
    mean = (row.sd / row.mcse_mean) ** 2 if row.mcse_mean else math.nan
    return Sizes(mean * share, row.ess_bulk * share, row.ess_tail * share)


def sizes_of_moved(draws: np.ndarray, weights: Weights) -> Sizes:
    """Sizes of weighted draws from the chains of their weighted deviations, which are correlated as they come.

    Parameters
    ----------
    draws : numpy.ndarray
        Draws of an estimand, shape ``(chain, draw)``.
    weights : Weights
        Their weights.
    """
    if np.ptp(draws) == 0:
        return Sizes(math.nan, math.nan, math.nan)
    mass = weights.values.reshape(draws.shape)
    mean, sd = moments(draws, mass)
    order = np.argsort(draws, axis=None)
    deviations, variances = [mass * (draws - mean)], [sd**2]
    for prob in TAILS:
        at = quantile(draws.ravel()[order], weights.values[order], prob)
        share = float(mass[draws <= at].sum())
        if share < 1:
            deviations.append(mass * ((draws <= at) - share))
            variances.append(share * (1 - share))
    # The weighted mean less its limit is the mean of these deviations, times their number.
    stacked = np.stack(deviations)
    own = array_stats.ess(stacked, chain_axis=1, draw_axis=2, method="mean")
    mean_size, *tails = np.array(variances) * own / (draws.size**2 * stacked.var(axis=(1, 2)))
    return Sizes(float(mean_size), float(mean_size), float(min(tails, default=mean_size)))


def reweighted(
    row: Estimate, prior: str, draws: np.ndarray, weights: Weights, before: np.ndarray, sizes: Sizes
) -> Estimate:
    """The estimate under another prior set, from the draws under the main one.

    Parameters
    ----------
    row : Estimate
        The estimate under the main prior set; its R-hat is that of the draws.
    prior : str
        Name of the other prior set.
    draws : numpy.ndarray
        Posterior draws of the estimand under the main prior set, shape ``(chain * draw,)``.
    weights : Weights
        Their weights under the other.
    before : numpy.ndarray
        Prior draws of the estimand under the other prior set.
    sizes : Sizes
        Effective sample sizes of the weighted draws.
    """
    order = np.argsort(draws)
    values, mass = draws[order], weights.values[order]
    mean, sd = moments(values, mass)
    lower, upper = interval(values, mass, row.ci_prob, row.ci_kind)
    tails = ((1 - row.ci_prob) / 2, (1 + row.ci_prob) / 2)
    prior_lower, prior_upper = np.quantile(before, tails)
    prior_width = float(prior_upper - prior_lower)
    if row.ci_kind == "hdi":
        even = np.full(before.size, 1 / before.size)
        prior_width = float(np.ptp(interval(np.sort(before), even, row.ci_prob, "hdi")))
    side, p_direction = _side(values, mass, row.null)
    below, inside, above = _masses(values, mass, row)
    return replace(
        row,
        prior=prior,
        mean=mean,
        median=float(quantile(values, mass, 0.5)),
        sd=sd,
        lower=lower,
        upper=upper,
        p_direction=p_direction,
        side=side,
        mcse_mean=sd / float(np.sqrt(sizes.mean)),
        ess_bulk=sizes.bulk,
        ess_tail=sizes.tail,
        prior_median=float(np.median(before)),
        prior_sd=float(np.std(before, ddof=1)),
        prior_lower=float(prior_lower),
        prior_upper=float(prior_upper),
        learned=narrowed(upper - lower, prior_width),
        below=below,
        inside=inside,
        above=above,
    )


def quantile(values: np.ndarray, mass: np.ndarray, prob: float) -> np.ndarray:
    """A quantile of sorted values with masses, between the middles of the steps of their distribution function."""
    return np.asarray(np.interp(prob, np.cumsum(mass) - mass / 2, values))


def interval(values: np.ndarray, mass: np.ndarray, prob: float, kind: str) -> tuple[float, float]:
    """The interval of a kind, ``"eti"`` or ``"hdi"``, that holds a probability; values are sorted."""
    if kind == "eti":
        return float(quantile(values, mass, (1 - prob) / 2)), float(quantile(values, mass, (1 + prob) / 2))
    reached = np.cumsum(mass)
    start = reached - mass
    ends = np.searchsorted(reached, start + prob - 1e-12)
    possible = ends < len(values)
    widths = values[ends[possible]] - values[possible]
    first = int(np.argmin(widths))
    return float(values[possible][first]), float(values[ends[possible]][first])


def _side(values: np.ndarray, mass: np.ndarray, null: float | None) -> tuple[str | None, float | None]:
    if null is None:
        return None, None
    return nearer_side(float(mass[values > null].sum()), float(mass[values == null].sum()))


def _masses(values: np.ndarray, mass: np.ndarray, row: Estimate) -> tuple[float | None, float | None, float | None]:
    if row.smallest_important is None or row.null is None:
        return None, None, None
    low, high = important_limits(row.null, row.unit, row.smallest_important)
    below, above = float(mass[values < low].sum()), float(mass[values > high].sum())
    return below, 1 - below - above, above
