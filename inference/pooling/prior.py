"""What published studies say about a new one, as a prior for it, and how many participants that prior is worth.

The effect of a new study has the posterior predictive distribution of the pooled model, the meta-analytic-predictive
prior (Schmidli et al. 2014, doi:10.1111/biom.12242). It is handed on as a normal distribution of the same mean and
standard deviation, of all normal ones the nearest in Kullback-Leibler divergence. The robust form mixes it with a vague
component that holds the information of one participant, around the same mean.
"""

from dataclasses import dataclass

from cochange.inference.pooling.mixture import NormalMixture
from cochange.models.parts.families import Family, Normal, RobustNormal


@dataclass(frozen=True, eq=False)
class NewStudyPrior:
    """A prior for the effect of a new study.

    Attributes
    ----------
    predictive : NormalMixture
        The exact predictive distribution.
    normal : Normal
        The normal one of the same mean and standard deviation.
    family : Family
        What goes into a prior set: a `RobustNormal`, or `normal` where the weight is 1.
    ess_predictive, ess_normal, ess : float
        Effective sample sizes of the three, in participants, by `effective_sample_size`.
    """

    predictive: NormalMixture
    normal: Normal
    family: Family
    ess_predictive: float
    ess_normal: float
    ess: float


def new_study_prior(predictive: NormalMixture, unit_sd: float, weight: float, source: str) -> NewStudyPrior:
    """Make a prior out of a predictive distribution.

    Parameters
    ----------
    predictive : NormalMixture
        Posterior predictive distribution of the effect in a new study.
    unit_sd : float
        Standard deviation of what one participant contributes, in the same unit.
    weight : float
        Probability of the informative component, above 0 and at most 1; 1 for no vague component.
    source : str
        Where the prior comes from.

    Raises
    ------
    ValueError
        If the weight is not above 0 and at most 1.
    """
    if not 0 < weight <= 1:
        raise ValueError(f"weight must be above 0 and at most 1, got {weight}")
    normal = Normal(mean=predictive.expectation, sd=predictive.standard_deviation, source=source)
    ess_normal = (unit_sd / normal.sd) ** 2
    ess_predictive = effective_sample_size(predictive, unit_sd)
    if weight == 1:
        return NewStudyPrior(predictive, normal, normal, ess_predictive, ess_normal, ess_normal)
    robust = RobustNormal(
        weight=weight, mean=normal.mean, sd=normal.sd, vague_mean=normal.mean, vague_sd=unit_sd, source=source
    )
    ess = effective_sample_size(NormalMixture.of(robust), unit_sd)
    return NewStudyPrior(predictive, normal, robust, ess_predictive, ess_normal, ess)


def effective_sample_size(prior: NormalMixture, unit_sd: float) -> float:
    """Expected local-information-ratio effective sample size of a prior of a mean.

    The information of the prior, minus the curvature of its log density, over that of one participant, ``1 /
    unit_sd**2``, averaged over the prior. A normal prior of variance s**2 is worth unit_sd**2 / s**2 participants.

    Parameters
    ----------
    prior : NormalMixture
        The prior.
    unit_sd : float
        Standard deviation of what one participant contributes, in the same unit.

    References
    ----------
    Neuenschwander, Weber, Schmidli and O'Hagan 2020, doi:10.1111/biom.13252.
    """
    return unit_sd**2 * prior.information()
