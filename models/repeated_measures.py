"""How do marker and symptoms change from visit to visit? A mixed model for repeated measures over both at once.

    (m0, y0, m1, y1, ..., mT, yT) ~ Normal(mean, covariance of the arm)
    m0, y0   = mean + covariates + group + site
    mt - m0  = change[t] + arm[t]
    yt - y0  = change[t] + arm[t]

m is the natural log of the marker, y the symptom score, 0 the baseline and t a later visit; visits are categories, and
either outcome can be taken alone. Baselines are outcomes, with the same mean in every arm, which randomisation allows:
constrained longitudinal data analysis. With baseline = "covariate" they are given instead:

    mt - m0  = change[t] + arm[t] + marker_on_marker[t] * m0 + marker_on_score[t] * y0 + covariates + group + site
    yt - y0  = change[t] + arm[t] + prognostic[t] * m0 + score_on_score[t] * y0 + covariates + group + site

with both baselines centred at their means, m0 in doublings beside prognostic. An outcome never measured at baseline has
levels in place of changes. Covariates shift every visit alike, or each visit by itself; group and site effects are
partially pooled and shift every visit alike.

The covariance is a standard deviation for each outcome and visit times a correlation matrix: unstructured over all
outcomes and visits, made of the partial correlation of each pair given what stands before both of them in the order
above; or the Kronecker product of one correlation of the two outcomes and one over the visits that is AR(1), compound
symmetry or Toeplitz. It is the same in every arm, or each arm has its own. Whatever was observed of a participant is
used, the rest is taken to be missing at random; a marker value beyond a limit enters as the probability of lying there
given everything else of the participant. With Student-t outcomes all of a participant share one precision.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from cochange.data.study import Study
from cochange.models.parts import literature
from cochange.models.parts.estimand import Estimand
from cochange.models.parts.families import Beta, Family, HalfNormal, Normal
from cochange.models.parts.graph import pm, pt
from cochange.models.parts.prior_sets import families, prior
from cochange.models.parts.repeated.density import arrays_of, participant_log_density, total_logp
from cochange.models.parts.repeated.derived import derive_repeated
from cochange.models.parts.repeated.drawn import drawn_arrays
from cochange.models.parts.repeated.frame import Frame, as_measured, make_frame
from cochange.models.parts.repeated.implied import imply
from cochange.models.parts.repeated.parameters import repeated_parameters
from cochange.models.parts.repeated.replicate import new_cells, replicate_cells
from cochange.models.parts.repeated.selection import select_repeated
from cochange.models.parts.selection import Selection
from cochange.models.parts.together import Parameters

QUESTION = "How do marker and symptoms change from visit to visit, and in which arm by how much?"

ESTIMANDS = {
    "geometric_mean_ratio": Estimand("exp(E[mt - m0]) at each visit", "ratio", 1.0, "Q1"),
    "arm_ratio": Estimand(
        "ratio of the arm's geometric mean to the control's at each visit, given baseline and covariates",
        "ratio", 1.0, "Q1",
    ),
    "symptom_change": Estimand("E[yt - y0] at each visit", "points", 0.0, "Q1"),
    "arm_difference": Estimand(
        "difference of the arm's E[yt] from the control's at each visit, given baseline and covariates",
        "points", 0.0, "Q1",
    ),
    "change_correlation": Estimand(
        "corr(mt - m0, yt - y0) of observed values, within arms at each visit", "correlation", 0.0, "Q4"
    ),
    "change_correlation_given_baseline": Estimand(
        "corr(mt, yt) within arms at each visit, given the baselines there are and the covariates",
        "correlation", 0.0, "Q4",
    ),
}  # fmt: skip

PRIOR_VARS = (
    "marker_mean", "score_mean", "marker_level", "score_level", "marker_change", "score_change", "marker_on_marker",
    "marker_on_score", "prognostic", "score_on_score", "marker_covariate", "score_covariate",
    "marker_covariate_by_visit", "score_covariate_by_visit", "marker_arm", "score_arm", "marker_group_sd",
    "score_group_sd", "marker_site_sd", "score_site_sd", "marker_sigma", "score_sigma", "partial_share", "visit_z",
    "lag_z", "outcome_z", "nu",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Priors:
    """Priors of `repeated_measures`: the marker on its natural log, the score in points."""

    marker_mean: Family = prior("log units", "mean log marker at baseline, from the median of the baseline values")
    score_mean: Family = prior("points", "mean score at baseline, from the median of the baseline scores")
    marker_change: Family = prior("log units", "mean change of the log marker to a visit")
    score_change: Family = prior("points", "mean change of the score to a visit")
    marker_on_marker: Family = prior("log units per log unit", "change of the marker on its own baseline")
    marker_on_score: Family = prior("log units per point", "change of the marker on the baseline score")
    prognostic: Family = prior("points per doubling", "change of the score per doubling of the baseline marker")
    score_on_score: Family = prior("points per point", "change of the score on its own baseline")
    marker_covariate: Family = prior("log units per SD", "effect of a covariate on the log marker")
    score_covariate: Family = prior("points per SD", "effect of a covariate on the score")
    marker_arm: Family = prior("log units", "difference of an arm's log marker from the control's at a visit")
    score_arm: Family = prior("points", "difference of an arm's score from the control's at a visit")
    marker_group_sd: Family = prior("log units", "standard deviation of the groups' effects on the log marker")
    score_group_sd: Family = prior("points", "standard deviation of the groups' effects on the score")
    marker_site_sd: Family = prior("log units", "standard deviation of the sites' effects on the log marker")
    score_site_sd: Family = prior("points", "standard deviation of the sites' effects on the score")
    marker_sigma: Family = prior("log units", "standard deviation of the log marker at a visit, given the design")
    score_sigma: Family = prior("points", "standard deviation of the score at a visit, given the design")
    partial_share: Family = prior(
        "share", "(1 + r) / 2 for each partial correlation r of two outcomes and visits, given those before both"
    )
    visit_z: Family = prior("Fisher z", "correlation of visits next to each other, of all visits alike where symmetric")
    lag_z: Family = prior("Fisher z", "partial correlation of visits further apart, given those between (Toeplitz)")
    outcome_z: Family = prior("Fisher z", "correlation of marker and score at a visit, where visits are structured")
    nu: Family = prior("degrees of freedom", "degrees of freedom of Student-t outcomes")


REFERENCE = Priors(
    marker_mean=Normal(mean=0, sd=2.5),
    score_mean=Normal(mean=0, sd=10),
    marker_change=Normal(mean=0, sd=0.5),
    score_change=Normal(mean=0, sd=15),
    marker_on_marker=Normal(mean=-0.2, sd=0.4),
    marker_on_score=Normal(mean=0, sd=0.03),
    prognostic=Normal(mean=0, sd=2.5),
    score_on_score=Normal(mean=-0.2, sd=0.4),
    marker_covariate=Normal(mean=0, sd=0.5),
    score_covariate=Normal(mean=0, sd=2.5),
    marker_arm=Normal(mean=0, sd=0.5),
    score_arm=Normal(mean=0, sd=5),
    marker_group_sd=HalfNormal(sd=0.3),
    score_group_sd=HalfNormal(sd=2),
    marker_site_sd=HalfNormal(sd=0.3),
    score_site_sd=HalfNormal(sd=2),
    marker_sigma=HalfNormal(sd=1.5),
    score_sigma=HalfNormal(sd=12),
    partial_share=Beta(alpha=2, beta=2),
    visit_z=Normal(mean=0.5, sd=0.5),
    lag_z=Normal(mean=0.1, sd=0.3),
    outcome_z=Normal(mean=0, sd=0.5),
    nu=literature.DEGREES_OF_FREEDOM,
)

PRIORS = {
    "reference": REFERENCE,
    "sceptical": replace(
        REFERENCE,
        marker_change=Normal(mean=0, sd=0.1),
        score_change=Normal(mean=0, sd=5),
        prognostic=Normal(mean=0, sd=0.5),
        marker_covariate=Normal(mean=0, sd=0.1),
        score_covariate=Normal(mean=0, sd=1),
        marker_arm=Normal(mean=0, sd=0.1),
        score_arm=Normal(mean=0, sd=1),
        marker_group_sd=HalfNormal(sd=0.1),
        score_group_sd=HalfNormal(sd=1),
        outcome_z=Normal(mean=0, sd=0.15),
    ),
    "literature": replace(
        REFERENCE,
        marker_change=literature.MARKER_CHANGE,
        score_change=literature.SCORE_CHANGE,
        prognostic=literature.PROGNOSTIC,
        marker_covariate=Normal(mean=0, sd=0.3),
        score_covariate=Normal(mean=0, sd=1.5),
        marker_arm=literature.MARKER_ARM,
        score_arm=literature.SCORE_ARM,
        marker_sigma=literature.MARKER_SD,
        visit_z=Normal(
            mean=0.52,
            sd=0.3,
            source="IL-6 retest ICC 0.48 (0.36 to 0.62) at six weeks, PMC3392358; 0.48 over years, "
            "doi:10.1016/j.cyto.2004.08.008",
        ),
        outcome_z=Normal(
            mean=0,
            sd=0.25,
            source="symmetric; a fall of IL-6 went with a fall of the score (doi:10.1016/j.psychres.2017.03.012), "
            "change in IL-1beta with change in hypersomnia, rho 0.37 (doi:10.1038/tp.2015.104), discounted because "
            "published correlations of small studies are inflated",
        ),
    ),
    "diffuse": replace(
        REFERENCE,
        marker_mean=Normal(mean=0, sd=10),
        score_mean=Normal(mean=0, sd=100),
        marker_change=Normal(mean=0, sd=10),
        score_change=Normal(mean=0, sd=100),
        marker_on_marker=Normal(mean=0, sd=10),
        marker_on_score=Normal(mean=0, sd=1),
        prognostic=Normal(mean=0, sd=100),
        score_on_score=Normal(mean=0, sd=10),
        marker_covariate=Normal(mean=0, sd=10),
        score_covariate=Normal(mean=0, sd=100),
        marker_arm=Normal(mean=0, sd=10),
        score_arm=Normal(mean=0, sd=100),
        marker_group_sd=HalfNormal(sd=2),
        score_group_sd=HalfNormal(sd=20),
        marker_site_sd=HalfNormal(sd=2),
        score_site_sd=HalfNormal(sd=20),
        marker_sigma=HalfNormal(sd=10),
        score_sigma=HalfNormal(sd=100),
        partial_share=Beta(alpha=1, beta=1),
        visit_z=Normal(mean=0, sd=1.5),
        lag_z=Normal(mean=0, sd=1),
        outcome_z=Normal(mean=0, sd=1.5),
    ),
}


def select(study: Study) -> Selection:
    """Everyone with a value of an outcome; where baselines are covariates, everyone with these and a later value."""
    return select_repeated(study)


def _frame(study: Study) -> Frame:
    return make_frame(study, select(study).used)


def parameters(study: Study) -> Parameters:
    """The parameters the study calls for, which are drawn as one vector a family."""
    return repeated_parameters(_frame(study))


def build(study: Study, priors: Priors) -> "pm.Model":
    """The model of marker and score at every visit.

    Parameters
    ----------
    study : Study
        The study.
    priors : Priors
        One prior set.

    Returns
    -------
    pymc.Model
        One vector of parameters a family of priors; no variable has the size of the sample.
    """
    prior_of = families(priors)
    frame = _frame(study)
    together = repeated_parameters(frame).by_family(prior_of)
    with pm.Model(coords=frame.coords, check_bounds=False) as model:
        vector = together.variable(prior_of)
        implied = imply(vector, together, frame, pt)
        nu = vector[together.places["nu"]] if frame.options.student_t else pt.zeros(())
        pm.Potential("outcomes", total_logp(implied, nu, frame))
    return model


def derive(posterior: xr.Dataset, study: Study) -> Mapping[str, xr.DataArray]:
    """Draws of the estimands, dims ``(chain, draw, visit, group)``."""
    return derive_repeated(posterior, parameters(study), _frame(study))


def observed_data(study: Study) -> xr.Dataset:
    """The outcomes as observed, at the limit where censored and NaN where missing, with dim ``participant``."""
    frame = _frame(study)
    return as_measured(frame.cells.value, frame)


def replicate(draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset:
    """Outcomes of the same participants drawn anew, dims ``(chain, draw, participant)``, censored as they were."""
    return replicate_cells(draws, parameters(study), _frame(study), rng)


def readings(draws: xr.Dataset, study: Study, rng: np.random.Generator) -> xr.Dataset:
    """Outcomes of new participants, dims ``(chain, draw, participant)``."""
    return new_cells(draws, parameters(study), _frame(study), rng)


def with_outcomes(outcomes: xr.Dataset, study: Study) -> dict[str, np.ndarray]:
    """The data of the graph had one draw of `replicate` been observed; the origins stay those of the study."""
    return drawn_arrays(outcomes, _frame(study))


def log_likelihood(posterior: xr.Dataset, study: Study) -> xr.DataArray:
    """Log density of everything observed of a participant, dims ``(chain, draw, participant)``."""
    return participant_log_density(posterior, parameters(study), _frame(study))


def leave_out(study: Study, participants: Sequence[str]) -> dict[str, np.ndarray]:
    """The data of the graph without some participants; everything else is measured from where it was."""
    return arrays_of(_frame(study).without(participants))


if __name__ == "__main__":
    from cochange.cli import run_script

    run_script("repeated_measures")
