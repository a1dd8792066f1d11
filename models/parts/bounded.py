"""A bounded score as a count: beta-binomial between the ends of its scale, with the regression on the log odds."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import xarray as xr
from scipy import special

from cochange.data.study import Study
from cochange.models.parts.design import Design, arm_label
from cochange.models.parts.families import Family
from cochange.models.parts.graph import TensorVariable, pm, pt
from cochange.models.parts.prior_sets import PriorsLike, families
from cochange.models.parts.responders import average_by_group, thresholds
from cochange.models.parts.symptom import symptom_pair

PREFIX = "log_odds_"
LEAST = np.finfo(float).tiny


@dataclass(frozen=True)
class Counts:
    """Scores counted in points from the better end of the scale, so that higher log odds are worse on every scale.

    Parameters
    ----------
    points : int
        Points between the ends of the scale.
    baseline : numpy.ndarray
        Baseline scores as counts, shape ``(n,)``.
    sign : float
        1 where a higher score is worse, -1 where it is better: a change of the score is `sign` times that of the count.
    """

    points: int
    baseline: np.ndarray
    sign: float

    @property
    def log_odds(self) -> np.ndarray:
        """Log odds of the baseline counts; half a point at either end keeps them finite."""
        return np.asarray(np.log((self.baseline + 0.5) / (self.points - self.baseline + 0.5)))


def counted(study: Study, used: np.ndarray) -> Counts | None:
    """The scores as counts, or None where the study has them on a continuous scale."""
    symptom, scale = study.spec.symptom, study.scale
    if symptom is None or scale is None or symptom.distribution != "beta_binomial":
        return None
    y0 = symptom_pair(study, used)[study.baseline]
    worse = scale.direction == "higher is worse"
    return Counts(
        round(scale.upper - scale.lower), y0 - scale.lower if worse else scale.upper - y0, 1.0 if worse else -1.0
    )


def is_of_counts(parameter: str) -> bool:
    """Whether a prior is that of a counted score, and not of one on a continuous scale."""
    return parameter.startswith(PREFIX) or parameter == "precision"


@dataclass(frozen=True, kw_only=True)
class EnteringAs(Family):
    """A family whose hyperparameters bear the name of its field, whatever its parameter is called in the graph."""

    family: Family
    field: str

    def values(self) -> dict[str, float]:
        """Hyperparameters by name."""
        return self.family.values()

    def variable(self, name: str, dims: str | tuple[str, ...] | None = None, parameter: str = "") -> TensorVariable:
        """Add a random variable to the current model."""
        return self.family.variable(name, dims, self.field)


def on_log_odds(priors: PriorsLike) -> dict[str, Family]:
    """The families of the log-odds scale by the name their parameters have on the scale of points."""
    return {
        name.removeprefix(PREFIX): EnteringAs(family=family, field=name)
        for name, family in families(priors).items()
        if is_of_counts(name)
    }


def observe_counted(
    name: str,
    change: TensorVariable,
    precision: TensorVariable,
    observed: TensorVariable,
    dims: tuple[str, ...],
    counts: Counts,
) -> TensorVariable:
    """Add the observed change of a score whose follow-up value is a beta-binomial count to the current model.

    Parameters
    ----------
    name : str
        Name of the outcome.
    change : TensorVariable
        Change of the log odds from the baseline, a shape that broadcasts to that of `observed`.
    precision : TensorVariable
        Sum of the two parameters of the beta distribution.
    observed : TensorVariable
        Change of the score in points.
    dims : tuple of str
        Dims of the outcome.
    counts : Counts
        The baseline scores.
    """
    baseline = pm.Data("baseline_count", counts.baseline, dims="participant")
    before = pt.log((baseline + 0.5) / (counts.points - baseline + 0.5))

    def log_density(
        value: TensorVariable, log_odds: TensorVariable, precision: TensorVariable, baseline: TensorVariable
    ) -> TensorVariable:
        count = pm.BetaBinomial.dist(
            n=counts.points, alpha=precision * pt.sigmoid(log_odds), beta=precision * pt.sigmoid(-log_odds)
        )
        return pm.logp(count, baseline + counts.sign * value)

    def draw(
        log_odds: np.ndarray,
        precision: np.ndarray,
        baseline: np.ndarray,
        rng: np.random.Generator,
        size: tuple[int, ...],
    ) -> np.ndarray:
        share = rng.beta(*_shapes(log_odds, precision), size=size)
        return np.asarray(counts.sign * (rng.binomial(counts.points, share) - baseline))

    # PyMC derives no density of a count shifted by the baseline: it is given.
    return pm.CustomDist(
        name, before + change, precision, baseline, logp=log_density, random=draw, observed=observed, dims=dims
    )


def draw_counted(
    change: xr.DataArray, precision: xr.DataArray, counts: Counts, rng: np.random.Generator
) -> xr.DataArray:
    """Changes of a counted score in points drawn anew, in the dims of the draws of the change of its log odds."""
    log_odds = change + xr.DataArray(counts.log_odds, dims="participant")
    spread = (precision + xr.zeros_like(change)).transpose(*change.dims)
    count = rng.binomial(counts.points, rng.beta(*_shapes(log_odds.values, spread.values)))
    return change.copy(data=counts.sign * (count - counts.baseline))


def derive_counted(
    posterior: xr.Dataset, study: Study, design: Design, counts: Counts, change: xr.DataArray
) -> dict[str, xr.DataArray]:
    """Estimands in points and shares, averaged over participants since a log-odds scale has no one slope in points.

    Parameters
    ----------
    posterior : xarray.Dataset
        Draws of the parameters; one form.
    study : Study
        The study.
    design : Design
        The design of the participants used.
    counts : Counts
        Their baseline scores.
    change : xarray.DataArray
        Draws of each participant's change of the log odds, dims ``(chain, draw, form, participant)``.

    Returns
    -------
    dict of str to xarray.DataArray
        ``symptom_change``, ``arm_difference``, ``prognostic_slope`` and the shares of responders, where the study
        allows them. The slope is the derivative of E[y1] by the base-2 log of the marker, averaged over everyone.
    """
    log_odds = xr.DataArray(counts.log_odds, dims="participant") + change
    baseline = xr.DataArray(counts.baseline, dims="participant")

    def averaged(of: Callable[[xr.DataArray], xr.DataArray]) -> xr.DataArray:
        return average_by_group(of, log_odds, posterior, design)

    def points_changed(at: xr.DataArray) -> xr.DataArray:
        return counts.sign * (counts.points * xr.apply_ufunc(special.expit, at) - baseline)

    def share_at_most(limit: np.ndarray) -> Callable[[xr.DataArray], xr.DataArray]:
        return lambda at: xr.apply_ufunc(
            lambda x, precision: at_most(limit, counts.points, x, precision[..., None]),
            at,
            posterior["precision"],
            input_core_dims=[["participant"], []],
            output_core_dims=[["participant"]],
        )

    found = {"symptom_change": averaged(points_changed)}
    if design.arms.sizes["arm_effect"]:
        by_arm = found["symptom_change"]
        levels = design.arms["arm_effect"].values.tolist()
        as_control = by_arm.sel(group=arm_label(design.control), drop=True)
        contrasts = by_arm.sel(group=[arm_label(level) for level in levels]) - as_control
        found["arm_difference"] = contrasts.assign_coords(
            group=[f"{level} versus {design.control}" for level in levels]
        )
    if "prognostic" in posterior:
        p = xr.apply_ufunc(special.expit, log_odds)
        per_log_odds = counts.sign * counts.points * (p * (1 - p)).mean("participant")
        found["prognostic_slope"] = per_log_odds * posterior["prognostic"]
    for name, most in thresholds(study, design.participant).items():
        # Responders are counted on scales that start at 0 and on which higher is worse: there the count is the score.
        found[name] = averaged(share_at_most(np.floor(counts.baseline + most))).isel(form=0, drop=True)
    return found


def at_most(limit: np.ndarray, points: int, log_odds: np.ndarray, precision: np.ndarray) -> np.ndarray:
    """Probability that a beta-binomial count is at most a limit.

    Each probability follows from the one before by their ratio,
    p(k) / p(k - 1) = (points - k + 1) / k * (k - 1 + alpha) / (points - k + beta).

    Parameters
    ----------
    limit : numpy.ndarray
        Largest count included, shape ``(n,)``; under 0 for none.
    points : int
        Largest possible count.
    log_odds : numpy.ndarray
        Log odds of the mean over `points`, shape ``(..., n)``.
    precision : numpy.ndarray
        Sum of alpha and beta, a shape that broadcasts to that of `log_odds`.

    Returns
    -------
    numpy.ndarray
        Shape ``(..., n)``.
    """
    alpha, beta = _shapes(log_odds, precision)
    log_mass = special.betaln(alpha, points + beta) - special.betaln(alpha, beta)
    total = np.where(limit >= 0, np.exp(log_mass), 0.0)
    for k in range(1, min(int(max(limit.max(), 0)), points) + 1):
        log_mass += np.log((points - k + 1) / k * (k - 1 + alpha) / (points - k + beta))
        total += np.where(limit >= k, np.exp(log_mass), 0.0)
    return np.minimum(total, 1.0)


def _shapes(log_odds: np.ndarray, precision: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Alpha and beta of the beta distribution, above zero also where a mean lies at an end of the scale."""
    alpha, beta = precision * special.expit(log_odds), precision * special.expit(-log_odds)
    return np.maximum(alpha, LEAST), np.maximum(beta, LEAST)
