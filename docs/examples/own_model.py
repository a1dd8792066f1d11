"""How far did the score change? A mean change with a normal likelihood, and nothing else.

    y1 - y0 ~ Normal(mean_change, sd)

y is the symptom score, 0 the baseline and 1 the follow-up visit. There are no covariates and no groups. Participants
who lack a score are left out, as if theirs were missing completely at random.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pymc as pm
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts.estimand import Estimand
from cochange.models.parts.families import Family, HalfNormal, Normal
from cochange.models.parts.prior_sets import families, prior
from cochange.models.parts.selection import Selection, cannot, choose
from cochange.models.parts.symptom import symptom_pair

QUESTION = "How far did the score change?"

# An estimand: its definition, its unit, its value of no change, and which of the four questions it answers.
ESTIMANDS = {"symptom_change": Estimand("E[y1 - y0]", "points", 0.0, "Q1")}

# The variables of the graph that have a prior of their own.
PRIOR_VARS = ("mean_change", "sd")


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Priors in points. A unit that begins with "points" is carried to the study's scale; any other stays."""

    mean_change: Family = prior("points", "mean change of the score")
    sd: Family = prior("points", "standard deviation of the change")


# Written for a scale of 0 to 60 points.
REFERENCE = Priors(mean_change=Normal(mean=0, sd=15), sd=HalfNormal(sd=12))
PRIORS = {
    "reference": REFERENCE,
    "sceptical": replace(REFERENCE, mean_change=Normal(mean=0, sd=3)),
}


def select(study: Study) -> Selection:
    """Everyone with both scores; each of the others is listed in the audit with the reason given here."""
    if study.scale is None:
        return cannot(study, "needs a symptom score, the study declares none")
    if not study.has_two_visits:
        return cannot(study, "needs two visits, the study has one")
    pair = symptom_pair(study)
    return choose(study, {f"no {study.scale.name} at {visit}": np.isnan(scores) for visit, scores in pair.items()})


def build(study: Study, priors: Priors) -> pm.Model:
    """The graph. `variable` enters hyperparameters as data, so that the other prior set needs no compilation."""
    used = select(study).used
    pair = symptom_pair(study, used)
    prior_of = families(priors)
    with pm.Model(coords={"participant": used}) as model:
        change = pm.Data("change_of_score", pair[study.follow_up] - pair[study.baseline], dims="participant")
        mean = prior_of["mean_change"].variable("mean_change")
        sd = prior_of["sd"].variable("sd")
        pm.Normal("change", mean, sd, observed=change, dims="participant")
    return model


def derive(posterior: xr.Dataset, study: Study) -> Mapping[str, xr.DataArray]:
    """Draws of each estimand, dims ``(chain, draw)`` and, where there are several, ``group``."""
    return {"symptom_change": posterior["mean_change"]}
