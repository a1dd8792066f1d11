"""How well a model foretells participants it has not seen, under each prior set of a comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from arviz_stats.base import array_stats
from arviz_stats.utils import ELPDData
from scipy.special import logsumexp

from cochange.inference.comparing.comparison import Comparison, Under, require_comparison
from cochange.inference.comparing.weights import k_bound
from cochange.inference.elpd import difference, elpd_of, places_of
from cochange.inference.thinning import evenly

MOST_DRAWS = 4000
# Under this a difference of the elpd is small whatever its standard error (Sivula, Magnusson, Matamoros, Vehtari 2020).
SMALL = 4.0


@dataclass(frozen=True, kw_only=True)
class PriorLoo:
    """Leave-one-out cross-validation of a model under one prior set.

    Attributes
    ----------
    prior : str
        The prior set.
    how : {"sampled", "reweighted", "moment-matched"}
        Whether the draws are its own, those of another set with the log prior ratio in the weights, or those moved by
        moment matching.
    elpd, se : float
        Expected log predictive density, summed over the participants, and its standard error.
    difference, difference_se : float
        From the main set, and its standard error over the pairs; 0 for the main set itself.
    weight : float
        Weight of the set in a stacked prediction.
    participants : int
        How many there are.
    k_most : float
        Largest Pareto shape.
    k_high : int
        Participants whose shape is over the bound; for them the elpd is not to be relied on.
    """

    prior: str
    how: str
    elpd: float
    se: float
    difference: float
    difference_se: float
    weight: float
    participants: int
    k_most: float
    k_high: int


def compare_loo(comparison: Comparison) -> tuple[PriorLoo, ...]:
    """Leave-one-out cross-validation under every prior set.

    A set that was reweighted has the draws of another, as they are or moved: the ratio that leaves a participant out is
    that of its weights less the participant's log density, and both are smoothed together, so that the Pareto shape
    speaks for both.

    Parameters
    ----------
    comparison : Comparison
        The comparison; at most 4,000 draws of each set are used.

    Returns
    -------
    tuple of PriorLoo
        In the order of the sets; empty where the model does not give the density of a participant.

    Raises
    ------
    TypeError
        If `comparison` is none.

    References
    ----------
    Vehtari A, Gelman A, Gabry J (2017). Practical Bayesian model evaluation using leave-one-out cross-validation and
    WAIC. Statistics and Computing 27, 1413-1432. doi:10.1007/s11222-016-9696-4

    Yao Y, Vehtari A, Simpson D, Gelman A (2018). Using stacking to average Bayesian predictive distributions. Bayesian
    Analysis 13(3), 917-1007. doi:10.1214/17-BA1091
    """
    require_comparison(comparison)
    if comparison.model.log_likelihood is None:
        return ()
    densities: dict[int, np.ndarray] = {}
    found = {}
    for under in comparison.under:
        if id(under.drawn) not in densities:
            densities[id(under.drawn)] = _density(comparison, under)
        density = densities[id(under.drawn)]
        ratio = np.zeros(len(density))
        if under.weights is not None:
            shape = tuple(under.drawn.variables.sizes[dim] for dim in ("chain", "draw"))
            ratio = under.weights.log_ratio.reshape(shape)[:, evenly(under.drawn.variables, MOST_DRAWS)].ravel()
        found[under.prior] = leave_one_out(density, ratio)
    return _rows(comparison.under, found)


def leave_one_out(density: np.ndarray, log_ratio: np.ndarray) -> ELPDData:
    """Pareto-smoothed leave-one-out cross-validation with draws of another posterior.

    Parameters
    ----------
    density : numpy.ndarray
        Log density of each participant, shape ``(draw, participant)``.
    log_ratio : numpy.ndarray
        Log density of the posterior asked for over that of the draws, up to a constant, shape ``(draw,)``; zeros where
        the draws are its own.
    """
    draws = len(density)
    # ArviZ takes the negative log ratio.
    log_weights, k = array_stats.psislw(density.T - log_ratio)
    elpd = logsumexp(log_weights + density.T, axis=1) - logsumexp(log_weights, axis=1)
    own = logsumexp(density + log_ratio[:, None], axis=0) - logsumexp(log_ratio)
    by_participant, shapes = (xr.DataArray(values, dims="participant") for values in (elpd, k))
    return elpd_of(by_participant, float((own - elpd).sum()), draws, shapes, k_bound(draws))


def loo_sentence(rows: Sequence[PriorLoo]) -> str:
    """What the cross-validation says about the prior sets beside the main one."""
    main, others = rows[0], rows[1:]
    if not others:
        return "There is one prior set: nothing to compare."
    said = []
    far = [row for row in others if abs(row.difference) >= SMALL]
    clear = [row for row in far if abs(row.difference) > 2 * row.difference_se]
    if not far:
        said.append(
            f"The data do not tell these priors apart: no set is {SMALL:g} or more of elpd from {main.prior}, and the "
            "stacking weights say little."
        )
    for row in far:
        better = "better" if row.difference > 0 else "worse"
        sure = "" if row in clear else ", which is within two standard errors"
        said.append(
            f"{row.prior} foretells participants {better} than {main.prior} by {abs(row.difference):.1f} of elpd "
            f"(SE {row.difference_se:.1f}){sure}."
        )
    if unsure := [row.prior for row in rows if row.k_high]:
        said.append(
            f"Some Pareto shapes are over the bound under {', '.join(unsure)}: leaving those participants out is not "
            "approximated well there"
            f"{'; draws of their own may do for those reweighted' if any(_is_shaky(row) for row in rows) else ''}."
        )
    return " ".join(said)


def _is_shaky(row: PriorLoo) -> bool:
    return row.how != "sampled" and row.k_high > 0


def _density(comparison: Comparison, under: Under) -> np.ndarray:
    """Log density of each participant under the draws of a set, shape ``(draw, participant)``."""
    assert comparison.model.log_likelihood is not None
    posterior = under.drawn.fit.posterior.isel(draw=evenly(under.drawn.variables, MOST_DRAWS))
    density = comparison.model.log_likelihood(posterior, comparison.study).transpose("chain", "draw", "participant")
    return np.asarray(density.values).reshape(-1, density.sizes["participant"])


def _rows(under: Sequence[Under], found: Mapping[str, ELPDData]) -> tuple[PriorLoo, ...]:
    places = places_of(found)
    main = next(iter(found.values()))
    rows = []
    for item in under:
        elpd = found[item.prior]
        more, error = difference(elpd, main)
        shapes = elpd.pareto_k.values
        rows.append(
            PriorLoo(
                prior=item.prior,
                how=item.how,
                elpd=elpd.elpd,
                se=elpd.se,
                difference=more,
                difference_se=error,
                weight=places[item.prior].weight,
                participants=elpd.n_data_points,
                k_most=float(shapes.max()),
                k_high=int((shapes > elpd.good_k).sum()),
            )
        )
    return tuple(rows)
