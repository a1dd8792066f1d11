"""What do published studies say together, and what about the next one? Random-effects meta-analysis.

    estimate[i] ~ Normal(effect[i], se[i])
    effect[i]   ~ Normal(mean, heterogeneity)
    effect_new  ~ Normal(mean, heterogeneity)

se[i] is taken as known. The studies' own effects integrate out, estimate[i] ~ Normal(mean, sqrt(se[i]**2 +
heterogeneity**2)): two parameters remain, without the funnel that the effects would make, and the effects follow from
their draws. It has a table of estimates for its data and not a study, so `cochange.pool` takes the place of a fit:
`cochange.inference.pooling` computes this posterior exactly, which no sampler is needed for.

Priors are in unit SDs: the standard deviation of what one participant contributes to an estimate.
"""

from dataclasses import dataclass, replace

import numpy as np

from cochange.models.parts.families import Family, HalfNormal, Normal
from cochange.models.parts.graph import pm, pt
from cochange.models.parts.prior_sets import families, prior

PRIOR_VARS = ("mean", "heterogeneity")


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Priors of `pooled`, in unit SDs until `in_units` carries them to the unit of the estimates."""

    mean: Normal = prior("unit SDs", "mean effect over studies")
    heterogeneity: Family = prior("unit SDs", "standard deviation of the effects between studies")

    def in_units(self, unit_sd: float) -> "Priors":
        """The same priors in the unit of the estimates.

        Parameters
        ----------
        unit_sd : float
            Standard deviation of what one participant contributes, in that unit.
        """
        return Priors(mean=self.mean.times(unit_sd), heterogeneity=self.heterogeneity.times(unit_sd))


# A heterogeneity of half a unit SD is large: studies' means then vary half as much as participants do.
REFERENCE = Priors(mean=Normal(mean=0, sd=2), heterogeneity=HalfNormal(sd=0.25))

PRIORS = {
    "reference": REFERENCE,
    # Of a large mean and of studies that agree.
    "sceptical": replace(REFERENCE, mean=Normal(mean=0, sd=0.5), heterogeneity=HalfNormal(sd=0.5)),
    "diffuse": replace(REFERENCE, mean=Normal(mean=0, sd=10), heterogeneity=HalfNormal(sd=1)),
}


def build(estimate: np.ndarray, se: np.ndarray, priors: Priors) -> "pm.Model":
    """The model of the mean and the heterogeneity.

    Parameters
    ----------
    estimate, se : numpy.ndarray
        Published estimates and standard errors, shape ``(study,)``.
    priors : Priors
        A prior set in their unit.

    Returns
    -------
    pymc.Model
        Dim ``study``; estimates, standard errors and hyperparameters are data.
    """
    prior_of = families(priors)
    with pm.Model(coords={"study": np.arange(len(estimate))}, check_bounds=False) as model:
        mean = prior_of["mean"].variable("mean")
        heterogeneity = prior_of["heterogeneity"].variable("heterogeneity")
        se_data = pm.Data("se", np.asarray(se, dtype=np.float64), dims="study")
        observed = pm.Data("estimate", np.asarray(estimate, dtype=np.float64), dims="study")
        spread = pt.sqrt(se_data**2 + heterogeneity**2)
        pm.Normal("published", mean, spread, observed=observed, dims="study")
    return model


if __name__ == "__main__":
    from cochange.cli import run_pool_script

    run_pool_script()
