"""The exact posterior of the pooled model: a sum over the heterogeneity, normal given it.

Given the heterogeneity the mean has a normal posterior, and the marginal likelihood a closed form; what is left is one
integral over the heterogeneity (Roever 2020, doi:10.18637/jss.v093.i06). It is taken by the trapezoidal rule over the
log of the heterogeneity, where the integrand falls off smoothly at both ends: there the rule converges exponentially.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import interpolate, optimize, special

from cochange.inference.pooling.mixture import NormalMixture
from cochange.inference.pooling.spreads import bounds, log_density
from cochange.models.pooled import Priors

NODES = 4001
# The likelihood is bounded in the heterogeneity: what its prior has beyond these tails is lost to no more than that.
TAIL = 1e-12


@dataclass(frozen=True, eq=False)
class Posterior:
    """What is known of mean and heterogeneity, by nodes of the heterogeneity.

    Attributes
    ----------
    estimate, se : numpy.ndarray
        The published estimates and standard errors, shape ``(study,)``.
    heterogeneity : numpy.ndarray
        Nodes, shape ``(node,)``, evenly spaced on the log scale.
    weight : numpy.ndarray
        Posterior probability of each node; they sum to one.
    mean, mean_sd : numpy.ndarray
        Mean and standard deviation of the pooled mean given each node.
    log_evidence : float
        Log marginal likelihood of the estimates.
    """

    estimate: np.ndarray
    se: np.ndarray
    heterogeneity: np.ndarray
    weight: np.ndarray
    mean: np.ndarray
    mean_sd: np.ndarray
    log_evidence: float

    @cached_property
    def pooled_mean(self) -> NormalMixture:
        """Posterior of the mean over studies."""
        return NormalMixture(self.weight, self.mean, self.mean_sd).without_negligible()

    @cached_property
    def new_study(self) -> NormalMixture:
        """Posterior predictive of the effect in another study of the kind."""
        spread = np.hypot(self.mean_sd, self.heterogeneity)
        return NormalMixture(self.weight, self.mean, spread).without_negligible()

    def effect(self, study: int) -> NormalMixture:
        """Posterior of the effect in one of the studies, drawn towards the mean of all."""
        se2, between = self.se[study] ** 2, self.heterogeneity**2
        drawn = se2 / (se2 + between)
        mean = (1 - drawn) * self.estimate[study] + drawn * self.mean
        sd = np.sqrt(drawn * between + (drawn * self.mean_sd) ** 2)
        return NormalMixture(self.weight, mean, sd).without_negligible()

    @property
    def heterogeneity_mean(self) -> float:
        """Posterior mean of the heterogeneity."""
        return float(self.weight @ self.heterogeneity)

    @property
    def heterogeneity_sd(self) -> float:
        """Posterior standard deviation of the heterogeneity."""
        return float(np.sqrt(self.weight @ (self.heterogeneity - self.heterogeneity_mean) ** 2))

    def heterogeneity_cdf(self, at: float) -> float:
        """Probability of a heterogeneity at or below `at`, from a spline through the nodes."""
        return float(self._cdf(np.clip(np.log(at), *self._ends)))

    def heterogeneity_quantile(self, probability: float) -> float:
        """The heterogeneity that is not exceeded with a probability."""
        return float(np.exp(optimize.brentq(lambda at: self._cdf(at) - probability, *self._ends)))

    def inconsistency(self, heterogeneity: np.ndarray) -> np.ndarray:
        """I squared: the share of the variance of a typical estimate that lies between studies; from two studies on.

        References
        ----------
        Higgins and Thompson 2002, doi:10.1002/sim.1186, equations 9 and 10.
        """
        precision = self.se**-2.0
        typical = (len(precision) - 1) * precision.sum() / (precision.sum() ** 2 - (precision**2).sum())
        return heterogeneity**2 / (heterogeneity**2 + typical)

    @property
    def _ends(self) -> tuple[float, float]:
        return float(np.log(self.heterogeneity[0])), float(np.log(self.heterogeneity[-1]))

    @cached_property
    def _cdf(self) -> interpolate.PPoly:
        log = np.log(self.heterogeneity)
        total = interpolate.CubicSpline(log, self.weight / (log[1] - log[0])).antiderivative()
        # The mass that the two ends lack, of the order of `TAIL`, keeps every probability within reach.
        total.c[-1] += (1 - total(log[-1])) / 2
        return total


def posterior(estimate: np.ndarray, se: np.ndarray, priors: Priors) -> Posterior:
    """The exact posterior of the pooled model.

    Parameters
    ----------
    estimate, se : numpy.ndarray
        Published estimates and standard errors, shape ``(study,)``; at least one.
    priors : Priors
        A prior set in their unit.

    Returns
    -------
    Posterior
    """
    density = log_density(priors.heterogeneity)
    nodes = np.geomspace(*bounds(priors.heterogeneity, TAIL), NODES)
    before, before_sd = priors.mean.mean, priors.mean.sd
    precision = 1 / (se**2 + nodes[:, None] ** 2)
    total = precision.sum(axis=1) + before_sd**-2.0
    mean = (precision @ estimate + before / before_sd**2) / total
    misfit = (precision * (estimate - mean[:, None]) ** 2).sum(axis=1) + ((mean - before) / before_sd) ** 2
    log_likelihood = 0.5 * (np.log(precision).sum(axis=1) - np.log(total * before_sd**2) - misfit)
    log_likelihood -= 0.5 * len(estimate) * np.log(2 * np.pi)
    # The density of the log of the heterogeneity, hence the heterogeneity as a factor.
    log_weight = log_likelihood + density(nodes) + np.log(nodes)
    total_weight = special.logsumexp(log_weight)
    step = np.log(nodes[1] / nodes[0])
    weight = np.exp(log_weight - total_weight)
    return Posterior(estimate, se, nodes, weight, mean, total**-0.5, float(total_weight + np.log(step)))
